import { Alert, Button, SimpleGrid, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { initServer } from "~/api/actions";
import { type ApiFault, faultOf } from "~/api/fault";
import { draw } from "~/api/idempotency";
import type { Probe } from "~/api/types";
import { letter } from "~/cpus/layout";
import { formatCpus } from "~/cpus/set";
import { AsCommand } from "~/parts/AsCommand";
import { Facts } from "~/parts/Facts";
import { Failed } from "~/parts/Failed";
import { plural } from "~/parts/format";
import { Panel } from "~/parts/Panel";
import { ownersByLayout } from "~/topology/owners";
import { Topology } from "~/topology/Topology";
import { commandOf, type Draft, MEASURES, requestOf } from "./draft";
import classes from "./ReviewStep.module.css";
import { StepButtons } from "./StepButtons";

interface Props {
  probe: Probe;
  draft: Draft;
  fault: ApiFault | null;
  back: () => void;
  onFault: (fault: ApiFault) => void;
  onBegun: (job: string) => void;
}

/** Everything that will be done, before it is. */
export function ReviewStep({ probe, draft, fault, back, onFault, onBegun }: Props) {
  // One key for this review: pressed twice, it is begun once.
  const [key] = useState(() => draw());
  const request = requestOf(draft);
  const owners = useMemo(() => ownersByLayout(draft.layout), [draft.layout]);
  const begin = useMutation({
    mutationFn: () => initServer(request, key),
    onSuccess: ({ job }) => job && onBegun(job),
    onError: (error) => onFault(faultOf(error)),
  });
  const wiped = Object.values(draft.volumes).filter((volume) => volume.wipe && volume.path);
  const kept = MEASURES.filter(({ value }) => !draft.decline.includes(value));
  return (
    <Stack gap="md">
      {fault && <Failed fault={fault} />}
      {wiped.length > 0 && (
        <Alert data-color="red" title="What is on these disks is destroyed">
          {wiped.map((volume) => (
            <div key={volume.path} className="mono">
              {volume.path}
            </div>
          ))}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="What it will be">
          <Facts
            of={[
              ["Server", `${request.hostname} at ${request.ip}`],
              ["Place", `${request.region} ${request.zone}`],
              [
                "Host key",
                <span key="k" className="mono">
                  {probe.host_key_fingerprint}
                </span>,
              ],
              ["Units", plural(draft.layout.length, "unit")],
              [
                "The host",
                request.confine_host
                  ? "is confined to the CPUs of no unit"
                  : "may run on every CPU",
              ],
              ["Free units", request.warm ? "are kept warm" : "are cold"],
            ]}
          />
        </Panel>
        <Panel title="What is changed on it">
          <ul className={classes.changes}>
            <li>
              {plural(draft.layout.length, "user")} with home, program and data directories, and a
              slice each
            </li>
            <li>A filter of ports, and its rules; reserved ports are added to the system’s</li>
            <li>A login guard in PAM, and a drop-in of sshd</li>
            {kept.map(({ value, label }) => (
              <li key={value}>{label}</li>
            ))}
            <li>A service that redoes at boot what the kernel forgets</li>
          </ul>
          Decommission removes all of it.
        </Panel>
      </SimpleGrid>
      <Panel title="Layout">
        <Stack gap="sm">
          <Topology facts={probe.facts} owners={owners} label="The layout" />
          <Facts
            of={draft.layout.map(
              (unit, place) =>
                [
                  `Unit ${letter(place)}`,
                  <span
                    key={unit.join()}
                    className="mono"
                  >{`${request.hostname}_${formatCpus(unit)}`}</span>,
                ] as const,
            )}
          />
        </Stack>
      </Panel>
      <AsCommand method="POST" path="/admin/init_server" body={request} cli={commandOf(request)} />
      <StepButtons back={back}>
        <Button size="sm" loading={begin.isPending} onClick={() => begin.mutate()}>
          Init {request.hostname}
        </Button>
      </StepButtons>
    </Stack>
  );
}
