import { ago } from "./format";
import { useNow } from "./now";

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** A time by how long ago it is; the local time and UTC on hover. */
export function When({ at, exact = false }: { at: string | null; exact?: boolean }) {
  const now = useNow();
  if (!at) return <>–</>;
  const date = new Date(at);
  const utc = date
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
  return (
    <time dateTime={at} title={`${local.format(date)} · ${utc}`}>
      {exact ? local.format(date) : ago(at, now)}
    </time>
  );
}
