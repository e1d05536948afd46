// What people do, from the first sign-in to the last decommission, by keyboard alone; and that the
// application can do everything that the API can.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openBrowser, openPage, picture } from "./browser.mjs";
import { confirm, goTo, press, tabTo, write } from "./keyboard.mjs";
import { publicKey } from "./keys.mjs";
import { unseen } from "./operations.mjs";
import { call, startPlane, stopPlane, until } from "./plane.mjs";

let browser;
let plane;
let page;
let watched;

before(async () => {
  browser = await openBrowser();
  plane = await startPlane(2);
  ({ page, watched } = await openPage(browser, plane, { viewport: { width: 1440, height: 900 } }));
});

after(async () => {
  await browser?.close();
  if (plane) await stopPlane(plane);
});

const button = (name) => page.getByRole("button", { name, exact: true });
const link = (name) => page.getByRole("link", { name, exact: true });
const tab = (name) => page.getByRole("tab", { name });
const shows = (text) => page.getByText(text).first().waitFor();
/** A state beside the title of the page. */
const state = (name) => page.locator("header").getByText(name, { exact: true }).first().waitFor();

test("a wrong token is refused, the right one opens the page that was asked for", async () => {
  await page.goto("/servers");
  await write(page, page.getByRole("textbox"), "kloigos_0");
  await page.keyboard.press("Enter");
  await shows("The token is not known.");
  await write(page, page.getByRole("textbox"), plane.token);
  await page.keyboard.press("Enter");
  await shows("No servers yet");
  assert.equal(new URL(page.url()).pathname, "/servers");
  // The one refusal was meant.
  watched.errors.length = 0;
});

test("a server is initialised from the palette", async () => {
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByPlaceholder("A page, server or unit").waitFor();
  await page.keyboard.type("init a");
  await shows("Init a server");
  await page.keyboard.press("Enter");
  await write(page, page.getByLabel("Address"), "127.64.0.1");
  await page.keyboard.press("Enter");
  await shows("Is it the right server?");
  await tabTo(page, page.getByRole("checkbox"));
  await page.keyboard.press("Space");
  await press(page, button("Lay it out"));
  await press(page, button("Cut equally"));
  await shows("4 units; the host keeps 4 CPUs");
  await givesByHand();
  await press(page, button("Name it"));
  await write(page, page.getByLabel("Name").first(), "host1");
  await write(page, page.getByLabel("Region"), "eu");
  await write(page, page.getByLabel("Zone"), "a");
  await press(page, button("Review"));
  await shows("What is changed on it");
  await picture(page, "init-review");
  await press(page, button("Init host1"));
  await shows("host1 is cut");
  await press(page, link("Show the server"));
  await state("ready");
});

/** A CPU is taken from its unit and given back, on the drawing. */
async function givesByHand() {
  const cpus = page.getByRole("listbox", { name: "CPUs to lay out" });
  await tabTo(page, cpus);
  await page.keyboard.press("End");
  const last = cpus.getByRole("option", {
    name: /^CPU 63, .*NUMA node 1, .*: unit D/,
  });
  assert.ok(
    await last.evaluate((element) => element === document.activeElement),
    "CPU 63 has the focus",
  );
  await page.keyboard.press("Space");
  await cpus.getByRole("option", { name: /^CPU 63.*unit A/ }).waitFor();
  await page.keyboard.press("Space");
  await cpus.getByRole("option", { name: /^CPU 63.*kept by the host/ }).waitFor();
}

test("a unit is allocated after a look at what it would be", async () => {
  await goTo(page, "a");
  await shows("Why this one");
  await write(page, page.getByLabel("Public keys"), "no key");
  await press(page, button("Allocate"));
  await page
    .getByText(/SSH public key/i)
    .first()
    .waitFor();
  await write(page, page.getByLabel("Public keys"), publicKey("ann@example"));
  await write(page, page.getByLabel("Tags"), "deployment_id=web");
  await press(page, button("Allocate"));
  await state("succeeded");
  await page.waitForURL(/\/jobs\//);
  watched.errors.length = 0;
  await press(page, page.locator("main").getByRole("link", { name: /^host1_/ }));
  await state("allocated");
  await page.getByText(/^ssh u\S+@127\.64\.0\.1$/).waitFor();
  await picture(page, "unit-allocated");
});

test("a unit is attested, changed, stopped, started and reset", async () => {
  const id = await page.getByRole("heading", { level: 1 }).textContent();
  await choose("Attestation");
  await press(page, button("Verify now"));
  await shows(`${id} is attested`);
  await shows("everything holds");
  await choose("Limits");
  await write(page, page.getByLabel("Tasks"), "5000");
  await press(page, button("Change 1"));
  await page.getByRole("cell", { name: "5,000", exact: true }).waitFor();
  await choose("Access");
  await write(page, page.getByLabel("Public keys"), publicKey("bob@example"));
  await press(page, button("Add"));
  await page.getByRole("cell", { name: "bob@example", exact: true }).waitFor();
  await press(page, button("Remove bob@example"));
  await confirm(page, "bob@example", "Remove");
  await page.getByRole("cell", { name: "bob@example", exact: true }).waitFor({ state: "detached" });
  await press(page, button("Stop"));
  await page.getByRole("menuitem", { name: "Let them stand still" }).waitFor();
  await choosesFromMenu("Let them stand still");
  await state("frozen");
  await press(page, button("Start"));
  await state("allocated");
  await press(page, button("Reset"));
  await confirm(page, id, "Reset");
  await shows(`${id} is empty`);
  await choose("History");
  await page.getByRole("table", { name: "Allocations" }).waitFor();
});

/** What a menu offers is gone through by arrows. */
async function choosesFromMenu(name) {
  const item = page.getByRole("menuitem", { name });
  const focused = () => item.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 6 && !(await focused()); presses++)
    await page.keyboard.press("ArrowDown");
  assert.ok(await focused(), `${name} is reached by arrows`);
  await page.keyboard.press("Enter");
}

