import { Alert, Button, Select, Stack, Text, Textarea } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Facts, HandCut } from "~/api/types";
import { letter, remarks } from "~/cpus/layout";
import { formatCpus, parseCpus } from "~/cpus/set";
import { plural } from "~/parts/format";
import { Panel } from "~/parts/Panel";
import { ownersByLayout } from "~/topology/owners";
import { Topology } from "~/topology/Topology";
import type { Draft } from "./draft";
import { assign, setLayout } from "./hand";
import { StepButtons } from "./StepButtons";
import { Templates } from "./Templates";

interface Props {
  facts: Facts;
  byHand: readonly HandCut[];
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  faults: Readonly<Record<string, string>>;
  back: () => void;
  next: () => void;
}

/** How it is cut: equally, by its build, or by hand on the drawing or in words. */
export function LayoutStep({ facts, byHand, draft, change, faults, back, next }: Props) {
  const { layout } = draft;
  const [pen, setPen] = useState(0);
  const owners = useMemo(() => ownersByLayout(layout), [layout]);
  const said = useMemo(() => remarks(layout, facts.cpus), [layout, facts.cpus]);
  const wrong = Object.entries(faults).filter(([path]) => path.startsWith("cpu_ranges"));
  const cut = (units: number[][]) => {
    change({ layout: units, volumes: {} });
    setPen(0);
  };
  const paint = (cpu: number, toggles: boolean) =>
    change({ layout: assign(layout, cpu, pen, toggles), volumes: {} });
  const host = facts.cpus.filter((cpu) => !owners.has(cpu.id)).map((cpu) => cpu.id);
  return (
    <Stack gap="md">
      <Panel title="Cut it">
        <Templates facts={facts} byHand={byHand} draft={draft} onCut={cut} />
      </Panel>
      <Panel
        title="By hand"
        aside={
          <Select
            size="xs"
            aria-label="Unit that a press gives the CPU to"
            data={[
              ...layout.map((_, place) => ({
                value: String(place),
                label: `Unit ${letter(place)}`,
              })),
              { value: String(layout.length), label: `New unit ${letter(layout.length)}` },
              { value: "-1", label: "The host" },
            ]}
            value={String(pen)}
            onChange={(value) => setPen(Number(value ?? 0))}
            allowDeselect={false}
            w={150}
          />
        }
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            Choose a unit, then press CPUs, or Space on them, to give them to it; a second press
            gives them back to the host. Held down, the pointer gives all that it passes.
          </Text>
          <Topology
            facts={facts}
            owners={owners}
            label="CPUs to lay out"
            onPress={(cpu) => paint(cpu, true)}
            onStroke={(cpu) => paint(cpu, false)}
          />
          <Words
            layout={layout}
            facts={facts}
            onChange={(units) => change({ layout: units, volumes: {} })}
          />
        </Stack>
      </Panel>
      <div aria-live="polite">
        {wrong.map(([path, why]) => (
          <Alert key={path} data-color="red" mb="xs">
            {why}
          </Alert>
        ))}
        {said.length > 0 && (
          <Alert data-color="yellow" title="Worth knowing">
            {said.map((line) => (
              <div key={line}>{line}</div>
            ))}
          </Alert>
        )}
        <Text size="sm" c="dimmed" mt="xs">
          {plural(layout.length, "unit")}; the host keeps{" "}
          {host.length > 0 ? `${plural(host.length, "CPU")} (${formatCpus(host)})` : "none"}.
        </Text>
      </div>
      <StepButtons back={back}>
        <Button size="sm" onClick={next} disabled={layout.length === 0}>
          Name it
        </Button>
      </StepButtons>
    </Stack>
  );
}

/** The same in words: a line for each unit. */
function Words({
  layout,
  facts,
  onChange,
}: {
  layout: number[][];
  facts: Facts;
  onChange: (units: number[][]) => void;
}) {
  const spelled = layout.map(formatCpus).join("\n");
  const [text, setText] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const take = () => {
    if (text === undefined) return;
    const outcome = setLayout(
      text,
      facts.cpus.map((cpu) => cpu.id),
      parseCpus,
    );
    setWrong(outcome.fault);
    if (outcome.layout) {
      onChange(outcome.layout);
      setText(undefined);
    }
  };
  return (
    <Textarea
      label="CPU sets, one unit a line"
      description="As the kernel writes them: 0-15, 0-3,64-67 or 0-31:2/4"
      classNames={{ input: "mono" }}
      autosize
      minRows={2}
      maxRows={16}
      value={text ?? spelled}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      error={wrong}
    />
  );
}
