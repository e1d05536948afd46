// What the fleets look like that pages are shown over.

import { publicKey } from "./keys.mjs";
import { lose, meddle } from "./meddling.mjs";
import { call, cut } from "./plane.mjs";

/** No program listens there. */
const NOBODY = "http://127.0.0.1:9/kloigos";
const HALVES = ["0-15", "16-31", "32-47", "48-59"];

/**
 * Servers in two places, units in use, one stopped, an init that failed; one server where somebody
 * meddled, one set aside, one that does not answer; and a webhook whose receiver is not there.
 */
export async function fill(plane) {
  await cut(plane, 1, HALVES);
  await cut(plane, 2, ["0-31", "32-59"], { zone: "b" });
  await cut(plane, 3, HALVES, { region: "us" });
  for (const [cpus, deployment] of [
    [16, "web"],
    [16, "db"],
    [32, "batch"],
    [12, "cache"],
    [16, "web"],
  ]) {
    const tags = { deployment_id: deployment, team: ["red", "blue"] };
    await call(plane, "POST", "/compute_units/allocate", {
      cpu_count: cpus,
      tags,
      ssh_public_key: publicKey("ann@example"),
    });
  }
  const used = await call(plane, "GET", "/compute_units/?status=allocated");
  await call(plane, "POST", `/compute_units/${used[0].compute_id}/stop?wait=true`, {
    mode: "freeze",
  });
  // CPUs that the server does not have: told by its init, and the server stays as it was.
  await call(plane, "POST", "/admin/init_server?wait=true", {
    ip: "127.64.0.4",
    hostname: "host4",
    region: "us",
    zone: "a",
    cpu_ranges: ["0-99"],
  }).catch(() => undefined);
  await trouble(plane, used);
  await call(plane, "POST", "/webhooks", { name: "chat", url: NOBODY, kinds: ["server_mode"] });
  await call(plane, "PATCH", "/servers/host2", { mode: "repair" });
  return used;
}

async function trouble(plane, used) {
  const there = await call(plane, "GET", "/compute_units/?hostname=host1");
  const other = there.find((unit) => unit.compute_id !== used[0].compute_id);
  await meddle(plane, "127.64.0.1", other.cpu_range);
  await call(plane, "POST", "/servers/host2/cordon", { reason: "waits for new memory" });
  await lose(plane, "127.64.0.3");
  for (const name of ["host1", "host3"]) await call(plane, "POST", `/servers/${name}/check`);
}
