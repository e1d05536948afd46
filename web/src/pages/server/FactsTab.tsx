import { SimpleGrid, Stack } from "@mantine/core";
import type { ServerDetail } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { DisksPanel } from "~/parts/DisksPanel";
import { Empty } from "~/parts/Empty";
import { Facts } from "~/parts/Facts";
import { bytes } from "~/parts/format";
import { Panel } from "~/parts/Panel";

/** What the server said of itself. */
export function FactsTab({ server }: { server: ServerDetail }) {
  const { facts } = server;
  if (!facts)
    return <Empty title="Nothing is known yet" text="The server has not been looked at." />;
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="System">
          <Facts
            of={[
              ["Distribution", facts.os],
              ["Kernel", `${facts.kernel} ${facts.arch}`],
              ["systemd", facts.systemd],
              ["OpenSSH", facts.openssh ?? "another SSH daemon"],
              ["Its own name", facts.hostname],
              [
                "CPUs",
                <span key="c" className="mono">
                  {facts.cpu_range}
                </span>,
              ],
              ["Memory", bytes(facts.memory_bytes)],
              ["Simulated", facts.simulated ? "yes" : "no"],
            ]}
          />
        </Panel>
        <Panel title="How it is reached and kept">
          <Facts
            of={[
              [
                "Address",
                <span key="a" className="mono">{`${server.ip}:${server.ssh_port}`}</span>,
              ],
              ["Login", server.ssh_user ?? "as the control plane is set"],
              [
                "Host key",
                <span key="k" className="mono">
                  {server.host_key_fingerprint ?? "none pinned"}
                </span>,
              ],
              ["Host’s CPUs", server.housekeeping_cpus ?? "none"],
              ["Host confined to them", server.confine_host ? "yes" : "no"],
              [
                "Declined measures",
                server.declined.length > 0 ? server.declined.join(", ") : "none",
              ],
              [
                "Ports in use",
                facts.listening_ports.length > 0 ? facts.listening_ports.join(", ") : "none",
              ],
            ]}
          />
        </Panel>
      </SimpleGrid>
      <Panel title="Memory nodes" flush>
        <DataTable
          label="Memory nodes"
          rows={facts.numa_nodes}
          columns={NODES}
          id={(node) => String(node.id)}
        />
      </Panel>
      <DisksPanel disks={facts.disks} />
      <Panel title="File systems" flush={facts.filesystems.length > 0}>
        {facts.filesystems.length > 0 ? (
          <DataTable
            label="File systems"
            rows={facts.filesystems}
            columns={FILESYSTEMS}
            id={(fs) => fs.mount}
          />
        ) : (
          "It told of none."
        )}
      </Panel>
    </Stack>
  );
}

type Known = NonNullable<ServerDetail["facts"]>;

const NODES: Column<Known["numa_nodes"][number]>[] = [
  { key: "id", title: "Node", cell: (node) => node.id },
  {
    key: "cpus",
    title: "CPUs",
    cell: (node) => <span className="mono">{node.cpu_range ?? "none"}</span>,
  },
  { key: "memory", title: "Memory", right: true, cell: (node) => bytes(node.memory_bytes) },
  { key: "far", title: "Distances", from: "sm", cell: (node) => node.distances.join(" ") },
];

const FILESYSTEMS: Column<Known["filesystems"][number]>[] = [
  { key: "mount", title: "Mounted at", cell: (fs) => <span className="mono">{fs.mount}</span> },
  { key: "kind", title: "Type", from: "sm", cell: (fs) => fs.kind },
  {
    key: "free",
    title: "Free",
    right: true,
    cell: (fs) => `${bytes(fs.available_bytes)} of ${bytes(fs.size_bytes)}`,
  },
  { key: "quota", title: "User quotas", cell: (fs) => fs.user_quota },
];
