import { Alert, Button, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { editWebhook } from "~/api/actions";
import { faultOf, sentence } from "~/api/fault";
import { webhook as asked } from "~/api/queries";
import type { Webhook, WebhookChange } from "~/api/types";
import { ConfirmByName } from "~/parts/ConfirmByName";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { Panel } from "~/parts/Panel";
import { When } from "~/parts/When";
import { Deliveries } from "./Deliveries";
import { useRemoval } from "./removal";
import { Secret } from "./Secret";
import { WebhookActions } from "./WebhookActions";
import { WebhookForm } from "./WebhookForm";
import { WebhookState } from "./WebhookState";

const route = getRouteApi("/webhooks/$webhook");

/** One receiver: what it is told, what arrived there, and why something did not. */
export function WebhookPage() {
  const { webhook: id } = route.useParams();
  const removal = useRemoval(id);
  const found = useQuery({ ...asked(id), enabled: !removal.begun });
  return (
    <>
      <PageHead
        title={found.data?.name ?? "Webhook"}
        state={found.data && <WebhookState webhook={found.data} />}
        sub={
          found.data && (
            <>
              <span className="mono">{found.data.url}</span> · since{" "}
              <When at={found.data.created_at} />
            </>
          )
        }
      >
        {found.data && <WebhookActions webhook={found.data} removal={removal} />}
      </PageHead>
      <Loaded query={found}>{(webhook) => <Body webhook={webhook} asks={!removal.begun} />}</Loaded>
    </>
  );
}

function Body({ webhook, asks }: { webhook: Webhook; asks: boolean }) {
  return (
    <Stack gap="md">
      {webhook.problem && (
        <Alert data-color="red" title="Messages do not arrive">
          {sentence(webhook.problem)}
        </Alert>
      )}
      <Deliveries id={webhook.id} asks={asks} />
      <Settings webhook={webhook} />
    </Stack>
  );
}

function Settings({ webhook }: { webhook: Webhook }) {
  const queries = useQueryClient();
  const [asking, { open, close }] = useDisclosure();
  const edit = useMutation({
    mutationFn: (change: WebhookChange) => editWebhook(webhook.id, change),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  return (
    <Panel title="What it is told, and where">
      <Stack gap="sm">
        {edit.data?.secret && <Secret secret={edit.data.secret} />}
        <WebhookForm
          of={webhook}
          verb="Change it"
          pending={edit.isPending}
          fault={edit.error && faultOf(edit.error)}
          onSubmit={({ name, url, kinds, enabled }) => edit.mutate({ name, url, kinds, enabled })}
        >
          <Button variant="default" size="sm" onClick={open}>
            Draw a new secret
          </Button>
        </WebhookForm>
        <ConfirmByName
          opened={asking}
          onClose={close}
          title="Draw a new secret"
          name={webhook.name}
          verb="Draw it"
          lost="The old secret counts no more: until its receiver has the new one, it takes our messages for forged."
          pending={edit.isPending}
          fault={edit.error && faultOf(edit.error)}
          onConfirm={() => edit.mutate({ new_secret: true }, { onSuccess: close })}
        />
      </Stack>
    </Panel>
  );
}
