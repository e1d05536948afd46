// Measures the fleet map over a large fleet while events arrive, prints the figures, and fails where
// one misses what is asked of it: `cargo xtask web scale`.
import { parseArgs } from "node:util";
import { openBrowser, openPage, signIn } from "./browser.mjs";
import { EVENTS, makeEvents, name, startLarge } from "./large.mjs";
import { stopPlane } from "./plane.mjs";

const { values } = parseArgs({
  options: {
    servers: { type: "string", default: "1000" },
    units: { type: "string", default: "16" },
    seconds: { type: "string", default: "300" },
  },
});
const [servers, units, seconds] = [values.servers, values.units, values.seconds].map(Number);

/** What is asked of the application. */
const MOST = { usable: 2_000, task: 200, growth: 0.1 };
/** How long the page is left to itself before its heap is weighed the first time. */
const SETTLE = 30;

/** Tells how long each task was that took more than 50 ms. */
const WATCH = () => {
  Object.assign(window, { tasks: [] });
  new PerformanceObserver((list) => {
    window.tasks.push(...list.getEntries().map((entry) => entry.duration));
  }).observe({ type: "longtask", buffered: true });
};

const wait = (ms) => new Promise((later) => setTimeout(later, ms));

/** The page's heap once what is not needed any more is gone, in bytes. */
async function weigh(debug) {
  await debug.send("HeapProfiler.collectGarbage");
  return (await debug.send("Runtime.getHeapUsage")).usedSize;
}

/** From the first byte until a tile has the focus and the arrows go from tile to tile. */
async function untilUsable(page) {
  const began = Date.now();
  await page.goto("/", { waitUntil: "commit" });
  const tile = (place) => page.locator(`[data-tile="${place}"]`);
  await tile(0).focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-tile") === "1");
  return Date.now() - began;
}

async function measure(plane) {
  const browser = await openBrowser();
  const viewport = { width: 1440, height: 900 };
  const { page, context } = await openPage(browser, plane, { viewport });
  page.setDefaultTimeout(120_000);
  await signIn(context, plane);
  const usable = await untilUsable(page);
  await page.evaluate(WATCH);
  const debug = await context.newCDPSession(page);
  const stop = await makeEvents(plane, servers, units);
  await wait(SETTLE * 1000);
  const [before, tasks] = [await weigh(debug), await page.evaluate(() => window.tasks.length)];
  await wait(seconds * 1000);
  const after = await page.evaluate(() => window.tasks);
  const heap = await weigh(debug);
  const events = await stop();
  await page.getByText(name(1)).first().waitFor();
  await browser.close();
  // A look by the debugger stops the page, so that the tasks of the first weighing are left out.
  return { usable, longest: Math.max(0, ...after.slice(tasks)), before, heap, events };
}

function told({ usable, longest, before, heap, events }) {
  const growth = heap / before - 1;
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const rows = [
    ["usable after", `${usable} ms`, usable <= MOST.usable],
    ["longest task", `${Math.round(longest)} ms`, longest <= MOST.task],
    ["heap", `${mib(before)}, then ${mib(heap)}`, growth < MOST.growth],
    ["events a second", events.toFixed(1), events >= EVENTS * 0.9],
  ];
  console.log(`${servers} servers of ${units} units, ${seconds} s of events:`);
  for (const [what, figure, holds] of rows)
    console.log(`  ${what.padEnd(16)} ${figure.padEnd(28)} ${holds ? "" : "MISSED"}`);
  return rows.every(([, , holds]) => holds);
}

const plane = await startLarge(servers, units);
try {
  process.exitCode = told(await measure(plane)) ? 0 : 1;
} finally {
  await stopPlane(plane);
}
