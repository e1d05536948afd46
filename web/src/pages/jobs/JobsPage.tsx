import { Group, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { jobs } from "~/api/queries";
import { Empty } from "~/parts/Empty";
import { LinkButton } from "~/parts/LinkButton";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { JobsTable } from "./JobsTable";

const route = getRouteApi("/jobs");
const KINDS = [
  "initializing",
  "decommissioning",
  "allocating",
  "deallocating",
  "changing",
  "repairing",
  "attesting",
];
const STATUSES = ["queued", "running", "succeeded", "failed", "cancelled"];
/** How many are shown; older ones are found by a filter. */
const SHOWN = 200;

/** What was asked for, what goes on, and how it ended. */
export function JobsPage() {
  const filter = route.useSearch();
  const go = route.useNavigate();
  const found = useQuery(jobs({ ...filter, limit: SHOWN }));
  const set = (change: Record<string, string | null>) =>
    void go({ search: (old) => ({ ...old, ...change }) as typeof old, replace: true });
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <PageHead
        title="Jobs"
        sub={`The newest ${SHOWN}; a job goes on whether or not anybody looks.`}
      />
      <Group gap="xs" mb="sm">
        <Select
          aria-label="Kind"
          placeholder="Any kind"
          clearable
          data={KINDS}
          value={filter.kind ?? null}
          onChange={(kind) => set({ kind: kind ?? "" })}
          w={160}
        />
        <Select
          aria-label="State"
          placeholder="Any state"
          clearable
          data={STATUSES}
          value={filter.status ?? null}
          onChange={(status) => set({ status: status ?? "" })}
          w={150}
        />
        <TextInput
          data-filter
          aria-label="Server"
          placeholder="Server"
          defaultValue={filter.hostname ?? ""}
          onBlur={(event) => set({ hostname: event.currentTarget.value.trim() })}
          onKeyDown={(event) =>
            event.key === "Enter" && set({ hostname: event.currentTarget.value.trim() })
          }
          w={150}
        />
        <TextInput
          aria-label="Unit"
          placeholder="Unit"
          defaultValue={filter.compute_id ?? ""}
          onBlur={(event) => set({ compute_id: event.currentTarget.value.trim() })}
          onKeyDown={(event) =>
            event.key === "Enter" && set({ compute_id: event.currentTarget.value.trim() })
          }
          w={170}
        />
        {filtered && (
          <LinkButton to="/jobs" search={{}} variant="subtle" leftSection={<IconX size={14} />}>
            All jobs
          </LinkButton>
        )}
      </Group>
      <Loaded query={found}>
        {(list) =>
          list.length === 0 ? <Nothing filtered={filtered} /> : <JobsTable jobs={list} />
        }
      </Loaded>
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No job matches" text="Take a filter away to see more." />
  ) : (
    <Empty
      title="No jobs yet"
      text="Whatever takes time is a job: init, allocate, deallocate, attest. It will be listed here with its log."
    />
  );
}
