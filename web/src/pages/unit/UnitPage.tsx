import { Alert, Stack, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { unit } from "~/api/queries";
import type { UnitDetail } from "~/api/types";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { When } from "~/parts/When";
import { UnitState } from "../units/columns";
import { AccessTab } from "./AccessTab";
import { AttestationTab } from "./AttestationTab";
import { HistoryTab } from "./HistoryTab";
import { LimitsTab } from "./LimitsTab";
import { OverviewTab } from "./OverviewTab";
import { UnitActions } from "./UnitActions";

const route = getRouteApi("/units/$computeId");

/** One unit: how to get in, what it has, what was promised and whether that holds. */
export function UnitPage() {
  const { computeId } = route.useParams();
  const found = useQuery(unit(computeId));
  return (
    <>
      <PageHead
        title={computeId}
        state={found.data && <UnitState unit={found.data} />}
        sub={found.data && <Where unit={found.data} />}
      >
        {found.data && <UnitActions unit={found.data} />}
      </PageHead>
      <Loaded query={found}>{(unit) => <Body unit={unit} />}</Loaded>
    </>
  );
}

function Where({ unit }: { unit: UnitDetail }) {
  return (
    <>
      {unit.cpu_count} CPUs on{" "}
      <Link to="/servers/$hostname" params={{ hostname: unit.hostname }}>
        {unit.hostname}
      </Link>{" "}
      · {unit.region} {unit.zone}
      {unit.started_at && (
        <>
          {" "}
          · allocated <When at={unit.started_at} />
        </>
      )}
    </>
  );
}

function Body({ unit }: { unit: UnitDetail }) {
  const { tab = "overview" } = route.useSearch();
  const go = route.useNavigate();
  return (
    <Stack gap="md">
      {unit.reason && (
        <Alert
          data-color={unit.status.endsWith("_fail") ? "red" : "yellow"}
          title="Why it is as it is"
        >
          {unit.reason}
        </Alert>
      )}
      <Tabs
        value={tab}
        onChange={(next) =>
          void go({ search: (old) => ({ ...old, tab: next as typeof tab }), replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="attestation">Attestation</Tabs.Tab>
          <Tabs.Tab value="access">Access</Tabs.Tab>
          <Tabs.Tab value="limits">Limits</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab unit={unit} />
        </Tabs.Panel>
        <Tabs.Panel value="attestation">
          <AttestationTab unit={unit} />
        </Tabs.Panel>
        <Tabs.Panel value="access">
          <AccessTab unit={unit} />
        </Tabs.Panel>
        <Tabs.Panel value="limits">
          <LimitsTab key={unit.allocation_id} unit={unit} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab unit={unit} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
