// A large fleet: many servers, all of them cut, and a stream of events over it.
import { call, startPlane, until } from "./plane.mjs";

/** How many inits are asked for at once. */
const AT_ONCE = 8;
/** How many events a second there are to be. */
export const EVENTS = 50;
const HOUR = "3600";

export const name = (number) => `host${String(number).padStart(4, "0")}`;
const address = (number) => `127.64.${number >> 8}.${number & 255}`;

/** A control plane over so many servers of so many units; nothing happens there by itself. */
export async function startLarge(servers, units) {
  const plane = await startPlane(servers, ["--visit-every", HOUR, "--log", "error"]);
  const ranges = Array.from({ length: units }, (_, unit) => rangeOf(unit, Math.floor(64 / units)));
  let next = 1;
  const ask = async () => {
    while (next <= servers) {
      const number = next++;
      await call(plane, "POST", "/admin/init_server?wait=false", {
        ip: address(number),
        hostname: name(number),
        region: ["eu", "us"][number % 2],
        zone: ["a", "b", "c"][number % 3],
        cpu_ranges: ranges,
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  const ready = async () => {
    const all = await call(plane, "GET", "/servers");
    return all.length === servers && all.every((server) => server.status === "ready");
  };
  await until("all servers are cut", ready, 3_600);
  return plane;
}

const rangeOf = (unit, size) => `${unit * size}-${unit * size + size - 1}`;

/**
 * Makes so many events a second until it is stopped: servers are set aside and put back, which is
 * an event for each of their units, and what is done about their drift changes. Answers with how to
 * stop it; that tells how many there were.
 */
export async function makeEvents(plane, servers, units) {
  const before = await newest(plane);
  const began = Date.now();
  let [going, turn] = [true, 0];
  const modes = new Map();
  const changes = EVENTS - 2 * (units + 1);
  const pace = async () => {
    for (; going; turn++) {
      const at = (step) => name(1 + ((turn * 37 + step * 13) % servers));
      const aside = name(1 + (turn % servers));
      await call(plane, "POST", `/servers/${aside}/cordon`, {});
      const others = new Set(Array.from({ length: changes }, (_, step) => at(step)));
      await Promise.all([...others].map((one) => flip(plane, modes, one)));
      await call(plane, "POST", `/servers/${aside}/uncordon`, {});
      const ahead = began + (turn + 1) * 1000 - Date.now();
      if (ahead > 0) await new Promise((later) => setTimeout(later, ahead));
    }
  };
  const over = pace();
  return async () => {
    going = false;
    await over;
    const seconds = (Date.now() - began) / 1000;
    return ((await newest(plane)) - before) / seconds;
  };
}

/** What was set before would be no event. */
function flip(plane, modes, server) {
  const mode = modes.get(server) === "off" ? "report" : "off";
  modes.set(server, mode);
  return call(plane, "PATCH", `/servers/${server}`, { mode });
}

async function newest(plane) {
  return (await call(plane, "GET", "/events/log?limit=1"))[0].id;
}
