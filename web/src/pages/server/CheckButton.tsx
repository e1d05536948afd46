import { Button } from "@mantine/core";
import { IconEyeCheck } from "@tabler/icons-react";
import { checkServer } from "~/api/actions";
import type { ServerDetail } from "~/api/types";
import { plural } from "~/parts/format";
import { useServerChange } from "./change";

/** Visits a server now, as is done now and then by itself. */
export function CheckButton({ hostname }: { hostname: string }) {
  const visit = useServerChange(() => checkServer(hostname), outcome);
  return (
    <Button
      variant="default"
      leftSection={<IconEyeCheck size={14} />}
      loading={visit.isPending}
      onClick={() => visit.mutate()}
    >
      Check now
    </Button>
  );
}

function outcome({ hostname, health, drift }: ServerDetail): string {
  if (drift.length > 0) return `${hostname} differs in ${plural(drift.length, "way")}`;
  return `${hostname} is ${health}`;
}
