import classes from "./Status.module.css";

export type Tone = "good" | "busy" | "warn" | "bad" | "idle";

const TONES: Record<string, Tone> = {
  // Units.
  free: "idle",
  allocated: "good",
  initializing: "busy",
  allocating: "busy",
  deallocating: "busy",
  decommissioning: "busy",
  init_fail: "bad",
  allocation_fail: "bad",
  deallocation_fail: "bad",
  decommission_fail: "bad",
  unavailable: "warn",
  decommissioned: "idle",
  // Servers.
  ready: "good",
  cordoned: "warn",
  healthy: "good",
  degraded: "warn",
  unreachable: "bad",
  unknown: "idle",
  differs: "warn",
  // Jobs.
  queued: "idle",
  running: "busy",
  succeeded: "good",
  failed: "bad",
  cancelled: "idle",
  cancelling: "busy",
  pending: "busy",
  active: "good",
  ending: "busy",
  ended: "idle",
  // Messages to webhooks.
  waiting: "busy",
  delivered: "good",
  // Activities and verdicts.
  frozen: "warn",
  stopped: "warn",
  kept: "good",
  broken: "bad",
  not_promised: "idle",
  refuses: "bad",
  degrades: "warn",
  notes: "idle",
};

/** How a state is to be felt about. */
export function toneOf(status: string): Tone {
  return TONES[status] ?? "idle";
}

/** The words of a state, as people say them. */
export function words(status: string): string {
  return status
    .replaceAll("_", " ")
    .replace("init fail", "init failed")
    .replace(/(ation) fail$/, "$1 failed");
}

/** A state as a mark and its word; the mark's shape tells what its colour does. */
export function Status({ status, label }: { status: string; label?: string }) {
  const tone = toneOf(status);
  return (
    <span className={classes.status} data-tone={tone}>
      <i className={classes.mark} aria-hidden="true" />
      {label ?? words(status)}
    </span>
  );
}
