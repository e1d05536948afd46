import { useQuery } from "@tanstack/react-query";
import { jobs } from "~/api/queries";
import type { UnitDetail } from "~/api/types";
import { Empty } from "~/parts/Empty";
import { Loaded } from "~/parts/Loaded";
import { JobsTable } from "../jobs/JobsTable";

/** What was done to it. */
export function HistoryTab({ unit }: { unit: UnitDetail }) {
  const found = useQuery(jobs({ compute_id: unit.compute_id, limit: 200 }));
  return (
    <Loaded query={found}>
      {(list) =>
        list.length === 0 ? (
          <Empty title="Nothing was done to it yet" text="It is as its init made it." />
        ) : (
          <JobsTable jobs={list} />
        )
      }
    </Loaded>
  );
}
