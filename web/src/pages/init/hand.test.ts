import { expect, test } from "vitest";
import { parseCpus } from "~/cpus/set";
import { assign, HOST, setLayout } from "./hand";

test("a CPU is in one unit at most", () => {
  const layout = [
    [0, 1],
    [2, 3],
  ];
  expect(assign(layout, 1, 1, true)).toEqual([[0], [1, 2, 3]]);
  expect(assign(layout, 4, 2, true)).toEqual([[0, 1], [2, 3], [4]]);
  expect(assign(layout, 0, HOST, true)).toEqual([[1], [2, 3]]);
});

test("a second press gives a CPU back, a stroke does not", () => {
  expect(assign([[0, 1]], 1, 0, true)).toEqual([[0]]);
  expect(assign([[0, 1]], 1, 0, false)).toEqual([[0, 1]]);
  expect(assign([[0]], 0, 0, true)).toEqual([]);
});

test("words are taken whole or not at all", () => {
  const there = [0, 1, 2, 3, 4, 5, 6, 7];
  expect(setLayout("0-3\n\n4-7", there, parseCpus).layout).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ]);
  expect(setLayout("0-3\n3-4", there, parseCpus).fault).toBe("CPU 3 is in unit A already.");
  expect(setLayout("0-9", there, parseCpus).fault).toBe("The server has no CPU 8.");
  expect(setLayout("x", there, parseCpus).fault).toContain("no CPU set");
});
