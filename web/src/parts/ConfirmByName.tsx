import { Button, Checkbox, Code, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import type { ApiFault } from "~/api/fault";
import { Failed } from "./Failed";

interface Props {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What must be typed. */
  name: string;
  /** What will be lost, as sentences. */
  lost: ReactNode;
  /** On the button. */
  verb: string;
  /** A further consequence that must be agreed to, if there is one. */
  also?: string | undefined;
  pending: boolean;
  fault: ApiFault | null;
  onConfirm: () => void;
}

/** Nothing is destroyed by a slip of the hand: the name is typed, and what goes is said before. */
export function ConfirmByName(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="md">
      {props.opened && <Form {...props} />}
    </Modal>
  );
}

function Form({ name, lost, verb, also, pending, fault, onConfirm, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [agreed, setAgreed] = useState(false);
  const ready = typed === name && (also === undefined || agreed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) onConfirm();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text component="div">{lost}</Text>
        {also && (
          <Checkbox
            label={also}
            checked={agreed}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
          />
        )}
        <TextInput
          label={
            <>
              Type <Code>{name}</Code> to go on
            </>
          }
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {fault && <Failed fault={fault} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" color="red" disabled={!ready} loading={pending}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
