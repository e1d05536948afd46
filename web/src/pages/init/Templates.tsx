import { Button, Group, NumberInput, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "~/api/client";
import { faultOf } from "~/api/fault";
import type { LayoutRequest } from "~/api/types";
import { parseCpus } from "~/cpus/set";
import { Failed } from "~/parts/Failed";
import { type Draft, probeOf } from "./draft";

interface Props {
  /** How many CPUs the server has. */
  cpus: number;
  draft: Draft;
  onCut: (units: number[][]) => void;
}

/** Ways to cut a server that the API works out: equally, or along its own build. */
export function Templates({ cpus, draft, onCut }: Props) {
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
      {cut.error && <Failed fault={faultOf(cut.error)} />}
    </Stack>
  );
}
