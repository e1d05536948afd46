// Laying out by hand: CPUs are given to units one by one, or all are said in words.
import type { HandCut } from "~/api/types";
import { letter } from "~/cpus/layout";
import { parseCpus } from "~/cpus/set";
import { plural } from "~/parts/format";

/** The unit that stands for the host. */
export const HOST = -1;

/** The layout with this CPU in the unit at this place; a press on one that is there takes it out. */
export function assign(
  layout: readonly number[][],
  cpu: number,
  to: number,
  toggles: boolean,
): number[][] {
  const had = layout.findIndex((unit) => unit.includes(cpu));
  if (had === to && !toggles) return [...layout];
  const without = layout.map((unit) => unit.filter((other) => other !== cpu));
  const gives = to !== HOST && had !== to;
  if (gives && to >= without.length) without.push([cpu]);
  else if (gives) without[to] = [...(without[to] ?? []), cpu].sort((a, b) => a - b);
  return without.filter((unit) => unit.length > 0);
}

interface Outcome {
  layout?: number[][];
  fault?: string;
}

/** A layout said in words, or what is wrong with it. */
export function setLayout(
  text: string,
  there: readonly number[],
  parse: (text: string) => number[] | null,
): Outcome {
  const known = new Set(there);
  const taken = new Map<number, number>();
  const layout: number[][] = [];
  for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
    const cpus = parse(line);
    if (!cpus) return { fault: `“${line.trim()}” is no CPU set.` };
    const strange = cpus.find((cpu) => !known.has(cpu));
    if (strange !== undefined) return { fault: `The server has no CPU ${strange}.` };
    const twice = cpus.find((cpu) => taken.has(cpu));
    if (twice !== undefined)
      return { fault: `CPU ${twice} is in unit ${letter(taken.get(twice) ?? 0)} already.` };
    for (const cpu of cpus) taken.set(cpu, layout.length);
    layout.push(cpus);
  }
  return { layout };
}

/** The layout that accounts of the server are held to already, or why that is none. */
export function layoutThere(accounts: readonly HandCut[], there: readonly number[]): Outcome {
  return setLayout(accounts.map((account) => account.cpu_range).join("\n"), there, parseCpus);
}

/** Who is held to which CPUs, and what of it stands in the way. */
export function saidOf(accounts: readonly HandCut[]): string {
  const each = accounts.map(({ account, cpu_range, processes }) =>
    processes > 0
      ? `${account} ${cpu_range} (${plural(processes, "process", "processes")})`
      : `${account} ${cpu_range}`,
  );
  return each.join(", ");
}
