// What happens to a simulated server without the control plane: it is kept in a file of its own.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const fileOf = (plane, ip) => join(plane.dir, "simulated", "machines", `${ip}.json`);

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
