import { Button, Checkbox, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import type { Disk, Facts } from "~/api/types";
import { letter } from "~/cpus/layout";
import { bytes } from "~/parts/format";
import { Panel } from "~/parts/Panel";
import { type Draft, MEASURES } from "./draft";
import { StepButtons } from "./StepButtons";

interface Props {
  facts: Facts;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  faults: Readonly<Record<string, string>>;
  back: () => void;
  next: () => void;
}

/** Its name and place, its ports, what is declined, and disks of units' own. */
export function OptionsStep({ facts, draft, change, faults, back, next }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    next();
  };
  const field = (name: "hostname" | "region" | "zone" | "first_port" | "port_step") => ({
    value: draft[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      change({ [name]: event.currentTarget.value }),
    error: faults[name],
  });
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Panel title="Name and place">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              label="Name"
              description="Units are called after it"
              required
              {...field("hostname")}
            />
            <TextInput label="Region" description="To choose by" required {...field("region")} />
            <TextInput label="Zone" description="To choose by" required {...field("zone")} />
          </SimpleGrid>
        </Panel>
        <Panel title="Ports">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              label="First port"
              description="Of the first unit"
              inputMode="numeric"
              {...field("first_port")}
            />
            <TextInput
              label="Ports for each unit"
              description="No other unit can use them"
              inputMode="numeric"
              {...field("port_step")}
            />
          </SimpleGrid>
        </Panel>
        <Panel title="The server as a whole">
          <Stack gap="xs">
            <Checkbox
              label="Keep free units warm: a login finds its user manager running (about 4.5 MB each)"
              checked={draft.warm}
              onChange={(event) => change({ warm: event.currentTarget.checked })}
            />
            <Checkbox
              label="Confine the host to the CPUs of no unit"
              checked={draft.confine_host}
              onChange={(event) => change({ confine_host: event.currentTarget.checked })}
              error={faults.confine_host}
            />
            {MEASURES.map(({ value, label }) => (
              <Checkbox
                key={value}
                label={label}
                checked={!draft.decline.includes(value)}
                onChange={(event) =>
                  change({
                    decline: event.currentTarget.checked
                      ? draft.decline.filter((one) => one !== value)
                      : [...draft.decline, value],
                  })
                }
              />
            ))}
          </Stack>
        </Panel>
        <Panel title="Disks of units’ own">
          <Disks disks={facts.disks} draft={draft} change={change} faults={faults} />
        </Panel>
        <StepButtons back={back}>
          <Button type="submit" size="sm">
            Review
          </Button>
        </StepButtons>
      </Stack>
    </form>
  );
}

/** Disks with what is on them; none is chosen for anybody. */
function Disks({
  disks,
  draft,
  change,
  faults,
}: { disks: readonly Disk[]; draft: Draft } & Pick<Props, "change" | "faults">) {
  const named = disks.filter((disk) => disk.by_id.length > 0);
  if (named.length === 0)
    return (
      <Text c="dimmed">
        The server has no disk with a stable name that a unit could have. Units’ data lies on its
        file systems.
      </Text>
    );
  const options = named.map((disk) => ({
    value: disk.by_id[0] ?? "",
    label: `${disk.name} · ${bytes(disk.size_bytes)} · ${disk.holds.length > 0 ? `holds ${disk.holds.join("; ")}` : "provably empty"}`,
  }));
  const holds = (path: string) => named.find((disk) => disk.by_id.includes(path))?.holds ?? [];
  const set = (place: number, path: string, wipe: boolean) =>
    change({ volumes: { ...draft.volumes, [place]: { path, wipe } } });
  return (
    <Stack gap="sm">
      {draft.layout.map((unit, place) => {
        const chosen = draft.volumes[place];
        return (
          <div key={unit.join()}>
            <Select
              label={`Unit ${letter(place)}`}
              placeholder="None: its data lies on the server’s file system"
              data={options}
              value={chosen?.path || null}
              onChange={(path) => set(place, path ?? "", false)}
              error={faults[`volumes.${place}.path`]}
              clearable
              maw={620}
            />
            {chosen?.path && holds(chosen.path).length > 0 && (
              <Checkbox
                mt={6}
                color="red"
                label={`Destroy what is on it: ${holds(chosen.path).join("; ")}`}
                checked={chosen.wipe}
                onChange={(event) => set(place, chosen.path, event.currentTarget.checked)}
              />
            )}
          </div>
        );
      })}
    </Stack>
  );
}
