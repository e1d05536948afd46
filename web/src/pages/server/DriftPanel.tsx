import { Button } from "@mantine/core";
import { IconTool } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Drift, ServerDetail } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { Panel } from "~/parts/Panel";
import { Status, words } from "~/parts/Status";
import { isVisited } from "~/parts/serverState";
import { When } from "~/parts/When";

interface Props {
  server: ServerDetail;
  pending: boolean;
  onRepair: () => void;
}

/** Each way in which the server is not as it should be, and what puts it right. */
export function DriftPanel({ server, pending, onRepair }: Props) {
  const { drift } = server;
  const differs = drift.length > 0;
  return (
    <Panel
      title="Drift"
      flush={differs}
      aside={
        isVisited(server) &&
        differs && (
          <Button leftSection={<IconTool size={14} />} loading={pending} onClick={onRepair}>
            Repair
          </Button>
        )
      }
    >
      {differs ? (
        <DataTable label="Drift" rows={drift} columns={COLUMNS} id={(one) => keyOf(one)} />
      ) : (
        <Nothing server={server} />
      )}
    </Panel>
  );
}

function Nothing({ server }: { server: ServerDetail }) {
  if (server.mode === "off") return <Status status="unknown" label="It is not looked for." />;
  if (!server.visited_at) return <Status status="unknown" label="It was not visited yet." />;
  return <Status status="healthy" label="Everything was as it should be at the last visit." />;
}

const keyOf = (drift: Drift) => `${drift.compute_id ?? ""} ${drift.resource} ${drift.change}`;

const COLUMNS: Column<Drift>[] = [
  {
    key: "scope",
    title: "Where",
    cell: ({ compute_id: id }) =>
      id ? (
        <Link className="name" to="/units/$computeId" params={{ computeId: id }}>
          {id}
        </Link>
      ) : (
        "the server’s own part"
      ),
  },
  { key: "resource", title: "What", from: "sm", cell: (drift) => words(drift.resource) },
  {
    key: "change",
    title: "What puts it right",
    cell: (drift) => <span className="mono">{drift.change}</span>,
  },
  { key: "since", title: "Known", from: "sm", cell: (drift) => <When at={drift.since} /> },
];
