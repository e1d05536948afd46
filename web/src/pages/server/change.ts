// What is changed of a server at once, without a job: the answer is the server as it is then.
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { faultOf } from "~/api/fault";
import { server as asked } from "~/api/queries";
import { renewServers } from "~/api/renewal";
import type { ServerDetail } from "~/api/types";

/** Does it, shows the server as it is then, and says so in a sentence. */
export function useServerChange<V = void>(
  call: (value: V) => Promise<ServerDetail>,
  done: (server: ServerDetail) => string,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: (now) => {
      queries.setQueryData(asked(now.hostname).queryKey, now);
      void renewServers(queries, [now.hostname]);
      notifications.show({ message: done(now) });
    },
    onError: (error) =>
      notifications.show({
        color: "red",
        title: "It was refused",
        message: faultOf(error).message,
      }),
  });
}
