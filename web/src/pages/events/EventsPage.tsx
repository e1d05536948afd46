import { Button, Group, MultiSelect, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { faultOf } from "~/api/fault";
import { useStanding } from "~/api/live";
import { events } from "~/api/queries";
import { KINDS } from "~/api/staleness";
import type { Event } from "~/api/types";
import { DataTable } from "~/parts/DataTable";
import { Empty } from "~/parts/Empty";
import { Failed } from "~/parts/Failed";
import { LinkButton } from "~/parts/LinkButton";
import { Waiting } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { Status, words } from "~/parts/Status";
import { COLUMNS } from "./columns";
import { useNewEvents } from "./fresh";

const route = getRouteApi("/events");

/** What happened, the newest first, and what happens now. */
export function EventsPage() {
  const filter = route.useSearch();
  const go = route.useNavigate();
  const standing = useStanding();
  const set = (change: Record<string, string>) =>
    void go({ search: (old) => ({ ...old, ...change }), replace: true });
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <PageHead
        title="Events"
        state={
          standing === "flowing" ? (
            <Status status="running" label="live" />
          ) : (
            <Status status="unknown" label="not live" />
          )
        }
      />
      <Group gap="xs" mb="sm" align="flex-start">
        <MultiSelect
          aria-label="Kinds"
          placeholder={filter.kind ? "" : "Any kind"}
          data={KINDS.map((kind) => ({ value: kind, label: words(kind) }))}
          value={filter.kind?.split(",") ?? []}
          onChange={(kinds) => set({ kind: kinds.join(",") })}
          clearable
          searchable
          miw={220}
          maw={480}
        />
        {(["hostname", "compute_id", "job"] as const).map((name) => (
          <TextInput
            key={name}
            {...(name === "hostname" ? { "data-filter": true } : {})}
            aria-label={LABELS[name]}
            placeholder={LABELS[name]}
            defaultValue={filter[name] ?? ""}
            onBlur={(event) => set({ [name]: event.currentTarget.value.trim() })}
            onKeyDown={(event) =>
              event.key === "Enter" && set({ [name]: event.currentTarget.value.trim() })
            }
            w={160}
          />
        ))}
        {filtered && (
          <LinkButton to="/events" search={{}} variant="subtle" leftSection={<IconX size={14} />}>
            All events
          </LinkButton>
        )}
      </Group>
      <Timeline key={JSON.stringify(filter)} filter={filter} />
    </>
  );
}

const LABELS = { hostname: "Server", compute_id: "Unit", job: "Job" } as const;

type Filter = Parameters<typeof events>[0];

function Timeline({ filter }: { filter: Filter }) {
  const log = useInfiniteQuery(events(filter));
  const fresh = useNewEvents(filter);
  if (!log.data)
    return log.error ? (
      <Failed fault={faultOf(log.error)} retry={() => void log.refetch()} />
    ) : (
      <Waiting />
    );
  const all = merged([...fresh, ...log.data.pages.flat()]);
  if (all.length === 0)
    return (
      <Empty
        title="Nothing happened"
        text="What happens to servers, units and jobs is told here, as it happens."
      />
    );
  return (
    <>
      <DataTable label="Events" rows={all} columns={COLUMNS} id={(event) => String(event.id)} />
      {log.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          Earlier ones
        </Button>
      )}
    </>
  );
}

/** Each event once, the newest first. */
function merged(events: readonly Event[]): Event[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}
