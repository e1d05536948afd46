// People who have no pointer: whatever is used must be reached by the tab key first.

/** Waits until what is typed arrives there. */
export async function focused(target) {
  await target.waitFor();
  const field = await target.elementHandle();
  await target.page().waitForFunction((element) => element === document.activeElement, field);
}

/** Presses Tab until the focus is on it. */
export async function tabTo(page, target) {
  await target.first().waitFor();
  for (let presses = 0; presses < 150; presses++) {
    if (
      await target
        .first()
        .evaluate(
          (element) =>
            element === document.activeElement || element.contains(document.activeElement),
        )
    )
      return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the tab key does not reach ${target}`);
}

/** Reaches a button or link and presses it. */
export async function press(page, target) {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

/** Reaches a field and writes into it, over what is there. */
export async function write(page, target, text) {
  await tabTo(page, target);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(text);
}

/** Goes to a page by its letter. */
export async function goTo(page, letter) {
  await page.evaluate(
    () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
  );
  await page.keyboard.press("g");
  await page.keyboard.press(letter);
}

/** Confirms what destroys something, by its name. */
export async function confirm(page, name, verb) {
  const dialog = page.getByRole("dialog");
  await write(page, dialog.getByLabel("Type", { exact: false }), name);
  await press(page, dialog.getByRole("button", { name: verb, exact: true }));
  await dialog.waitFor({ state: "detached" });
}
