import { useElementSize } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import classes from "./FleetMap.module.css";
import type { Group, Tile } from "./fleet";
import { rowsOf, step } from "./rows";
import { ServerTile, TILE_HEIGHT, TILE_WIDTH } from "./ServerTile";

const GAP = 10;
const HEADING = 34;

/** A tile for each server, in rows; only those in view are drawn. Arrows go from tile to tile. */
export function FleetMap({ groups }: { groups: Group[] }) {
  const { ref, width } = useElementSize();
  const across = Math.max(1, Math.floor((width + GAP) / (TILE_WIDTH + GAP)));
  const rows = useMemo(() => rowsOf(groups, across), [groups, across]);
  const flat = useMemo(() => groups.flatMap((group) => group.tiles), [groups]);
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(box.current?.offsetTop ?? 0), []);
  const windowed = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.heading === undefined ? TILE_HEIGHT + GAP : HEADING),
    overscan: 2,
    scrollMargin: top,
  });
  const [at, setAt] = useState(0);
  const current = Math.min(at, flat.length - 1);
  const move = (event: KeyboardEvent) => {
    const next = step(event.key, current, across, flat.length);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    windowed.scrollToIndex(
      rows.findIndex((row) => row.first <= next && next < row.first + row.tiles.length),
    );
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>(`[data-tile="${next}"]`)?.focus(),
    );
  };
  return (
    <div ref={ref}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tiles within are what is pressed. */}
      <div
        ref={box}
        className={classes.map}
        style={{ height: windowed.getTotalSize() }}
        onKeyDown={move}
      >
        {windowed.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div
              key={item.key}
              className={classes.row}
              style={{ transform: `translateY(${item.start - top}px)` }}
            >
              {row.heading === undefined ? (
                <Tiles
                  tiles={row.tiles}
                  first={row.first}
                  across={across}
                  current={current}
                  onFocus={setAt}
                />
              ) : (
                <h2 className={classes.heading}>{row.heading}</h2>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface TilesProps {
  tiles: Tile[];
  first: number;
  across: number;
  current: number;
  onFocus: (place: number) => void;
}

function Tiles({ tiles, first, across, current, onFocus }: TilesProps) {
  return (
    <div
      className={classes.tiles}
      style={{ gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))`, gap: GAP }}
    >
      {tiles.map((tile, index) => (
        <ServerTile
          key={tile.server.hostname}
          tile={tile}
          place={first + index}
          reachable={first + index === current}
          onFocus={onFocus}
        />
      ))}
    </div>
  );
}
