import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { faultOf } from "~/api/fault";
import { type EventsFilter, events } from "~/api/queries";
import type { Event } from "~/api/types";
import { DataTable } from "~/parts/DataTable";
import { Empty } from "~/parts/Empty";
import { Failed } from "~/parts/Failed";
import { Waiting } from "~/parts/Loaded";
import { COLUMNS } from "./columns";
import { useNewEvents } from "./fresh";

/** What happened, the newest first, and what happens while somebody looks. */
export function Timeline({ filter }: { filter: EventsFilter }) {
  // What came while another filter was set is not of this one.
  return <Told key={JSON.stringify(filter)} filter={filter} />;
}

function Told({ filter }: { filter: EventsFilter }) {
  const log = useInfiniteQuery(events(filter));
  const fresh = useNewEvents(filter);
  if (!log.data)
    return log.error ? (
      <Failed fault={faultOf(log.error)} retry={() => void log.refetch()} />
    ) : (
      <Waiting />
    );
  const all = merged([...fresh, ...log.data.pages.flat()]);
  if (all.length === 0)
    return (
      <Empty
        title="Nothing happened"
        text="What happens to servers, units and jobs is told here, as it happens."
      />
    );
  return (
    <>
      <DataTable label="Events" rows={all} columns={COLUMNS} id={(event) => String(event.id)} />
      {log.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          Earlier ones
        </Button>
      )}
    </>
  );
}

/** Each event once, the newest first. */
function merged(events: readonly Event[]): Event[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}
