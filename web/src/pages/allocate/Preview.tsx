import { Skeleton, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { faultOf } from "~/api/fault";
import { placement } from "~/api/queries";
import { Facts } from "~/parts/Facts";
import { bytes, plural, ports } from "~/parts/format";
import { Panel } from "~/parts/Panel";
import { requestOf, type Wish } from "./wish";

/** Which unit it would be, and why, before anything is pressed. */
export function Preview({ wish }: { wish: Wish }) {
  const { cpu_count = null, region = null, zone = null, limits } = requestOf(wish);
  const found = useQuery({
    ...placement({ cpu_count, region, zone, ...(limits ? { limits } : {}) }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title="What it would be">
      <div aria-live="polite" aria-busy={found.isFetching}>
        {found.error ? (
          <NoFit why={faultOf(found.error).beside([]).join(" ")} />
        ) : found.data ? (
          <Chosen found={found.data} />
        ) : (
          <Skeleton height={140} />
        )}
      </div>
    </Panel>
  );
}

function NoFit({ why }: { why: string }) {
  const [first, ...servers] = why.split(/: |; /);
  return (
    <Stack gap={4}>
      <Text fw={600} c="var(--state-bad)">
        {first}
      </Text>
      {servers.map((server) => (
        <Text size="sm" key={server}>
          {server}
        </Text>
      ))}
    </Stack>
  );
}

type Found = NonNullable<Awaited<ReturnType<NonNullable<ReturnType<typeof placement>["queryFn"]>>>>;

function Chosen({ found: { unit, limits, reasons, passed_over } }: { found: Found }) {
  return (
    <Stack gap="sm">
      <Text fw={600} size="lg">
        {unit.compute_id}
      </Text>
      <Facts
        of={[
          ["CPUs", `${unit.cpu_count} (${unit.cpu_range})`],
          ["Memory node", unit.memory_nodes],
          ["Place", `${unit.region} ${unit.zone}`],
          ["Ports", unit.ports_range && ports(unit.ports_range)],
          ["Memory", limits.memory_max === null ? "no limit" : bytes(limits.memory_max)],
          ["Disk", limits.disk_bytes === null ? "no limit" : bytes(limits.disk_bytes)],
        ]}
      />
      <div>
        <Text size="sm" fw={600}>
          Why this one
        </Text>
        {reasons.map((reason) => (
          <Text size="sm" key={reason}>
            {reason}
          </Text>
        ))}
      </div>
      {passed_over.length > 0 && (
        <details>
          <summary>{plural(passed_over.length, "server")} passed over</summary>
          {passed_over.map(({ hostname, reason }) => (
            <Text size="sm" key={hostname}>
              {hostname} {reason}
            </Text>
          ))}
        </details>
      )}
      <Text size="xs" c="dimmed">
        As the fleet is now; nothing is reserved before you allocate.
      </Text>
    </Stack>
  );
}
