import type { Event } from "./types";

/** Every kind of event that there is. */
export const KINDS = [
  "server_status",
  "server_health",
  "server_facts",
  "server_mode",
  "host_key_pinned",
  "unit_status",
  "unit_changed",
  "promise_broken",
  "drift_found",
  "drift_gone",
  "job_queued",
  "job_started",
  "job_advanced",
  "job_waiting",
  "job_cancelling",
  "job_succeeded",
  "job_failed",
  "job_cancelled",
  "webhook_changed",
  "database_restored",
] as const;

type Key = readonly string[];

/** The queries whose answers are old since an event. */
export function staleBy(event: Pick<Event, "kind">): Key[] {
  const [about] = event.kind.split("_");
  if (about === "job") return [["jobs"]];
  if (about === "webhook") return [["webhooks"]];
  if (about === "database") return [[]];
  // A unit is on its server's page too, and a server's state is in its units'.
  return [["units"], ["servers"], ["placement"]];
}

/** Gathers keys for a while and hands them on together, each once; the first waits longest. */
export function batched(milliseconds: number, hand: (keys: Key[]) => void): (keys: Key[]) => void {
  const gathered = new Map<string, Key>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (keys) => {
    for (const key of keys) gathered.set(key.join("/"), key);
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      const all = [...gathered.values()];
      gathered.clear();
      hand(all);
    }, milliseconds);
  };
}
