import { expect, test } from "vitest";
import type { Tile } from "./fleet";
import { rowsOf, step } from "./rows";

const tiles = (count: number) => Array.from({ length: count }, () => ({}) as Tile);

test("tiles go into rows, each group under its name", () => {
  const rows = rowsOf(
    [
      { name: "eu", tiles: tiles(3) },
      { name: "us", tiles: tiles(1) },
    ],
    2,
  );
  expect(rows.map((row) => row.heading ?? row.tiles.length)).toEqual(["eu", 2, 1, "us", 1]);
  expect(rows.at(-1)?.first).toBe(3);
});

test("keys lead to tiles that are there", () => {
  expect(step("ArrowDown", 1, 4, 10)).toBe(5);
  expect(step("ArrowUp", 1, 4, 10)).toBeNull();
  expect(step("End", 1, 4, 10)).toBe(9);
  expect(step("x", 1, 4, 10)).toBeNull();
});
