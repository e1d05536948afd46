import type { Limits, LimitsRequest } from "~/api/types";
import { bytes, count } from "./format";

export type LimitName = keyof Limits;

/** A limit, how it is called and in what it is counted. */
export interface LimitField {
  name: LimitName;
  label: string;
  help: string;
  show: (value: number) => string;
}

const perSecond = (value: number) => `${bytes(value)}/s`;

export const LIMITS: readonly LimitField[] = [
  { name: "memory_max", label: "Memory", help: "The most it can have.", show: bytes },
  {
    name: "memory_high",
    label: "Memory, slowed from",
    help: "Reclaimed from and slowed beyond it.",
    show: bytes,
  },
  { name: "swap_max", label: "Swap", help: "The most it can have.", show: bytes },
  { name: "tasks_max", label: "Tasks", help: "Processes and threads.", show: count },
  {
    name: "disk_bytes",
    label: "Disk",
    help: "On each file system that it can write to.",
    show: bytes,
  },
  { name: "disk_inodes", label: "Files", help: "On each of them.", show: count },
  {
    name: "io_weight",
    label: "Share of busy disks",
    help: "1 to 10000; the kernel’s is 100.",
    show: count,
  },
  { name: "io_read_bytes", label: "Reading", help: "A second, from each disk.", show: perSecond },
  { name: "io_write_bytes", label: "Writing", help: "A second, to each disk.", show: perSecond },
];

/** How a limit is written into its field: what reads as it stands, such as `4G`. */
export function written(value: number | null): string {
  if (value === null) return "none";
  const steps: [string, number][] = [
    ["T", 1024 ** 4],
    ["G", 1024 ** 3],
    ["M", 1024 ** 2],
  ];
  const step = steps.find(([, size]) => value >= size && value % size === 0);
  return step ? `${value / step[1]}${step[0]}` : String(value);
}

/** The limits of a form that say something; those left empty stay as they are. */
export function asked(texts: Partial<Record<LimitName, string>>): LimitsRequest | undefined {
  const given = Object.entries(texts).filter(([, text]) => text.trim() !== "");
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map(([name, text]) => [name, text.trim()]));
}

/** Those that differ from what is there now. */
export function changed(
  texts: Partial<Record<LimitName, string>>,
  now: Limits,
): LimitsRequest | undefined {
  const differing = Object.entries(texts).filter(
    ([name, text]) => text.trim() !== written(now[name as LimitName]),
  );
  return asked(Object.fromEntries(differing));
}
