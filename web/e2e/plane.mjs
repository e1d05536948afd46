// A control plane of the real executable over simulated servers, with data of its own.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts one; `servers` simulated servers, none of them cut yet; `more` is said to it too. */
export async function startPlane(servers, more = []) {
  const dir = await mkdtemp(join(tmpdir(), "kloigos-web-"));
  const port = await freePort();
  const plane = {
    url: `http://127.0.0.1:${port}`,
    dir,
    port,
    servers,
    more,
    token: "",
    process: undefined,
  };
  await launch(plane);
  return plane;
}

/** Starts it again over the same data, at the same address. */
export async function launch(plane) {
  const { port, dir, servers, more } = plane;
  const listen = [
    "serve",
    "--simulated",
    String(servers),
    "--listen",
    `127.0.0.1:${port}`,
    "--data-dir",
    dir,
    ...more,
  ];
  const log = more.includes("--log") ? [] : ["--log", "warn"];
  plane.process = spawn(process.env.KLOIGOS, [...listen, ...log], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  plane.process.stdout.on("data", (text) => {
    plane.token = /administrator token: (\S+)/.exec(text)?.[1] ?? plane.token;
  });
  await until(`${plane.url} answers`, () =>
    fetch(`${plane.url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  await until("it has said its token", () => plane.token !== "");
}

/** Ends it at once, as a crash would. */
export async function kill(plane) {
  const over = new Promise((done) => plane.process.once("exit", done));
  plane.process.kill("SIGKILL");
  await over;
}

export async function stopPlane(plane) {
  await kill(plane);
  await rm(plane.dir, { recursive: true, force: true });
}

/** Calls its API as the administrator. */
export async function call(plane, method, path, body) {
  const headers = { Authorization: `Bearer ${plane.token}`, "Content-Type": "application/json" };
  const answer = await fetch(`${plane.url}/api${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Cuts the simulated server of this number. */
export async function cut(plane, number, ranges, place = {}) {
  const server = {
    ip: `127.64.0.${number}`,
    hostname: `host${number}`,
    region: "eu",
    zone: "a",
    ...place,
  };
  await call(plane, "POST", "/admin/init_server?wait=true", { ...server, cpu_ranges: ranges });
}

/** Looks again and again until it is so. */
export async function until(what, test, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await new Promise((later) => setTimeout(later, 50));
  }
}

function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}
