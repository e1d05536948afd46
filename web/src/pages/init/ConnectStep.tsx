import { Button, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { answer, api } from "~/api/client";
import { faultOf } from "~/api/fault";
import type { Probe } from "~/api/types";
import { Failed } from "~/parts/Failed";
import { Panel } from "~/parts/Panel";
import { type Draft, probeOf } from "./draft";
import { StepButtons } from "./StepButtons";

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  faults: Readonly<Record<string, string>>;
  onProbe: (probe: Probe) => void;
}

const SHOWN = ["ip", "ssh_port", "ssh_user"];

/** Where the server is; it is looked at, and nothing is kept. */
export function ConnectStep({ draft, change, faults, onProbe }: Props) {
  const probe = useMutation({
    // The key of an earlier look is forgotten: this look asks which one it has.
    mutationFn: () =>
      answer(api.POST("/servers/probe", { body: probeOf({ ...draft, host_key: "" }) })),
    onSuccess: onProbe,
  });
  const fault = probe.error && faultOf(probe.error);
  const wrong = { ...faults, ...fault?.fields };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    probe.mutate();
  };
  return (
    <Panel title="Where it is">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              label="Address"
              description="IPv4 or IPv6"
              placeholder="10.0.0.1"
              value={draft.ip}
              onChange={(event) => change({ ip: event.currentTarget.value })}
              error={wrong.ip}
              required
            />
            <TextInput
              label="SSH port"
              description="Of its SSH daemon"
              inputMode="numeric"
              value={draft.ssh_port}
              onChange={(event) => change({ ssh_port: event.currentTarget.value })}
              error={wrong.ssh_port}
            />
            <TextInput
              label="Login"
              description="root, or one with passwordless sudo"
              placeholder="as the control plane is set"
              value={draft.ssh_user}
              onChange={(event) => change({ ssh_user: event.currentTarget.value })}
              error={wrong.ssh_user}
            />
          </SimpleGrid>
          <Text size="sm" c="dimmed">
            The control plane goes there with its own SSH key, reads what the server is made of, and
            changes nothing.
          </Text>
          {fault && <Failed fault={fault} shown={SHOWN} />}
          <StepButtons>
            <Button
              type="submit"
              size="sm"
              loading={probe.isPending}
              disabled={draft.ip.trim() === ""}
            >
              Look at it
            </Button>
          </StepButtons>
        </Stack>
      </form>
    </Panel>
  );
}
