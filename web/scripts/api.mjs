// Writes src/api/schema.ts from openapi.json; `npm run api` after the document changed.
import { writeFile } from "node:fs/promises";
import { render } from "./schema.mjs";

await writeFile(new URL("../src/api/schema.ts", import.meta.url), await render());
