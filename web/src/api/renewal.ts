// The lists of the whole fleet, kept true server by server: of a thousand servers one is asked for
// when one changed, and the rows of the others stay the same objects.
import { type QueryClient, replaceEqualDeep } from "@tanstack/react-query";
import { answer, api } from "./client";
import { faultOf } from "./fault";
import { FLEET, servers, units } from "./queries";
import type { Server, ServerDetail, Unit } from "./types";

/** When more servers than this changed at once, the lists are asked for as a whole. */
const SINGLY = 24;

/** Makes the lists true again where these servers and their units are in them. */
export async function renewServers(queries: QueryClient, hostnames: readonly string[]) {
  if (hostnames.length === 0) return;
  const all = queries.getQueryCache().findAll({ queryKey: [FLEET], type: "active" });
  if (all.length === 0 || hostnames.length > SINGLY)
    return queries.invalidateQueries({ queryKey: [FLEET] });
  // A list that is on its way may be older than what is asked for now, and come after it.
  await Promise.all(all.map((query) => query.promise?.catch(() => undefined)));
  const found = await Promise.all(hostnames.map(look));
  for (const [place, hostname] of hostnames.entries()) {
    const now = found[place] ?? null;
    queries.setQueryData(servers().queryKey, (old) => old && withServer(old, hostname, now));
    queries.setQueryData(units().queryKey, (old) => old && withUnits(old, hostname, now?.units));
  }
}

/** A server as it is now; none when it is not there any more. */
async function look(hostname: string): Promise<ServerDetail | null> {
  try {
    const params = { path: { hostname } };
    const found = await answer(api.GET("/servers/{hostname}", { params }));
    return found.ended_at ? null : found;
  } catch (error) {
    if (faultOf(error).isMissing) return null;
    throw error;
  }
}

/** The list with this server as it is now. */
export function withServer(old: readonly Server[], hostname: string, now: Server | null): Server[] {
  const at = old.findIndex((server) => server.hostname === hostname);
  if (!now) return old.filter((server) => server.hostname !== hostname);
  if (at < 0) return [...old, now].sort((a, b) => (a.hostname < b.hostname ? -1 : 1));
  return old.with(at, replaceEqualDeep(old[at], now));
}

/** The list with this server's units as they are now, at the place where they were. */
export function withUnits(
  old: readonly Unit[],
  hostname: string,
  now: readonly Unit[] = [],
): Unit[] {
  const before = new Map<string, Unit>();
  let place = old.length;
  const others: Unit[] = [];
  for (const unit of old) {
    if (unit.hostname !== hostname) others.push(unit);
    else {
      place = Math.min(place, others.length);
      before.set(unit.compute_id, unit);
    }
  }
  const living = now.filter((unit) => unit.status !== "decommissioned");
  const kept = living.map((unit) => replaceEqualDeep(before.get(unit.compute_id), unit));
  others.splice(place, 0, ...kept);
  return others;
}
