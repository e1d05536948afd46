// Somebody has another program told what happens: a receiver that this test is.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { picture } from "../browser.mjs";
import { confirm, goTo, press, write } from "../keyboard.mjs";
import { call, until } from "../plane.mjs";

/** A program that hears messages, and refuses them where that is said. */
async function startReceiver() {
  const receiver = { heard: [], refuses: false };
  const server = createServer((request, response) => {
    receiver.heard.push(request.headers);
    response.writeHead(receiver.refuses ? 503 : 204).end();
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  receiver.url = `http://127.0.0.1:${server.address().port}/kloigos`;
  receiver.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return receiver;
}

export function webhooks(me) {
  test("a webhook is made, tested, repaired, edited and removed", async (context) => {
    const { page, plane } = me();
    const receiver = await startReceiver();
    context.after(receiver.stop);
    await makes(me(), receiver);
    await press(page, me().button("Test"));
    await me().sees("The message arrived");
    assert.ok(receiver.heard.some((headers) => headers["webhook-signature"]));
    receiver.refuses = true;
    await call(plane, "PATCH", "/servers/host1", { mode: "off" });
    await me().sees("Messages do not arrive");
    await picture(page, "webhook-refused");
    receiver.refuses = false;
    const attempts = page.getByRole("button", { name: /^Attempts of server mode/ });
    await press(page, attempts);
    // It says "again" where the next attempt came before the press.
    const send = page.getByRole("dialog").getByRole("button", { name: /^Send it (now|again)$/ });
    await press(page, send);
    await me().sees("delivered, ");
    await page.keyboard.press("Escape");
    await me().seesState("up to date");
    await edits(me());
  });
}

async function makes(person, receiver) {
  const { page } = person;
  await goTo(page, "w");
  await person.sees("No webhooks yet");
  await press(page, person.link("New webhook"));
  await write(page, page.getByLabel("Name"), "chat");
  await write(page, page.getByLabel("Address"), "ftp://example.org");
  await press(page, person.button("Make it"));
  await person.sees(/begins with http/);
  // The refusal was meant.
  person.watched.errors.length = 0;
  await write(page, page.getByLabel("Address"), receiver.url);
  await press(page, person.button("Make it"));
  await person.sees("shown this once");
  await press(page, person.link("Show chat"));
  // That it was made is the first that it is told.
  await person.cell(/^webhook changed/).waitFor();
}

async function edits(person) {
  const { page, plane } = person;
  await write(page, page.getByLabel("Name"), "pager");
  await press(page, person.button("Change it"));
  await page.getByRole("heading", { level: 1, name: "pager" }).waitFor();
  await press(page, person.button("Draw a new secret"));
  await confirm(page, "pager", "Draw it");
  await person.sees("shown this once");
  await press(page, person.button("Remove"));
  await confirm(page, "pager", "Remove");
  await person.sees("No webhooks yet");
  await until("it is gone", async () => (await call(plane, "GET", "/webhooks")).length === 0);
}
