// The whole path over a real server, by keyboard: the same steps as over a simulated one, and its
// tenant really logs in, and somebody really meddles with it. Where all of it is, the caller says.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { promisify } from "node:util";
import { openBrowser, openPage, picture } from "./browser.mjs";
import { allocation, drift, giveBack, init, signIn } from "./journeys/path.mjs";
import { Person } from "./person.mjs";

const run = promisify(execFile);
const { KLOIGOS_URL, KLOIGOS_TOKEN, SERVER_ADDRESS, SERVER_HOST_KEY } = process.env;
const { SERVER_LAST_CPU, SERVER_ROOT_KEY, SERVER_KNOWN_HOSTS } = process.env;
/** An init and a wipe of an emulated server take minutes. */
const PATIENCE = 900;

/** The SSH client as people have it, with this key and the server's known host key. */
const ssh = async (key, words) => {
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    `UserKnownHostsFile=${SERVER_KNOWN_HOSTS}`,
  ];
  const given = ["-i", key, ...options.flatMap((option) => ["-o", option])];
  return (await run("ssh", [...given, ...words])).stdout.trim();
};

const fingerprint = () => {
  const digest = createHash("sha256").update(Buffer.from(SERVER_HOST_KEY.split(" ")[1], "base64"));
  return `SHA256:${digest.digest("base64").replace(/=+$/, "")}`;
};

const WORLD = {
  address: SERVER_ADDRESS,
  fingerprint: fingerprint(),
  hostname: "srv1",
  units: 2,
  lastCpu: Number(SERVER_LAST_CPU),
  patience: PATIENCE,
  publicKey: "",
  logIn: undefined,
  meddle: ({ user }) =>
    ssh(SERVER_ROOT_KEY, [`root@${SERVER_ADDRESS}`, "usermod", "--shell", "/bin/sh", user]),
};

let browser;
let person;
let keys;

before(async () => {
  keys = await mkdtemp(join(tmpdir(), "kloigos-keys-"));
  const key = join(keys, "tenant");
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "ann@example", "-f", key]);
  WORLD.publicKey = (await readFile(`${key}.pub`, "utf8")).trim();
  WORLD.logIn = async (line) => {
    const [program, target] = line.split(" ");
    assert.equal(program, "ssh");
    assert.equal(await ssh(key, [target, "id", "-un"]), target.split("@")[0]);
  };
  browser = await openBrowser();
  const plane = { url: KLOIGOS_URL, token: KLOIGOS_TOKEN };
  const viewport = { width: 1440, height: 900 };
  person = new Person(await openPage(browser, plane, { viewport }), plane);
  person.page.setDefaultTimeout(PATIENCE * 1000);
});

after(async () => {
  await browser?.close();
  if (keys) await rm(keys, { recursive: true });
});

afterEach(async (context) => {
  if (!context.passed) await picture(person.page, `failed ${context.name}`);
});

const me = () => person;

signIn(me);
init(me, WORLD);
allocation(me, WORLD);
drift(me, WORLD);
giveBack(me, WORLD);

test("nothing was said on the console and nobody else was asked", () => {
  assert.deepEqual(person.watched.errors, []);
  assert.deepEqual(person.watched.foreign, []);
});
