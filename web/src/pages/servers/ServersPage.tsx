import { Group, Select, TextInput } from "@mantine/core";
import { IconSearch, IconServer2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { servers } from "~/api/queries";
import type { Server } from "~/api/types";
import { Copy } from "~/parts/Copy";
import { type Column, DataTable } from "~/parts/DataTable";
import { Empty } from "~/parts/Empty";
import { count } from "~/parts/format";
import { LinkButton } from "~/parts/LinkButton";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { Differs } from "~/parts/ServerState";
import { Status } from "~/parts/Status";
import { isServer, SERVER_WORDS } from "~/parts/serverState";
import { When } from "~/parts/When";

const route = getRouteApi("/servers");

/** How many units of a server are in these states. */
function units(server: Server, ...states: string[]): number {
  const counted = Object.entries(server.unit_counts);
  return counted
    .filter(([state]) => states.length === 0 || states.includes(state))
    .reduce((sum, [, n]) => sum + n, 0);
}

const COLUMNS: Column<Server>[] = [
  {
    key: "hostname",
    title: "Server",
    by: (server) => server.hostname,
    cell: (server) => (
      <Link to="/servers/$hostname" params={{ hostname: server.hostname }}>
        {server.hostname}
      </Link>
    ),
  },
  {
    key: "status",
    title: "State",
    by: (server) => server.status,
    cell: (server) => <Status status={server.status} />,
  },
  {
    key: "health",
    title: "Health",
    by: (server) => server.health,
    cell: (server) => <Status status={server.health} />,
  },
  {
    key: "drift",
    title: "Drift",
    by: (server) => server.drift_count,
    from: "sm",
    cell: (server) => (server.mode === "off" ? "off" : <Differs server={server} />),
  },
  {
    key: "visited",
    title: "Visited",
    by: (server) => server.visited_at ?? "",
    from: "lg",
    cell: (server) => <When at={server.visited_at} />,
  },
  {
    key: "ip",
    title: "Address",
    by: (server) => server.ip,
    from: "sm",
    cell: (server) => <span className="mono">{server.ip}</span>,
  },
  {
    key: "region",
    title: "Region",
    by: (server) => server.region,
    from: "md",
    cell: (server) => server.region,
  },
  {
    key: "zone",
    title: "Zone",
    by: (server) => server.zone,
    from: "md",
    cell: (server) => server.zone,
  },
  {
    key: "allocated",
    title: "Allocated",
    right: true,
    by: (server) => units(server, "allocated") / Math.max(1, units(server)),
    cell: (server) => `${count(units(server, "allocated"))} of ${count(units(server))}`,
  },
  {
    key: "host",
    title: "Host’s CPUs",
    from: "lg",
    cell: (server) => <span className="mono">{server.housekeeping_cpus ?? "–"}</span>,
  },
  {
    key: "since",
    title: "Since",
    from: "lg",
    by: (server) => server.created_at,
    cell: (server) => <When at={server.created_at} />,
  },
];

/** Every server, to be found and compared. */
export function ServersPage() {
  const all = useQuery(servers());
  return (
    <>
      <PageHead title="Servers">
        <LinkButton to="/init" leftSection={<IconServer2 size={15} />}>
          Init a server
        </LinkButton>
      </PageHead>
      <Loaded query={all}>
        {(list) => (list.length === 0 ? <NoServers /> : <List all={list} />)}
      </Loaded>
    </>
  );
}

function List({ all }: { all: Server[] }) {
  const { q = "", status, health, sort } = route.useSearch();
  const go = route.useNavigate();
  const set = (change: { q?: string; status?: string; health?: string; sort?: string }) =>
    void go({ search: (old) => ({ ...old, ...change }), replace: true });
  const needle = q.toLowerCase();
  const matching = all.filter(
    (server) =>
      (!status || server.status === status) &&
      (!health || isServer(server, health)) &&
      `${server.hostname} ${server.ip} ${server.region} ${server.zone}`
        .toLowerCase()
        .includes(needle),
  );
  const words = (of: (server: Server) => string) => [...new Set(all.map(of))].sort();
  return (
    <>
      <Group gap="xs" mb="sm">
        <TextInput
          data-filter
          aria-label="Filter servers"
          placeholder="Name, address, region, zone"
          leftSection={<IconSearch size={14} />}
          value={q}
          onChange={(event) => set({ q: event.currentTarget.value })}
        />
        <Select
          aria-label="State"
          placeholder="Any state"
          clearable
          data={words((server) => server.status)}
          value={status ?? null}
          onChange={(value) => set({ status: value ?? "" })}
          w={150}
        />
        <Select
          aria-label="Health"
          placeholder="Any health"
          clearable
          data={SERVER_WORDS.filter((word) => all.some((server) => isServer(server, word)))}
          value={health ?? null}
          onChange={(value) => set({ health: value ?? "" })}
          w={150}
        />
      </Group>
      {matching.length === 0 ? (
        <Empty title="No server matches" text="Take a filter away to see more." />
      ) : (
        <DataTable
          label="Servers"
          rows={matching}
          columns={COLUMNS}
          id={(server) => server.hostname}
          sort={sort}
          onSort={(next) => set({ sort: next })}
        />
      )}
    </>
  );
}

/** The first thing that anybody sees. */
export function NoServers() {
  return (
    <Empty
      title="No servers yet"
      text="Init your first one: it is looked at before anything is changed, and you say how it is cut."
    >
      <LinkButton to="/init" size="sm" leftSection={<IconServer2 size={16} />}>
        Init a server
      </LinkButton>
      <Copy
        label="the command"
        text="kloigos server init NAME --ip ADDRESS --region eu --zone a --split 4 --dry-run"
      />
    </Empty>
  );
}
