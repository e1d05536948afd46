// The whole path of a server and a unit, from its init to its return, by keyboard: the same steps
// over a simulated server and over a real one. `world` is what differs between them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { picture, pictures } from "../browser.mjs";
import { confirm, focused, goTo, press, tabTo, write } from "../keyboard.mjs";
import { call, until } from "../plane.mjs";

export function signIn(me) {
  test("a wrong token is refused, the right one opens the page that was asked for", async () => {
    const { page, plane, watched } = me();
    await page.goto("/servers");
    await write(page, page.getByRole("textbox"), "kloigos_0");
    await page.keyboard.press("Enter");
    await me().sees("The token is not known.");
    await write(page, page.getByRole("textbox"), plane.token);
    await page.keyboard.press("Enter");
    await me().sees("No servers yet");
    assert.equal(new URL(page.url()).pathname, "/servers");
    // The one refusal was meant.
    watched.errors.length = 0;
  });
}

export function init(me, world) {
  test("a server is initialised from the palette", async () => {
    const { page } = me();
    await page.keyboard.press("ControlOrMeta+k");
    await focused(page.getByPlaceholder("A page, server or unit"));
    await page.keyboard.type("init a");
    const others = page.getByRole("dialog").getByText("Allocate a unit");
    await others.waitFor({ state: "detached" });
    await me().sees("Init a server");
    await page.keyboard.press("Enter");
    await write(page, page.getByLabel("Address"), world.address);
    await page.keyboard.press("Enter");
    await me().sees("Is it the right server?");
    await me().sees(world.fingerprint);
    await tabTo(page, page.getByRole("checkbox"));
    await page.keyboard.press("Space");
    await press(page, me().button("Lay it out"));
    await write(page, page.getByLabel("Units", { exact: true }), String(world.units));
    await press(page, me().button("Cut equally"));
    await me().sees(`${world.units} units; the host keeps`);
    await givesByHand(me(), world.lastCpu);
    await press(page, me().button("Name it"));
    await write(page, page.getByLabel("Name").first(), world.hostname);
    await write(page, page.getByLabel("Region"), "eu");
    await write(page, page.getByLabel("Zone"), "a");
    await press(page, me().button("Review"));
    await me().sees("What is changed on it");
    await page.evaluate(() => window.scrollTo(0, 0));
    await pictures(page, "init-review");
    await press(page, me().button(`Init ${world.hostname}`));
    await me().sees(`${world.hostname} is cut`);
    await press(page, me().link("Show the server"));
    await me().seesState("ready");
  });
}

/** A CPU is given to a unit and back to the host, on the drawing. */
async function givesByHand({ page }, cpu) {
  const cpus = page.getByRole("listbox", { name: "CPUs to lay out" });
  const option = (what) => cpus.getByRole("option", { name: new RegExp(`^CPU ${cpu},.*${what}`) });
  await tabTo(page, cpus);
  await page.keyboard.press("End");
  const focused = await option("NUMA node").evaluate(
    (element) => element === document.activeElement,
  );
  assert.ok(focused, `CPU ${cpu} has the focus`);
  await page.keyboard.press("Space");
  await option("unit A").waitFor();
  await page.keyboard.press("Space");
  await option("kept by the host").waitFor();
}

export function allocation(me, world) {
  test("a unit is allocated after a look at what it would be", async () => {
    const { page, watched } = me();
    await goTo(page, "a");
    await me().sees("Why this one");
    await write(page, page.getByLabel("Public keys"), "no key");
    await press(page, me().button("Allocate"));
    await me().sees(/SSH public key/i);
    await write(page, page.getByLabel("Public keys"), world.publicKey);
    await write(page, page.getByLabel("Tags"), "deployment_id=web");
    await press(page, me().button("Allocate"));
    await me().seesState("succeeded");
    await page.waitForURL(/\/jobs\//);
    watched.errors.length = 0;
    await press(page, page.locator("main").getByRole("link", { name: `${world.hostname}_` }));
    await me().seesState("allocated");
    await picture(page, "unit-allocated");
  });

  test("its tenant logs in with the line that is copied", async () => {
    const { page, context } = me();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await press(page, me().button("Copy the ssh line"));
    const line = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(line, /^ssh u\S+@\S+$/);
    assert.ok(line.endsWith(`@${world.address}`), line);
    await world.logIn(line);
  });

  test("it is attested", async () => {
    const { page } = me();
    const id = await page.getByRole("heading", { level: 1 }).textContent();
    await me().chooseTab("Attestation");
    await press(page, me().button("Verify now"));
    await me().sees(`${id} is attested`);
    await me().sees("everything holds");
  });
}

export function drift(me, world) {
  test("what somebody changed by hand is found, shown and put right", async () => {
    const { page, plane } = me();
    const [unit] = await call(plane, "GET", "/compute_units/?status=allocated");
    await goTo(page, "s");
    await press(page, me().link(world.hostname));
    await me().chooseTab("Health");
    await press(page, me().button("Check now"));
    await me().sees("Everything was as it should be at the last visit.");
    await world.meddle(unit);
    await press(page, me().button("Check now"));
    await me().cell(unit.compute_id).waitFor();
    await me().seesState(/^differs in/);
    await picture(page, "server-drift");
    await press(page, me().button("Repair"));
    await page.getByRole("log", { name: `What changed on ${unit.compute_id}` }).waitFor();
    await me()
      .state(/^differs in/)
      .waitFor({ state: "detached" });
    await me().sees("succeeded");
    await press(page, me().button("Check now"));
    await me().sees("Everything was as it should be at the last visit.");
  });
}

export function giveBack(me, world) {
  test("a unit is deallocated, and the server is as it was before", async () => {
    const { page, plane } = me();
    const [unit] = await call(plane, "GET", "/compute_units/?status=allocated");
    await page.goto(`/units/${unit.compute_id}`);
    await press(page, me().button("Deallocate"));
    await confirm(page, unit.compute_id, "Deallocate");
    await me().seesState("free");
    await goTo(page, "s");
    await press(page, me().link(world.hostname));
    await press(page, me().button("Decommission"));
    await confirm(page, world.hostname, "Decommission");
    await until(
      "the server is gone",
      async () => (await call(plane, "GET", "/servers")).length === 0,
      world.patience,
    );
    await goTo(page, "f");
    await me().sees("No servers yet");
  });
}
