import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { redeliver } from "~/api/actions";
import { deliveries } from "~/api/queries";
import type { Delivery } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { Loaded } from "~/parts/Loaded";
import { Panel } from "~/parts/Panel";
import { Status, words } from "~/parts/Status";
import { When } from "~/parts/When";
import { Attempts } from "./Attempts";
import { useSending } from "./sending";

interface Props {
  id: string;
  /** Whether the control plane is asked for them. */
  asks: boolean;
}

/** The messages to a webhook, the newest first, and how each stands. */
export function Deliveries({ id, asks }: Props) {
  const found = useQuery({ ...deliveries(id), enabled: asks });
  const [open, setOpen] = useState<string>();
  const shown = found.data?.find((one) => one.id === open);
  const columns: Column<Delivery>[] = [
    ...COLUMNS,
    {
      key: "more",
      title: "",
      right: true,
      cell: (one) => (
        <Button
          variant="default"
          aria-label={`Attempts of ${nameOf(one)}`}
          onClick={() => setOpen(one.id)}
        >
          Attempts
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Messages" flush={(found.data?.length ?? 0) > 0}>
      <Loaded query={found}>
        {(list) =>
          list.length === 0 ? (
            "Nothing was sent yet."
          ) : (
            <DataTable label="Messages" rows={list} columns={columns} id={(one) => one.id} />
          )
        }
      </Loaded>
      <Modal
        opened={shown !== undefined}
        onClose={() => setOpen(undefined)}
        title={shown && nameOf(shown)}
        size="lg"
      >
        {shown && <Opened id={id} message={shown} />}
      </Modal>
    </Panel>
  );
}

function Opened({ id, message }: { id: string; message: Delivery }) {
  const again = useSending(id, () => redeliver(id, message.id));
  return (
    <Attempts message={message}>
      <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>
        {message.status === "waiting" ? "Send it now" : "Send it again"}
      </Button>
    </Attempts>
  );
}

function nameOf({ kind, event }: Delivery): string {
  return event === null ? words(kind) : `${words(kind)}, event ${event}`;
}

const COLUMNS: Column<Delivery>[] = [
  { key: "kind", title: "Message", cell: nameOf },
  { key: "status", title: "State", cell: (one) => <Status status={one.status} /> },
  {
    key: "attempts",
    title: "Attempts",
    from: "sm",
    right: true,
    cell: (one) => one.attempts,
  },
  {
    key: "answer",
    title: "Last answer",
    from: "md",
    cell: (one) => one.error ?? (one.status_code ? `${one.status_code}` : "–"),
  },
  {
    key: "next",
    title: "Next attempt",
    from: "lg",
    cell: (one) => <When at={one.next_attempt_at} />,
  },
  { key: "at", title: "Written", from: "sm", cell: (one) => <When at={one.created_at} /> },
];
