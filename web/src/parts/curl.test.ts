import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { curlOf, quote } from "./curl";

test("a shell reads back what was quoted", () => {
  for (const text of [
    "plain",
    "it's",
    `a "b" $HOME \`id\` \\ ; \n x`,
    "ssh-ed25519 AAAA= ann@example",
  ]) {
    const read = execFileSync("sh", ["-c", `printf %s ${quote(text)}`], { encoding: "utf8" });
    expect(read).toBe(text);
  }
});

test("the token is never in the line", () => {
  const line = curlOf("http://localhost", "POST", "/x", { a: 1 });
  expect(line).toContain("Bearer $KLOIGOS_TOKEN");
  expect(line).toContain(`-d '{"a":1}'`);
});
