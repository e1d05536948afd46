import { Progress, Text } from "@mantine/core";
import { isOver } from "~/api/queries";
import type { Job } from "~/api/types";

/** How far a job's step is, where its server tells. */
export function JobProgress({ job }: { job: Job }) {
  if (isOver(job) || !job.progress) return null;
  const { percent, done, of, what } = job.progress;
  return (
    <div>
      <Progress.Root size="md" aria-label="Progress">
        <Progress.Section value={percent} aria-label={`${done} of ${of}`} />
      </Progress.Root>
      <Text size="sm" c="dimmed" mt={4}>
        {done} of {of}: {what}
      </Text>
    </div>
  );
}
