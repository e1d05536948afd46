import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { isOver, jobs, servers, units } from "~/api/queries";
import { plural } from "~/parts/format";
import { Loaded } from "~/parts/Loaded";
import { useNow } from "~/parts/now";
import { Connection } from "~/shell/Connection";
import { Figures } from "../fleet/Figures";
import { FleetMap } from "../fleet/FleetMap";
import { grouped, isTroubled, totals } from "../fleet/fleet";
import { useTiles } from "../fleet/tiles";
import { NoServers } from "../servers/ServersPage";
import classes from "./BoardPage.module.css";

const NONE: never[] = [];
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** The fleet for a screen on the wall: what is not well comes first, and nothing can be done. */
export function BoardPage() {
  useDocumentTitle("Board · Kloigos");
  const now = useNow();
  const allServers = useQuery(servers());
  const allUnits = useQuery(units());
  const recent = useQuery(jobs({ limit: 100 }));
  const going = recent.data?.filter((job) => !isOver(job)).length ?? 0;
  const all = useTiles(allServers.data ?? NONE, allUnits.data ?? NONE);
  const tiles = useMemo(
    () => [...all].sort((a, b) => Number(isTroubled(b)) - Number(isTroubled(a))),
    [all],
  );
  return (
    <main className={classes.board}>
      <header className={classes.head}>
        <h1>
          <Link to="/">Kloigos</Link>
        </h1>
        <span>{plural(going, "job")} going on</span>
        <time>{clock.format(now)}</time>
      </header>
      <Connection />
      <Loaded query={allServers}>
        {(list) =>
          list.length === 0 ? (
            <NoServers />
          ) : (
            <>
              <Figures of={totals(tiles)} />
              <div className={classes.map}>
                <FleetMap groups={grouped(tiles, undefined)} />
              </div>
            </>
          )
        }
      </Loaded>
    </main>
  );
}
