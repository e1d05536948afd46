import { tagsOf } from "~/api/tags";
import type { Unit } from "~/api/types";
import classes from "./Tags.module.css";

/** What a tenant wrote on a unit. */
export function Tags({
  of,
  limit = Number.POSITIVE_INFINITY,
}: {
  of: Pick<Unit, "tags">;
  limit?: number;
}) {
  const all = tagsOf(of);
  if (all.length === 0) return <span className={classes.none}>–</span>;
  const more = all.length - limit;
  return (
    <span className={classes.tags}>
      {all.slice(0, limit).map(([name, value]) => (
        <span key={name} className={classes.tag}>
          <b>{name}</b> {value}
        </span>
      ))}
      {more > 0 && <span className={classes.none}>+{more}</span>}
    </span>
  );
}
