// Whose each CPU is: a unit's, the host's, or nobody's yet.
import type { Server, Unit } from "~/api/types";
import { letter } from "~/cpus/layout";
import { parseCpus } from "~/cpus/set";
import { words } from "~/parts/Status";

export interface Owner {
  /** The unit's place in the layout, for its colour. */
  place: number;
  /** Its letter, which tells it apart without colour. */
  mark: string;
  name: string;
  /** How it stands, in words. */
  state: string;
  look: "full" | "faint" | "alarm";
}

export type Owners = ReadonlyMap<number, Owner>;

/** Whose the CPUs of a server are. */
export function ownersOf(units: readonly Unit[]): Owners {
  const owners = new Map<number, Owner>();
  for (const [place, unit] of units.entries()) {
    const look = unit.status.endsWith("_fail")
      ? "alarm"
      : unit.status === "free"
        ? "faint"
        : "full";
    const owner: Owner = {
      place,
      mark: letter(place),
      name: unit.compute_id,
      state: words(unit.status),
      look,
    };
    for (const cpu of unit.cpu_list.split(",")) owners.set(Number(cpu), owner);
  }
  return owners;
}

/** Whose they would be by a layout that is not made yet. */
export function ownersByLayout(layout: readonly (readonly number[])[]): Owners {
  const owners = new Map<number, Owner>();
  for (const [place, cpus] of layout.entries()) {
    const mark = letter(place);
    const owner: Owner = {
      place,
      mark,
      name: `unit ${mark}`,
      state: `${cpus.length} CPUs`,
      look: "full",
    };
    for (const cpu of cpus) owners.set(cpu, owner);
  }
  return owners;
}

/** The CPUs that the host keeps for itself. */
export function hostCpus(server: Pick<Server, "housekeeping_cpus">): ReadonlySet<number> {
  return new Set(parseCpus(server.housekeeping_cpus ?? "") ?? []);
}
