import { expect, test } from "vitest";
import type { Cpu } from "~/api/types";
import { equalSplit, letter, remarks, splitBy } from "./layout";

/** Two nodes of four cores, each with two halves: 0-7 and their siblings 8-15. */
const machine: Cpu[] = Array.from({ length: 16 }, (_, id) => ({
  id,
  package: 0,
  core: id % 8,
  node: id % 8 < 4 ? 0 : 1,
  siblings: `${id % 8},${(id % 8) + 8}`,
  l3: id % 8 < 4 ? "0-3,8-11" : "4-7,12-15",
}));

test("units get whole cores, and stay within their node", () => {
  expect(equalSplit(machine, 2, 0)).toEqual([
    [0, 1, 2, 3, 8, 9, 10, 11],
    [4, 5, 6, 7, 12, 13, 14, 15],
  ]);
  expect(remarks(equalSplit(machine, 4, 0) ?? [], machine)).toEqual([
    "No CPU is left for the host; its own work then runs on units' CPUs.",
  ]);
});

test("the host keeps whole cores, and what does not divide", () => {
  const units = equalSplit(machine, 3, 1);
  expect(units).toEqual([
    [1, 2, 9, 10],
    [3, 4, 11, 12],
    [5, 6, 13, 14],
  ]);
  expect(remarks(units ?? [], machine)).toEqual(["Unit B spans 2 NUMA nodes."]);
});

test("more units than cores cannot be", () => {
  expect(equalSplit(machine, 9, 0)).toBeNull();
  expect(equalSplit(machine, 0, 0)).toBeNull();
});

test("a unit for each node, less what the host keeps", () => {
  expect(splitBy(machine, "node", 1)).toEqual([
    [1, 2, 3, 9, 10, 11],
    [4, 5, 6, 7, 12, 13, 14, 15],
  ]);
});

test("a core that two units share is told", () => {
  const said = remarks(
    [
      [0, 1, 2, 3],
      [8, 9, 10, 11],
    ],
    machine,
  );
  expect(said).toHaveLength(2);
  expect(said[0]).toContain("shares a core");
});

test("letters go on after Z", () => {
  expect([0, 25, 26, 51, 52].map(letter)).toEqual(["A", "Z", "AA", "AZ", "BA"]);
});
