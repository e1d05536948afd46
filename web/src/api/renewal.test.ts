import { expect, test } from "vitest";
import { rowsIn, withServers, withUnits } from "./renewal";
import type { Server, ServerDetail, Unit } from "./types";

const server = (hostname: string, status = "ready") => ({ hostname, status }) as Server;
const unit = (hostname: string, cpus: string, status = "free") =>
  ({ hostname, compute_id: `${hostname}_${cpus}`, status }) as Unit;

const servers = [server("host1"), server("host2")];
const units = [unit("host1", "0-3"), unit("host1", "4-7"), unit("host2", "0-3")];

const detail = (hostname: string, status?: string, its: Unit[] = []) =>
  ({
    ...server(hostname, status),
    facts: { cpus: [] },
    drift: [],
    units: its,
  }) as unknown as ServerDetail;
const found = (...all: ServerDetail[]) => new Map(all.map((now) => [now.hostname, rowsIn(now)]));
const gone = (hostname: string) => new Map([[hostname, null]]);

test("only what changed is another object than before", () => {
  const next = withServers(servers, found(detail("host2", "cordoned")));
  expect(next[0]).toBe(servers[0]);
  expect(next[1]).toEqual(server("host2", "cordoned"));
  expect(withServers(servers, found(detail("host1")))[0]).toBe(servers[0]);
});

test("a server that is new comes where its name belongs, one that is gone goes", () => {
  const names = (list: Server[]) => list.map(({ hostname }) => hostname);
  const more = withServers(servers, found(detail("host11")));
  expect(names(more)).toEqual(["host1", "host11", "host2"]);
  expect(names(withServers(servers, gone("host1")))).toEqual(["host2"]);
  expect(names(withServers(servers, gone("host9")))).toEqual(["host1", "host2"]);
});

test("units stay at their place, and those that did not change stay what they are", () => {
  const now = [unit("host1", "0-3", "unavailable"), unit("host1", "4-7")];
  const next = withUnits(units, found(detail("host1", "ready", now)));
  expect(next.map(({ compute_id }) => compute_id)).toEqual(units.map((one) => one.compute_id));
  expect(next[0]?.status).toBe("unavailable");
  expect(next[1]).toBe(units[1]);
  expect(next[2]).toBe(units[2]);
});

test("units of a new server come, those of one that is gone go", () => {
  const added = unit("host3", "0-3");
  expect(withUnits(units, found(detail("host3", "ready", [added])))).toEqual([...units, added]);
  expect(withUnits(units, gone("host1"))).toEqual([units[2]]);
});

test("units that are history are in no list", () => {
  const over = [unit("host1", "0-3", "decommissioned")];
  expect(withUnits(units, found(detail("host1", "ready", over)))).toEqual([units[2]]);
});
