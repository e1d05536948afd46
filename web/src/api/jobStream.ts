// One job as it goes on: its lines as they are written, and how it stands.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { job } from "./queries";
import type { Job, JobDetail, LogLine } from "./types";

/** Keeps what is known of a job true while it goes on, for as long as somebody looks. */
export function useJobStream(id: string, goesOn: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!goesOn) return;
    const { queryKey } = job(id);
    const change = (to: (old: JobDetail) => JobDetail) =>
      queries.setQueryData(queryKey, (old) => old && to(old));
    const source = new EventSource(`/api/jobs/${encodeURIComponent(id)}/events`);
    source.addEventListener("log", ({ data }) => change((old) => withLine(old, JSON.parse(data))));
    source.addEventListener("job", ({ data }) =>
      change((old) => ({ ...old, ...(JSON.parse(data) as Job) })),
    );
    source.addEventListener("end", ({ data }) => {
      source.close();
      change((old) => ({ ...old, ...(JSON.parse(data) as Job) }));
    });
    return () => source.close();
  }, [id, goesOn, queries]);
}

/** The job with one more line; one that is there already is not there twice. */
export function withLine(old: JobDetail, line: LogLine): JobDetail {
  const last = old.log.at(-1)?.seq ?? 0;
  return line.seq > last ? { ...old, log: [...old.log, line] } : old;
}
