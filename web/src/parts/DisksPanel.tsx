import type { Disk } from "~/api/types";
import { type Column, DataTable } from "./DataTable";
import { bytes } from "./format";
import { Panel } from "./Panel";

/** The disks of a server, each with what is on it. */
export function DisksPanel({ disks }: { disks: readonly Disk[] }) {
  return (
    <Panel title="Disks" flush={disks.length > 0}>
      {disks.length > 0 ? (
        <DataTable label="Disks" rows={disks} columns={DISKS} id={(disk) => disk.name} />
      ) : (
        "It told of none."
      )}
    </Panel>
  );
}

const DISKS: Column<Disk>[] = [
  { key: "name", title: "Disk", cell: (disk) => <span className="mono">{disk.name}</span> },
  { key: "size", title: "Size", right: true, cell: (disk) => bytes(disk.size_bytes) },
  { key: "model", title: "Model", from: "sm", cell: (disk) => disk.model ?? "–" },
  {
    key: "holds",
    title: "On it",
    cell: (disk) => (disk.holds.length > 0 ? disk.holds.join("; ") : "provably empty"),
  },
];
