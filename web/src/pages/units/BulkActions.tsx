import { Button, Group, List, Modal, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPlay, IconPlayerStop, IconShieldCheck, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { attestUnit, deallocate, start, stop } from "~/api/actions";
import { faultOf } from "~/api/fault";
import type { Unit } from "~/api/types";
import { ConfirmByName } from "~/parts/ConfirmByName";
import { plural } from "~/parts/format";
import { Status } from "~/parts/Status";

interface Result {
  unit: string;
  fault?: string;
}

type Action = (unit: Unit) => Promise<unknown>;

/** What can be done to all that are chosen; how it went is told for each. */
export function BulkActions({ units, onDone }: { units: Unit[]; onDone: () => void }) {
  const [asking, { open, close }] = useDisclosure();
  const [results, setResults] = useState<Result[]>([]);
  const [going, setGoing] = useState(false);
  const queries = useQueryClient();
  const allocated = units.filter((unit) => unit.status === "allocated");
  const run = async (over: Unit[], action: Action) => {
    setGoing(true);
    const outcomes = await Promise.all(over.map((unit) => carry(unit, action)));
    setGoing(false);
    setResults(outcomes);
    close();
    await queries.invalidateQueries();
  };
  const done = () => {
    setResults([]);
    onDone();
  };
  return (
    <Paper withBorder px="sm" py={6} mb="sm">
      <Group gap="xs">
        <Text fw={600} aria-live="polite">
          {plural(units.length, "unit")} chosen
        </Text>
        <Button
          variant="default"
          loading={going}
          leftSection={<IconShieldCheck size={14} />}
          onClick={() => void run(units, attestUnit)}
        >
          Attest
        </Button>
        <Button
          variant="default"
          disabled={allocated.length === 0}
          leftSection={<IconPlayerStop size={14} />}
          onClick={() => void run(allocated, (unit) => stop(unit, "stop", ""))}
        >
          Stop
        </Button>
        <Button
          variant="default"
          disabled={allocated.length === 0}
          leftSection={<IconPlayerPlay size={14} />}
          onClick={() => void run(allocated, (unit) => start(unit, ""))}
        >
          Start
        </Button>
        <Button
          variant="light"
          color="red"
          disabled={allocated.length === 0}
          leftSection={<IconTrash size={14} />}
          onClick={open}
        >
          Deallocate {allocated.length || ""}
        </Button>
        <Button variant="subtle" onClick={onDone} ml="auto">
          Choose none
        </Button>
      </Group>
      <ConfirmByName
        opened={asking}
        onClose={close}
        title={`Deallocate ${plural(allocated.length, "unit")}`}
        name={`deallocate ${allocated.length}`}
        verb="Deallocate"
        lost={
          <>
            Every process of these units is ended and every file that their tenants left is wiped,
            for good:
            <List size="sm" mt={4}>
              {allocated.slice(0, 12).map((unit) => (
                <List.Item key={unit.compute_id}>{unit.compute_id}</List.Item>
              ))}
              {allocated.length > 12 && <List.Item>and {allocated.length - 12} more</List.Item>}
            </List>
          </>
        }
        pending={going}
        fault={null}
        onConfirm={() => void run(allocated, deallocate)}
      />
      <Modal opened={results.length > 0} onClose={done} title="How it went">
        <List size="sm" spacing={4} listStyleType="none">
          {results.map(({ unit, fault }) => (
            <List.Item key={unit}>
              <Status status={fault ? "failed" : "running"} label={unit} /> {fault ?? "begun"}
            </List.Item>
          ))}
        </List>
      </Modal>
    </Paper>
  );
}

async function carry(unit: Unit, action: Action): Promise<Result> {
  try {
    await action(unit);
    return { unit: unit.compute_id };
  } catch (error) {
    return { unit: unit.compute_id, fault: faultOf(error).message };
  }
}
