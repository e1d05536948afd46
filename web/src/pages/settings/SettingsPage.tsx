import { SegmentedControl, SimpleGrid, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { health, session } from "~/api/queries";
import type { Health, Session } from "~/api/types";
import { Facts } from "~/parts/Facts";
import { plural } from "~/parts/format";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { Panel } from "~/parts/Panel";
import { Status } from "~/parts/Status";
import { When } from "~/parts/When";
import { FleetDoctor } from "./FleetDoctor";

/** The control plane itself, who is signed in, and whether all servers are as they should be. */
export function SettingsPage() {
  const standing = useQuery(health());
  const who = useQuery(session());
  return (
    <>
      <PageHead title="Settings" />
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Panel title="Control plane">
            <Loaded query={standing}>{(health) => <ControlPlane health={health} />}</Loaded>
          </Panel>
          <Panel title="This browser">
            <Loaded query={who}>{(session) => <Browser session={session} />}</Loaded>
          </Panel>
        </SimpleGrid>
        <FleetDoctor />
      </Stack>
    </>
  );
}

function ControlPlane({ health }: { health: Health }) {
  return (
    <Facts
      of={[
        ["State", <Status key="s" status={health.status === "ok" ? "healthy" : "degraded"} />],
        ["Version", health.version],
        ["Servers", health.simulated ? "simulated; nothing real is touched" : "real ones, by SSH"],
        ["Database", health.store ? "answers" : "does not answer"],
        [
          "Host program",
          health.host_binary
            ? "there"
            : "missing: build it with cargo xtask dist; no server can be cut without it",
        ],
        [
          "Work",
          health.jobs_running === 0 ? "none now" : `${plural(health.jobs_running, "job")} now`,
        ],
      ]}
    />
  );
}

const SCHEMES = [
  { value: "auto", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

function Browser({ session }: { session: Session }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap="sm">
      <Facts
        of={[
          [
            "Signed in",
            session.name ? `with the token “${session.name}”` : "no token is needed here",
          ],
          ["Until", session.expires_at ? <When key="u" at={session.expires_at} exact /> : "–"],
        ]}
      />
      <SegmentedControl
        size="xs"
        aria-label="Colours"
        data={SCHEMES}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as "auto" | "light" | "dark")}
      />
      <Text size="sm" c="dimmed">
        The API is documented at <a href="/docs">/docs</a>. Press ? for all keys.
      </Text>
    </Stack>
  );
}
