// What is to be known of a server at a glance, in words that it is also found by.
import type { Server } from "~/api/types";

/** The words; several may be true of one server. */
export const SERVER_WORDS = [
  "healthy",
  "degraded",
  "unreachable",
  "unknown",
  "cordoned",
  "differs",
] as const;

type Standing = Pick<Server, "status" | "health" | "drift_count">;

/** Whether it is what the word says. */
export function isServer(server: Standing, word: string): boolean {
  if (word === "differs") return server.drift_count > 0;
  return server.status === word || server.health === word;
}

/** Whether it is visited: neither on its way to something else nor over. */
export function isVisited({ status }: Pick<Server, "status">): boolean {
  return status === "ready" || status === "cordoned";
}

/** Its state in a word or two, and the word that says how that is to be felt about. */
export function headline(server: Standing): { status: string; label: string } {
  const { status, health } = server;
  if (status === "ready") return { status: health, label: health };
  if (status === "cordoned" && health === "unreachable")
    return { status: health, label: "cordoned, unreachable" };
  return { status, label: status };
}
