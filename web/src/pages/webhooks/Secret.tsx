import { Alert } from "@mantine/core";
import { Copy } from "~/parts/Copy";

/** What messages are signed with, while it can be seen. */
export function Secret({ secret }: { secret: string }) {
  return (
    <Alert data-color="yellow" title="The secret, shown this once">
      Its receiver verifies with it that a message is ours. Keep it where the receiver can read it;
      it is not shown again.
      <Copy label="the secret" text={secret} />
    </Alert>
  );
}
