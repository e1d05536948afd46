// How long a page's main thread is kept busy at a stretch, as Chromium's own trace tells it.

const CATEGORIES = ["disabled-by-default-devtools.timeline", "blink.user_timing"];

/** Begins to watch these pages, by their names. Answers with how to end it, which tells of each. */
export async function watchTasks(browser, pages) {
  const debug = await browser.newBrowserCDPSession();
  const seen = [];
  debug.on("Tracing.dataCollected", ({ value }) => seen.push(...value.filter(isOurs)));
  const traceConfig = { includedCategories: CATEGORIES, recordMode: "recordContinuously" };
  await debug.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  for (const [name, page] of Object.entries(pages))
    await page.evaluate((mark) => performance.mark(mark), `page ${name}`);
  return async () => {
    const over = new Promise((told) => debug.once("Tracing.tracingComplete", told));
    await debug.send("Tracing.end");
    await over;
    return Object.fromEntries(Object.keys(pages).map((name) => [name, longest(seen, name)]));
  };
}

const isOurs = ({ name }) => name === "RunTask" || name.startsWith("page ");

/**
 * The longest task on this page's thread in milliseconds, and the most that one of them computed: on
 * a machine that is busy with other things a task waits within it.
 */
function longest(seen, name) {
  const mark = seen.find((event) => event.name === `page ${name}`);
  if (!mark) throw new Error(`the trace knows no page ${name}`);
  const tasks = seen.filter(
    (event) => event.name === "RunTask" && event.pid === mark.pid && event.tid === mark.tid,
  );
  const most = (of) => tasks.reduce((all, task) => Math.max(all, of(task)), 0) / 1000;
  return {
    tasks: tasks.length,
    wall: most(({ dur = 0 }) => dur),
    cpu: most(({ tdur = 0 }) => tdur),
  };
}
