// Somebody at the application with a keyboard and no pointer: what they find and do on a page.
import assert from "node:assert/strict";
import { tabTo } from "./keyboard.mjs";

export class Person {
  constructor({ page, context, watched }, plane) {
    Object.assign(this, { page, context, watched, plane });
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  link(name) {
    return this.page.getByRole("link", { name, exact: true });
  }

  cell(name) {
    return this.page.getByRole("cell", { name }).first();
  }

  sees(text) {
    return this.page.getByText(text).first().waitFor();
  }

  /** A state beside the title of the page, by its word or its beginning. */
  state(name) {
    const word = typeof name === "string" ? new RegExp(`^${name}$`) : name;
    return this.page.locator("header").getByText(word).first();
  }

  seesState(name) {
    return this.state(name).waitFor();
  }

  /** Tabs are reached once and chosen by arrows. */
  async chooseTab(name) {
    const tab = this.page.getByRole("tab", { name });
    const chosen = async () => (await tab.getAttribute("aria-selected")) === "true";
    await tabTo(this.page, this.page.getByRole("tablist"));
    for (let presses = 0; presses < 6 && !(await chosen()); presses++)
      await this.page.keyboard.press("ArrowRight");
    assert.ok(await chosen(), `${name} is reached by arrows`);
  }

  /** A list is opened and gone through by arrows, again where the list was slower than they. */
  async chooseOption(field, name) {
    const box = this.page.getByRole("combobox", { name: field });
    const option = this.page.getByRole("option", { name });
    const chosen = async () => (await option.getAttribute("data-combobox-selected")) === "true";
    await tabTo(this.page, box);
    for (let tries = 0; tries < 4 && !name.test(await box.inputValue()); tries++) {
      await this.page.keyboard.press("Enter");
      await option.waitFor();
      for (let presses = 0; presses < 6 && !(await chosen()); presses++)
        await this.page.keyboard.press("ArrowDown");
      await this.page.keyboard.press("Enter");
      await option.waitFor({ state: "detached" });
    }
    assert.match(await box.inputValue(), name);
  }

  /** What a menu offers is gone through by arrows. */
  async chooseFromMenu(name) {
    const item = this.page.getByRole("menuitem", { name });
    const focused = () => item.evaluate((element) => element === document.activeElement);
    await item.waitFor();
    for (let presses = 0; presses < 6 && !(await focused()); presses++)
      await this.page.keyboard.press("ArrowDown");
    assert.ok(await focused(), `${name} is reached by arrows`);
    await this.page.keyboard.press("Enter");
  }
}
