import { Button, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "~/api/client";
import { faultOf } from "~/api/fault";
import type { Facts, HandCut, LayoutRequest } from "~/api/types";
import { parseCpus } from "~/cpus/set";
import { Failed } from "~/parts/Failed";
import { plural } from "~/parts/format";
import { type Draft, probeOf } from "./draft";
import { layoutThere } from "./hand";

interface Props {
  facts: Facts;
  byHand: readonly HandCut[];
  draft: Draft;
  onCut: (units: number[][]) => void;
}

/** Ways to cut a server: equally, or along its own build, as the API works out; as it is cut already. */
export function Templates({ facts, byHand, draft, onCut }: Props) {
  const cpus = facts.cpus.length;
  const [units, setUnits] = useState(4);
  const [kept, setKept] = useState(Math.min(4, Math.floor(cpus / 8)));
  const cut = useMutation({
    mutationFn: (layout: LayoutRequest) =>
      answer(
        api.POST("/servers/probe", {
          body: { ...probeOf(draft), layout: { ...layout, housekeeping: kept } },
        }),
      ),
    onSuccess: ({ layout }) =>
      onCut(layout?.units.map((unit) => parseCpus(unit.cpu_range) ?? []) ?? []),
  });
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <NumberInput
          label="Units"
          min={1}
          max={cpus}
          value={units}
          onChange={(value) => setUnits(Number(value))}
          w={90}
          size="sm"
        />
        <NumberInput
          label="CPUs for the host"
          min={0}
          max={cpus - 1}
          value={kept}
          onChange={(value) => setKept(Number(value))}
          w={140}
          size="sm"
        />
        <Button size="sm" onClick={() => cut.mutate({ split: units })} loading={cut.isPending}>
          Cut equally
        </Button>
        <Button
          size="sm"
          variant="default"
          onClick={() => cut.mutate({ by: "numa" })}
          disabled={cut.isPending}
        >
          One for each NUMA node
        </Button>
        <Button
          size="sm"
          variant="default"
          onClick={() => cut.mutate({ by: "l3" })}
          disabled={cut.isPending}
        >
          One for each L3
        </Button>
      </Group>
      {byHand.length > 0 && <There facts={facts} byHand={byHand} onCut={onCut} />}
      {cut.error && <Failed fault={faultOf(cut.error)} />}
    </Stack>
  );
}

/** As somebody cut it by hand. */
function There({ facts, byHand, onCut }: Omit<Props, "draft">) {
  const there = facts.cpus.map((cpu) => cpu.id);
  const { layout = [], fault } = layoutThere(byHand, there);
  return (
    <Group gap="sm">
      <Button
        size="sm"
        variant="default"
        onClick={() => onCut(layout)}
        disabled={fault !== undefined}
      >
        Use the cut that is there ({plural(byHand.length, "unit")})
      </Button>
      <Text size="sm" c="dimmed">
        {fault ?? "Accounts are held to CPUs by hand. They stay as they are."}
      </Text>
    </Group>
  );
}
