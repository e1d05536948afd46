// The fleet as the map shows it: each server with its units' CPUs, in groups.
import type { Server, Unit } from "~/api/types";
import { parseCpus } from "~/cpus/set";
import { isServer } from "~/parts/serverState";

export interface Tile {
  server: Server;
  units: Unit[];
  capacity: number;
  allocated: number;
}

export interface Group {
  name: string;
  tiles: Tile[];
}

export type Grouping = "region" | "zone" | "health" | undefined;

/**
 * The servers with what is on them, in their order. A tile of before is the same object again where
 * nothing of it changed, so that it is not drawn anew.
 */
export function tilesOf(
  servers: readonly Server[],
  units: readonly Unit[],
  before: readonly Tile[] = [],
): Tile[] {
  const known = new Map(before.map((tile) => [tile.server.hostname, tile]));
  const byServer = new Map<string, Unit[]>();
  for (const unit of units) {
    const list = byServer.get(unit.hostname);
    if (list) list.push(unit);
    else byServer.set(unit.hostname, [unit]);
  }
  return servers.map((server) => {
    const now = byServer.get(server.hostname) ?? [];
    const old = known.get(server.hostname);
    return old && old.server === server && isSame(old.units, now) ? old : tile(server, now);
  });
}

function isSame(a: readonly Unit[], b: readonly Unit[]): boolean {
  return a.length === b.length && a.every((unit, place) => unit === b[place]);
}

/** Every CPU that is known of, by number: the place of its unit, or `host`. */
export function ownersOf({ server, units }: Tile): Map<number, number | "host"> {
  const owners = new Map<number, number | "host">();
  for (const cpu of parseCpus(server.housekeeping_cpus ?? "") ?? []) owners.set(cpu, "host");
  for (const [place, unit] of units.entries()) {
    for (const cpu of unit.cpu_list.split(",")) owners.set(Number(cpu), place);
  }
  return owners;
}

function tile(server: Server, units: Unit[]): Tile {
  const cpus = (list: Unit[]) => list.reduce((sum, unit) => sum + unit.cpu_count, 0);
  const allocated = cpus(units.filter((unit) => unit.status === "allocated"));
  return { server, units, capacity: cpus(units), allocated };
}

/** The tiles in groups, each by its name; one group without a name where none is asked for. */
export function grouped(tiles: readonly Tile[], by: Grouping): Group[] {
  if (!by) return [{ name: "", tiles: [...tiles] }];
  const groups = new Map<string, Tile[]>();
  for (const tile of tiles) {
    const name = by === "zone" ? `${tile.server.region} ${tile.server.zone}` : tile.server[by];
    groups.set(name, [...(groups.get(name) ?? []), tile]);
  }
  const names = [...groups.keys()].sort();
  return names.map((name) => ({ name, tiles: groups.get(name) ?? [] }));
}

export interface Totals {
  servers: number;
  troubled: number;
  cordoned: number;
  unreachable: number;
  differing: number;
  units: number;
  free: number;
  quarantined: number;
  cpus: number;
  allocated: number;
}

/** The whole fleet in numbers. */
export function totals(tiles: readonly Tile[]): Totals {
  const sum = (of: (tile: Tile) => number) => tiles.reduce((all, tile) => all + of(tile), 0);
  const inState = (test: (status: string) => boolean) =>
    sum((tile) => tile.units.filter((unit) => test(unit.status)).length);
  const which = (word: string) => tiles.filter(({ server }) => isServer(server, word)).length;
  return {
    servers: tiles.length,
    troubled: tiles.filter(isTroubled).length,
    cordoned: which("cordoned"),
    unreachable: which("unreachable"),
    differing: which("differs"),
    units: sum((tile) => tile.units.length),
    free: inState((status) => status === "free"),
    quarantined: inState((status) => status.endsWith("_fail")),
    cpus: sum((tile) => tile.capacity),
    allocated: sum((tile) => tile.allocated),
  };
}

/** Whether somebody should look at it. */
export function isTroubled({ server, units }: Tile): boolean {
  return (
    server.health === "degraded" ||
    server.health === "unreachable" ||
    server.drift_count > 0 ||
    server.status.endsWith("_fail") ||
    units.some((unit) => unit.status.endsWith("_fail"))
  );
}
