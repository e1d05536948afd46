import createClient from "openapi-fetch";
import { ApiFault } from "./fault";
import { rowsOf } from "./rows";
import type { paths } from "./schema";

/** Calls to the API, typed by its OpenAPI document. */
export const api = createClient<paths>({ baseUrl: "/api", credentials: "same-origin" });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What a call answered, or an `ApiFault` that says why not. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  return (await whole(call)).data;
}

/** The rows of a long list that was asked for as a stream. */
export async function rows<T>(call: Promise<Answer<ReadableStream | null>>): Promise<T[]> {
  const body = await answer(call);
  try {
    return body ? await rowsOf<T>(body) : [];
  } catch {
    // The connection broke, or what came over it is no list.
    throw ApiFault.unreachable();
  }
}

/** The same for calls that begin work, with the job that does it. */
export async function begun<T>(call: Promise<Answer<T>>): Promise<{ data: T; job: string | null }> {
  const { data, response } = await whole(call);
  return { data, job: response.headers.get("kloigos-job") };
}

async function whole<T>(call: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  let got: Answer<T>;
  try {
    got = await call;
  } catch {
    throw ApiFault.unreachable();
  }
  if (!got.response.ok) throw ApiFault.of(got.response.status, got.error);
  return { data: got.data as T, response: got.response };
}
