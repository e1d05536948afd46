import { Link } from "@tanstack/react-router";
import type { Job } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { duration } from "~/parts/format";
import { useNow } from "~/parts/now";
import { Status, words } from "~/parts/Status";
import { When } from "~/parts/When";

const COLUMNS: Column<Job>[] = [
  {
    key: "kind",
    title: "Job",
    cell: (job) => (
      <Link to="/jobs/$id" params={{ id: job.id }}>
        {words(job.kind)}
      </Link>
    ),
  },
  { key: "status", title: "State", cell: (job) => <Status status={job.status} /> },
  { key: "subject", title: "On", cell: (job) => <Subject job={job} /> },
  { key: "step", title: "Step", from: "md", cell: (job) => words(job.step) },
  { key: "took", title: "Took", from: "sm", right: true, cell: (job) => <Took job={job} /> },
  { key: "created", title: "Asked for", from: "sm", cell: (job) => <When at={job.created_at} /> },
  { key: "reason", title: "Why", from: "lg", cell: (job) => job.reason ?? "" },
];

/** Jobs, the newest first. */
export function JobsTable({ jobs }: { jobs: readonly Job[] }) {
  return <DataTable label="Jobs" rows={jobs} columns={COLUMNS} id={(job) => job.id} />;
}

/** What a job works on, to go there. */
export function Subject({ job }: { job: Job }) {
  if (job.compute_id) {
    return (
      <Link to="/units/$computeId" params={{ computeId: job.compute_id }}>
        {job.compute_id}
      </Link>
    );
  }
  if (!job.hostname) return <>–</>;
  return (
    <Link to="/servers/$hostname" params={{ hostname: job.hostname }}>
      {job.hostname}
    </Link>
  );
}

/** How long a job took, or takes by now. */
export function Took({ job }: { job: Job }) {
  const now = useNow();
  if (!job.started_at) return <>–</>;
  const end = job.ended_at ? Date.parse(job.ended_at) : now;
  return <>{duration(end - Date.parse(job.started_at))}</>;
}
