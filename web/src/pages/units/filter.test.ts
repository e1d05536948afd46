import { expect, test } from "vitest";
import type { Unit } from "~/api/types";
import { deploymentOf, matching, values } from "./filter";

const unit = (compute_id: string, status: string, tags: object | null = {}) =>
  ({
    compute_id,
    status,
    tags,
    hostname: compute_id.split("_")[0],
    cpu_count: 16,
    user: "u",
    ip: "10.0.0.1",
    region: "eu",
    zone: "a",
  }) as unknown as Unit;
const units = [
  unit("host1_0-15", "free"),
  unit("host2_0-15", "allocated", { deployment_id: 7, teams: ["red", "blue"] }),
  unit("host10_0-15", "free", null),
];

test("filters are combined", () => {
  expect(matching(units, { status: "free", hostname: "host1" })).toEqual([units[0]]);
  expect(matching(units, {})).toHaveLength(3);
});

test("a unit is found by what its tenant wrote on it", () => {
  expect(matching(units, { q: "BLUE" })).toEqual([units[1]]);
  expect(units.map(deploymentOf)).toEqual(["", "7", ""]);
  expect(matching(units, { deployment: "7" })).toEqual([units[1]]);
});

test("what can be chosen is in order", () => {
  expect(values(units, (unit) => unit.hostname)).toEqual(["host1", "host2", "host10"]);
});
