import { Button, Group, Text } from "@mantine/core";
import { IconStethoscope } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { faultOf } from "~/api/fault";
import { examination, servers } from "~/api/queries";
import type { Examination, Server } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { count, plural } from "~/parts/format";
import { Loaded } from "~/parts/Loaded";
import { Panel } from "~/parts/Panel";
import { Status } from "~/parts/Status";
import { isServer, SERVER_WORDS } from "~/parts/serverState";

interface Seen {
  hostname: string;
  found?: Examination;
  fault?: string;
}

/** Looks at every server, one after the other, and says what is wrong with it. */
export function FleetDoctor() {
  const all = useQuery(servers());
  const queries = useQueryClient();
  const [seen, setSeen] = useState<Record<string, Seen>>({});
  const [going, setGoing] = useState(false);
  const examine = async (list: Server[]) => {
    setGoing(true);
    for (const { hostname } of list) {
      let result: Seen;
      try {
        result = {
          hostname,
          found: await queries.fetchQuery({ ...examination(hostname), staleTime: 0 }),
        };
      } catch (error) {
        result = { hostname, fault: faultOf(error).message };
      }
      setSeen((before) => ({ ...before, [hostname]: result }));
    }
    setGoing(false);
  };
  return (
    <Panel
      title="Doctor"
      flush={all.data !== undefined && all.data.length > 0}
      aside={
        <Button
          variant="default"
          leftSection={<IconStethoscope size={14} />}
          loading={going}
          disabled={!all.data?.length}
          onClick={() => void examine(all.data ?? [])}
        >
          Examine all servers
        </Button>
      }
    >
      <Loaded query={all}>
        {(list) =>
          list.length === 0 ? (
            <Text c="dimmed">There is no server to examine.</Text>
          ) : (
            <>
              <Counted of={list} />
              <DataTable
                label="Servers"
                rows={list.map(({ hostname }) => seen[hostname] ?? { hostname })}
                columns={COLUMNS}
                id={(row) => row.hostname}
              />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** How many servers stand how, as far as their visits told. */
function Counted({ of }: { of: readonly Server[] }) {
  const counts = SERVER_WORDS.map((word) => {
    return { word, servers: of.filter((server) => isServer(server, word)).length };
  });
  return (
    <Group gap="lg" p="sm" role="group" aria-label="How the servers stand">
      {counts
        .filter(({ servers }) => servers > 0)
        .map(({ word, servers }) => (
          <Link key={word} to="/servers" search={{ health: word }}>
            <Status status={word} label={`${count(servers)} ${word}`} />
          </Link>
        ))}
    </Group>
  );
}

const COLUMNS: Column<Seen>[] = [
  {
    key: "hostname",
    title: "Server",
    cell: ({ hostname }) => (
      <Link to="/servers/$hostname" params={{ hostname }} search={{ tab: "health" }}>
        {hostname}
      </Link>
    ),
  },
  { key: "verdict", title: "Verdict", cell: (row) => <Verdict seen={row} /> },
  {
    key: "findings",
    title: "Findings",
    from: "sm",
    cell: (row) => row.fault ?? row.found?.findings.map((finding) => finding.fault).join("; "),
  },
];

function Verdict({ seen: { found, fault } }: { seen: Seen }) {
  if (fault) return <Status status="unreachable" label="not looked at" />;
  if (!found) return <>not examined</>;
  const worst = ["refuses", "degrades", "notes"].find((severity) =>
    found.findings.some((finding) => finding.severity === severity),
  );
  return worst ? (
    <Status status={worst} label={plural(found.findings.length, "finding")} />
  ) : (
    <Status status="healthy" label="sound" />
  );
}
