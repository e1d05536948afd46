import type { Group, Tile } from "./fleet";

/** A row of the map: a group's name, or tiles beside each other. */
export interface Row {
  heading?: string;
  tiles: Tile[];
  /** The place of its first tile among all. */
  first: number;
}

/** The rows of a map that is so many tiles wide. */
export function rowsOf(groups: readonly Group[], across: number): Row[] {
  const rows: Row[] = [];
  let first = 0;
  for (const group of groups) {
    if (group.name) rows.push({ heading: group.name, tiles: [], first });
    for (let start = 0; start < group.tiles.length; start += across) {
      const tiles = group.tiles.slice(start, start + across);
      rows.push({ tiles, first });
      first += tiles.length;
    }
  }
  return rows;
}

/** Where a key leads from a tile; `null` when it leads nowhere. */
export function step(key: string, from: number, across: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowRight: from + 1,
    ArrowLeft: from - 1,
    ArrowDown: from + across,
    ArrowUp: from - across,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined || to < 0 || to >= count ? null : to;
}
