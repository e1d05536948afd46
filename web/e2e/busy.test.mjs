// While events pour in, an open page asks for what changed, never for everything again, and grows
// by nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openPage, signIn } from "./browser.mjs";
import { call, cut, startPlane, stopPlane } from "./plane.mjs";

const SERVERS = 3;
const EVENTS = 500;
const HALVES = ["0-15", "16-31", "32-47", "48-59"];

let browser;
let plane;

before(async () => {
  browser = await openBrowser();
  plane = await startPlane(SERVERS);
  for (let number = 1; number <= SERVERS; number++) await cut(plane, number, HALVES);
});

after(async () => {
  await browser?.close();
  if (plane) await stopPlane(plane);
});

const newest = async () => (await call(plane, "GET", "/events/log?limit=1"))[0].id;

/** Each change is an event: what is set already would be none. */
async function change(server, times) {
  for (let turn = 0; turn < times; turn++)
    await call(plane, "PATCH", `/servers/${server}`, { mode: turn % 2 ? "report" : "off" });
}

test(`the map over ${EVENTS} events`, async () => {
  const { page, context, watched } = await openPage(browser, plane);
  await signIn(context, plane);
  await page.goto("/");
  const tile = (name, state) => page.getByRole("link", { name: new RegExp(`^${name}.*${state}`) });
  for (let number = 1; number <= SERVERS; number++)
    await tile(`host${number}`, "60 CPUs").waitFor();
  const nodes = () => page.evaluate(() => document.querySelectorAll("*").length);
  const [drawn, first] = [await nodes(), await newest()];
  const names = Array.from({ length: SERVERS }, (_, place) => `host${place + 1}`);
  // An even number each, so that all is as it was.
  const each = 2 * Math.ceil(EVENTS / SERVERS / 2);
  await Promise.all(names.map((name) => change(name, each)));
  await call(plane, "POST", "/servers/host1/cordon", {});
  await tile("host1", "cordoned").waitFor();
  await call(plane, "POST", "/servers/host1/uncordon", {});
  await tile("host1", "cordoned").waitFor({ state: "detached" });
  const events = (await newest()) - first;
  assert.ok(events >= EVENTS, `${events} events`);
  const asked = (test) => watched.calls.filter((line) => test.test(line)).length;
  assert.equal(asked(/^GET \/servers$/), 1, "the list of servers is asked for once");
  assert.equal(asked(/^GET \/compute_units\/$/), 1, "the list of units is asked for once");
  const looks = asked(/^GET \/servers\/host\d$/);
  assert.ok(looks > 0 && looks <= events, `${looks} looks for ${events} events`);
  assert.equal(await nodes(), drawn, "nothing is left on the page");
  assert.deepEqual(watched.errors, []);
  await context.close();
});
