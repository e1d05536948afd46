import { Link } from "@tanstack/react-router";
import type { Unit } from "~/api/types";
import type { Column } from "~/parts/DataTable";
import { ports } from "~/parts/format";
import { Status } from "~/parts/Status";
import { Tags } from "~/parts/Tags";
import { When } from "~/parts/When";
import { deploymentOf } from "./filter";

export const COLUMNS: readonly Column<Unit>[] = [
  {
    key: "unit",
    title: "Unit",
    by: (unit) => unit.compute_id,
    cell: (unit) => (
      <Link to="/units/$computeId" params={{ computeId: unit.compute_id }}>
        {unit.compute_id}
      </Link>
    ),
  },
  {
    key: "status",
    title: "State",
    by: (unit) => unit.status,
    cell: (unit) => <UnitState unit={unit} />,
  },
  {
    key: "server",
    title: "Server",
    by: (unit) => unit.hostname,
    from: "md",
    cell: (unit) => (
      <Link to="/servers/$hostname" params={{ hostname: unit.hostname }}>
        {unit.hostname}
      </Link>
    ),
  },
  {
    key: "cpus",
    title: "CPUs",
    right: true,
    by: (unit) => unit.cpu_count,
    cell: (unit) => unit.cpu_count,
  },
  {
    key: "range",
    title: "CPU set",
    from: "lg",
    cell: (unit) => <span className="mono">{unit.cpu_range}</span>,
  },
  {
    key: "node",
    title: "Node",
    from: "lg",
    by: (unit) => unit.memory_nodes ?? "",
    cell: (unit) => unit.memory_nodes ?? "–",
  },
  {
    key: "ports",
    title: "Ports",
    from: "lg",
    cell: (unit) => (unit.ports_range ? ports(unit.ports_range) : "–"),
  },
  {
    key: "place",
    title: "Place",
    from: "md",
    by: (unit) => `${unit.region} ${unit.zone}`,
    cell: (unit) => `${unit.region} ${unit.zone}`,
  },
  {
    key: "deployment",
    title: "Deployment",
    by: deploymentOf,
    from: "lg",
    cell: (unit) => deploymentOf(unit) || "–",
  },
  { key: "tags", title: "Tags", from: "sm", cell: (unit) => <Tags of={unit} limit={2} /> },
  {
    key: "user",
    title: "User",
    from: "lg",
    by: (unit) => unit.user,
    cell: (unit) => <span className="mono">{unit.user}</span>,
  },
  {
    key: "since",
    title: "Since",
    from: "md",
    by: (unit) => unit.started_at ?? "",
    cell: (unit) => <When at={unit.started_at} />,
  },
];

const USUAL = ["unit", "status", "server", "cpus", "node", "ports", "place", "tags", "since"];

/** The columns that an address names, or the usual ones. */
export function shownColumns(named: string | undefined): ReadonlySet<string> {
  return new Set(["unit", ...(named ? named.split(",") : USUAL)]);
}

/** A unit's state, with what is out of the ordinary while it is allocated. */
export function UnitState({ unit }: { unit: Unit }) {
  if (unit.status !== "allocated") return <Status status={unit.status} />;
  if (unit.attestation && !unit.attestation.holds)
    return <Status status="broken" label="promise broken" />;
  if (unit.activity && unit.activity !== "running") return <Status status={unit.activity} />;
  return <Status status="allocated" />;
}
