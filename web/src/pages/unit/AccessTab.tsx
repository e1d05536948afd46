import { ActionIcon, Button, Group, Stack, Text, Textarea, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { addKeys, removeKey } from "~/api/actions";
import { faultOf } from "~/api/fault";
import { unitKeys } from "~/api/queries";
import type { Key, UnitDetail } from "~/api/types";
import { ConfirmByName } from "~/parts/ConfirmByName";
import { type Column, DataTable } from "~/parts/DataTable";
import { Failed } from "~/parts/Failed";
import { Loaded } from "~/parts/Loaded";
import { Panel } from "~/parts/Panel";
import { useWork } from "~/parts/work";

/** Who may log in. */
export function AccessTab({ unit }: { unit: UnitDetail }) {
  const found = useQuery(unitKeys(unit.compute_id));
  const columns: Column<Key>[] = [
    { key: "comment", title: "Whose", cell: (key) => key.comment || "no comment" },
    { key: "type", title: "Type", from: "sm", cell: (key) => key.type },
    {
      key: "fingerprint",
      title: "Fingerprint",
      cell: (key) => <span className="mono">{key.fingerprint}</span>,
    },
    {
      key: "remove",
      title: "",
      right: true,
      cell: (key) => <Remove unit={unit} of={key} last={found.data?.length === 1} />,
    },
  ];
  if (unit.status !== "allocated")
    return <Text c="dimmed">Nobody can log in while it is not allocated.</Text>;
  return (
    <Stack gap="md">
      <Panel title="Keys" flush>
        <Loaded query={found}>
          {(keys) => (
            <DataTable label="Keys" rows={keys} columns={columns} id={(key) => key.fingerprint} />
          )}
        </Loaded>
      </Panel>
      <Add unit={unit} />
    </Stack>
  );
}

function Add({ unit }: { unit: UnitDetail }) {
  const [keys, setKeys] = useState("");
  const add = useWork(
    (text: string) => addKeys(unit, text, ""),
    () => ({
      doing: `Letting more people into ${unit.compute_id}`,
      done: `The key is in ${unit.compute_id}`,
    }),
  );
  const fault = add.error && faultOf(add.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(keys, { onSuccess: () => setKeys("") });
  };
  return (
    <Panel title="Let more people in">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Textarea
            label="Public keys"
            description="One OpenSSH public key on each line, without options."
            placeholder="ssh-ed25519 AAAA… ann@example"
            classNames={{ input: "mono" }}
            autosize
            minRows={2}
            value={keys}
            onChange={(event) => setKeys(event.currentTarget.value)}
            error={fault?.fields.ssh_public_key}
            required
          />
          {fault && <Failed fault={fault} shown={["ssh_public_key"]} />}
          <Group>
            <Button type="submit" loading={add.isPending} disabled={keys.trim() === ""}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function Remove({ unit, of, last }: { unit: UnitDetail; of: Key; last: boolean }) {
  const [asking, { open, close }] = useDisclosure();
  const name = of.comment || of.fingerprint.slice(-12);
  const remove = useWork(
    () => removeKey(unit, of.fingerprint, ""),
    () => ({
      doing: `Removing ${name} from ${unit.compute_id}`,
      done: `${name} is let in no more`,
    }),
  );
  return (
    <>
      <Tooltip label={last ? "The last key stays; deallocate instead" : `Remove ${name}`}>
        <ActionIcon
          variant="subtle"
          color="red"
          onClick={open}
          disabled={last}
          aria-label={`Remove ${name}`}
        >
          <IconTrash size={15} />
        </ActionIcon>
      </Tooltip>
      <ConfirmByName
        opened={asking}
        onClose={close}
        title="Remove a key"
        name={name}
        verb="Remove"
        lost={`Whoever has only this key is let into ${unit.compute_id} no more. Sessions that are open go on.`}
        pending={remove.isPending}
        fault={remove.error && faultOf(remove.error)}
        onConfirm={() => remove.mutate(undefined, { onSuccess: close })}
      />
    </>
  );
}
