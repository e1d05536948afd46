import { Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { createWebhook } from "~/api/actions";
import { faultOf } from "~/api/fault";
import type { Webhook } from "~/api/types";
import { LinkButton } from "~/parts/LinkButton";
import { PageHead } from "~/parts/PageHead";
import { Panel } from "~/parts/Panel";
import { Secret } from "./Secret";
import { WebhookForm } from "./WebhookForm";

const NONE = { name: "", url: "", kinds: [], enabled: true };

/** A webhook is made, and its secret shown once. */
export function NewWebhookPage() {
  const make = useMutation({ mutationFn: createWebhook });
  return (
    <>
      <PageHead title="New webhook" sub="Events from now on are sent to it, signed." />
      {make.data ? (
        <Made webhook={make.data} />
      ) : (
        <Panel title="What it is told, and where">
          <WebhookForm
            of={NONE}
            verb="Make it"
            pending={make.isPending}
            fault={make.error && faultOf(make.error)}
            onSubmit={(wish) => make.mutate(wish)}
          />
        </Panel>
      )}
    </>
  );
}

function Made({ webhook }: { webhook: Webhook }) {
  return (
    <Stack gap="md" align="flex-start" aria-live="polite">
      {webhook.secret && <Secret secret={webhook.secret} />}
      <LinkButton to="/webhooks/$webhook" params={{ webhook: webhook.id }} size="sm">
        Show {webhook.name}
      </LinkButton>
    </Stack>
  );
}
