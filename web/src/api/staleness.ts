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

/** The queries whose answers are old since an event, beside the lists of the fleet. */
export function staleBy(event: Pick<Event, "kind" | "hostname" | "compute_id">): Key[] {
  const [about] = event.kind.split("_");
  if (about === "job") return [["jobs"]];
  if (about === "webhook") return [["webhooks"]];
  if (about === "database" || !event.hostname) return [[]];
  // A unit is on its server's page too, and a server's state is in its units'.
  const unit = event.compute_id ? ["units", event.compute_id] : ["units"];
  return [unit, ["servers", event.hostname], ["placement"]];
}

/** Whether an event changes the row of its server or of one of its units in the fleet's lists. */
export function changesRows({ kind }: Pick<Event, "kind">): boolean {
  return kind.startsWith("server_") || !/^(job|webhook|database)_/.test(kind);
}

/** All the keys, each once. */
export function distinct(keys: readonly Key[]): Key[] {
  return [...new Map(keys.map((key) => [key.join("/"), key])).values()];
}

/**
 * Gathers things for a while and hands them on together; while those are seen to, later ones are
 * gathered, so that no more is begun than is done.
 */
export function gathered<T>(
  milliseconds: number,
  see: (things: T[]) => Promise<unknown>,
): (thing: T) => void {
  let waiting: T[] = [];
  let going = false;
  const next = () => {
    const things = waiting;
    waiting = [];
    going = things.length > 0;
    // What fails is asked for anew by whoever shows it.
    if (going) void see(things).then(later, later);
  };
  const later = () => setTimeout(next, milliseconds);
  return (thing) => {
    waiting.push(thing);
    if (going) return;
    going = true;
    later();
  };
}
