// Every page, light and dark, wide and narrow, over an empty fleet, a full one, and a control plane
// that fails: nothing on the console, nothing that keeps people from using it, a picture of each.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings } from "./axe.mjs";
import { openBrowser, openPage, picture, signIn } from "./browser.mjs";
import { fill } from "./fleets.mjs";
import { call, startPlane, stopPlane } from "./plane.mjs";
import { routes } from "./routes.mjs";

const WIDTHS = [1440, 360];
const BUDGET = 300_000;

let browser;
let empty;
let full;
let pages;

before(async () => {
  browser = await openBrowser();
  [empty, full] = [await startPlane(1), await startPlane(5)];
  const used = await fill(full);
  const jobs = await call(full, "GET", "/jobs?status=failed&limit=1");
  const [webhook] = await call(full, "GET", "/webhooks");
  pages = await routes({
    hostname: "host1",
    computeId: used[0].compute_id,
    id: jobs[0].id,
    webhook: webhook.id,
  });
});

after(async () => {
  await browser?.close();
  for (const plane of [empty, full]) if (plane) await stopPlane(plane);
});

/** Nothing is awaited any more. */
async function settled(page) {
  await page.locator("main").first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-label="Loading"]') === null);
  // What is drawn to the width that it has.
  await page.waitForFunction(() => document.querySelector('[role="listbox"]:empty') === null);
  await page.evaluate(() => document.fonts.ready);
}

/** Shows every page, and gathers what is wrong. */
async function tour(fleet, plane, prepare) {
  const wrong = [];
  for (const width of WIDTHS) {
    const { page, context, watched } = await openPage(browser, plane, {
      viewport: { width, height: 900 },
    });
    await signIn(context, plane);
    await prepare?.(page);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await settled(page);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        const label = `${name}-${fleet}-${colorScheme}-${width}`;
        await picture(page, label);
        for (const finding of await findings(page)) wrong.push(`${label}: ${finding}`);
      }
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      if (wider > 0) wrong.push(`${name}-${fleet}-${width}: ${wider} pixels wider than the window`);
    }
    // A refusal is told on the console by the browser itself, and is what these fleets are for.
    const errors =
      fleet === "full"
        ? watched.errors
        : watched.errors.filter((line) => !line.includes("Failed to load resource"));
    wrong.push(...errors, ...watched.foreign.map((url) => `asked another host: ${url}`));
    await context.close();
  }
  return told(wrong);
}

/** Each finding once, with how many pages it is on and the first of them. */
function told(wrong) {
  const places = new Map();
  for (const line of wrong) {
    const [place, ...finding] = line.split(": ");
    const key = finding.join(": ");
    places.set(key, [...(places.get(key) ?? []), place]);
  }
  return [...places].map(([finding, on]) => `${on[0]} and ${on.length - 1} more: ${finding}`);
}

test("over a full fleet", async () => {
  assert.deepEqual(await tour("full", full), []);
});

test("over an empty fleet", async () => {
  assert.deepEqual(await tour("empty", empty), []);
});

test("over a control plane that fails", async () => {
  const fail = (page) =>
    page.route(/\/api\/(?!session)/, (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/json",
        body: '{"detail":"a fault of the control plane"}',
      }),
    );
  assert.deepEqual(await tour("failing", full, fail), []);
});

test("signing in is shown to everybody", async () => {
  const wrong = [];
  for (const width of WIDTHS) {
    const { page, context, watched } = await openPage(browser, empty, {
      viewport: { width, height: 900 },
    });
    await page.goto("/units");
    await page.getByLabel("Administrator token").first().waitFor();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `sign-in-${colorScheme}-${width}`);
      wrong.push(...(await findings(page)));
    }
    wrong.push(...watched.errors);
    await context.close();
  }
  assert.deepEqual(wrong, []);
});

test(`the first load is at most ${BUDGET / 1000} kB`, async () => {
  const { page, context } = await openPage(browser, full);
  await signIn(context, full);
  const sizes = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith("/api/"))
      sizes.push(response.finished().then(() => response.request().sizes()));
  });
  await page.goto("/");
  await page.getByText("host1").first().waitFor();
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size.responseBodySize, 0);
  assert.ok(bytes > 50_000 && bytes <= BUDGET, `${bytes} bytes`);
  await context.close();
});
