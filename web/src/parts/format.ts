// Numbers with their units and times as people say them.

const STEPS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes by powers of 1024, with one digit after the point where it says something. */
export function bytes(count: number): string {
  let [value, step] = [count, 0];
  while (value >= 1024 && step < STEPS.length - 1) {
    value /= 1024;
    step += 1;
  }
  const digits = value < 10 && value % 1 !== 0 ? 1 : 0;
  return `${value.toFixed(digits)} ${STEPS[step]}`;
}

const number = new Intl.NumberFormat("en");

/** A whole number with its thousands apart. */
export function count(value: number): string {
  return number.format(value);
}

/** `1 unit`, `3 units`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const SPANS: [string, number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
];

/** How long, by its largest unit and the next: `2 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const at = SPANS.findIndex(([, size]) => seconds >= size);
  const [name, size] = SPANS[at] as [string, number];
  const rest = seconds % size;
  const next = SPANS[at + 1] ?? ["s", 1];
  const more = Math.floor(rest / next[1]);
  return more > 0
    ? `${Math.floor(seconds / size)} ${name} ${more} ${next[0]}`
    : `${Math.floor(seconds / size)} ${name}`;
}

/** How long ago, roughly: `just now`, `5 min ago`, `in 3 h`. */
export function ago(at: string, now: number): string {
  const apart = now - Date.parse(at);
  const size = Math.abs(apart) / 1000;
  if (size < 5) return "just now";
  const [name, span] = SPANS.find(([, span]) => size >= span) ?? ["s", 1];
  const rough = `${Math.floor(size / span)} ${name}`;
  return apart >= 0 ? `${rough} ago` : `in ${rough}`;
}

/** Ports of a half-open range, inclusive as people read them: `2000-2200` is 2000 to 2199. */
export function ports(halfOpen: string): string {
  const [first, after] = halfOpen.split("-").map(Number);
  return `${first} – ${(after ?? 1) - 1}`;
}
