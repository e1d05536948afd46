import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { changeLimits } from "~/api/actions";
import { faultOf } from "~/api/fault";
import type { UnitDetail } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { Failed } from "~/parts/Failed";
import { LIMIT_PATHS, LimitFields } from "~/parts/LimitFields";
import { changed, LIMITS, type LimitField, written } from "~/parts/limits";
import { Panel } from "~/parts/Panel";
import { useWork } from "~/parts/work";

/** What it may use, and what it may use when nothing else is said. */
export function LimitsTab({ unit }: { unit: UnitDetail }) {
  const value = (amount: number | null, field: LimitField) =>
    amount === null ? "none" : field.show(amount);
  const columns: Column<LimitField>[] = [
    { key: "limit", title: "Limit", cell: (field) => field.label },
    {
      key: "now",
      title: "Now",
      right: true,
      cell: (field) => value(unit.limits[field.name], field),
    },
    {
      key: "usual",
      title: "By default",
      right: true,
      cell: (field) => value(unit.default_limits[field.name], field),
    },
  ];
  return (
    <Stack gap="md">
      <Panel title="Limits" flush>
        <DataTable label="Limits" rows={LIMITS} columns={columns} id={(field) => field.name} />
      </Panel>
      {unit.status === "allocated" ? (
        <Change unit={unit} />
      ) : (
        <Text c="dimmed">
          Limits are changed while a unit is allocated; those of the next tenancy are said when it
          is allocated.
        </Text>
      )}
    </Stack>
  );
}

function Change({ unit }: { unit: UnitDetail }) {
  const now = Object.fromEntries(LIMITS.map(({ name }) => [name, written(unit.limits[name])]));
  const [texts, setTexts] = useState<Record<string, string>>(now);
  const [reason, setReason] = useState("");
  const differing = changed(texts, unit.limits);
  const change = useWork(
    (limits: NonNullable<typeof differing>) => changeLimits(unit, limits, reason),
    () => ({
      doing: `Changing limits of ${unit.compute_id}`,
      done: `${unit.compute_id} has its new limits`,
    }),
  );
  const fault = change.error && faultOf(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (differing) change.mutate(differing);
  };
  return (
    <Panel title="Change them while it runs">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            Whole numbers, or with K, M, G or T; “none” takes a limit away.
          </Text>
          <LimitFields
            values={texts}
            onChange={setTexts}
            {...(fault ? { faults: fault.fields } : {})}
          />
          <TextInput
            label="Reason"
            description="Kept with the job and the event."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={fault?.fields.reason}
            maw={480}
          />
          {fault && <Failed fault={fault} shown={[...LIMIT_PATHS, "reason"]} />}
          <Group gap="xs">
            <Button type="submit" disabled={!differing} loading={change.isPending}>
              {differing ? `Change ${Object.keys(differing).length}` : "Change"}
            </Button>
            <Button variant="default" disabled={!differing} onClick={() => setTexts(now)}>
              As it was
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
