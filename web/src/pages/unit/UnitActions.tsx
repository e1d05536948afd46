import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconChevronDown,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefreshAlert,
  IconTrash,
} from "@tabler/icons-react";
import { deallocate, reset, start, stop } from "~/api/actions";
import { faultOf } from "~/api/fault";
import type { UnitDetail } from "~/api/types";
import { ConfirmByName } from "~/parts/ConfirmByName";
import { useWork } from "~/parts/work";

const QUARANTINE = ["deallocation_fail", "allocation_fail"];

/** What can be done to a unit as it is now. */
export function UnitActions({ unit }: { unit: UnitDetail }) {
  const allocated = unit.status === "allocated";
  if (!allocated && !QUARANTINE.includes(unit.status)) return null;
  return (
    <>
      {allocated && <Running unit={unit} />}
      <Destroying unit={unit} verb="Deallocate" />
    </>
  );
}

function Running({ unit }: { unit: UnitDetail }) {
  const id = unit.compute_id;
  const halt = useWork(
    (mode: "stop" | "freeze") => stop(unit, mode, ""),
    (mode) =>
      mode === "stop"
        ? { doing: `Stopping ${id}`, done: `${id} is stopped` }
        : { doing: `Freezing ${id}`, done: `${id} stands still` },
  );
  const go = useWork(
    () => start(unit, ""),
    () => ({ doing: `Starting ${id}`, done: `${id} runs` }),
  );
  return (
    <>
      {unit.activity === "running" ? (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="default"
              rightSection={<IconChevronDown size={14} />}
              loading={halt.isPending}
            >
              Stop
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconPlayerStop size={14} />}
              onClick={() => halt.mutate("stop")}
            >
              End its processes
            </Menu.Item>
            <Menu.Item
              leftSection={<IconPlayerPause size={14} />}
              onClick={() => halt.mutate("freeze")}
            >
              Let them stand still
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : (
        <Button
          variant="default"
          leftSection={<IconPlayerPlay size={14} />}
          loading={go.isPending}
          onClick={() => go.mutate(undefined)}
        >
          Start
        </Button>
      )}
      <Destroying unit={unit} verb="Reset" />
    </>
  );
}

const LOST = {
  Reset:
    "Every process of it is ended and every file in it is wiped. The same tenancy gets it back empty, with the same keys and limits.",
  Deallocate:
    "Its tenancy ends: every process of it is ended, every file in it is wiped, and a scan proves it. Nothing brings them back.",
};

function Destroying({ unit, verb }: { unit: UnitDetail; verb: keyof typeof LOST }) {
  const [asking, { open, close }] = useDisclosure();
  const id = unit.compute_id;
  const work = useWork(
    () => (verb === "Reset" ? reset(unit, "") : deallocate(unit)),
    () =>
      verb === "Reset"
        ? { doing: `Resetting ${id}`, done: `${id} is empty` }
        : { doing: `Deallocating ${id}`, done: `${id} is free` },
  );
  return (
    <>
      <Button
        variant={verb === "Reset" ? "default" : "light"}
        {...(verb === "Reset" ? {} : { color: "red" })}
        leftSection={verb === "Reset" ? <IconRefreshAlert size={14} /> : <IconTrash size={14} />}
        onClick={open}
      >
        {verb}
      </Button>
      <ConfirmByName
        opened={asking}
        onClose={close}
        title={`${verb} ${id}`}
        name={id}
        verb={verb}
        lost={LOST[verb]}
        pending={work.isPending}
        fault={work.error && faultOf(work.error)}
        onConfirm={() => work.mutate(undefined, { onSuccess: close })}
      />
    </>
  );
}
