import { expect, test } from "vitest";
import { withLine } from "./jobStream";
import type { JobDetail } from "./types";

const line = (seq: number) => ({
  seq,
  at: "2026-01-01T00:00:00Z",
  line: `${seq}`,
  step: null,
  attempt: null,
});

test("a line that was heard before is not there twice", () => {
  let job = { log: [line(1)] } as JobDetail;
  for (const seq of [1, 2, 2, 3]) job = withLine(job, line(seq));
  expect(job.log.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});
