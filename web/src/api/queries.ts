// What is asked of the API and how often it is asked again, in one place.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, rows } from "./client";
import { pace } from "./pace";
import type { Job, Placement, Server, Unit, UnitRequest } from "./types";

/** How often what is on the screen is looked at again, in milliseconds. */
const SOON = 1_000;
const OFTEN = 3_000;
const SELDOM = 15_000;
/** The same for the lists of a whole fleet while events arrive: they are large, and kept by events. */
const LISTS = 5 * 60_000;

export const session = () =>
  queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => answer(api.GET("/session", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export const health = () =>
  queryOptions({
    queryKey: ["health"],
    queryFn: ({ signal }) => answer(api.GET("/health", { signal })),
    refetchInterval: OFTEN,
    retry: false,
  });

/** What the lists of the whole fleet are kept under; what is under a name is about that one alone. */
export const FLEET = "fleet";

export const servers = () =>
  queryOptions({
    queryKey: [FLEET, "servers"],
    // Thousands of rows are not compared one by one; `renewServers` keeps those that did not change.
    structuralSharing: false,
    queryFn: ({ signal }) => rows<Server>(api.GET("/servers", { signal, parseAs: "stream" })),
    refetchInterval: pace(OFTEN, LISTS),
  });

export const server = (hostname: string) =>
  queryOptions({
    queryKey: ["servers", hostname],
    queryFn: ({ signal }) =>
      answer(api.GET("/servers/{hostname}", { signal, params: { path: { hostname } } })),
    refetchInterval: pace(OFTEN),
  });

export const examination = (hostname: string) =>
  queryOptions({
    // Not among what events make old: each look goes to the server itself.
    queryKey: ["doctor", hostname],
    queryFn: ({ signal }) =>
      answer(api.GET("/servers/{hostname}/doctor", { signal, params: { path: { hostname } } })),
    staleTime: 60_000,
    retry: false,
  });

export const serverAttestations = (hostname: string) =>
  queryOptions({
    queryKey: ["servers", hostname, "attestations"],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/servers/{hostname}/attestations", { signal, params: { path: { hostname } } }),
      ),
    refetchInterval: pace(SELDOM),
  });

export const units = () =>
  queryOptions({
    queryKey: [FLEET, "units"],
    structuralSharing: false,
    queryFn: ({ signal }) => rows<Unit>(api.GET("/compute_units/", { signal, parseAs: "stream" })),
    refetchInterval: pace(OFTEN, LISTS),
  });

export const unit = (id: string) =>
  queryOptions({
    queryKey: ["units", id],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/compute_units/{compute_id}", { signal, params: { path: { compute_id: id } } }),
      ),
    refetchInterval: pace(OFTEN),
  });

export const unitKeys = (id: string) =>
  queryOptions({
    queryKey: ["units", id, "keys"],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/compute_units/{compute_id}/keys", {
          signal,
          params: { path: { compute_id: id } },
        }),
      ),
    refetchInterval: pace(SELDOM),
  });

export const unitAttestations = (id: string) =>
  queryOptions({
    queryKey: ["units", id, "attestations"],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/compute_units/{compute_id}/attestations", {
          signal,
          params: { path: { compute_id: id } },
        }),
      ),
    refetchInterval: pace(SELDOM),
  });

export interface JobsFilter {
  kind?: string;
  status?: string;
  hostname?: string;
  compute_id?: string;
  limit?: number;
}

export const jobs = (filter: JobsFilter = {}) =>
  queryOptions({
    queryKey: ["jobs", filter],
    queryFn: ({ signal }) => answer(api.GET("/jobs", { signal, params: { query: filter } })),
    refetchInterval: pace(OFTEN),
  });

export const job = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    queryFn: ({ signal }) => answer(api.GET("/jobs/{id}", { signal, params: { path: { id } } })),
    refetchInterval: (query) =>
      query.state.data && isOver(query.state.data) ? false : pace(SOON)(),
  });

/** Whether a job has ended, well or not. */
export function isOver(job: Pick<Job, "ended_at">): boolean {
  return job.ended_at !== null;
}

/** What a placement depends on. */
export type PlacementWish = Pick<UnitRequest, "cpu_count" | "region" | "zone" | "limits">;

/** Any key will do: a placement asks nobody to log in. */
const NOBODY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

export const placement = (wish: PlacementWish) =>
  queryOptions({
    queryKey: ["placement", wish],
    queryFn: async ({ signal }) => {
      const body: UnitRequest = { ...wish, tags: null, ssh_public_key: NOBODY };
      const found = await answer(
        api.POST("/compute_units/allocate", { signal, params: { query: { dry_run: true } }, body }),
      );
      return found as Placement;
    },
    refetchInterval: pace(OFTEN),
    retry: false,
  });

export const unitAllocations = (id: string) =>
  queryOptions({
    queryKey: ["units", id, "allocations"],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/compute_units/{compute_id}/allocations", {
          signal,
          params: { path: { compute_id: id }, query: { limit: 100 } },
        }),
      ),
    refetchInterval: pace(SELDOM),
  });

export interface EventsFilter {
  kind?: string;
  hostname?: string;
  compute_id?: string;
  job?: string;
}

/** How many events are asked for at once. */
const EVENTS = 100;

export const events = (filter: EventsFilter) =>
  infiniteQueryOptions({
    queryKey: ["events", filter],
    queryFn: ({ signal, pageParam }) => {
      const before = pageParam ? { before: pageParam } : {};
      return answer(
        api.GET("/events/log", {
          signal,
          params: { query: { ...filter, ...before, limit: EVENTS } },
        }),
      );
    },
    initialPageParam: 0,
    getNextPageParam: (page) => (page.length < EVENTS ? undefined : page.at(-1)?.id),
  });

export const webhooks = () =>
  queryOptions({
    queryKey: ["webhooks"],
    queryFn: ({ signal }) => answer(api.GET("/webhooks", { signal })),
    // What arrives there is no event.
    refetchInterval: OFTEN,
  });

export const webhook = (id: string) =>
  queryOptions({
    queryKey: ["webhooks", id],
    queryFn: ({ signal }) =>
      answer(api.GET("/webhooks/{id}", { signal, params: { path: { id } } })),
    refetchInterval: OFTEN,
  });

export const deliveries = (id: string) =>
  queryOptions({
    queryKey: ["webhooks", id, "deliveries"],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/webhooks/{id}/deliveries", {
          signal,
          params: { path: { id }, query: { limit: 100 } },
        }),
      ),
    refetchInterval: OFTEN,
  });
