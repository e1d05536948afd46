import { Button, Stack } from "@mantine/core";
import { IconRefresh, IconShieldCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { attestServer, repairServer } from "~/api/actions";
import { faultOf } from "~/api/fault";
import { examination, serverAttestations } from "~/api/queries";
import type { ServerDetail } from "~/api/types";
import { AttestationList } from "~/parts/AttestationList";
import { Failed } from "~/parts/Failed";
import { Findings } from "~/parts/Findings";
import { Loaded } from "~/parts/Loaded";
import { Panel } from "~/parts/Panel";
import { useWork } from "~/parts/work";
import { DriftPanel } from "./DriftPanel";
import { Repairs } from "./Repairs";
import { VisitsPanel } from "./VisitsPanel";

/** How the server is, what differs and puts it right, and whether its kernel keeps its promises. */
export function HealthTab({ server }: { server: ServerDetail }) {
  return (
    <Stack gap="md">
      <VisitsPanel server={server} />
      <Drifts server={server} />
      <Doctor hostname={server.hostname} />
      <Promises hostname={server.hostname} />
    </Stack>
  );
}

function Drifts({ server }: { server: ServerDetail }) {
  const queries = useQueryClient();
  const repair = useMutation({
    mutationFn: () => repairServer(server.hostname),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
  return (
    <>
      <DriftPanel server={server} pending={repair.isPending} onRepair={() => repair.mutate()} />
      {repair.error && <Failed fault={faultOf(repair.error)} />}
      <Repairs hostname={server.hostname} />
    </>
  );
}

function Doctor({ hostname }: { hostname: string }) {
  const looked = useQuery(examination(hostname));
  return (
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
  );
}

function Promises({ hostname }: { hostname: string }) {
  const attested = useQuery(serverAttestations(hostname));
  const attest = useWork(
    () => attestServer(hostname),
    () => ({ doing: `Attesting ${hostname}`, done: `${hostname} is attested` }),
  );
  return (
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
  );
}
