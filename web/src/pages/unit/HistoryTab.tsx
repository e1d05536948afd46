import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { jobs, unitAllocations } from "~/api/queries";
import type { Allocation, UnitDetail } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { duration } from "~/parts/format";
import { Loaded } from "~/parts/Loaded";
import { Panel } from "~/parts/Panel";
import { Status } from "~/parts/Status";
import { Tags } from "~/parts/Tags";
import { When } from "~/parts/When";
import { Timeline } from "../events/Timeline";
import { JobsTable } from "../jobs/JobsTable";

/** Who had it, and what was done to it. */
export function HistoryTab({ unit }: { unit: UnitDetail }) {
  const tenancies = useQuery(unitAllocations(unit.compute_id));
  const work = useQuery(jobs({ compute_id: unit.compute_id, limit: 200 }));
  return (
    <Stack gap="md">
      <Panel title="Allocations" flush={(tenancies.data?.length ?? 0) > 0}>
        <Loaded query={tenancies}>
          {(list) =>
            list.length === 0 ? (
              "It was nobody’s yet."
            ) : (
              <DataTable label="Allocations" rows={list} columns={COLUMNS} id={(one) => one.id} />
            )
          }
        </Loaded>
      </Panel>
      <Panel title="Jobs" flush={(work.data?.length ?? 0) > 0}>
        <Loaded query={work}>
          {(list) =>
            list.length === 0 ? "Nothing was done to it yet." : <JobsTable jobs={list} />
          }
        </Loaded>
      </Panel>
      <Panel title="Events" flush>
        <Timeline filter={{ compute_id: unit.compute_id }} />
      </Panel>
    </Stack>
  );
}

const COLUMNS: Column<Allocation>[] = [
  {
    key: "from",
    title: "From",
    cell: (one) => <When at={one.started_at ?? one.created_at} exact />,
  },
  { key: "for", title: "For", right: true, cell: lasted },
  { key: "status", title: "State", cell: (one) => <Status status={one.status} /> },
  { key: "tags", title: "Tags", from: "sm", cell: (one) => <Tags of={one} limit={3} /> },
  {
    key: "job",
    title: "Made by",
    from: "md",
    cell: (one) => (
      <Link to="/jobs/$id" params={{ id: one.job }}>
        its job
      </Link>
    ),
  },
  { key: "why", title: "Why it ended", from: "lg", cell: (one) => one.reason ?? "" },
];

function lasted(one: Allocation): string {
  if (!one.started_at || !one.ended_at) return "–";
  return duration(Date.parse(one.ended_at) - Date.parse(one.started_at));
}
