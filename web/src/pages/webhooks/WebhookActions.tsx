import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSend, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { removeWebhook, testWebhook } from "~/api/actions";
import { faultOf } from "~/api/fault";
import type { Webhook } from "~/api/types";
import { ConfirmByName } from "~/parts/ConfirmByName";
import { useSending } from "./sending";

/** What can be done to a webhook. */
export function WebhookActions({ webhook }: { webhook: Webhook }) {
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
      <Remove webhook={webhook} />
    </>
  );
}

function Remove({ webhook }: { webhook: Webhook }) {
  const [asking, { open, close }] = useDisclosure();
  const queries = useQueryClient();
  const go = useNavigate();
  const remove = useMutation({
    mutationFn: () => removeWebhook(webhook.id),
    onSuccess: async () => {
      await go({ to: "/webhooks" });
      queries.removeQueries({ queryKey: ["webhooks", webhook.id] });
      await queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
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
        pending={remove.isPending}
        fault={remove.error && faultOf(remove.error)}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
