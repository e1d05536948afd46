import { Group, MultiSelect, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useStanding } from "~/api/live";
import { KINDS } from "~/api/staleness";
import { LinkButton } from "~/parts/LinkButton";
import { PageHead } from "~/parts/PageHead";
import { Status, words } from "~/parts/Status";
import { Timeline } from "./Timeline";

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
      <Timeline filter={filter} />
    </>
  );
}

const LABELS = { hostname: "Server", compute_id: "Unit", job: "Job" } as const;
