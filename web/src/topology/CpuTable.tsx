import type { Cpu, Facts } from "~/api/types";
import { inOrder } from "~/cpus/layout";
import { type Column, DataTable } from "~/parts/DataTable";
import type { Owners } from "./owners";

/** The drawing in words. */
export function CpuTable({ facts, owners }: { facts: Facts; owners: Owners }) {
  const columns: Column<Cpu>[] = [
    { key: "cpu", title: "CPU", cell: (cpu) => cpu.id },
    { key: "core", title: "Core", cell: (cpu) => cpu.core },
    { key: "node", title: "Node", cell: (cpu) => cpu.node },
    { key: "package", title: "Package", from: "sm", cell: (cpu) => cpu.package },
    {
      key: "l3",
      title: "Shares its cache with",
      from: "sm",
      cell: (cpu) => <span className="mono">{cpu.l3 ?? "not told"}</span>,
    },
    {
      key: "siblings",
      title: "Siblings",
      from: "md",
      cell: (cpu) => <span className="mono">{cpu.siblings}</span>,
    },
    { key: "owner", title: "Whose", cell: (cpu) => owners.get(cpu.id)?.name ?? "the host’s" },
  ];
  return (
    <DataTable
      label="CPUs"
      rows={[...facts.cpus].sort(inOrder)}
      columns={columns}
      id={(cpu) => String(cpu.id)}
    />
  );
}
