// Compresses what was built, once and as small as it gets, so that nothing is compressed per call.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const text = /\.(js|css|html|svg|json|webmanifest)$/;

for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  // The page is served with a number of its own each time.
  if (!entry.isFile() || !text.test(entry.name) || entry.name === "index.html") continue;
  const path = `${entry.parentPath}/${entry.name}`;
  const body = await readFile(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(`${path}.br`, brotliCompressSync(body, { params }));
  await writeFile(`${path}.gz`, gzipSync(body, { level: 9 }));
}
