// How a server's CPUs are cut into units: whole cores, so that no two units share one, and within
// one NUMA node and cache where the sizes allow it.
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

/**
 * Cuts into so many equal units after leaving so many CPUs to the host. What does not divide stays
 * with the host too; `null` when there are not that many cores.
 */
export function equalSplit(
  cpus: readonly Cpu[],
  units: number,
  housekeeping: number,
): number[][] | null {
  const cores = coresOf(cpus);
  const perCore = Math.max(1, ...cores.map((core) => core.length));
  const kept = Math.ceil(housekeeping / perCore);
  const usable = cores.slice(kept);
  const each = Math.floor(usable.length / units);
  if (units < 1 || each < 1) return null;
  const cut = (index: number) => usable.slice(index * each, (index + 1) * each).flat();
  return Array.from({ length: units }, (_, index) => cut(index).sort((a, b) => a - b));
}

/** One unit for each group of CPUs that share something, less what the host keeps. */
export function splitBy(
  cpus: readonly Cpu[],
  shared: "node" | "l3",
  housekeeping: number,
): number[][] {
  const kept = new Set(coresOf(cpus).slice(0, housekeeping).flat());
  const groups = new Map<string, number[]>();
  for (const cpu of [...cpus].sort(inOrder)) {
    const key = shared === "node" ? `${cpu.node}` : (cpu.l3 ?? `node ${cpu.node}`);
    if (!kept.has(cpu.id)) groups.set(key, [...(groups.get(key) ?? []), cpu.id]);
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a - b));
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
