import { count } from "~/parts/format";
import classes from "./Figures.module.css";
import type { Totals } from "./fleet";

/** The fleet in numbers. */
export function Figures({ of }: { of: Totals }) {
  const share = of.cpus > 0 ? Math.round((of.allocated / of.cpus) * 100) : 0;
  return (
    <dl className={classes.figures}>
      <Figure
        name="Servers"
        value={count(of.servers)}
        more={of.troubled > 0 ? `${count(of.troubled)} to look at` : "all well"}
        detail={told(of)}
        bad={of.troubled > 0}
      />
      <Figure name="Units" value={count(of.units)} more={`${count(of.free)} free`} />
      <Figure
        name="CPUs allocated"
        value={count(of.allocated)}
        more={`of ${count(of.cpus)} · ${share} %`}
        share={share}
      />
      <Figure
        name="Quarantine"
        value={count(of.quarantined)}
        more={of.quarantined > 0 ? "to look at" : "no unit"}
        bad={of.quarantined > 0}
      />
    </dl>
  );
}

/** What the servers are beside well. */
function told(of: Totals): string {
  const said = [
    [of.unreachable, "unreachable"],
    [of.differing, of.differing === 1 ? "differs" : "differ"],
    [of.cordoned, "cordoned"],
  ] as const;
  return said
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${count(n)} ${what}`)
    .join(" · ");
}

interface FigureProps {
  name: string;
  value: string;
  more: string;
  bad?: boolean;
  detail?: string;
  share?: number;
}

function Figure({ name, value, more, bad = false, detail, share }: FigureProps) {
  return (
    <div className={classes.figure} data-bad={bad || undefined}>
      <dt>{name}</dt>
      <dd>
        <span className={classes.value}>{value}</span> <span className={classes.more}>{more}</span>
        {detail && <div className={classes.detail}>{detail}</div>}
      </dd>
      {share !== undefined && (
        <div className={classes.bar} aria-hidden="true">
          <i style={{ width: `${share}%` }} />
        </div>
      )}
    </div>
  );
}
