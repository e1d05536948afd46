import { SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { server } from "~/api/queries";
import type { UnitDetail } from "~/api/types";
import { Copy } from "~/parts/Copy";
import { Facts } from "~/parts/Facts";
import { ports } from "~/parts/format";
import { LinkButton } from "~/parts/LinkButton";
import { Panel } from "~/parts/Panel";
import { Tags } from "~/parts/Tags";
import { UnitDrawing } from "./UnitDrawing";

/** How to get in, and what the unit has. */
export function OverviewTab({ unit }: { unit: UnitDetail }) {
  const host = useQuery(server(unit.hostname));
  const port = host.data && host.data.ssh_port !== 22 ? ` -p ${host.data.ssh_port}` : "";
  return (
    <Stack gap="md">
      <Panel title="Get in">
        {unit.status === "allocated" ? (
          <Copy label="the ssh line" text={`ssh${port} ${unit.user}@${unit.ip}`} />
        ) : (
          <Stack gap="xs" align="flex-start">
            <Text c="dimmed">Nobody can log in while it is not allocated.</Text>
            {unit.status === "free" && (
              <LinkButton
                to="/allocate"
                search={{ cpus: String(unit.cpu_count), region: unit.region, zone: unit.zone }}
              >
                Allocate one like it
              </LinkButton>
            )}
          </Stack>
        )}
      </Panel>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="What it has">
          <Facts
            of={[
              [
                "CPUs",
                <span key="c" className="mono">
                  {unit.cpu_range}
                </span>,
              ],
              ["Memory nodes", unit.memory_nodes ?? "–"],
              ["Ports", unit.ports_range ? ports(unit.ports_range) : "–"],
              ["User", <span key="u" className="mono">{`${unit.user} (uid ${unit.uid})`}</span>],
              [
                "Home",
                <span key="h" className="mono">
                  {unit.directories.home}
                </span>,
              ],
              [
                "Programs",
                <span key="o" className="mono">
                  {unit.directories.opt}
                </span>,
              ],
              [
                "Data",
                <span key="m" className="mono">
                  {unit.directories.mnt}
                </span>,
              ],
              [
                "Disk of its own",
                unit.volume ? (
                  <span key="v" className="mono">
                    {unit.volume.path}
                  </span>
                ) : (
                  "none"
                ),
              ],
            ]}
          />
        </Panel>
        <Panel title="Its tenancy">
          {unit.allocation_id ? (
            <Facts
              of={[
                [
                  "Allocation",
                  <span key="a" className="mono">
                    {unit.allocation_id}
                  </span>,
                ],
                ["Tags", <Tags key="t" of={unit} />],
                ["Processes", unit.activity ?? "–"],
                ["Resets", unit.resets],
                [
                  "Not promised",
                  unit.declined.length > 0 ? unit.declined.join(", ") : "nothing was declined",
                ],
              ]}
            />
          ) : (
            <Text c="dimmed">
              It is nobody’s now.{" "}
              {unit.warm
                ? "It is warm: a login finds its user manager running."
                : "It is cold: a first login starts its user manager."}
            </Text>
          )}
        </Panel>
      </SimpleGrid>
      <UnitDrawing unit={unit} server={host} />
    </Stack>
  );
}
