import { Alert, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useJobStream } from "~/api/jobStream";
import { isOver, job } from "~/api/queries";
import type { JobDetail } from "~/api/types";
import { LinkButton } from "~/parts/LinkButton";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { Status, words } from "~/parts/Status";
import { JobLog } from "../jobs/JobLog";
import { JobProgress } from "../jobs/JobProgress";

/** An init that goes on; the page can be left and is found again by its address. */
export function ProgressStep({ id, hostname }: { id: string; hostname: string }) {
  const found = useQuery(job(id));
  useJobStream(id, found.data !== undefined && !isOver(found.data));
  const name = found.data?.hostname ?? hostname;
  return (
    <>
      <PageHead
        title={`Init of ${name}`}
        state={
          found.data && (
            <Status
              status={found.data.status}
              label={`${words(found.data.status)} · ${words(found.data.step)}`}
            />
          )
        }
        sub="It goes on when this page is left."
      />
      <Loaded query={found}>{(job) => <Progress job={job} hostname={name} />}</Loaded>
    </>
  );
}

function Progress({ job, hostname }: { job: JobDetail; hostname: string }) {
  return (
    <Stack gap="md">
      {job.status === "succeeded" && (
        <Alert data-color="teal" title={`${hostname} is cut`}>
          Its units are free; the first can be allocated now.
        </Alert>
      )}
      {job.reason && (
        <Alert
          data-color={job.status === "failed" ? "red" : "yellow"}
          title={job.status === "failed" ? "The init failed" : "What hinders it"}
        >
          {job.reason}
        </Alert>
      )}
      <JobProgress job={job} />
      <JobLog job={job} />
      {isOver(job) && (
        <Group gap="xs">
          {job.status === "succeeded" && <LinkButton to="/allocate">Allocate a unit</LinkButton>}
          <LinkButton to="/servers/$hostname" params={{ hostname }} variant="default">
            Show the server
          </LinkButton>
          <LinkButton to="/init" search={{}} variant="default">
            Init another
          </LinkButton>
        </Group>
      )}
    </Stack>
  );
}
