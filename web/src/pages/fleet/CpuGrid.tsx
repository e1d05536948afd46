import { unitColor } from "~/topology/colors";
import { cells } from "./cells";
import { ownersOf, type Tile } from "./fleet";

const WIDTH = 192;
const HEIGHT = 52;

/** A server's CPUs as small squares: full where allocated, faint where free, grey for the host. */
export function CpuGrid({ tile }: { tile: Tile }) {
  const shapes = cells([...ownersOf(tile).entries()], WIDTH, HEIGHT);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {[...shapes].map(([owner, path]) => (
        <path key={owner} d={path} {...look(tile, owner)} />
      ))}
    </svg>
  );
}

function look(tile: Tile, owner: number | "host") {
  if (owner === "host") return { fill: "var(--cpu-host)" };
  const status = tile.units[owner]?.status ?? "";
  if (status.endsWith("_fail")) return { fill: "var(--state-bad)" };
  const color = unitColor(owner);
  if (status === "allocated") return { fill: color };
  return { fill: color, fillOpacity: 0.16, stroke: color, strokeOpacity: 0.7, strokeWidth: 0.8 };
}
