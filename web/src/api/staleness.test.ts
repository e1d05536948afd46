import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { batched, KINDS, staleBy } from "./staleness";

test("every kind of event that the control plane has is heard", async () => {
  const source = await readFile(
    new URL("../../../crates/model/src/event.rs", import.meta.url),
    "utf8",
  );
  const words = source.slice(0, source.indexOf("}\n}")).matchAll(/\w+ = "(\w+)"/g);
  expect([...words].map((match) => match[1]).sort()).toEqual([...KINDS].sort());
});

test("an event makes old what it is about", () => {
  expect(staleBy({ kind: "job_failed" })).toEqual([["jobs"]]);
  expect(staleBy({ kind: "unit_status" })).toContainEqual(["units"]);
  expect(staleBy({ kind: "database_restored" })).toEqual([[]]);
});

test("fifty events at once are one renewal of each", () => {
  vi.useFakeTimers();
  const hand = vi.fn();
  const renew = batched(250, hand);
  for (let count = 0; count < 50; count++) renew(staleBy({ kind: "job_advanced" }));
  renew([["units"]]);
  vi.advanceTimersByTime(250);
  expect(hand.mock.calls).toEqual([[[["jobs"], ["units"]]]]);
  vi.useRealTimers();
});
