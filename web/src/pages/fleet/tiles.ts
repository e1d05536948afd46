import { useRef } from "react";
import type { Server, Unit } from "~/api/types";
import { type Tile, tilesOf } from "./fleet";

interface Made {
  servers: readonly Server[];
  units: readonly Unit[];
  tiles: Tile[];
}

const NONE: Made = { servers: [], units: [], tiles: [] };

/** The tiles of these servers, made anew only where something changed. */
export function useTiles(servers: readonly Server[], units: readonly Unit[]): Tile[] {
  const last = useRef(NONE);
  if (last.current.servers !== servers || last.current.units !== units)
    last.current = { servers, units, tiles: tilesOf(servers, units, last.current.tiles) };
  return last.current.tiles;
}
