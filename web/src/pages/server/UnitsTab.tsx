import type { Unit } from "~/api/types";
import { DataTable } from "~/parts/DataTable";
import { Empty } from "~/parts/Empty";
import { COLUMNS } from "../units/columns";

const SHOWN = ["unit", "status", "cpus", "range", "node", "ports", "tags", "since"];

/** What a server is cut into. */
export function UnitsTab({ units }: { units: readonly Unit[] }) {
  if (units.length === 0)
    return (
      <Empty title="It has no units" text="A decommissioned server’s units are kept as history." />
    );
  const columns = COLUMNS.filter((column) => SHOWN.includes(column.key));
  return <DataTable label="Units" rows={units} columns={columns} id={(unit) => unit.compute_id} />;
}