/** Tabs are reached once and chosen by arrows. */
async function choose(name) {
  await tabTo(page, page.getByRole("tablist"));
  for (
    let presses = 0;
    presses < 6 && (await tab(name).getAttribute("aria-selected")) !== "true";
    presses++
  ) {
    await page.keyboard.press("ArrowRight");
  }
  assert.equal(await tab(name).getAttribute("aria-selected"), "true");
}

test("many units are found, chosen and attested at once", async () => {
  await goTo(page, "u");
  await page.getByRole("table", { name: "Units" }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("web");
  await page.waitForURL(/q=web/);
  await tabTo(page, page.getByRole("checkbox", { name: "Choose all" }));
  await page.keyboard.press("Space");
  await shows("1 unit chosen");
  await press(page, button("Attest"));
  await shows("How it went");
  await page.keyboard.press("Escape");
});

test("the server is attested and examined", async () => {
  await goTo(page, "s");
  await press(page, link("host1"));
  await choose("Health");
  await shows("Attestation of the server");
  await press(page, button("Verify now"));
  await shows("host1 is attested");
  await goTo(page, "t");
  await press(page, button("Examine all servers"));
  await page
    .getByRole("cell", { name: /sound|finding/ })
    .first()
    .waitFor();
});

test("a job that waits is tried at once, and taken back", async () => {
  // Nothing is at this address, so the init waits for it.
  const server = {
    ip: "127.64.0.9",
    hostname: "host9",
    region: "eu",
    zone: "a",
    cpu_ranges: ["0-3"],
  };
  await call(plane, "POST", "/admin/init_server", server);
  await until(
    "the init waits",
    async () => (await call(plane, "GET", "/jobs?hostname=host9"))[0].next_at !== null,
  );
  await goTo(page, "j");
  await press(page, page.getByRole("row", { name: /host9/ }).getByRole("link").first());
  await press(page, button("Try now"));
  await until(
    "it was tried",
    async () => (await call(plane, "GET", "/jobs?hostname=host9"))[0].attempts > 1,
  );
  await press(page, button("Take back"));
  await state("cancelled");
  await call(plane, "DELETE", "/admin/decommission_server/host9?wait=true");
});

test("what happens is told as it happens", async () => {
  await goTo(page, "e");
  await page.locator("header").getByText("live", { exact: true }).waitFor();
  const [unit] = await call(plane, "GET", "/compute_units/?status=allocated");
  await call(plane, "POST", `/compute_units/${unit.compute_id}/stop?wait=true`, {
    mode: "stop",
    reason: "told live",
  });
  await page.getByRole("cell", { name: /stop/ }).first().waitFor();
});

test("a unit is deallocated, and the server is as it was before", async () => {
  const [unit] = await call(plane, "GET", "/compute_units/?status=allocated");
  await page.goto(`/units/${unit.compute_id}`);
  await press(page, button("Deallocate"));
  await confirm(page, unit.compute_id, "Deallocate");
  await state("free");
  await goTo(page, "s");
  await press(page, link("host1"));
  await press(page, button("Decommission"));
  await confirm(page, "host1", "Decommission");
  await until(
    "the server is gone",
    async () => (await call(plane, "GET", "/servers")).length === 0,
  );
  await goTo(page, "f");
  await shows("No servers yet");
});

test("whoever signs out is out", async () => {
  await press(page, button("Sign out"));
  await page.getByLabel("Administrator token").first().waitFor();
});

test("nothing was said on the console and nobody else was asked", () => {
  assert.deepEqual(watched.errors, []);
  assert.deepEqual(watched.foreign, []);
});

test("the application can do everything that the API can", async () => {
  const document = JSON.parse(
    await readFile(new URL("../../openapi.json", import.meta.url), "utf8"),
  );
  assert.deepEqual(unseen(document, watched.calls), []);
});
