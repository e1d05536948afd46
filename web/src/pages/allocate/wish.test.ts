import { expect, test } from "vitest";
import { commandOf, readTags, requestOf } from "./wish";

const wish = {
  cpus: "16",
  region: "eu",
  zone: "",
  keys: " ssh-ed25519 AAAA ann ",
  tags: "deployment_id=7\nteams=red, blue\nnote=a=b",
  limits: { memory_max: "4G", swap_max: "" },
};

test("tags are read as they are written", () => {
  expect(readTags(wish.tags)).toEqual({ deployment_id: 7, teams: ["red", "blue"], note: "a=b" });
  expect(readTags("\n")).toEqual({});
});

test("what is left empty is not asked for", () => {
  expect(requestOf(wish)).toEqual({
    cpu_count: 16,
    region: "eu",
    tags: { deployment_id: 7, teams: ["red", "blue"], note: "a=b" },
    ssh_public_key: "ssh-ed25519 AAAA ann",
    limits: { memory_max: "4G" },
  });
  expect(requestOf({ ...wish, cpus: "" }).cpu_count).toBeNull();
});

test("the command line asks for the same", () => {
  expect(commandOf(wish)).toBe(
    "printf '%s\\n' 'ssh-ed25519 AAAA ann' | kloigos allocate --key - --cpus 16 --region eu --tag deployment_id:=7 --tag teams=red --tag teams=blue --tag note=a=b --memory-max 4G",
  );
});
