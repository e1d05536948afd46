import { expect, test } from "vitest";
import { formatCpus, parseCpus } from "./set";

test("sets are read as the API and the kernel write them", () => {
  expect(parseCpus("0-3")).toEqual([0, 1, 2, 3]);
  expect(parseCpus("0-3,64-65")).toEqual([0, 1, 2, 3, 64, 65]);
  expect(parseCpus("0-7:2")).toEqual([0, 2, 4, 6]);
  expect(parseCpus("0-7:2/4")).toEqual([0, 1, 4, 5]);
  expect(parseCpus("5")).toEqual([5]);
});

test("what is no set is none", () => {
  for (const text of ["", "3-1", "a", "0-3;", "0-7:0", "-1", "0--3", "99999"]) {
    expect(parseCpus(text), text).toBeNull();
  }
});

test("a set is written as ranges and read back", () => {
  expect(formatCpus([3, 1, 2, 8])).toBe("1-3,8");
  expect(formatCpus([])).toBe("");
  const odd = [1, 3, 5, 6, 7, 100];
  expect(parseCpus(formatCpus(odd))).toEqual(odd);
});
