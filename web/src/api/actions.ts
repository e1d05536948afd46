// What can be done, call by call. None waits: the job is followed instead, so that a page can be
// left and the work found again.
import { answer, api, begun } from "./client";
import type {
  InitRequest,
  LimitsRequest,
  Unit,
  UnitRequest,
  WebhookChange,
  WebhookRequest,
} from "./types";

/** A unit and the tenancy that is meant; another tenancy is never hit. */
type Tenancy = Pick<Unit, "compute_id" | "allocation_id">;

const NOW = { wait: false } as const;

function of(unit: Tenancy) {
  const allocation = unit.allocation_id ? { allocation_id: unit.allocation_id } : {};
  return { path: { compute_id: unit.compute_id }, query: { ...NOW, ...allocation } };
}

const because = (reason: string) => (reason.trim() ? { reason: reason.trim() } : {});

export const allocate = (body: UnitRequest, key: string) =>
  begun(
    api.POST("/compute_units/allocate", {
      params: { query: NOW, header: { "Idempotency-Key": key } },
      body,
    }),
  );

export const deallocate = (unit: Tenancy) =>
  begun(api.DELETE("/compute_units/deallocate/{compute_id}", { params: of(unit) }));

export const stop = (unit: Tenancy, mode: "stop" | "freeze", reason: string) =>
  begun(
    api.POST("/compute_units/{compute_id}/stop", {
      params: of(unit),
      body: { mode, ...because(reason) },
    }),
  );

export const start = (unit: Tenancy, reason: string) =>
  begun(api.POST("/compute_units/{compute_id}/start", { params: of(unit), body: because(reason) }));

export const reset = (unit: Tenancy, reason: string) =>
  begun(api.POST("/compute_units/{compute_id}/reset", { params: of(unit), body: because(reason) }));

export const changeLimits = (unit: Tenancy, limits: LimitsRequest, reason: string) =>
  begun(
    api.PATCH("/compute_units/{compute_id}/limits", {
      params: of(unit),
      body: { limits, ...because(reason) },
    }),
  );

export const addKeys = (unit: Tenancy, ssh_public_key: string, reason: string) =>
  begun(
    api.POST("/compute_units/{compute_id}/keys", {
      params: of(unit),
      body: { ssh_public_key, ...because(reason) },
    }),
  );

export const removeKey = (unit: Tenancy, fingerprint: string, reason: string) => {
  const { path, query } = of(unit);
  const params = { path: { ...path, fingerprint }, query: { ...query, ...because(reason) } };
  return begun(api.DELETE("/compute_units/{compute_id}/keys/{fingerprint}", { params }));
};

export const attestUnit = (unit: Tenancy) =>
  begun(api.POST("/compute_units/{compute_id}/attest", { params: of(unit) }));

export const attestServer = (hostname: string) =>
  begun(api.POST("/servers/{hostname}/attest", { params: { path: { hostname }, query: NOW } }));

export const initServer = (body: InitRequest, key: string) =>
  begun(
    api.POST("/admin/init_server", {
      params: { query: NOW, header: { "Idempotency-Key": key } },
      body,
    }),
  );

export const decommission = (hostname: string, force: boolean) =>
  begun(
    api.DELETE("/admin/decommission_server/{hostname}", {
      params: { path: { hostname }, query: { ...NOW, force } },
    }),
  );

const on = (hostname: string) => ({ path: { hostname } });

/** Visits a server now; the server as it was found. */
export const checkServer = (hostname: string) =>
  answer(api.POST("/servers/{hostname}/check", { params: on(hostname) }));

/** Takes a server out of placement; the server as it is then. */
export const cordon = (hostname: string, reason: string) =>
  answer(api.POST("/servers/{hostname}/cordon", { params: on(hostname), body: because(reason) }));

/** Puts it back into placement. */
export const uncordon = (hostname: string) =>
  answer(api.POST("/servers/{hostname}/uncordon", { params: on(hostname), body: {} }));

/** Says what is done about drift on a server from now on. */
export const setMode = (hostname: string, mode: string) =>
  answer(api.PATCH("/servers/{hostname}", { params: on(hostname), body: { mode } }));

/** Puts right what differed; the jobs that do it. */
export const repairServer = (hostname: string) =>
  answer(api.POST("/servers/{hostname}/repair", { params: on(hostname), body: {} }));

/** Takes a job back; how it stands then. */
export const cancelJob = (id: string) =>
  answer(api.POST("/jobs/{id}/cancel", { params: { path: { id }, query: NOW } }));

/** Tries a job again; the job that does it. */
export const retryJob = (id: string) =>
  answer(api.POST("/jobs/{id}/retry", { params: { path: { id }, query: NOW } }));

/** Makes a webhook; the answer alone shows its secret. */
export const createWebhook = (body: WebhookRequest) => answer(api.POST("/webhooks", { body }));

/** Edits a webhook; the answer shows a new secret, where one was asked for. */
export const editWebhook = (id: string, body: WebhookChange) =>
  answer(api.PATCH("/webhooks/{id}", { params: { path: { id } }, body }));

export const removeWebhook = (id: string) =>
  answer(api.DELETE("/webhooks/{id}", { params: { path: { id } } }));

/** Sends it a message of no event; how that went. */
export const testWebhook = (id: string) =>
  answer(api.POST("/webhooks/{id}/test", { params: { path: { id } } }));

/** Sends a message once more; how that went. */
export const redeliver = (id: string, delivery: string) =>
  answer(
    api.POST("/webhooks/{id}/deliveries/{delivery}/redeliver", {
      params: { path: { id, delivery } },
    }),
  );
