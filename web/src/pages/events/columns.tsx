import { Link } from "@tanstack/react-router";
import type { Event } from "~/api/types";
import type { Column } from "~/parts/DataTable";
import { Reasons } from "~/parts/Reasons";
import { Status, words } from "~/parts/Status";
import { When } from "~/parts/When";

export const COLUMNS: readonly Column<Event>[] = [
  { key: "at", title: "When", cell: (event) => <When at={event.at} /> },
  {
    key: "kind",
    title: "What",
    from: "sm",
    cell: (event) => <span className="line">{words(event.kind)}</span>,
  },
  {
    key: "became",
    title: "Became",
    from: "md",
    cell: (event) => (event.became ? <Status status={event.became} /> : ""),
  },
  { key: "on", title: "On", cell: (event) => <Subject event={event} /> },
  { key: "detail", title: "Said", cell: (event) => <Reasons of={event.detail} /> },
  {
    key: "job",
    title: "Job",
    from: "md",
    cell: (event) =>
      event.job && (
        <Link to="/jobs/$id" params={{ id: event.job }}>
          job
        </Link>
      ),
  },
];

function Subject({ event }: { event: Event }) {
  if (event.compute_id) {
    return (
      <Link className="name" to="/units/$computeId" params={{ computeId: event.compute_id }}>
        {event.compute_id}
      </Link>
    );
  }
  if (!event.hostname) return <>–</>;
  return (
    <Link className="name" to="/servers/$hostname" params={{ hostname: event.hostname }}>
      {event.hostname}
    </Link>
  );
}
