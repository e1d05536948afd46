// Debian's Chromium, and what is watched while it shows our pages.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { publish } from "./published.mjs";

const FOLDER = process.env.SCREENSHOTS ?? "screenshots";

export async function openBrowser() {
  await mkdir(FOLDER, { recursive: true });
  // Tests may run as root, where Chromium has no sandbox; it shows nothing but our own pages.
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
}

/** A page that tells its console errors, its requests, and requests to anybody else. */
export async function openPage(browser, plane, options = {}) {
  const context = await browser.newContext({
    baseURL: plane.url,
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const watched = { errors: [], calls: [], foreign: [] };
  page.on("console", (message) => {
    // No free unit matches: an answer to a look, which the browser takes for a failure.
    if (message.text().includes("status of 460")) return;
    if (message.type() === "error")
      watched.errors.push(
        `${new URL(page.url()).pathname}: ${message.text()} ${message.location().url}`,
      );
  });
  page.on("pageerror", (error) => watched.errors.push(`${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== plane.url && !["data:", "blob:"].includes(url.protocol))
      watched.foreign.push(request.url());
    if (url.pathname.startsWith("/api/"))
      watched.calls.push(`${request.method()} ${url.pathname.slice(4)}`);
  });
  return { page, context, watched };
}

/** Signs in without the page. */
export async function signIn(context, plane) {
  const answer = await context.request.post("/api/session", {
    data: { token: plane.token },
    headers: { Origin: plane.url },
  });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()}`);
}

export async function picture(page, name) {
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
  await publish(page, name);
}

/** The same twice, light and dark. */
export async function pictures(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await picture(page, `${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null });
}
