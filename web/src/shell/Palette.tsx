import {
  createSpotlight,
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
  useSpotlight,
} from "@mantine/spotlight";
import { IconCpu, IconSearch, IconServer } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { servers, units } from "~/api/queries";
import { tagsOf } from "~/api/tags";
import type { Server, Unit } from "~/api/types";
import { words } from "~/parts/Status";
import { ACTIONS, PAGES } from "./pages";

const [store, palette] = createSpotlight();

export const openPalette = () => palette.open();

/** Everything by its name: pages, actions, servers, units. Gathered only while it is open. */
export function Palette() {
  const { opened } = useSpotlight(store);
  const go = useNavigate();
  const allServers = useQuery({ ...servers(), refetchInterval: false, enabled: opened });
  const allUnits = useQuery({ ...units(), refetchInterval: false, enabled: opened });
  const actions: SpotlightActionGroupData[] = [
    { group: "Pages and actions", actions: pageActions(go) },
    { group: "Servers", actions: opened ? serverActions(allServers.data ?? [], go) : [] },
    { group: "Units", actions: opened ? unitActions(allUnits.data ?? [], go) : [] },
  ];
  return (
    <Spotlight
      store={store}
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

type Go = ReturnType<typeof useNavigate>;

function pageActions(go: Go): SpotlightActionData[] {
  return [...ACTIONS, ...PAGES].map((page) => ({
    id: page.to,
    label: page.label,
    description: `g ${page.key}`,
    leftSection: <page.icon size={18} stroke={1.6} />,
    onClick: () => void go({ to: page.to }),
  }));
}

function serverActions(all: readonly Server[], go: Go): SpotlightActionData[] {
  return all.map((server) => ({
    id: `server ${server.hostname}`,
    label: server.hostname,
    description: `${server.ip} · ${server.region} ${server.zone} · ${words(server.status)}`,
    leftSection: <IconServer size={18} stroke={1.6} />,
    onClick: () => void go({ to: "/servers/$hostname", params: { hostname: server.hostname } }),
  }));
}

function unitActions(all: readonly Unit[], go: Go): SpotlightActionData[] {
  return all.map((unit) => ({
    id: `unit ${unit.compute_id}`,
    label: unit.compute_id,
    description: `${unit.cpu_count} CPUs · ${words(unit.status)}`,
    keywords: [unit.user, ...tagsOf(unit).map(([, value]) => value)],
    leftSection: <IconCpu size={18} stroke={1.6} />,
    onClick: () => void go({ to: "/units/$computeId", params: { computeId: unit.compute_id } }),
  }));
}
