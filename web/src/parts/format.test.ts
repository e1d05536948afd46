import { expect, test } from "vitest";
import { ago, bytes, duration, plural, ports } from "./format";

test("bytes have a unit and no digits that say nothing", () => {
  expect([0, 1023, 1024, 1536, 64 * 1024 ** 3].map(bytes)).toEqual([
    "0 B",
    "1023 B",
    "1 KiB",
    "1.5 KiB",
    "64 GiB",
  ]);
});

test("durations say two units at most", () => {
  expect([400, 42_000, 125_000, 3_600_000, 90_061_000].map(duration)).toEqual([
    "0.4 s",
    "42 s",
    "2 min 5 s",
    "1 h",
    "1 d 1 h",
  ]);
});

test("times are told by how long ago they are", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  expect(ago("2026-01-01T11:59:58Z", now)).toBe("just now");
  expect(ago("2026-01-01T11:50:00Z", now)).toBe("10 min ago");
  expect(ago("2026-01-04T12:00:00Z", now)).toBe("in 3 d");
});

test("a half-open range ends one port earlier", () => {
  expect(ports("2000-2200")).toBe("2000 – 2199");
});

test("one is one", () => {
  expect([plural(1, "unit"), plural(2000, "unit")]).toEqual(["1 unit", "2,000 units"]);
});
