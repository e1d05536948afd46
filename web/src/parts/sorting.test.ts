import { expect, test } from "vitest";
import { sorted } from "./sorting";

const columns = [{ key: "name", by: (row: { name: string }) => row.name }, { key: "other" }];
const rows = [{ name: "host10" }, { name: "host2" }, { name: "host1" }];

test("names are sorted as people count", () => {
  expect(sorted(rows, columns, "name").map((row) => row.name)).toEqual([
    "host1",
    "host2",
    "host10",
  ]);
  expect(sorted(rows, columns, "-name")[0]).toEqual({ name: "host10" });
});

test("what cannot be sorted by leaves the order", () => {
  expect(sorted(rows, columns, "other")).toBe(rows);
  expect(sorted(rows, columns, undefined)).toBe(rows);
});
