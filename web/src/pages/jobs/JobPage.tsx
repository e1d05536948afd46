import { Alert, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useJobStream } from "~/api/jobStream";
import { isOver, job } from "~/api/queries";
import type { JobDetail } from "~/api/types";
import { Facts } from "~/parts/Facts";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { Panel } from "~/parts/Panel";
import { Status, words } from "~/parts/Status";
import { When } from "~/parts/When";
import { JobActions } from "./JobActions";
import { JobLog } from "./JobLog";
import { JobProgress } from "./JobProgress";
import { Subject, Took } from "./JobsTable";

const route = getRouteApi("/jobs/$id");

/** One job: what it is at, what it said, how it ended. */
export function JobPage() {
  const { id } = route.useParams();
  const found = useQuery(job(id));
  useJobStream(id, found.data !== undefined && !isOver(found.data));
  return (
    <>
      <PageHead
        title={
          found.data
            ? `${words(found.data.kind)} ${found.data.compute_id ?? found.data.hostname ?? ""}`
            : "Job"
        }
        state={found.data && <Status status={found.data.status} />}
        sub={<span className="mono">{id}</span>}
      >
        {found.data && <JobActions job={found.data} />}
      </PageHead>
      <Loaded query={found}>{(job) => <Body job={job} />}</Loaded>
    </>
  );
}

function Body({ job }: { job: JobDetail }) {
  return (
    <Stack gap="md">
      {job.reason && (
        <Alert
          data-color={job.status === "failed" ? "red" : "yellow"}
          title={job.status === "failed" ? "Why it failed" : "What hinders it"}
        >
          {job.reason}
          {job.next_at && (
            <>
              {" "}
              It is tried again <When at={job.next_at} />.
            </>
          )}
        </Alert>
      )}
      {job.next_action && <Alert title="What to do next">{job.next_action}</Alert>}
      <JobProgress job={job} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="What it is">
          <Facts
            of={[
              ["Works on", <Subject key="s" job={job} />],
              ["Step", words(job.step)],
              ["Taken up", job.attempts === 1 ? "once" : `${job.attempts} times`],
            ]}
          />
        </Panel>
        <Panel title="When">
          <Facts
            of={[
              ["Asked for", <When key="a" at={job.created_at} exact />],
              ["Taken up", <When key="s" at={job.started_at} exact />],
              ["Ended", <When key="e" at={job.ended_at} exact />],
              ["Took", <Took key="t" job={job} />],
            ]}
          />
        </Panel>
      </SimpleGrid>
      <JobLog job={job} />
    </Stack>
  );
}
