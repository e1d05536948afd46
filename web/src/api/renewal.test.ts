import { expect, test } from "vitest";
import { withServer, withUnits } from "./renewal";
import type { Server, Unit } from "./types";

const server = (hostname: string, status = "ready") => ({ hostname, status }) as Server;
const unit = (hostname: string, cpus: string, status = "free") =>
  ({ hostname, compute_id: `${hostname}_${cpus}`, status }) as Unit;

const servers = [server("host1"), server("host2")];
const units = [unit("host1", "0-3"), unit("host1", "4-7"), unit("host2", "0-3")];

test("only what changed is another object than before", () => {
  const next = withServer(servers, "host2", server("host2", "cordoned"));
  expect(next[0]).toBe(servers[0]);
  expect(next[1]?.status).toBe("cordoned");
  expect(withServer(servers, "host1", server("host1"))[0]).toBe(servers[0]);
});

test("a server that is new comes where its name belongs, one that is gone goes", () => {
  const names = (list: Server[]) => list.map(({ hostname }) => hostname);
  expect(names(withServer(servers, "host11", server("host11")))).toEqual([
    "host1",
    "host11",
    "host2",
  ]);
  expect(names(withServer(servers, "host1", null))).toEqual(["host2"]);
});

test("units stay at their place, and those that did not change stay what they are", () => {
  const now = [unit("host1", "0-3", "unavailable"), unit("host1", "4-7")];
  const next = withUnits(units, "host1", now);
  expect(next.map(({ compute_id }) => compute_id)).toEqual(units.map((one) => one.compute_id));
  expect(next[0]?.status).toBe("unavailable");
  expect(next[1]).toBe(units[1]);
  expect(next[2]).toBe(units[2]);
});

test("units that are history are in no list", () => {
  const over = [unit("host1", "0-3", "decommissioned")];
  expect(withUnits(units, "host1", over)).toEqual([units[2]]);
  expect(withUnits(units, "host1")).toEqual([units[2]]);
});
