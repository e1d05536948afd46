// The control plane dies while a page is open: the page says so, and is right again without a
// reload and without a lost event.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openPage, signIn } from "./browser.mjs";
import { call, cut, kill, launch, startPlane, stopPlane } from "./plane.mjs";

let browser;
let plane;

before(async () => {
  browser = await openBrowser();
  plane = await startPlane(2);
  await cut(plane, 1, ["0-31"]);
});

after(async () => {
  await browser?.close();
  if (plane) await stopPlane(plane);
});

const AWAY = "The control plane does not answer.";
/** Pages that are open meanwhile, each with what stands there once server 2 is cut. */
const OPEN = {
  "/": (page) => page.getByRole("link", { name: /^host2/ }),
  "/units": (page) => page.getByRole("link", { name: "host2_0-31", exact: true }),
  "/servers/host1": (page) => page.getByRole("heading", { name: "host1" }),
};

test("open pages outlive the control plane", async () => {
  const { page, context } = await openPage(browser, plane);
  await signIn(context, plane);
  const others = [];
  for (const [path, news] of Object.entries(OPEN)) {
    const other = await context.newPage();
    await other.goto(path);
    await other.getByText("host1").first().waitFor();
    others.push({ other, news });
  }
  await page.goto("/events");
  await page.locator("header").getByText("live", { exact: true }).waitFor();
  const all = [page, ...others.map(({ other }) => other)];
  for (const one of all) await one.evaluate(() => Object.assign(window, { sameAsBefore: true }));
  await kill(plane);
  for (const one of all) await one.getByText(AWAY).first().waitFor();
  await launch(plane);
  await cut(plane, 2, ["0-31"]);
  for (const one of all) await one.getByText(AWAY).first().waitFor({ state: "detached" });
  for (const { other, news } of others) await news(other).first().waitFor();
  await page.getByRole("cell", { name: "initializing succeeded" }).nth(1).waitFor();
  const log = await call(plane, "GET", "/events/log?limit=1000");
  const rows = await page.getByRole("table", { name: "Events" }).getAttribute("aria-rowcount");
  assert.equal(Number(rows) - 1, log.length);
  for (const one of all) assert.equal(await one.evaluate(() => window.sameAsBefore), true);
});

/** More tabs than a browser has connections to one host; each keeps one for its stream. */
const TABS = 8;

test("tabs that nobody sees keep no connection, and are live once they are looked at", async () => {
  const { context } = await openPage(browser, plane);
  await signIn(context, plane);
  // A browser without a screen shows all its tabs at once, so they are told that they are hidden.
  await context.addInitScript(() => {
    let state = "hidden";
    Object.defineProperty(document, "visibilityState", { get: () => state });
    window.lookAt = () => {
      state = "visible";
      document.dispatchEvent(new Event("visibilitychange"));
    };
  });
  const tabs = [];
  for (let tab = 0; tab < TABS; tab++) {
    const page = await context.newPage();
    await page.goto("/events");
    await page.getByRole("table", { name: "Events" }).waitFor();
    tabs.push(page);
  }
  const last = tabs.at(-1);
  await last.locator("header").getByText("not live", { exact: true }).waitFor();
  await last.evaluate(() => window.lookAt());
  await last.locator("header").getByText("live", { exact: true }).waitFor();
  await context.close();
});
