import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { ServerDetail } from "~/api/types";
import { Empty } from "~/parts/Empty";
import { plural } from "~/parts/format";
import { CpuTable } from "~/topology/CpuTable";
import { ownersOf } from "~/topology/owners";
import { Topology } from "~/topology/Topology";
import { Legend } from "./Legend";

const route = getRouteApi("/servers/$hostname");
const VIEWS = [
  { value: "drawing", label: "Drawing" },
  { value: "table", label: "Table" },
];

/** How the server is built, and whose each CPU is. */
export function TopologyTab({ server }: { server: ServerDetail }) {
  const { view = "drawing" } = route.useSearch();
  const own = route.useNavigate();
  const go = useNavigate();
  const [lit, setLit] = useState<string>();
  const owners = useMemo(() => ownersOf(server.units), [server.units]);
  const { facts } = server;
  if (!facts) {
    return (
      <Empty
        title="Not looked at yet"
        text="The server has not told its topology; the first visit of its init asks for it."
      />
    );
  }
  const open = (cpu: number) => {
    const owner = owners.get(cpu);
    if (owner) void go({ to: "/units/$computeId", params: { computeId: owner.name } });
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text c="dimmed">
          {plural(facts.cpus.length, "CPU")} in {plural(facts.numa_nodes.length, "NUMA node")},{" "}
          {plural(server.units.length, "unit")}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label="View"
          data={VIEWS}
          value={view}
          onChange={(next) =>
            void own({ search: (old) => ({ ...old, view: next as typeof view }), replace: true })
          }
        />
      </Group>
      {view === "table" ? (
        <CpuTable facts={facts} owners={owners} />
      ) : (
        <>
          <Topology
            facts={facts}
            owners={owners}
            label={`CPUs of ${server.hostname}`}
            onPress={open}
            lit={lit}
            onLit={setLit}
          />
          <Legend
            units={server.units}
            housekeeping={server.housekeeping_cpus}
            lit={lit}
            onLit={setLit}
          />
        </>
      )}
    </Stack>
  );
}
