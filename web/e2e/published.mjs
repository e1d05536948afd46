// The pictures that README and docs show, taken by the run that takes all the others:
// `cargo xtask web pictures`.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where they go; where nobody says so, none is taken. */
const FOLDER = process.env.PICTURES;

/** Pictures of the run, and what they are called in the docs. */
const PUBLISHED = [
  [/^fleet-full-(light|dark)-1440$/, "web-fleet"],
  [/^server-full-(light|dark)-1440$/, "web-server"],
  [/^unit-full-(light|dark)-1440$/, "web-unit"],
  [/^init-review-(light|dark)$/, "web-init"],
];

/** How well they are to look, of 100: text stays sharp, and a page is some 40 kB. */
const QUALITY = 80;

/** Takes it for the docs too, where it is one of theirs. */
export async function publish(page, name) {
  if (!FOLDER) return;
  const [pattern, title] = PUBLISHED.find(([pattern]) => pattern.test(name)) ?? [];
  if (!pattern) return;
  const debug = await page.context().newCDPSession(page);
  const { data } = await debug.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await debug.detach();
  await mkdir(FOLDER, { recursive: true });
  const [, scheme] = pattern.exec(name);
  await writeFile(join(FOLDER, `${title}-${scheme}.webp`), Buffer.from(data, "base64"));
}
