import { Link } from "@tanstack/react-router";
import type { Unit } from "~/api/types";
import { letter } from "~/cpus/layout";
import { unitColor } from "~/topology/colors";
import { UnitState } from "../units/columns";
import classes from "./Legend.module.css";

interface Props {
  units: readonly Unit[];
  housekeeping: string | null;
  lit: string | undefined;
  onLit: (name: string | undefined) => void;
}

/** What the letters and colours of the drawing stand for. */
export function Legend({ units, housekeeping, lit, onLit }: Props) {
  return (
    <ul className={classes.legend} aria-label="Units of the drawing">
      {units.map((unit, place) => (
        <li
          key={unit.compute_id}
          onPointerEnter={() => onLit(unit.compute_id)}
          onPointerLeave={() => onLit(undefined)}
          data-lit={lit === unit.compute_id || undefined}
        >
          <span
            className={classes.mark}
            data-faint={unit.status === "free" || undefined}
            style={{ "--unit": unitColor(place) } as React.CSSProperties}
          >
            {letter(place)}
          </span>
          <Link to="/units/$computeId" params={{ computeId: unit.compute_id }}>
            {unit.compute_id}
          </Link>
          <UnitState unit={unit} />
        </li>
      ))}
      {housekeeping && (
        <li>
          <span className={classes.mark} data-host="true" />
          the host’s: <span className="mono">{housekeeping}</span>
        </li>
      )}
    </ul>
  );
}
