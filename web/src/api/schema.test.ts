import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { render } from "../../scripts/schema.mjs";

test("the client's types are those of openapi.json; after a change: npm run api", async () => {
  const written = await readFile(new URL("./schema.ts", import.meta.url), "utf8");
  expect(written).toBe(await render());
}, 60_000);
