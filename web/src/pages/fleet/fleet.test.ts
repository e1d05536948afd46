import { expect, test } from "vitest";
import type { Server, Unit } from "~/api/types";
import { grouped, ownersOf, tilesOf, totals } from "./fleet";

const server = (hostname: string, region: string, health = "healthy") =>
  ({
    ...{ hostname, region, zone: "a", status: "ready", health, drift_count: 0 },
    housekeeping_cpus: "8-9",
  }) as Server;
const unit = (hostname: string, cpus: number[], status: string) =>
  ({ hostname, cpu_list: cpus.join(","), cpu_count: cpus.length, status }) as Unit;

const tiles = tilesOf(
  [server("host1", "eu"), server("host2", "us", "unreachable")],
  [
    unit("host1", [0, 1, 2, 3], "allocated"),
    unit("host1", [4, 5, 6, 7], "free"),
    unit("host2", [0, 1], "init_fail"),
  ],
);

test("every CPU has the unit it belongs to, or the host", () => {
  const owners = tiles[0] && ownersOf(tiles[0]);
  expect([owners?.get(0), owners?.get(7), owners?.get(8), owners?.get(10)]).toEqual([
    0,
    1,
    "host",
    undefined,
  ]);
});

test("the fleet in numbers", () => {
  expect(totals(tiles)).toEqual({
    servers: 2,
    troubled: 1,
    cordoned: 0,
    unreachable: 1,
    differing: 0,
    units: 3,
    free: 1,
    quarantined: 1,
    cpus: 10,
    allocated: 4,
  });
});

test("groups have names, in order", () => {
  expect(grouped(tiles, "region").map((group) => group.name)).toEqual(["eu", "us"]);
  expect(grouped(tiles, undefined)).toHaveLength(1);
});

test("a tile that nothing changed on is the same as before", () => {
  const servers = tiles.map((tile) => tile.server);
  const units = tiles.flatMap((tile) => tile.units);
  expect(tilesOf(servers, units, tiles)[0]).toBe(tiles[0]);
  const changed = units.with(0, unit("host1", [0, 1, 2, 3], "free"));
  const next = tilesOf(servers, changed, tiles);
  expect(next[0]).not.toBe(tiles[0]);
  expect(next[1]).toBe(tiles[1]);
});
