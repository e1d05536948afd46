// What is asked of an init, as the steps of the wizard fill it in.
import type { InitRequest, ProbeRequest, VolumeRequest } from "~/api/types";
import { formatCpus } from "~/cpus/set";
import { quote } from "~/parts/curl";

export interface Draft {
  ip: string;
  ssh_port: string;
  ssh_user: string;
  hostname: string;
  region: string;
  zone: string;
  /** The host key that was confirmed. */
  host_key: string;
  /** The CPUs of each unit. */
  layout: number[][];
  first_port: string;
  port_step: string;
  warm: boolean;
  confine_host: boolean;
  decline: string[];
  /** The disk of the unit at this place of the layout, and whether what is on it may be destroyed. */
  volumes: Record<number, { path: string; wipe: boolean }>;
}

export const EMPTY: Draft = {
  ip: "",
  ssh_port: "22",
  ssh_user: "",
  hostname: "",
  region: "",
  zone: "",
  host_key: "",
  layout: [],
  first_port: "2000",
  port_step: "200",
  warm: true,
  confine_host: false,
  decline: [],
  volumes: {},
};

/** What of the server as a whole may be declined, and what that means. */
export const MEASURES = [
  { value: "private_tmp", label: "Private /tmp, /var/tmp and /dev/shm for each unit" },
  { value: "hide_processes", label: "Others’ processes are hidden" },
  { value: "guard_cron", label: "Cron and at jobs of units are kept in their units" },
  { value: "block_protocols", label: "Protocols that no port filter sees are blocked" },
] as const;

export function probeOf(draft: Draft): ProbeRequest {
  return {
    ip: draft.ip.trim(),
    ssh_port: Number(draft.ssh_port) || 22,
    ssh_user: draft.ssh_user.trim() || null,
    ...(draft.host_key ? { host_key: draft.host_key } : {}),
  };
}

export function requestOf(draft: Draft): InitRequest {
  const ranges = draft.layout.map(formatCpus);
  const volumes: VolumeRequest[] = Object.entries(draft.volumes)
    .filter(([place, volume]) => volume.path !== "" && ranges[Number(place)] !== undefined)
    .map(([place, volume]) => ({ cpu_range: ranges[Number(place)] ?? "", ...volume }));
  return {
    ...probeOf(draft),
    ip: draft.ip.trim(),
    hostname: draft.hostname.trim(),
    region: draft.region.trim(),
    zone: draft.zone.trim(),
    cpu_ranges: ranges,
    first_port: Number(draft.first_port) || 2000,
    port_step: Number(draft.port_step) || 200,
    warm: draft.warm,
    confine_host: draft.confine_host,
    decline: draft.decline,
    volumes,
  };
}

/** The same on the command line. */
export function commandOf(request: InitRequest): string {
  const words = ["kloigos server init", `--ip ${quote(request.ip)}`];
  const say = (option: string, value: unknown) => words.push(`--${option} ${quote(String(value))}`);
  say("region", request.region);
  say("zone", request.zone);
  for (const range of request.cpu_ranges) say("cpus", range);
  if (request.ssh_port !== 22) say("ssh-port", request.ssh_port);
  if (request.ssh_user) say("ssh-user", request.ssh_user);
  if (request.host_key) say("host-key", request.host_key);
  say("first-port", request.first_port);
  say("port-step", request.port_step);
  if (!request.warm) words.push("--cold");
  if (request.confine_host) words.push("--confine-host");
  for (const measure of request.decline ?? []) say("decline", measure);
  for (const { cpu_range, path, wipe } of request.volumes ?? [])
    say("volume", `${cpu_range}=${path}${wipe ? ",wipe" : ""}`);
  return [...words, quote(request.hostname)].join(" ");
}

/** The step of the wizard that shows the field of a fault. */
export function stepOf(path: string): number {
  if (path.startsWith("cpu_ranges")) return 2;
  if (path.startsWith("volumes")) return 3;
  return ["ip", "ssh_port", "ssh_user", "host_key"].includes(path) ? 0 : 3;
}
