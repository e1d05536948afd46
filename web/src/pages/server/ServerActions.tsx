import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { decommission } from "~/api/actions";
import { faultOf } from "~/api/fault";
import type { ServerDetail } from "~/api/types";
import { ConfirmByName } from "~/parts/ConfirmByName";
import { plural } from "~/parts/format";
import { isVisited } from "~/parts/serverState";
import { useWork } from "~/parts/work";
import { CordonButton } from "./CordonButton";

/** What can be done to a server. */
export function ServerActions({ server }: { server: ServerDetail }) {
  const [asking, { open, close }] = useDisclosure();
  const tenants = server.units.filter((unit) => unit.status === "allocated");
  const give = useWork(
    () => decommission(server.hostname, tenants.length > 0),
    () => ({
      doing: `Decommissioning ${server.hostname}`,
      done: `${server.hostname} is as it was before its init`,
    }),
  );
  if (server.ended_at) return null;
  return (
    <>
      {isVisited(server) && <CordonButton server={server} />}
      <Button variant="light" color="red" leftSection={<IconTrash size={14} />} onClick={open}>
        Decommission
      </Button>
      <ConfirmByName
        opened={asking}
        onClose={close}
        title={`Decommission ${server.hostname}`}
        name={server.hostname}
        verb="Decommission"
        lost={
          <>
            Everything of Kloigos is removed from the server, and its{" "}
            {plural(server.units.length, "unit")} with all that is in them. The server itself goes
            on as it was before its init; the history is kept.
          </>
        }
        also={
          tenants.length > 0
            ? `Deallocate first what is in use: ${tenants.map((unit) => unit.compute_id).join(", ")}. Their tenants’ processes and files are lost.`
            : undefined
        }
        pending={give.isPending}
        fault={give.error && faultOf(give.error)}
        onConfirm={() => give.mutate(undefined, { onSuccess: close })}
      />
    </>
  );
}
