// CPU sets as the API writes them: `0-15`, `0-3,64-67`, `0-31:2/4`, and `0-7:2` for every second.

/** The CPUs of a set, ascending; `null` when the text is none. */
export function parseCpus(text: string): number[] | null {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const range = /^\s*(\d{1,4})(?:-(\d{1,4})(?::(\d{1,4})(?:\/(\d{1,4}))?)?)?\s*$/.exec(part);
    if (!range) return null;
    const [, first, last = first, used = "1", group] = range;
    const [from, to] = [Number(first), Number(last)];
    // `2/4`: the first two of every four; `2` alone: every second.
    const size = group === undefined ? 1 : Number(used);
    const step = group === undefined ? Number(used) : Number(group);
    if (to < from || step < 1 || size < 1 || size > step) return null;
    for (let cpu = from; cpu <= to; cpu++) {
      if ((cpu - from) % step < size) found.add(cpu);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** A set as ranges, the shortest that people read at a glance. */
export function formatCpus(cpus: Iterable<number>): string {
  const sorted = [...new Set(cpus)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const cpu of sorted) {
    const last = ranges.at(-1);
    if (last && last[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(",");
}
