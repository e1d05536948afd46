import { Button, Stack } from "@mantine/core";
import { IconRefresh, IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { attestServer } from "~/api/actions";
import { examination, serverAttestations } from "~/api/queries";
import { AttestationList } from "~/parts/AttestationList";
import { Findings } from "~/parts/Findings";
import { Loaded } from "~/parts/Loaded";
import { Panel } from "~/parts/Panel";
import { useWork } from "~/parts/work";

/** What is wrong with the server by now, and whether its kernel keeps what was promised. */
export function HealthTab({ hostname }: { hostname: string }) {
  const looked = useQuery(examination(hostname));
  const attested = useQuery(serverAttestations(hostname));
  const attest = useWork(
    () => attestServer(hostname),
    () => ({ doing: `Attesting ${hostname}`, done: `${hostname} is attested` }),
  );
  return (
    <Stack gap="md">
      <Panel
        title="Doctor"
        aside={
          <Button
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={looked.isFetching}
            onClick={() => void looked.refetch()}
          >
            Look again
          </Button>
        }
      >
        <Loaded query={looked}>
          {(seen) => <Findings of={seen.findings} none="Nothing is wrong with it." />}
        </Loaded>
      </Panel>
      <Panel
        title="Attestation of the server’s own part"
        aside={
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={14} />}
            loading={attest.isPending}
            onClick={() => attest.mutate(undefined)}
          >
            Verify now
          </Button>
        }
      >
        <Loaded query={attested}>{(list) => <AttestationList list={list} />}</Loaded>
      </Panel>
    </Stack>
  );
}
