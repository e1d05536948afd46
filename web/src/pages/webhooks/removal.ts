import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { removeWebhook } from "~/api/actions";

export type Removal = ReturnType<typeof useRemoval>;

/** Removes a webhook and goes to the list of those that are left. */
export function useRemoval(id: string) {
  const queries = useQueryClient();
  const go = useNavigate();
  const removal = useMutation({
    mutationFn: () => removeWebhook(id),
    onMutate: () => queries.cancelQueries({ queryKey: ["webhooks", id] }),
    onSuccess: async () => {
      await go({ to: "/webhooks" });
      queries.removeQueries({ queryKey: ["webhooks", id] });
      await queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  // From the press of the button until the page is left, it is asked for no more: the answer could
  // only be that there is none.
  return { ...removal, begun: removal.isPending || removal.isSuccess };
}
