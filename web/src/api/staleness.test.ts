import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { changesRows, distinct, gathered, KINDS, staleBy } from "./staleness";

test("every kind of event that the control plane has is heard", async () => {
  const source = await readFile(
    new URL("../../../crates/model/src/event.rs", import.meta.url),
    "utf8",
  );
  const words = source.slice(0, source.indexOf("}\n}")).matchAll(/\w+ = "(\w+)"/g);
  expect([...words].map((match) => match[1]).sort()).toEqual([...KINDS].sort());
});

const event = (kind: string, hostname: string | null = null, compute_id: string | null = null) => ({
  kind,
  hostname,
  compute_id,
});

test("an event makes old what it is about", () => {
  expect(staleBy(event("job_failed", "host1"))).toEqual([["jobs"]]);
  expect(staleBy(event("webhook_changed"))).toEqual([["webhooks"]]);
  const keys = staleBy(event("unit_status", "host1", "host1_0-15"));
  expect(keys).toContainEqual(["units", "host1_0-15"]);
  expect(keys).toContainEqual(["servers", "host1"]);
  expect(staleBy(event("server_mode", "host1"))).toContainEqual(["units"]);
  expect(staleBy(event("database_restored"))).toEqual([[]]);
});

test("what a job does is told by other events than its own", () => {
  expect(changesRows(event("job_advanced", "host1"))).toBe(false);
  expect(KINDS.filter((kind) => changesRows({ kind }))).toContain("drift_found");
});

test("fifty events at once are seen to together, later ones after those", async () => {
  vi.useFakeTimers();
  const done: (() => void)[] = [];
  const see = vi.fn((_: number[]) => new Promise<void>((over) => done.push(over)));
  const hear = gathered(250, see);
  for (let number = 0; number < 50; number++) hear(number);
  await vi.advanceTimersByTimeAsync(250);
  hear(50);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(see.mock.calls.map(([things]) => things.length)).toEqual([50]);
  done[0]?.();
  await vi.advanceTimersByTimeAsync(250);
  expect(see.mock.calls[1]).toEqual([[50]]);
  vi.useRealTimers();
});

test("the same key is renewed once", () => {
  expect(distinct([["jobs"], ["units", "a"], ["jobs"]])).toEqual([["jobs"], ["units", "a"]]);
});
