import { expect, test } from "vitest";
import { parseCpus } from "~/cpus/set";
import { assign, HOST, layoutThere, saidOf, setLayout } from "./hand";

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

test("the cut that is there is taken unless it is none of units", () => {
  const held = (account: string, cpu_range: string, processes = 0) => ({
    account,
    cpu_range,
    processes,
    uid: 1001,
    cpu_count: 4,
    home: "/home",
    keys: [],
    other_keys: 0,
  });
  const there = [0, 1, 2, 3, 4, 5, 6, 7];
  const two = [held("alice", "0-7:2"), held("bob", "1,3", 2)];
  expect(layoutThere(two, there).layout).toEqual([
    [0, 2, 4, 6],
    [1, 3],
  ]);
  expect(saidOf(two)).toBe("alice 0-7:2, bob 1,3 (2 processes)");
  const shared = [held("alice", "0-3"), held("bob", "3-4")];
  expect(layoutThere(shared, there).fault).toContain("CPU 3");
  expect(layoutThere([held("alice", "6-9")], there).fault).toContain("no CPU 8");
});
