// How a server's CPUs lie, and what is worth knowing of the units that they are cut into.
import type { Cpu } from "~/api/types";

/** The CPUs of each core, its SMT siblings together, in the order of the machine. */
export function coresOf(cpus: readonly Cpu[]): number[][] {
  const byCore = new Map<string, Cpu[]>();
  for (const cpu of cpus) {
    const key = `${cpu.package}/${cpu.core}/${cpu.siblings}`;
    byCore.set(key, [...(byCore.get(key) ?? []), cpu]);
  }
  const cores = [...byCore.values()];
  const place = (core: Cpu[]) => core[0] as Cpu;
  cores.sort((a, b) => inOrder(place(a), place(b)));
  return cores.map((core) => core.map((cpu) => cpu.id).sort((a, b) => a - b));
}

/** Package, node, cache, number: the order in which a machine is drawn and cut. */
export function inOrder(a: Cpu, b: Cpu): number {
  return a.package - b.package || a.node - b.node || firstOf(a) - firstOf(b) || a.id - b.id;
}

function firstOf(cpu: Cpu): number {
  return Number.parseInt(cpu.l3 ?? "0", 10) || 0;
}

/** What is worth knowing of a layout before it is made. */
export function remarks(units: readonly number[][], cpus: readonly Cpu[]): string[] {
  const said: string[] = [];
  const known = new Map(cpus.map((cpu) => [cpu.id, cpu]));
  for (const [index, unit] of units.entries()) {
    const name = `Unit ${letter(index)}`;
    const places = unit.map((id) => known.get(id));
    const nodes = new Set(places.map((cpu) => cpu?.node));
    if (nodes.size > 1) said.push(`${name} spans ${nodes.size} NUMA nodes.`);
    const split = places.some((cpu) => cpu && siblingsOf(cpu).some((id) => !unit.includes(id)));
    if (split) said.push(`${name} shares a core with others; siblings feel each other's load.`);
  }
  const taken = new Set(units.flat());
  if (cpus.length > 0 && cpus.every((cpu) => taken.has(cpu.id))) {
    said.push("No CPU is left for the host; its own work then runs on units' CPUs.");
  }
  return said;
}

function siblingsOf(cpu: Cpu): number[] {
  return cpu.siblings.split(",").flatMap((part) => {
    const [a, b = a] = part.split("-").map(Number);
    return Array.from({ length: (b ?? 0) - (a ?? 0) + 1 }, (_, index) => (a ?? 0) + index);
  });
}

/** A, B … Z, AA: how units of a server are told apart without colour. */
export function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}
