// What operators do about servers: look after them, set them aside, lose and find them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { picture } from "../browser.mjs";
import { goTo, press, tabTo, write } from "../keyboard.mjs";
import { cutByHand, lose, meddle } from "../meddling.mjs";
import { call, until } from "../plane.mjs";

const HOST = "host1";
const IP = "127.64.0.1";

async function opens(me, tab) {
  await goTo(me().page, "s");
  await press(me().page, me().link(HOST));
  await me().chooseTab(tab);
}

export function servers(me) {
  test("the server is attested and examined", async () => {
    const { page } = me();
    await opens(me, "Health");
    await me().sees("Attestation of the server");
    await press(page, me().button("Verify now"));
    await me().sees(`${HOST} is attested`);
    await goTo(page, "t");
    await press(page, me().button("Examine all servers"));
    await me()
      .cell(/sound|finding/)
      .waitFor();
  });

  test("a server is set aside with a reason, counted, and put back", async () => {
    const { page, plane } = me();
    await opens(me, "Units");
    await press(page, me().button("Cordon"));
    await write(page, page.getByRole("dialog").getByLabel("Why"), "new memory");
    await page.keyboard.press("Enter");
    await me().seesState("cordoned");
    await me().sees("new memory");
    await me().cell("unavailable").waitFor();
    await goTo(page, "f");
    await me().sees("1 cordoned");
    await goTo(page, "t");
    await press(page, me().link("1 cordoned"));
    await page.waitForURL(/\/servers\?health=cordoned/);
    await press(page, me().link(HOST));
    await press(page, me().button("Uncordon"));
    await me().seesState("ready");
    const free = () => call(plane, "GET", "/compute_units/?status=free");
    await until("its units are free again", async () => (await free()).length > 0);
  });

  test("a server that was cut by hand is laid out as it is", async () => {
    const { page, plane } = me();
    await cutByHand(plane, "127.64.0.2", { alice: "0-15", bob: "16-31,48-55" });
    await page.goto("/init?ip=127.64.0.2");
    await press(page, me().button("Look at it"));
    await me().sees("alice 0-15, bob 16-31,48-55");
    await tabTo(page, page.getByRole("checkbox"));
    await page.keyboard.press("Space");
    await press(page, me().button("Lay it out"));
    await press(page, me().button("Use the cut that is there (2 units)"));
    await me().sees("2 units; the host keeps 24 CPUs (32-47,56-63).");
    const words = await page.getByLabel("CPU sets, one unit a line").inputValue();
    assert.equal(words, "0-15\n16-31,48-55");
  });

  test("a server that does not answer is told, until it is found again", async () => {
    const { page, plane, watched } = me();
    await opens(me, "Health");
    const find = await lose(plane, IP);
    await press(page, me().button("Check now"));
    await me().seesState("unreachable");
    await picture(page, "server-unreachable");
    await goTo(page, "f");
    await me().sees("1 unreachable");
    await find();
    await opens(me, "Health");
    await press(page, me().button("Check now"));
    await me().seesState("healthy");
    // The doctor was asked too, and could not get there.
    watched.errors.length = 0;
  });

  test("drift is put right by itself where that is asked for", async () => {
    const { page, plane } = me();
    const [unit] = await call(plane, "GET", "/compute_units/?status=allocated");
    const mode = async () => (await call(plane, "GET", `/servers/${HOST}`)).mode;
    await opens(me, "Health");
    await me().chooseOption("When something differs", /^Repair/);
    await until("it is to be repaired", async () => (await mode()) === "repair");
    await meddle(plane, IP, unit.cpu_range);
    await press(page, me().button("Check now"));
    await page.getByRole("log", { name: `What changed on ${unit.compute_id}` }).waitFor();
    await until(
      "nothing differs",
      async () => (await call(plane, "GET", `/servers/${HOST}`)).drift_count === 0,
    );
    await me().sees("Everything was as it should be");
    await me().chooseOption("When something differs", /^Report/);
    await until("it is to be reported", async () => (await mode()) === "report");
  });
}
