// Jobs and events, as those look at them who wonder what goes on.
import { test } from "node:test";
import { goTo, press } from "../keyboard.mjs";
import { lose } from "../meddling.mjs";
import { call, until } from "../plane.mjs";

export function work(me) {
  test("a job that waits is tried at once, and taken back", async () => {
    const { page, plane } = me();
    // Nothing reaches the server, so the job waits for it; taken back, it sees to what it left there.
    const find = await lose(plane, "127.64.0.1");
    const [unit] = await call(plane, "GET", "/compute_units/?status=allocated");
    const asked = `/jobs?kind=changing&compute_id=${unit.compute_id}`;
    const job = async () => (await call(plane, "GET", asked))[0];
    await call(plane, "POST", `/compute_units/${unit.compute_id}/stop?wait=false`, {
      mode: "stop",
    });
    await until("the job waits", async () => (await job()).next_at !== null);
    const { id, attempts } = await job();
    await goTo(page, "j");
    await press(page, page.locator(`main a[href="/jobs/${id}"]`));
    await press(page, me().button("Try now"));
    await until("it was tried", async () => (await job()).attempts > attempts);
    await press(page, me().button("Take back"));
    await find();
    await me().seesState("cancelled");
    await call(plane, "POST", "/servers/host1/check");
  });

  test("what happens is told as it happens", async () => {
    const { page, plane } = me();
    await goTo(page, "e");
    await me().seesState("live");
    const [unit] = await call(plane, "GET", "/compute_units/?status=allocated");
    await call(plane, "POST", `/compute_units/${unit.compute_id}/stop?wait=true`, {
      mode: "stop",
      reason: "told live",
    });
    await me().cell(/stop/).waitFor();
  });
}
