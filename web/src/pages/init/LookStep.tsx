import { Button, Checkbox, SimpleGrid, Stack } from "@mantine/core";
import { useState } from "react";
import type { Probe } from "~/api/types";
import { Copy } from "~/parts/Copy";
import { DisksPanel } from "~/parts/DisksPanel";
import { Facts } from "~/parts/Facts";
import { Findings } from "~/parts/Findings";
import { bytes } from "~/parts/format";
import { Panel } from "~/parts/Panel";
import { saidOf } from "./hand";
import { StepButtons } from "./StepButtons";

/** What was found: its key to confirm, what it is, and what keeps it from being cut. */
export function LookStep({
  probe,
  back,
  next,
}: {
  probe: Probe;
  back: () => void;
  next: () => void;
}) {
  const [confirmed, setConfirmed] = useState(false);
  const { facts } = probe;
  const refused = probe.findings.some((finding) => finding.severity === "refuses");
  return (
    <Stack gap="md">
      <Panel title="Is it the right server?">
        <Stack gap="sm">
          <Copy label="the fingerprint" text={probe.host_key_fingerprint} />
          <Checkbox
            label="This is the fingerprint of its host key, as ssh-keygen -l shows it on the server"
            checked={confirmed}
            onChange={(event) => setConfirmed(event.currentTarget.checked)}
          />
        </Stack>
      </Panel>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="What it is">
          <Facts
            of={[
              ["Name", facts.hostname],
              ["System", `${facts.os}, ${facts.kernel} ${facts.arch}`],
              ["systemd, OpenSSH", `${facts.systemd}, ${facts.openssh ?? "another daemon"}`],
              [
                "CPUs",
                `${facts.cpus.length} in ${facts.numa_nodes.length} NUMA nodes (${facts.cpu_range})`,
              ],
              ["Memory", bytes(facts.memory_bytes)],
              ["Of Kloigos before", facts.initialised ? "something is left on it" : "nothing"],
              ["Cut by hand", saidOf(probe.cut_by_hand) || "nothing"],
            ]}
          />
        </Panel>
        <Panel title="Preflight">
          <Findings of={probe.findings} none="Nothing keeps it from being cut." />
        </Panel>
      </SimpleGrid>
      <DisksPanel disks={facts.disks} />
      <StepButtons back={back}>
        <Button size="sm" onClick={next} disabled={!confirmed || refused}>
          {refused ? "Mend what refuses first" : "Lay it out"}
        </Button>
      </StepButtons>
    </Stack>
  );
}
