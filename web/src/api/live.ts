// What happens, as it happens: one stream of events for the whole application. While it flows, what
// an event is about is asked for anew; while it does not, everything is asked for now and then. A
// browser takes the stream up again where it broke off, so that no event is missed.
import { useSyncExternalStore } from "react";
import { queries } from "./cache";
import { slow } from "./pace";
import { renewServers } from "./renewal";
import { changesRows, distinct, gathered, KINDS, staleBy } from "./staleness";
import type { Event } from "./types";

type Standing = "opening" | "flowing" | "broken";

let standing: Standing = "opening";
let source: EventSource | undefined;
const listeners = new Set<() => void>();
const hearers = new Set<(event: Event) => void>();

/** How long events are gathered before their pages are asked for anew, in milliseconds. */
const GATHERED = 250;

const renew = gathered(GATHERED, (events: Event[]) => {
  const stale = distinct(events.flatMap(staleBy));
  const changed = events.filter(changesRows).map((event) => event.hostname);
  const hostnames = new Set(changed.filter((name) => name !== null));
  // All of it is awaited: an answer that is on its way would else be thrown away and asked for anew.
  return Promise.all([
    ...stale.map((queryKey) => queries.invalidateQueries({ queryKey })),
    renewServers(queries, [...hostnames]),
  ]);
});

/** How long a hidden page keeps its stream, in milliseconds: those who come back soon find it. */
const KEPT = 30_000;

/** How often a stream that was given up is begun anew, in milliseconds. */
const AGAIN = 3_000;

/**
 * Keeps the stream for as long as somebody is signed in and looks: a browser has few connections to
 * one host for all its tabs together, and each stream holds one.
 */
export function listen(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") return open();
    if (!source) stand("broken");
    timer = setTimeout(pause, KEPT);
  };
  // What a browser gave up (a proxy answered for a control plane that is away) is begun anew.
  const again = setInterval(() => {
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    look();
  }, AGAIN);
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    clearTimeout(timer);
    clearInterval(again);
    document.removeEventListener("visibilitychange", look);
    close();
    stand("opening");
  };
}

function open() {
  if (source) return;
  source = new EventSource("/api/events");
  source.onopen = () => stand("flowing");
  source.onerror = () => stand("broken");
  // Some events are not kept any more: nothing that is shown is known to be true.
  source.addEventListener("gap", () => void queries.invalidateQueries());
  for (const kind of KINDS) source.addEventListener(kind, (message) => heard(message.data));
}

function close() {
  source?.close();
  source = undefined;
}

/** What happens from now on is missed, and asked for once somebody looks again. */
function pause() {
  close();
  stand("broken");
}

function heard(data: string) {
  const event = JSON.parse(data) as Event;
  renew(event);
  for (const hear of hearers) hear(event);
}

function stand(next: Standing) {
  // What is shown while the stream is broken may be old; the stream itself brings what was missed.
  if (next === "flowing" && standing === "broken") void queries.invalidateQueries();
  standing = next;
  slow(next === "flowing");
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether events arrive. */
export function useStanding(): Standing {
  return useSyncExternalStore(subscribe, () => standing);
}

/** Hears every event from now on. */
export function hear(hearer: (event: Event) => void): () => void {
  hearers.add(hearer);
  return () => hearers.delete(hearer);
}
