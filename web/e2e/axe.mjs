// What axe-core finds on a page: what keeps people from using it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

/** The serious and critical findings, a line each. */
export async function findings(page) {
  // Through the debugger, since the page's policy lets no foreign script in.
  if (!(await page.evaluate("typeof window.axe === 'object'"))) await page.evaluate(source);
  const violations = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`),
    }));
  });
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.map(({ id, impact, where }) => `${impact} ${id}: ${where.join(" | ")}`);
}
