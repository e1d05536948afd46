import { Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useJobStream } from "~/api/jobStream";
import { job as asked, isOver, jobs } from "~/api/queries";
import { Loaded, Waiting } from "~/parts/Loaded";
import { Status } from "~/parts/Status";
import { JobLog } from "../jobs/JobLog";
import { JobProgress } from "../jobs/JobProgress";

/** How many repairs are looked through for those that go on. */
const LOOKED = 20;

/** The repairs that go on, and those that were begun while somebody looks: what each changes. */
export function Repairs({ hostname }: { hostname: string }) {
  const { data: all } = useQuery(jobs({ hostname, kind: "repairing", limit: LOOKED }));
  const [newest, setNewest] = useState<string>();
  if (all && newest === undefined) setNewest(all[0]?.id ?? "");
  // Later jobs have later ids.
  const shown = (all ?? []).filter((job) => !isOver(job) || job.id > (newest ?? ""));
  return (
    <>
      {shown.map(({ id }) => (
        <Repair key={id} id={id} />
      ))}
    </>
  );
}

function Repair({ id }: { id: string }) {
  const found = useQuery(asked(id));
  useJobStream(id, found.data !== undefined && !isOver(found.data));
  return (
    <Loaded query={found} waiting={<Waiting rows={2} />}>
      {(job) => (
        <Stack gap="xs">
          <Group gap="sm">
            <Status status={job.status} />
            <Link to="/jobs/$id" params={{ id }}>
              Repair of {job.compute_id ?? `${job.hostname}’s own part`}
            </Link>
            {job.reason}
          </Group>
          <JobProgress job={job} />
          <JobLog job={job} title={`What changed on ${job.compute_id ?? job.hostname}`} />
        </Stack>
      )}
    </Loaded>
  );
}
