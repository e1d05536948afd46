import { useEffect, useState } from "react";
import { hear } from "~/api/live";
import type { EventsFilter } from "~/api/queries";
import type { Event } from "~/api/types";

/** How many of the newest are kept on the page; older ones are in the log. */
const KEPT = 500;

/** The events that match and that came since the page was opened, the newest first. */
export function useNewEvents(filter: EventsFilter): Event[] {
  const [events, setEvents] = useState<Event[]>([]);
  useEffect(
    () =>
      hear(
        (event) =>
          matches(filter, event) && setEvents((before) => [event, ...before].slice(0, KEPT)),
      ),
    [filter],
  );
  return events;
}

/** Whether an event is one of those that are looked for, as the API decides it. */
export function matches(filter: EventsFilter, event: Event): boolean {
  return (
    (!filter.kind || filter.kind.split(",").includes(event.kind)) &&
    (!filter.hostname || filter.hostname === event.hostname) &&
    (!filter.compute_id || filter.compute_id === event.compute_id) &&
    (!filter.job || filter.job === event.job)
  );
}
