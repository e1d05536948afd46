import { Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Delivery } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { plural } from "~/parts/format";
import { Status } from "~/parts/Status";
import { When } from "~/parts/When";
import classes from "./Attempts.module.css";

/** A message: how it was tried, and what is sent, word for word. */
export function Attempts({ message, children }: { message: Delivery; children: ReactNode }) {
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Status
          status={message.status}
          label={`${message.status}, ${plural(message.attempts, "attempt")}`}
        />
        {children}
      </Group>
      {message.next_attempt_at && (
        <Text size="sm">
          It is sent again <When at={message.next_attempt_at} />,{" "}
          {plural(message.attempts_left, "more time", "more times")} at most.
        </Text>
      )}
      {message.history.length > 0 && (
        <DataTable
          label="Attempts"
          rows={message.history}
          columns={COLUMNS}
          id={(one) => String(one.number)}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long message is scrolled by its keys. */}
      <pre className={classes.body} tabIndex={0}>
        {pretty(message.body)}
      </pre>
    </Stack>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const COLUMNS: Column<Delivery["history"][number]>[] = [
  { key: "at", title: "When", cell: (one) => <When at={one.at} exact /> },
  { key: "took", title: "Took", right: true, cell: (one) => `${one.duration_ms} ms` },
  { key: "answer", title: "Answer", cell: (one) => one.error ?? one.status_code },
];
