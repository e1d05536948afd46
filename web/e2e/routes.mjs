// Every address of the application, read from its router, so that a new page is not forgotten: each
// route with an example of what it is about, and each of its tabs, views and groupings.
import { readFile } from "node:fs/promises";

const ROUTER = new URL("../src/router.tsx", import.meta.url);
/** What an address says that makes another page of the same route. */
const VARIANTS = /oneOf\(raw, "(\w+)", \[([^\]]*)\]\)/g;

/** The addresses by their names; `known` has an example for each parameter. */
export async function routes(known) {
  const source = await readFile(ROUTER, "utf8");
  const all = { nowhere: "/nowhere" };
  for (const part of source.split("createRoute(").slice(1)) {
    const path = /page\("([^"]+)"\)/.exec(part)?.[1];
    if (!path) continue;
    const address = filled(path, known);
    all[nameOf(path)] = address;
    for (const [, key, words] of part.matchAll(VARIANTS))
      for (const [, word] of words.matchAll(/"(\w+)"/g))
        all[`${nameOf(path)}-${word}`] = `${address}?${key}=${word}`;
  }
  return all;
}

function filled(path, known) {
  return path.replace(/\$(\w+)/g, (_, name) => {
    if (!known[name]) throw new Error(`${path} needs an example of ${name}`);
    return encodeURIComponent(known[name]);
  });
}

/** `/servers/$hostname` is about one server, `/` about the fleet. */
function nameOf(path) {
  if (path === "/") return "fleet";
  const [, noun, one] = path.split("/");
  if (!one) return noun;
  return one.startsWith("$") ? noun.replace(/s$/, "") : `${noun}-${one}`;
}
