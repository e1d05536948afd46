import { VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { ServerHeadline } from "~/parts/ServerState";
import { Status } from "~/parts/Status";
import { CpuGrid } from "./CpuGrid";
import { isTroubled, type Tile } from "./fleet";
import classes from "./ServerTile.module.css";

export const TILE_WIDTH = 218;
export const TILE_HEIGHT = 132;

interface Props {
  tile: Tile;
  place: number;
  /** Whether the tab key stops here. */
  reachable: boolean;
  onFocus: (place: number) => void;
}

/** One server: its CPUs by unit, how much is allocated, and whether it is well. */
export const ServerTile = memo(function ServerTile({ tile, place, reachable, onFocus }: Props) {
  const { server, units, capacity, allocated } = tile;
  const free = units.filter((unit) => unit.status === "free").length;
  return (
    <Link
      to="/servers/$hostname"
      params={{ hostname: server.hostname }}
      className={classes.tile}
      style={{ height: TILE_HEIGHT }}
      data-tile={place}
      data-troubled={isTroubled(tile) || undefined}
      tabIndex={reachable ? 0 : -1}
      onFocus={() => onFocus(place)}
      preload={false}
    >
      <span className={classes.head}>
        <span className={classes.name}>{server.hostname}</span>
        <ServerHeadline server={server} />
      </span>
      <CpuGrid tile={tile} />
      <span className={classes.foot}>
        <span>
          {allocated} of {capacity} CPUs <VisuallyHidden>allocated,</VisuallyHidden>
        </span>
        {server.drift_count > 0 && <Status status="differs" />}
        <span>{free} free</span>
      </span>
      <span className={classes.bar}>
        <i style={{ width: `${capacity > 0 ? (allocated / capacity) * 100 : 0}%` }} />
      </span>
    </Link>
  );
});
