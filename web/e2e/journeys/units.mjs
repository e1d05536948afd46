// What tenants and operators do with units.
import { test } from "node:test";
import { confirm, goTo, press, tabTo, write } from "../keyboard.mjs";
import { publicKey } from "../keys.mjs";
import { call } from "../plane.mjs";

export function units(me) {
  test("a unit is changed, stopped, started and reset", async () => {
    const { page, plane } = me();
    const [{ compute_id: id }] = await call(plane, "GET", "/compute_units/?status=allocated");
    await page.goto(`/units/${id}`);
    await me().chooseTab("Limits");
    await write(page, page.getByLabel("Tasks"), "5000");
    await press(page, me().button("Change 1"));
    await page.getByRole("cell", { name: "5,000", exact: true }).waitFor();
    await me().chooseTab("Access");
    await write(page, page.getByLabel("Public keys"), publicKey("bob@example"));
    await press(page, me().button("Add"));
    const bob = page.getByRole("cell", { name: "bob@example", exact: true });
    await bob.waitFor();
    await press(page, me().button("Remove bob@example"));
    await confirm(page, "bob@example", "Remove");
    await bob.waitFor({ state: "detached" });
    await press(page, me().button("Stop"));
    await me().chooseFromMenu("Let them stand still");
    await me().seesState("frozen");
    await press(page, me().button("Start"));
    await me().seesState("allocated");
    await press(page, me().button("Reset"));
    await confirm(page, id, "Reset");
    await me().sees(`${id} is empty`);
    await me().chooseTab("History");
    await page.getByRole("table", { name: "Allocations" }).waitFor();
  });

  test("many units are found, chosen and attested at once", async () => {
    const { page } = me();
    await goTo(page, "u");
    await page.getByRole("table", { name: "Units" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("web");
    await page.waitForURL(/q=web/);
    await tabTo(page, page.getByRole("checkbox", { name: "Choose all" }));
    await page.keyboard.press("Space");
    await me().sees("1 unit chosen");
    await press(page, me().button("Attest"));
    await me().sees("How it went");
    await page.keyboard.press("Escape");
  });
}
