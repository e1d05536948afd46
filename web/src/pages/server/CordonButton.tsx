import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBarrierBlock, IconBarrierBlockOff } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { cordon, uncordon } from "~/api/actions";
import type { ServerDetail } from "~/api/types";
import { useServerChange } from "./change";

/** Takes a server out of placement, with a reason, and puts it back. */
export function CordonButton({ server }: { server: ServerDetail }) {
  const [asking, { open, close }] = useDisclosure();
  const { hostname } = server;
  const cordoned = server.status === "cordoned";
  const back = useServerChange(
    () => uncordon(hostname),
    () => `${hostname} is back in placement`,
  );
  const Icon = cordoned ? IconBarrierBlockOff : IconBarrierBlock;
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon size={14} />}
        loading={back.isPending}
        onClick={() => (cordoned ? back.mutate() : open())}
      >
        {cordoned ? "Uncordon" : "Cordon"}
      </Button>
      <Modal opened={asking} onClose={close} title={`Cordon ${hostname}`} size="md">
        <Form hostname={hostname} close={close} />
      </Modal>
    </>
  );
}

function Form({ hostname, close }: { hostname: string; close: () => void }) {
  const [reason, setReason] = useState("");
  const aside = useServerChange(
    () => cordon(hostname, reason),
    () => `${hostname} is cordoned`,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    aside.mutate(undefined, { onSuccess: close });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text>
          Nothing of it is handed out any more: its free units are unavailable. Tenancies go on, and
          nothing is lost.
        </Text>
        <TextInput
          label="Why"
          placeholder="For whoever asks later"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Leave it
          </Button>
          <Button type="submit" loading={aside.isPending}>
            Cordon
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
