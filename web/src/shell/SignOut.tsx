import { ActionIcon, Tooltip } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { type Query, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "~/api/client";
import { session } from "~/api/queries";

/** What only somebody signed in is told. */
const OTHERS = { predicate: (query: Query) => query.queryKey[0] !== "session" };

/** Ends the session; not there where calls need none. */
export function SignOut() {
  const queries = useQueryClient();
  const who = useQuery(session());
  const out = useMutation({
    mutationFn: () => answer(api.DELETE("/session")),
    // What is on its way would be refused.
    onMutate: () => queries.cancelQueries(OTHERS),
    onSuccess: () => {
      queries.setQueryData(session().queryKey, { signed_in: false, name: null, expires_at: null });
      // Nothing that was seen stays for whoever signs in next.
      queries.removeQueries(OTHERS);
    },
  });
  if (!who.data?.expires_at) return null;
  return (
    <Tooltip label="Sign out">
      <ActionIcon
        variant="default"
        size={30}
        onClick={() => out.mutate()}
        loading={out.isPending}
        aria-label="Sign out"
      >
        <IconLogout size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
