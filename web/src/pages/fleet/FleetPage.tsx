import { Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { faultOf } from "~/api/fault";
import { servers, units } from "~/api/queries";
import type { Server, Unit } from "~/api/types";
import { Empty } from "~/parts/Empty";
import { Failed } from "~/parts/Failed";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { isServer, SERVER_WORDS } from "~/parts/serverState";
import { NoServers } from "../servers/ServersPage";
import { Figures } from "./Figures";
import { FleetMap } from "./FleetMap";
import { grouped, totals } from "./fleet";
import { useTiles } from "./tiles";

const route = getRouteApi("/");
const NO_UNITS: Unit[] = [];

/** All servers at a glance. */
export function FleetPage() {
  const allServers = useQuery(servers());
  const allUnits = useQuery(units());
  return (
    <>
      <PageHead title="Fleet" />
      <Loaded query={allServers}>
        {(list) =>
          list.length === 0 ? (
            <NoServers />
          ) : (
            // The map stands before its units are there; in a large fleet they come later.
            <>
              {allUnits.error && !allUnits.data && <Failed fault={faultOf(allUnits.error)} />}
              <Fleet servers={list} units={allUnits.data ?? NO_UNITS} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

const GROUPINGS = [
  { value: "", label: "All" },
  { value: "region", label: "Region" },
  { value: "zone", label: "Zone" },
  { value: "health", label: "Health" },
];

function Fleet({ servers, units }: { servers: Server[]; units: Unit[] }) {
  const { q = "", health, group } = route.useSearch();
  const go = route.useNavigate();
  const set = (change: Record<string, string | undefined>) =>
    void go({ search: (old) => ({ ...old, ...change }), replace: true });
  const tiles = useTiles(servers, units);
  const needle = q.toLowerCase();
  const matching = tiles.filter(
    ({ server }) =>
      (!health || isServer(server, health)) &&
      `${server.hostname} ${server.ip} ${server.region} ${server.zone}`
        .toLowerCase()
        .includes(needle),
  );
  return (
    <>
      <Figures of={totals(matching)} />
      <Group gap="xs" my="md">
        <TextInput
          data-filter
          aria-label="Filter the fleet"
          placeholder="Name, address, region, zone"
          leftSection={<IconSearch size={14} />}
          value={q}
          onChange={(event) => set({ q: event.currentTarget.value })}
        />
        <Select
          aria-label="State"
          placeholder="Any state"
          clearable
          w={150}
          data={SERVER_WORDS}
          value={health ?? null}
          onChange={(value) => set({ health: value ?? undefined })}
        />
        <SegmentedControl
          aria-label="Group by"
          size="xs"
          data={GROUPINGS}
          value={group ?? ""}
          onChange={(value) => set({ group: value || undefined })}
        />
      </Group>
      {matching.length === 0 ? (
        <Empty title="No server matches" text="Take a filter away to see more." />
      ) : (
        <FleetMap groups={grouped(matching, group)} />
      )}
    </>
  );
}
