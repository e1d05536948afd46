import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { faultOf, sentence } from "~/api/fault";
import type { Delivery } from "~/api/types";

/** Sends a message now, and says how that went. */
export function useSending<V = void>(id: string, send: (value: V) => Promise<Delivery>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (sent) => {
      notifications.show(told(sent));
      return queries.invalidateQueries({ queryKey: ["webhooks", id] });
    },
    onError: (error) =>
      notifications.show({
        color: "red",
        title: "It was refused",
        message: faultOf(error).message,
      }),
  });
}

function told({ status, error, status_code, duration_ms }: Delivery) {
  if (status === "delivered")
    return {
      color: "teal",
      title: "The message arrived",
      message: `Answered ${status_code} after ${duration_ms} ms.`,
    };
  return { color: "red", title: "It did not arrive", message: sentence(error ?? status) };
}
