import { expect, test } from "vitest";
import type { Cpu } from "~/api/types";
import { arrange, type Box, neighbour } from "./arrange";

/** `cores` cores of two halves in each of `nodes` nodes, two nodes to a package. */
function machine(nodes: number, cores: number): Cpu[] {
  const all = nodes * cores;
  return Array.from({ length: all * 2 }, (_, id) => {
    const core = id % all;
    const node = Math.floor(core / cores);
    const first = node * cores;
    return {
      id,
      core,
      node,
      package: Math.floor(node / 2),
      siblings: `${core},${core + all}`,
      l3: `${first}-${first + cores - 1}`,
    };
  });
}

const inside = (inner: Box, outer: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

test.each([
  [1400, 8, 16],
  [320, 2, 16],
  [900, 1, 4],
])(
  "at %i pixels every box of %i nodes with %i cores lies within its own",
  (width, nodes, cores) => {
    const drawn = arrange(machine(nodes, cores), [], width, String);
    expect(drawn.cpus).toHaveLength(nodes * cores * 2);
    expect(drawn.nodes).toHaveLength(nodes);
    for (const node of drawn.nodes)
      expect(drawn.packages.some((outer) => inside(node, outer))).toBe(true);
    for (const cache of drawn.caches)
      expect(drawn.nodes.some((outer) => inside(cache, outer))).toBe(true);
    for (const cpu of drawn.cpus)
      expect(drawn.caches.some((outer) => inside(cpu, outer))).toBe(true);
    for (const [index, cpu] of drawn.cpus.entries()) {
      for (const other of drawn.cpus.slice(index + 1)) expect(apart(cpu, other)).toBe(true);
    }
  },
);

test("arrows reach every CPU", () => {
  const { cpus } = arrange(machine(8, 16), [], 1400, String);
  const seen = new Set([0]);
  const queue = [0];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const key of ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"]) {
      const next = neighbour(cpus, at, key);
      if (next !== null && !seen.has(next)) queue.push(next);
      if (next !== null) seen.add(next);
    }
  }
  expect(seen.size).toBe(256);
});
