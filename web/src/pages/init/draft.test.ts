import { expect, test } from "vitest";
import { commandOf, EMPTY, requestOf, stepOf } from "./draft";

test("an init asks for what the steps say, and for no disk that was not chosen", () => {
  const asked = requestOf({
    ...EMPTY,
    ip: " 10.0.0.1 ",
    hostname: "host1",
    layout: [
      [0, 1, 2, 3],
      [4, 5, 64, 65],
    ],
    volumes: { 0: { path: "", wipe: true }, 1: { path: "/dev/disk/by-id/a", wipe: false } },
  });
  expect(asked.ip).toBe("10.0.0.1");
  expect(asked.cpu_ranges).toEqual(["0-3", "4-5,64-65"]);
  expect(asked.volumes).toEqual([
    { cpu_range: "4-5,64-65", path: "/dev/disk/by-id/a", wipe: false },
  ]);
});

test("a fault leads to the step that has its field", () => {
  expect(["ip", "cpu_ranges.1", "volumes.0.path", "hostname"].map(stepOf)).toEqual([0, 2, 3, 3]);
});

test("the command line says what the request does", () => {
  const request = requestOf({
    ...EMPTY,
    ip: "10.0.0.1",
    hostname: "host1",
    region: "eu",
    zone: "rack 1",
    layout: [[0, 1], [4]],
    warm: false,
    decline: ["guard_cron"],
    volumes: { 1: { path: "/dev/disk/by-id/a", wipe: true } },
  });
  expect(commandOf(request)).toBe(
    "kloigos server init --ip 10.0.0.1 --region eu --zone 'rack 1' --cpus 0-1 --cpus 4 " +
      "--first-port 2000 --port-step 200 --cold --decline guard_cron " +
      "--volume 4=/dev/disk/by-id/a,wipe host1",
  );
});
