// Work that was begun: told at once, followed to its end, and found again under Jobs.
import { notifications } from "@mantine/notifications";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { faultOf } from "~/api/fault";
import { hear } from "~/api/live";
import { pace } from "~/api/pace";
import { isOver, job } from "~/api/queries";
import { router } from "~/router";

interface Begun {
  job: string | null;
}

/** A call that begins work. `doing` and `done` say what: "Stopping host1_0-15". */
export function useWork<V>(
  call: (value: V) => Promise<Begun>,
  said: (value: V) => { doing: string; done: string },
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: ({ job }, value) => {
      if (job) void follow(queries, job, said(value));
    },
  });
}

async function follow(
  queries: QueryClient,
  id: string,
  said: { doing: string; done: string },
): Promise<void> {
  notifications.show({
    id,
    loading: true,
    autoClose: false,
    title: said.doing,
    message: <ToJob id={id} />,
  });
  void queries.invalidateQueries({ queryKey: ["jobs"] });
  try {
    const over = await ended(queries, id);
    const well = over.status === "succeeded";
    notifications.update({
      id,
      loading: false,
      autoClose: well ? 4_000 : false,
      color: well ? "teal" : "red",
      title: well ? said.done : `${said.doing} failed`,
      message: (
        <>
          {over.reason && `${over.reason} `}
          <ToJob id={id} />
        </>
      ),
    });
  } catch (error) {
    notifications.update({
      id,
      loading: false,
      color: "yellow",
      title: said.doing,
      message: faultOf(error).message,
    });
  }
  await queries.invalidateQueries();
}

/** Waits until a job is over: looks when an event is about it, and now and then without one. */
async function ended(queries: QueryClient, id: string) {
  for (;;) {
    const found = await queries.fetchQuery({ ...job(id), staleTime: 0 });
    if (isOver(found)) return found;
    await news(id, pace(700)());
  }
}

/** An event about this job, or the end of the time. */
function news(id: string, milliseconds: number): Promise<void> {
  return new Promise((told) => {
    const done = () => {
      clearTimeout(timer);
      deaf();
      told();
    };
    const timer = setTimeout(done, Math.min(milliseconds, 5_000));
    const deaf = hear((event) => event.job === id && done());
  });
}

/** Notifications stand outside of the router's tree, so the router is named. */
function ToJob({ id }: { id: string }) {
  const href = router.buildLocation({ to: "/jobs/$id", params: { id } }).href;
  const go = (event: React.MouseEvent) => {
    event.preventDefault();
    void router.navigate({ to: "/jobs/$id", params: { id } });
  };
  return (
    <a href={href} onClick={go}>
      Show the job
    </a>
  );
}
