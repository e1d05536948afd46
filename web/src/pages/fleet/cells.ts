/** For each owner the path of all its CPUs' squares, as large as fits into the box. */
export function cells<O>(
  cpus: readonly (readonly [number, O])[],
  width: number,
  height: number,
): Map<O, string> {
  const paths = new Map<O, string>();
  const size = sizeOf(cpus.length, width, height);
  const across = Math.floor(width / size);
  const gap = size > 5 ? 2 : 1;
  const sorted = [...cpus].sort(([a], [b]) => a - b);
  for (const [place, [, owner]] of sorted.entries()) {
    const x = (place % across) * size;
    const y = Math.floor(place / across) * size;
    const side = size - gap;
    paths.set(owner, `${paths.get(owner) ?? ""}M${x + 0.5} ${y + 0.5}h${side}v${side}h-${side}z`);
  }
  return paths;
}

/** The largest square of which so many fit. */
function sizeOf(count: number, width: number, height: number): number {
  for (let size = 12; size > 3; size--) {
    if (Math.floor(width / size) * Math.floor(height / size) >= count) return size;
  }
  return 3;
}
