import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSend, IconTrash } from "@tabler/icons-react";
import { testWebhook } from "~/api/actions";
import { faultOf } from "~/api/fault";
import type { Webhook } from "~/api/types";
import { ConfirmByName } from "~/parts/ConfirmByName";
import type { Removal } from "./removal";
import { useSending } from "./sending";

interface Props {
  webhook: Webhook;
  removal: Removal;
}

/** What can be done to a webhook. */
export function WebhookActions({ webhook, removal }: Props) {
  const test = useSending(webhook.id, () => testWebhook(webhook.id));
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconSend size={14} />}
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        Test
      </Button>
      <Remove webhook={webhook} removal={removal} />
    </>
  );
}

function Remove({ webhook, removal }: Props) {
  const [asking, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="light" color="red" leftSection={<IconTrash size={14} />} onClick={open}>
        Remove
      </Button>
      <ConfirmByName
        opened={asking}
        onClose={close}
        title={`Remove ${webhook.name}`}
        name={webhook.name}
        verb="Remove"
        lost="All messages to it are lost, those that wait too. Its receiver is told of nothing any more."
        pending={removal.isPending}
        fault={removal.error && faultOf(removal.error)}
        onConfirm={() => removal.mutate()}
      />
    </>
  );
}
