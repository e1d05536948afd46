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

test("a page outlives the control plane", async () => {
  const { page, context } = await openPage(browser, plane);
  await signIn(context, plane);
  await page.goto("/events");
  await page.locator("header").getByText("live", { exact: true }).waitFor();
  await page.evaluate(() => Object.assign(window, { sameAsBefore: true }));
  await kill(plane);
  await page.getByText("The control plane does not answer.").first().waitFor();
  await launch(plane);
  await cut(plane, 2, ["0-31"]);
  await page.getByText("The control plane does not answer.").first().waitFor({ state: "detached" });
  await page.getByRole("cell", { name: "initializing succeeded" }).nth(1).waitFor();
  const log = await call(plane, "GET", "/events/log?limit=1000");
  const rows = await page.getByRole("table", { name: "Events" }).getAttribute("aria-rowcount");
  assert.equal(Number(rows) - 1, log.length);
  assert.equal(await page.evaluate(() => window.sameAsBefore), true);
});
