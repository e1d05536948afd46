// What the address of a page says behind its question mark: plain texts, so that people can read
// and write it, and nothing that a page does not know.

type Raw = Record<string, unknown>;

/** Reads `?a=b&c=d`. */
export function parse(search: string): Raw {
  return Object.fromEntries(new URLSearchParams(search));
}

/** Writes it; what is empty is left out. */
export function write(search: Raw): string {
  const pairs = Object.entries(search).filter(
    ([, value]) => value !== undefined && value !== "" && value !== false,
  );
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return text ? `?${text}` : "";
}

/** The texts of these names that are there. */
export function texts<const K extends string>(
  raw: Raw,
  names: readonly K[],
): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const name of names) {
    const value = raw[name];
    if (typeof value === "string" && value !== "") found[name] = value;
  }
  return found;
}

/** What is under this name, where it is one of these words. */
export function oneOf<const K extends string, const T extends string>(
  raw: Raw,
  name: K,
  words: readonly T[],
): Partial<Record<K, T>> {
  const value = words.find((word) => word === raw[name]);
  return (value ? { [name]: value } : {}) as Partial<Record<K, T>>;
}
