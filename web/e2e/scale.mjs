// Measures the fleet map over a large fleet while events arrive, prints the figures, and fails where
// one misses what is asked of it: `cargo xtask web scale`.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { openBrowser, openPage, signIn } from "./browser.mjs";
import { EVENTS, makeEvents, name, startLarge } from "./large.mjs";
import { stopPlane } from "./plane.mjs";
import { watchTasks } from "./tasks.mjs";

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
/**
 * How long events have come before the heap is weighed the first time, in seconds. Until then V8
 * compiles what runs often and keeps the code in the heap, where it is no growth: after three
 * minutes it comes to an end.
 */
const SETTLE = 180;

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

/** A page with nothing on it that works a little now and then: what it waits, any page waits. */
async function openEmpty(browser) {
  const page = await browser.newPage();
  await page.evaluate(() => {
    const work = () => {
      const end = performance.now() + 20;
      while (performance.now() < end);
    };
    setInterval(work, 250);
  });
  return page;
}

async function measure(plane) {
  const browser = await openBrowser();
  const viewport = { width: 1440, height: 900 };
  const { page, context } = await openPage(browser, plane, { viewport });
  page.setDefaultTimeout(120_000);
  await signIn(context, plane);
  const usable = await untilUsable(page);
  const empty = await openEmpty(browser);
  const debug = await context.newCDPSession(page);
  const stop = await makeEvents(plane, servers, units);
  await wait(SETTLE * 1000);
  const before = await weigh(debug);
  const tasks = await watchTasks(browser, { map: page, empty });
  await wait(seconds * 1000);
  const longest = await tasks();
  const heap = await weigh(debug);
  const events = await stop();
  await page.getByText(name(1)).first().waitFor();
  await browser.close();
  return { usable, longest, before, heap, events };
}

function told({ usable, longest, before, heap, events }) {
  const growth = heap / before - 1;
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const ms = ({ wall, cpu }) => `${Math.round(wall)} ms, ${Math.round(cpu)} ms of it computing`;
  const rows = [
    ["usable after", `${usable} ms`, usable <= MOST.usable],
    ["longest task", ms(longest.map), longest.map.wall <= MOST.task],
    ["an empty page's", ms(longest.empty), true],
    ["heap", `${mib(before)}, then ${mib(heap)}`, growth < MOST.growth],
    ["events a second", events.toFixed(1), events >= EVENTS * 0.9],
    ["load", loadavg()[1].toFixed(1), true],
  ];
  console.log(`${servers} servers of ${units} units, ${seconds} s of events:`);
  for (const [what, figure, holds] of rows)
    console.log(`  ${what.padEnd(16)} ${figure.padEnd(32)} ${holds ? "" : "MISSED"}`);
  return rows.every(([, , holds]) => holds);
}

const plane = await startLarge(servers, units);
try {
  process.exitCode = told(await measure(plane)) ? 0 : 1;
} finally {
  await stopPlane(plane);
}
