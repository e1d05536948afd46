import { Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { isOver, jobs } from "~/api/queries";
import { plural } from "~/parts/format";
import { LinkButton } from "~/parts/LinkButton";
import { Status } from "~/parts/Status";

/** Work that goes on, wherever one is. */
export function RunningJobs() {
  const recent = useQuery(jobs({ limit: 100 }));
  const going = recent.data?.filter((job) => !isOver(job)).length ?? 0;
  if (going === 0) return null;
  return (
    <Tooltip label={`${plural(going, "job")} going on`}>
      <LinkButton to="/jobs" variant="default" aria-label={`${plural(going, "job")} going on`}>
        <Status status="running" label={`${going}`} />
      </LinkButton>
    </Tooltip>
  );
}
