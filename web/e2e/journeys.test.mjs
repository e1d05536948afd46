// What people do, from the first sign-in to the last decommission, by keyboard alone; and that the
// application can do everything that the API can.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { openBrowser, openPage, picture } from "./browser.mjs";
import { allocation, drift, giveBack, init, signIn } from "./journeys/path.mjs";
import { servers } from "./journeys/servers.mjs";
import { units } from "./journeys/units.mjs";
import { webhooks } from "./journeys/webhooks.mjs";
import { work } from "./journeys/work.mjs";
import { press } from "./keyboard.mjs";
import { publicKey } from "./keys.mjs";
import { meddle } from "./meddling.mjs";
import { unseen } from "./operations.mjs";
import { Person } from "./person.mjs";
import { startPlane, stopPlane } from "./plane.mjs";

let browser;
let plane;
let person;

before(async () => {
  browser = await openBrowser();
  plane = await startPlane(2);
  const viewport = { width: 1440, height: 900 };
  person = new Person(await openPage(browser, plane, { viewport }), plane);
});

after(async () => {
  await browser?.close();
  if (plane) await stopPlane(plane);
});

afterEach(async (context) => {
  if (!context.passed) await picture(person.page, `failed ${context.name}`);
});

const me = () => person;

/** A simulated server of 64 CPUs; nobody can log in on it. */
const WORLD = {
  address: "127.64.0.1",
  fingerprint: /^SHA256:/,
  hostname: "host1",
  units: 4,
  lastCpu: 63,
  publicKey: publicKey("ann@example"),
  patience: 60,
  logIn: async () => {},
  meddle: (unit) => meddle(plane, "127.64.0.1", unit.cpu_range),
};

signIn(me);
init(me, WORLD);
allocation(me, WORLD);
units(me);
drift(me, WORLD);
servers(me);
work(me);
webhooks(me);
giveBack(me, WORLD);

test("whoever signs out is out", async () => {
  await press(person.page, person.button("Sign out"));
  await person.page.getByLabel("Administrator token").first().waitFor();
});

test("nothing was said on the console and nobody else was asked", () => {
  assert.deepEqual(person.watched.errors, []);
  assert.deepEqual(person.watched.foreign, []);
});

test("the application can do everything that the API can", async () => {
  const document = JSON.parse(
    await readFile(new URL("../../openapi.json", import.meta.url), "utf8"),
  );
  assert.deepEqual(unseen(document, person.watched.calls), []);
});
