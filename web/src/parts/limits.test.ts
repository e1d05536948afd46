import { expect, test } from "vitest";
import type { Limits } from "~/api/types";
import { asked, changed, written } from "./limits";

test("a limit is written so that the API reads it back", () => {
  expect([4 * 1024 ** 3, 1500, null, 0].map(written)).toEqual(["4G", "1500", "none", "0"]);
});

test("only what changes is asked for", () => {
  const now = { memory_max: 4 * 1024 ** 3, tasks_max: 4096 } as Limits;
  expect(changed({ memory_max: "4G", tasks_max: "8192" }, now)).toEqual({ tasks_max: "8192" });
  expect(changed({ memory_max: "4G" }, now)).toBeUndefined();
  expect(asked({ memory_max: "  " })).toBeUndefined();
});
