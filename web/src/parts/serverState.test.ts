import { expect, test } from "vitest";
import { headline, isServer, isVisited } from "./serverState";

const well = { status: "ready", health: "healthy", drift_count: 0 };

test("a server is found by each word that is true of it", () => {
  const server = { status: "cordoned", health: "degraded", drift_count: 2 };
  expect(["cordoned", "degraded", "differs"].every((word) => isServer(server, word))).toBe(true);
  expect(isServer(server, "healthy")).toBe(false);
  expect(isServer(well, "differs")).toBe(false);
});

test("a server that is set aside and does not answer says both", () => {
  expect(headline(well).label).toBe("healthy");
  expect(headline({ ...well, status: "cordoned" }).label).toBe("cordoned");
  const lost = headline({ ...well, status: "cordoned", health: "unreachable" });
  expect(lost).toEqual({ status: "unreachable", label: "cordoned, unreachable" });
});

test("what is on its way is not visited", () => {
  expect(isVisited(well)).toBe(true);
  expect(isVisited({ status: "initializing" })).toBe(false);
});
