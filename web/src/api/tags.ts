import type { TagValue, Unit } from "./types";

/** What a tenant wrote on a unit, by name; a tag is a text, a whole number or a list of texts. */
export function tagsOf(unit: Pick<Unit, "tags">): [string, string][] {
  const tags = (unit.tags ?? {}) as Record<string, TagValue>;
  return Object.entries(tags).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : String(value),
  ]);
}
