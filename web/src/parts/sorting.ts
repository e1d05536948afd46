const text = new Intl.Collator("en", { numeric: true });

interface Sortable<T> {
  key: string;
  by?: (row: T) => string | number;
}

/** The rows by a column, `key` upwards or `-key` downwards; as they are when there is no such. */
export function sorted<T>(
  rows: readonly T[],
  columns: readonly Sortable<T>[],
  sort: string | undefined,
): readonly T[] {
  const key = sort?.replace(/^-/, "");
  const by = columns.find((column) => column.key === key)?.by;
  if (!by) return rows;
  const sign = sort?.startsWith("-") ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(by(a), by(b)));
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  // `host2` comes before `host10`.
  return text.compare(String(a), String(b));
}
