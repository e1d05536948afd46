import { Alert, Stack, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { jobs, server } from "~/api/queries";
import type { ServerDetail } from "~/api/types";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { Reasons } from "~/parts/Reasons";
import { ServerStates } from "~/parts/ServerState";
import { isVisited } from "~/parts/serverState";
import { When } from "~/parts/When";
import { Timeline } from "../events/Timeline";
import { JobsTable } from "../jobs/JobsTable";
import { FactsTab } from "./FactsTab";
import { HealthTab } from "./HealthTab";
import { ServerActions } from "./ServerActions";
import { TopologyTab } from "./TopologyTab";
import { UnitsTab } from "./UnitsTab";

const route = getRouteApi("/servers/$hostname");

/** One server: how it is built and cut, what it is, whether it is well. */
export function ServerPage() {
  const { hostname } = route.useParams();
  const found = useQuery(server(hostname));
  return (
    <>
      <PageHead
        title={hostname}
        state={found.data && <ServerStates server={found.data} />}
        sub={found.data && <Where server={found.data} />}
      >
        {found.data && <ServerActions server={found.data} />}
      </PageHead>
      <Loaded query={found}>{(server) => <Body server={server} />}</Loaded>
    </>
  );
}

function Where({ server }: { server: ServerDetail }) {
  return (
    <>
      <span className="mono">{server.ip}</span> · {server.region} {server.zone} · since{" "}
      <When at={server.created_at} />
      {server.ended_at && (
        <>
          {" "}
          · ended <When at={server.ended_at} />
        </>
      )}
    </>
  );
}

function Body({ server }: { server: ServerDetail }) {
  const { tab = "topology" } = route.useSearch();
  const go = route.useNavigate();
  return (
    <Stack gap="md">
      {server.reason && (
        <Alert
          data-color={server.status.endsWith("_fail") ? "red" : "yellow"}
          title={server.status === "cordoned" ? "Why it is cordoned" : "Why it is as it is"}
        >
          {server.reason}
          {server.next_action && ` What to do: ${server.next_action}.`}
        </Alert>
      )}
      {server.health_reason && isVisited(server) && tab !== "health" && (
        <Alert
          data-color={server.health === "unreachable" ? "red" : "yellow"}
          title={`It is ${server.health}`}
        >
          <Reasons of={server.health_reason} />
          <div>
            Since <When at={server.health_since} />.
          </div>
        </Alert>
      )}
      <Tabs
        value={tab}
        onChange={(next) =>
          void go({ search: (old) => ({ ...old, tab: next as typeof tab }), replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="topology">Topology</Tabs.Tab>
          <Tabs.Tab value="units">Units ({server.units.length})</Tabs.Tab>
          <Tabs.Tab value="health">
            {server.drift_count > 0 ? `Health (${server.drift_count})` : "Health"}
          </Tabs.Tab>
          <Tabs.Tab value="facts">Facts</Tabs.Tab>
          <Tabs.Tab value="jobs">Jobs</Tabs.Tab>
          <Tabs.Tab value="events">Events</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="topology">
          <TopologyTab server={server} />
        </Tabs.Panel>
        <Tabs.Panel value="units">
          <UnitsTab units={server.units} />
        </Tabs.Panel>
        <Tabs.Panel value="health">
          <HealthTab server={server} />
        </Tabs.Panel>
        <Tabs.Panel value="facts">
          <FactsTab server={server} />
        </Tabs.Panel>
        <Tabs.Panel value="jobs">
          <JobsTab hostname={server.hostname} />
        </Tabs.Panel>
        <Tabs.Panel value="events">
          <Timeline filter={{ hostname: server.hostname }} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function JobsTab({ hostname }: { hostname: string }) {
  const found = useQuery(jobs({ hostname, limit: 100 }));
  return <Loaded query={found}>{(list) => <JobsTable jobs={list} />}</Loaded>;
}
