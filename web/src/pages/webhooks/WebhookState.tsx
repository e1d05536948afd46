import type { Webhook } from "~/api/types";
import { Status } from "~/parts/Status";

/** Whether messages arrive there. */
export function WebhookState({ webhook }: { webhook: Webhook }) {
  if (!webhook.enabled) return <Status status="stopped" label="not told" />;
  if (webhook.problem) return <Status status="failed" label="messages do not arrive" />;
  if (webhook.waiting) return <Status status="waiting" label="a message is on its way" />;
  return <Status status="delivered" label="up to date" />;
}
