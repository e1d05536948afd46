// What happens to a simulated server without the control plane: it is kept in a file of its own.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const machines = (plane) => join(plane.dir, "simulated", "machines");
const fileOf = (plane, ip) => join(machines(plane), `${ip}.json`);

async function change(file, how) {
  const machine = JSON.parse(await readFile(file, "utf8"));
  how(machine);
  await writeFile(file, JSON.stringify(machine));
}

/** Somebody takes a unit with these CPUs off the server by hand. */
export function meddle(plane, ip, cpus) {
  return change(fileOf(plane, ip), (machine) => {
    delete machine[`u${cpus}`];
  });
}

/** Nothing reaches the server until what this answers is called. */
export async function lose(plane, ip) {
  const file = fileOf(plane, ip);
  const before = await readFile(file);
  await writeFile(file, "lost");
  return () => writeFile(file, before);
}

/** Somebody held accounts of the server to these CPUs, by name. */
export function cutByHand(plane, ip, cpus) {
  const accounts = Object.entries(cpus).map(([account, set], place) => ({
    account,
    uid: 1001 + place,
    cpus: set,
    home: `/home/${account}`,
    processes: 0,
    keys: [],
    other_keys: 0,
  }));
  return writeFile(join(machines(plane), `${ip}.by-hand.json`), JSON.stringify(accounts));
}
