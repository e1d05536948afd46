import type { UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ServerDetail, UnitDetail } from "~/api/types";
import { Loaded } from "~/parts/Loaded";
import { Panel } from "~/parts/Panel";
import { ownersOf } from "~/topology/owners";
import { Topology } from "~/topology/Topology";

/** Where on its server the unit lies. */
export function UnitDrawing({
  unit,
  server,
}: {
  unit: UnitDetail;
  server: UseQueryResult<ServerDetail, Error>;
}) {
  return (
    <Panel title={`On ${unit.hostname}`}>
      <Loaded query={server}>{(server) => <Drawing unit={unit} server={server} />}</Loaded>
    </Panel>
  );
}

function Drawing({ unit, server }: { unit: UnitDetail; server: ServerDetail }) {
  const go = useNavigate();
  const owners = useMemo(() => ownersOf(server.units), [server.units]);
  if (!server.facts) return <>The server has not told its topology yet.</>;
  const open = (cpu: number) => {
    const owner = owners.get(cpu);
    if (owner) void go({ to: "/units/$computeId", params: { computeId: owner.name } });
  };
  return (
    <Topology
      facts={server.facts}
      owners={owners}
      label={`CPUs of ${server.hostname}`}
      lit={unit.compute_id}
      onPress={open}
    />
  );
}
