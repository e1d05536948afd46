import { expect, test } from "vitest";
import { rowsOf } from "./rows";

const ROWS = [
  { name: 'a "quoted" } brace', tags: { deep: [{ x: 1 }, {}] } },
  { name: "back\\slash\\", none: null },
  { name: "größer ✓ 🦀", list: ["[", "]", "{"] },
];

/** The text as it comes over a wire that hands on so many bytes at a time. */
function wire(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(line) {
      for (let at = 0; at < bytes.length; at += size) line.enqueue(bytes.slice(at, at + size));
      line.close();
    },
  });
}

test.each([1, 2, 3, 7, 64, 10_000])(
  "rows are whole however they arrive, %i bytes at a time",
  async (size) => {
    expect(await rowsOf(wire(JSON.stringify(ROWS), size))).toEqual(ROWS);
    expect(await rowsOf(wire(JSON.stringify(ROWS, null, 2), size))).toEqual(ROWS);
    expect(await rowsOf(wire("[]", size))).toEqual([]);
  },
);

test("thousands of rows come in their order", async () => {
  const many = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `host${id}` }));
  expect(await rowsOf(wire(JSON.stringify(many), 100_000))).toEqual(many);
});

test.each(['[{"a":1},{"a"', '[{"a":1}', "[", "", '[{"a":1}] {'])(
  "a list that broke off is none: %s",
  async (text) => {
    await expect(rowsOf(wire(text, 4))).rejects.toThrow(SyntaxError);
  },
);
