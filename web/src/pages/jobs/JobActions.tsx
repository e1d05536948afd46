import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRefresh, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { cancelJob, retryJob } from "~/api/actions";
import { faultOf } from "~/api/fault";
import { job as asked } from "~/api/queries";
import type { Job, JobDetail } from "~/api/types";

/** What can be done to a job: taken back, or tried again. */
export function JobActions({ job }: { job: Job }) {
  const queries = useQueryClient();
  const go = useNavigate();
  const refused = (error: Error) =>
    notifications.show({ color: "red", title: "It was refused", message: faultOf(error).message });
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSuccess: (now) =>
      queries.setQueryData(
        asked(job.id).queryKey,
        (old) => old && ({ ...old, ...now } satisfies JobDetail),
      ),
    onError: refused,
  });
  const retry = useMutation({
    mutationFn: () => retryJob(job.id),
    onSuccess: async (next) => {
      await queries.invalidateQueries({ queryKey: ["jobs"] });
      await go({ to: "/jobs/$id", params: { id: next.id } });
    },
    onError: refused,
  });
  return (
    <>
      {job.can_retry && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {job.next_at ? "Try now" : "Try again"}
        </Button>
      )}
      {job.can_cancel && (
        <Button
          variant="light"
          color="red"
          leftSection={<IconX size={14} />}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Take back
        </Button>
      )}
    </>
  );
}
