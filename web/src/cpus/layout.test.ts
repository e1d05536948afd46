import { expect, test } from "vitest";
import type { Cpu } from "~/api/types";
import { letter, remarks } from "./layout";

/** Two nodes of four cores, each with two halves: 0-7 and their siblings 8-15. */
const machine: Cpu[] = Array.from({ length: 16 }, (_, id) => ({
  id,
  package: 0,
  core: id % 8,
  node: id % 8 < 4 ? 0 : 1,
  siblings: `${id % 8},${(id % 8) + 8}`,
  l3: id % 8 < 4 ? "0-3,8-11" : "4-7,12-15",
}));

test("what spans nodes and leaves the host nothing is told", () => {
  const halves = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13];
  expect(remarks([halves, [6, 7, 14, 15]], machine)).toEqual([
    "Unit A spans 2 NUMA nodes.",
    "No CPU is left for the host; its own work then runs on units' CPUs.",
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
