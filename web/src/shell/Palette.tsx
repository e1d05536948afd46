import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
  spotlight,
} from "@mantine/spotlight";
import { IconCpu, IconSearch, IconServer } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { servers, units } from "~/api/queries";
import { tagsOf } from "~/api/tags";
import { words } from "~/parts/Status";
import { ACTIONS, PAGES } from "./pages";

export const openPalette = () => spotlight.open();

/** Everything by its name: pages, actions, servers, units. */
export function Palette() {
  const go = useNavigate();
  const allServers = useQuery({ ...servers(), refetchInterval: false });
  const allUnits = useQuery({ ...units(), refetchInterval: false });
  const pages: SpotlightActionData[] = [...ACTIONS, ...PAGES].map((page) => ({
    id: page.to,
    label: page.label,
    description: `g ${page.key}`,
    leftSection: <page.icon size={18} stroke={1.6} />,
    onClick: () => void go({ to: page.to }),
  }));
  const named: SpotlightActionData[] = (allServers.data ?? []).map((server) => ({
    id: `server ${server.hostname}`,
    label: server.hostname,
    description: `${server.ip} · ${server.region} ${server.zone} · ${words(server.status)}`,
    leftSection: <IconServer size={18} stroke={1.6} />,
    onClick: () => void go({ to: "/servers/$hostname", params: { hostname: server.hostname } }),
  }));
  const cut: SpotlightActionData[] = (allUnits.data ?? []).map((unit) => ({
    id: `unit ${unit.compute_id}`,
    label: unit.compute_id,
    description: `${unit.cpu_count} CPUs · ${words(unit.status)}`,
    keywords: [unit.user, ...tagsOf(unit).map(([, value]) => value)],
    leftSection: <IconCpu size={18} stroke={1.6} />,
    onClick: () => void go({ to: "/units/$computeId", params: { computeId: unit.compute_id } }),
  }));
  const actions: SpotlightActionGroupData[] = [
    { group: "Pages and actions", actions: pages },
    { group: "Servers", actions: named },
    { group: "Units", actions: cut },
  ];
  return (
    <Spotlight
      actions={actions}
      limit={12}
      scrollable
      maxHeight={440}
      highlightQuery
      nothingFound="Nothing is called so"
      searchProps={{
        placeholder: "A page, server or unit",
        leftSection: <IconSearch size={18} />,
        "aria-label": "Find",
      }}
    />
  );
}
