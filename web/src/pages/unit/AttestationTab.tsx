import { Button } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { attestUnit } from "~/api/actions";
import { faultOf } from "~/api/fault";
import { unitAttestations } from "~/api/queries";
import type { UnitDetail } from "~/api/types";
import { AttestationList } from "~/parts/AttestationList";
import { Failed } from "~/parts/Failed";
import { Loaded } from "~/parts/Loaded";
import { Panel } from "~/parts/Panel";
import { useWork } from "~/parts/work";

/** Every promise, held against the kernel's own word. */
export function AttestationTab({ unit }: { unit: UnitDetail }) {
  const found = useQuery(unitAttestations(unit.compute_id));
  const verify = useWork(
    () => attestUnit(unit),
    () => ({ doing: `Attesting ${unit.compute_id}`, done: `${unit.compute_id} is attested` }),
  );
  return (
    <Panel
      title="What the kernel says"
      aside={
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={14} />}
          loading={verify.isPending}
          onClick={() => verify.mutate(undefined)}
        >
          Verify now
        </Button>
      }
    >
      {verify.error && <Failed fault={faultOf(verify.error)} />}
      <Loaded query={found}>{(list) => <AttestationList list={list} />}</Loaded>
    </Panel>
  );
}
