// A server of 256 CPUs in 8 memory nodes: what a simulated one tells of itself is made so large on
// its way to the browser. Every CPU is read, reached by arrows, and spoken.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings } from "./axe.mjs";
import { openBrowser, openPage, picture, signIn } from "./browser.mjs";
import { tabTo } from "./keyboard.mjs";
import { cut, startPlane, stopPlane } from "./plane.mjs";

const [PACKAGES, NODES, CORES] = [2, 8, 16];
const CPUS = NODES * CORES * 2;
/** The least that a mark may measure to be read, in pixels. */
const READABLE = 9;

let browser;
let plane;

before(async () => {
  browser = await openBrowser();
  plane = await startPlane(1);
  await cut(plane, 1, ["0-15", "16-31", "32-63"]);
});

after(async () => {
  await browser?.close();
  if (plane) await stopPlane(plane);
});

/** SMT siblings are numbered as Linux does: the second half of all CPUs after the first. */
function cpu(id) {
  const core = id % (CPUS / 2);
  const node = Math.floor(core / CORES);
  const halves = (first) => `${first},${first + CPUS / 2}`;
  const l3 = `${node * CORES}-${node * CORES + CORES - 1}`;
  return {
    id,
    node,
    package: Math.floor(node / (NODES / PACKAGES)),
    core: core % (CPUS / 2 / PACKAGES),
    siblings: halves(core),
    l3: `${l3},${l3
      .split("-")
      .map((edge) => Number(edge) + CPUS / 2)
      .join("-")}`,
  };
}

function node(id) {
  const distances = Array.from({ length: NODES }, (_, other) => (other === id ? 10 : 21));
  return { id, cpu_range: cpu(id * CORES).l3, memory_bytes: 128 * 2 ** 30, distances };
}

const list = (length, make) => Array.from({ length }, (_, id) => make(id));

async function enlarge(page) {
  await page.route("**/api/servers/host1", async (route) => {
    const answer = await route.fetch();
    const server = await answer.json();
    Object.assign(server.facts, { cpus: list(CPUS, cpu), numa_nodes: list(NODES, node) });
    await route.fulfill({ response: answer, json: server });
  });
}

async function open(width) {
  const { page, context, watched } = await openPage(browser, plane, {
    viewport: { width, height: 900 },
  });
  await signIn(context, plane);
  await enlarge(page);
  await page.goto("/servers/host1");
  const cpus = page.getByRole("listbox", { name: "CPUs of host1" });
  await cpus.getByRole("option").first().waitFor();
  return { page, context, watched, cpus };
}

const ARROWS = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"];

/** Goes wherever arrows lead, as one does who cannot see the drawing; what was heard of each CPU. */
async function walk(page) {
  const spoken = new Map();
  /** Where an arrow leads from a CPU, as far as it was tried. */
  const ways = new Map();
  const hear = async () => {
    const [id, label] = await page.evaluate(() => [
      Number(document.activeElement.getAttribute("data-cpu")),
      document.activeElement.getAttribute("aria-label"),
    ]);
    spoken.set(id, label);
    if (!ways.has(id)) ways.set(id, new Map());
    return id;
  };
  let here = await hear();
  for (let path = untried(ways, here); path && spoken.size < CPUS; path = untried(ways, here)) {
    for (const arrow of path) {
      await page.keyboard.press(arrow);
      const next = await hear();
      ways.get(here).set(arrow, next);
      here = next;
    }
  }
  return spoken;
}

/** The shortest way to an arrow that was not tried yet, that arrow the last. */
function untried(ways, from) {
  const seen = new Set([from]);
  const queue = [[from, []]];
  for (const [at, path] of queue) {
    const fresh = ARROWS.find((arrow) => !ways.get(at).has(arrow));
    if (fresh) return [...path, fresh];
    for (const [arrow, next] of ways.get(at)) {
      if (!seen.has(next)) queue.push([next, [...path, arrow]]);
      seen.add(next);
    }
  }
  return null;
}

test("every CPU is reached by arrows and says what it is", async () => {
  const { page, context, watched, cpus } = await open(1440);
  assert.equal(await cpus.getByRole("option").count(), CPUS);
  await tabTo(page, cpus);
  await page.keyboard.press("Home");
  const spoken = await walk(page);
  for (let id = 0; id < CPUS; id++) {
    const { core, node, package: socket } = cpu(id);
    const said = `CPU ${id}, core ${core}, NUMA node ${node}, package ${socket}: `;
    assert.ok(spoken.get(id)?.startsWith(said), `CPU ${id}: ${spoken.get(id)}`);
  }
  assert.match(spoken.get(40), /host1_32-63, free/);
  assert.match(spoken.get(200), /kept by the host/);
  assert.deepEqual(await findings(page), []);
  assert.deepEqual(watched.errors, []);
  await context.close();
});

for (const width of [1440, 360]) {
  test(`it is readable ${width} pixels wide`, async () => {
    const { page, context, cpus } = await open(width);
    await picture(page, `server-256-cpus-${width}`);
    const boxes = await cpus.getByRole("option").evaluateAll((cells) =>
      cells.map((cell) => {
        const { width, height } = cell.querySelector("rect").getBoundingClientRect();
        const mark = cell.querySelector("text");
        const font = Number.parseFloat(getComputedStyle(mark).fontSize);
        return { width, height, font, mark: mark.getBoundingClientRect().width };
      }),
    );
    for (const box of boxes) {
      assert.ok(
        box.font >= READABLE && box.height >= box.font,
        `too small: ${JSON.stringify(box)}`,
      );
      assert.ok(box.mark <= box.width, `a mark is cut: ${JSON.stringify(box)}`);
    }
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    assert.ok(wider <= 0, `${wider} pixels wider than the window`);
    await context.close();
  });
}
