import { expect, test } from "vitest";
import { ApiFault, sentence } from "./fault";

test("a sentence of the API is shown as a sentence", () => {
  expect(ApiFault.of(409, { detail: "the unit is free" }).message).toBe("The unit is free.");
  expect(sentence("Done.")).toBe("Done.");
});

test("every fault of a request stands beside its field", () => {
  const fault = ApiFault.of(422, {
    detail: [
      { loc: ["body", "hostname"], msg: "Value error, no", ctx: { error: "a hostname is short" } },
      { loc: ["body", "cpu_ranges", 1], msg: "they share CPU 8" },
      { loc: ["body", "cpu_ranges", 1], msg: "a second one" },
    ],
  });
  expect(fault.fields).toEqual({
    hostname: "A hostname is short.",
    "cpu_ranges.1": "They share CPU 8.",
  });
  expect(fault.beside(["hostname"])).toEqual(["cpu_ranges.1: They share CPU 8."]);
});

test("an answer that is no JSON is still a fault that says something", () => {
  expect(ApiFault.of(502, undefined).message).toContain("502");
  expect(ApiFault.unreachable().status).toBe(0);
});
