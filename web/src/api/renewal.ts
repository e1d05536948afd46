// The lists of the whole fleet, kept true server by server: of a thousand servers one is asked for
// when one changed, and the rows of the others stay the same objects.
import { type QueryClient, replaceEqualDeep } from "@tanstack/react-query";
import { answer, api } from "./client";
import { faultOf } from "./fault";
import { FLEET, servers, units } from "./queries";
import type { Server, ServerDetail, Unit } from "./types";

/** How many servers are asked for at once: a browser has six connections to one host for all. */
const AT_ONCE = 4;
/** How many servers are asked for before the lists have them. */
const ROUND = 16;
/** When more of the fleet than this share changed at once, the lists are asked for as a whole. */
const SHARE = 0.1;

/** A server's rows in the lists. */
export interface Rows {
  server: Server;
  units: readonly Unit[];
}

/** Servers as they are now, by name; `null` for one that is not there any more. */
export type Found = ReadonlyMap<string, Rows | null>;

/** Makes the lists true again where these servers and their units are in them. */
export async function renewServers(queries: QueryClient, hostnames: readonly string[]) {
  if (hostnames.length === 0) return;
  const all = queries.getQueryCache().findAll({ queryKey: [FLEET], type: "active" });
  const known = queries.getQueryData(servers().queryKey)?.length ?? 0;
  if (all.length === 0 || hostnames.length > Math.max(ROUND, known * SHARE))
    return queries.invalidateQueries({ queryKey: [FLEET] });
  // A list that is on its way may be older than what is asked for now, and come after it.
  await Promise.all(all.map((query) => query.promise?.catch(() => undefined)));
  for (let at = 0; at < hostnames.length; at += ROUND) {
    const found = await lookAt(hostnames.slice(at, at + ROUND));
    queries.setQueryData(servers().queryKey, (old) => old && withServers(old, found));
    queries.setQueryData(units().queryKey, (old) => old && withUnits(old, found));
  }
}

async function lookAt(hostnames: readonly string[]): Promise<Found> {
  const found = new Map<string, Rows | null>();
  const left = hostnames.values();
  const asker = async () => {
    for (const hostname of left) found.set(hostname, await look(hostname));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asker));
  return found;
}

/** A server as it is now; none when it is not there any more. */
async function look(hostname: string): Promise<Rows | null> {
  try {
    const params = { path: { hostname } };
    const found = await answer(api.GET("/servers/{hostname}", { params }));
    return found.ended_at ? null : rowsIn(found);
  } catch (error) {
    if (faultOf(error).isMissing) return null;
    throw error;
  }
}

/** The rows alone: all that is known of a thousand servers is too much to keep. */
export function rowsIn({ units, facts: _, drift: __, ...server }: ServerDetail): Rows {
  return { server, units: units.filter((unit) => unit.status !== "decommissioned") };
}

/** The list with these servers as they are now. */
export function withServers(old: readonly Server[], found: Found): Server[] {
  const next: Server[] = [];
  const fresh = new Map(found);
  for (const server of old) {
    const now = fresh.get(server.hostname);
    if (now !== null) next.push(now ? replaceEqualDeep(server, now.server) : server);
    fresh.delete(server.hostname);
  }
  const more = [...fresh.values()].flatMap((now) => now?.server ?? []);
  if (more.length === 0) return next;
  return [...next, ...more].sort((a, b) => (a.hostname < b.hostname ? -1 : 1));
}

/** The list with the units of these servers as they are now, at the place where they were. */
export function withUnits(old: readonly Unit[], found: Found): Unit[] {
  const before = new Map<string, Unit>();
  for (const unit of old) if (found.has(unit.hostname)) before.set(unit.compute_id, unit);
  const fresh = new Map(found);
  const next: Unit[] = [];
  const put = (hostname: string) => {
    for (const unit of fresh.get(hostname)?.units ?? [])
      next.push(replaceEqualDeep(before.get(unit.compute_id), unit));
    fresh.delete(hostname);
  };
  for (const unit of old) {
    if (fresh.has(unit.hostname)) put(unit.hostname);
    else if (!found.has(unit.hostname)) next.push(unit);
  }
  for (const hostname of fresh.keys()) put(hostname);
  return next;
}
