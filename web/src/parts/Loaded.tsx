import { Alert, Button, Group, Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { faultOf } from "~/api/fault";
import { Failed } from "./Failed";

interface Props<T> {
  query: UseQueryResult<T, Error>;
  /** What stands here until there is something. */
  waiting?: ReactNode;
  children: (data: T) => ReactNode;
}

/** What a query gave: while it is awaited, when it failed, and when it could not be renewed. */
export function Loaded<T>({ query, waiting, children }: Props<T>) {
  if (query.data === undefined) {
    if (query.error)
      return <Failed fault={faultOf(query.error)} retry={() => void query.refetch()} />;
    return <>{waiting ?? <Waiting />}</>;
  }
  const fault = query.error && faultOf(query.error);
  return (
    <>
      {fault && fault.status > 0 && (
        <Alert data-color="yellow" mb="sm" title="Not up to date">
          <Group justify="space-between">
            {fault.message}
            <Button variant="default" onClick={() => void query.refetch()}>
              Ask again
            </Button>
          </Group>
        </Alert>
      )}
      {children(query.data)}
    </>
  );
}

/** Rows to come. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same.
        <Skeleton key={row} height={30} radius="sm" />
      ))}
    </Stack>
  );
}
