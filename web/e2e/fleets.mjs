// What the fleets look like that pages are shown over.

import { publicKey } from "./keys.mjs";
import { call, cut } from "./plane.mjs";

const HALVES = ["0-15", "16-31", "32-47", "48-59"];

/** Servers in two places, units in use, one stopped, one attested, and an init that failed. */
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
  return used;
}
