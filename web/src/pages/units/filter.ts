import { tagsOf } from "~/api/tags";
import type { Unit } from "~/api/types";

/** What the units' table is narrowed to; the same words as in the address. */
export interface UnitsFilter {
  q?: string;
  status?: string;
  hostname?: string;
  region?: string;
  zone?: string;
  cpus?: string;
  deployment?: string;
}

/** Those that match all of it. */
export function matching(units: readonly Unit[], filter: UnitsFilter): Unit[] {
  const needle = filter.q?.toLowerCase() ?? "";
  const is = (wanted: string | undefined, value: string) => !wanted || wanted === value;
  return units.filter(
    (unit) =>
      is(filter.status, unit.status) &&
      is(filter.hostname, unit.hostname) &&
      is(filter.region, unit.region) &&
      is(filter.zone, unit.zone) &&
      is(filter.cpus, String(unit.cpu_count)) &&
      is(filter.deployment, deploymentOf(unit)) &&
      (needle === "" || haystack(unit).includes(needle)),
  );
}

function haystack(unit: Unit): string {
  const tags = tagsOf(unit).flat();
  return [unit.compute_id, unit.user, unit.ip, unit.region, unit.zone, ...tags]
    .join(" ")
    .toLowerCase();
}

/** The deployment that a tenant wrote on it. */
export function deploymentOf(unit: Unit): string {
  return tagsOf(unit).find(([name]) => name === "deployment_id")?.[1] ?? "";
}

/** Every value that there is, as people count. */
export function values(units: readonly Unit[], of: (unit: Unit) => string): string[] {
  const found = new Set(units.map(of).filter((value) => value !== ""));
  return [...found].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
