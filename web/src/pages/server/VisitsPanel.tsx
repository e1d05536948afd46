import { Select, Stack } from "@mantine/core";
import { setMode } from "~/api/actions";
import type { ServerDetail } from "~/api/types";
import { Facts } from "~/parts/Facts";
import { Panel } from "~/parts/Panel";
import { Reasons } from "~/parts/Reasons";
import { Status } from "~/parts/Status";
import { isVisited } from "~/parts/serverState";
import { When } from "~/parts/When";
import { CheckButton } from "./CheckButton";
import { useServerChange } from "./change";

/** How the server was at the last visit, and what is done about what differs. */
export function VisitsPanel({ server }: { server: ServerDetail }) {
  const { hostname } = server;
  return (
    <Panel title="Visits" aside={isVisited(server) && <CheckButton hostname={hostname} />}>
      <Stack gap="md">
        <Facts
          of={[
            ["Health", <Status key="h" status={server.health} />],
            ["Since", <When key="s" at={server.health_since} />],
            [
              "Why",
              server.health_reason ? (
                <Reasons key="w" of={server.health_reason} />
              ) : (
                "everything is as it should be"
              ),
            ],
            [
              "Last visited",
              server.visited_at ? <When key="v" at={server.visited_at} /> : "not yet",
            ],
          ]}
        />
        {isVisited(server) && <Mode server={server} />}
      </Stack>
    </Panel>
  );
}

const MODES = [
  { value: "report", label: "Report: it is told, and left as it is" },
  { value: "repair", label: "Repair: it is told, and put right by itself" },
  { value: "off", label: "Off: nothing that differs is looked for" },
];

/** A list and no row of buttons: arrows go through it without setting anything on their way. */
function Mode({ server }: { server: ServerDetail }) {
  const change = useServerChange(
    (mode: string) => setMode(server.hostname, mode),
    ({ hostname, mode }) => `Drift on ${hostname}: ${mode}`,
  );
  return (
    <Select
      label="When something differs"
      data={MODES}
      value={change.isPending ? change.variables : server.mode}
      onChange={(mode) => mode && change.mutate(mode)}
      allowDeselect={false}
      maw={360}
    />
  );
}
