// What is asked of an allocate, as its form has it.
import type { TagValue, UnitRequest } from "~/api/types";
import { quote } from "~/parts/curl";
import { asked, type LimitName } from "~/parts/limits";

export interface Wish {
  cpus: string;
  region: string;
  zone: string;
  keys: string;
  /** A line each: `name=value`, with commas for a list. */
  tags: string;
  limits: Partial<Record<LimitName, string>>;
}

/** Tags by name. A whole number is one, what has a comma is a list. */
export function readTags(text: string): Record<string, TagValue> {
  const tags: Record<string, TagValue> = {};
  for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
    const [name = "", ...rest] = line.split("=");
    tags[name.trim()] = readValue(rest.join("=").trim());
  }
  return tags;
}

function readValue(text: string): TagValue {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  return text.includes(",") ? text.split(",").map((part) => part.trim()) : text;
}

export function requestOf(wish: Wish): UnitRequest {
  const limits = asked(wish.limits);
  return {
    cpu_count: wish.cpus === "" ? null : Number(wish.cpus),
    ...(wish.region ? { region: wish.region } : {}),
    ...(wish.zone ? { zone: wish.zone } : {}),
    tags: readTags(wish.tags) as UnitRequest["tags"],
    ssh_public_key: wish.keys.trim(),
    ...(limits ? { limits } : {}),
  };
}

/** The same on the command line. */
export function commandOf(wish: Wish): string {
  const keys = wish.keys.trim() || "ssh-ed25519 …";
  const words = [
    `printf '%s\\n' ${quote(keys)} | kloigos allocate --key -`,
    `--cpus ${wish.cpus || "any"}`,
  ];
  if (wish.region) words.push(`--region ${quote(wish.region)}`);
  if (wish.zone) words.push(`--zone ${quote(wish.zone)}`);
  for (const [name, value] of Object.entries(readTags(wish.tags)))
    words.push(...tagWords(name, value));
  for (const [name, amount] of Object.entries(asked(wish.limits) ?? {})) {
    words.push(`--${name.replaceAll("_", "-")} ${quote(String(amount))}`);
  }
  return words.join(" ");
}

function tagWords(name: string, value: TagValue): string[] {
  if (typeof value === "number") return [`--tag ${quote(`${name}:=${value}`)}`];
  const texts = Array.isArray(value) ? value : [value];
  return texts.map((text) => `--tag ${quote(`${name}=${text}`)}`);
}
