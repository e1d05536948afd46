import { useSyncExternalStore } from "react";

// One clock for all times on the page, so that they change together.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function tick() {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** The time now, by the second while anybody looks. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
