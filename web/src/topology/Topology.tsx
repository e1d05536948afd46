import { useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import type { Facts } from "~/api/types";
import { bytes } from "~/parts/format";
import { arrange, type CpuBox, type Labelled, neighbour } from "./arrange";
import { unitColor } from "./colors";
import type { Owner, Owners } from "./owners";
import classes from "./Topology.module.css";

interface Props {
  facts: Pick<Facts, "cpus" | "numa_nodes">;
  owners: Owners;
  label: string;
  /** What a press on a CPU does. */
  onPress?: (cpu: number) => void;
  /** What a stroke over further CPUs does, the pointer held down. */
  onStroke?: (cpu: number) => void;
  /** Whose CPUs stand out. */
  lit?: string | undefined;
  onLit?: (name: string | undefined) => void;
}

/** A machine as it is built, every CPU with the unit that it belongs to. Arrows go from CPU to CPU. */
export function Topology({ facts, owners, label, onPress, onStroke, lit, onLit }: Props) {
  const { ref, width } = useElementSize();
  const drawn = useMemo(
    () => (width > 0 ? arrange(facts.cpus, facts.numa_nodes, Math.max(280, width), bytes) : null),
    [facts.cpus, facts.numa_nodes, width],
  );
  const [at, setAt] = useState(0);
  const svg = useRef<SVGSVGElement>(null);
  const hatch = useId();
  const move = (event: KeyboardEvent) => {
    const box = drawn?.cpus[at];
    if (!drawn || !box) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onPress?.(box.cpu.id);
      return;
    }
    const next = neighbour(drawn.cpus, at, event.key);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    svg.current?.querySelector<SVGElement>(`[data-place="${next}"]`)?.focus();
  };
  return (
    <div
      ref={ref}
      className={classes.frame}
      role="listbox"
      aria-label={label}
      aria-multiselectable={onStroke !== undefined}
      tabIndex={-1}
      onKeyDown={move}
      onPointerLeave={() => onLit?.(undefined)}
    >
      {drawn && (
        <svg
          ref={svg}
          className={classes.drawing}
          width={drawn.width}
          height={drawn.height}
          viewBox={`0 0 ${drawn.width} ${drawn.height}`}
          role="presentation"
        >
          <Hatch id={hatch} />
          {drawn.packages.map((box) => (
            <Frame key={box.key} box={box} kind="package" />
          ))}
          {drawn.nodes.map((box) => (
            <Frame key={box.key} box={box} kind="node" />
          ))}
          {drawn.caches.map((box) => (
            <Frame key={box.key} box={box} kind="cache" />
          ))}
          {drawn.cpus.map((box, place) => (
            <CpuCell
              key={box.cpu.id}
              box={box}
              place={place}
              owner={owners.get(box.cpu.id)}
              hatch={hatch}
              dim={lit !== undefined && owners.get(box.cpu.id)?.name !== lit}
              reachable={place === Math.min(at, drawn.cpus.length - 1)}
              onFocus={setAt}
              onPress={onPress}
              onStroke={onStroke}
              onLit={onLit}
            />
          ))}
          {drawn.cores.map((core) => (
            <rect
              key={core.key}
              className={classes.core}
              x={core.x}
              y={core.y}
              width={core.width}
              height={core.height}
              rx={3}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

/** What the host keeps is hatched, so that it is known without colour. */
function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={id}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="6" height="6" className={classes.host} />
        <line x1="0" y1="0" x2="0" y2="6" className={classes.hatch} />
      </pattern>
    </defs>
  );
}

function Frame({ box, kind }: { box: Labelled; kind: "package" | "node" | "cache" }) {
  return (
    <g>
      <rect
        className={classes[kind]}
        x={box.x + 0.5}
        y={box.y + 0.5}
        width={box.width - 1}
        height={box.height - 1}
        rx={5}
      />
      <text className={classes.label} x={box.x + 8} y={box.y + 14}>
        {box.label}
        {box.more && box.width > 150 && <tspan className={classes.more}> {box.more}</tspan>}
      </text>
    </g>
  );
}

interface CellProps {
  box: CpuBox;
  place: number;
  owner: Owner | undefined;
  hatch: string;
  dim: boolean;
  reachable: boolean;
  onFocus: (place: number) => void;
  onPress: ((cpu: number) => void) | undefined;
  onStroke: ((cpu: number) => void) | undefined;
  onLit: ((name: string | undefined) => void) | undefined;
}

function CpuCell({
  box,
  place,
  owner,
  hatch,
  dim,
  reachable,
  onFocus,
  onPress,
  onStroke,
  onLit,
}: CellProps) {
  const { id } = box.cpu;
  const spoken = speak(box, owner);
  const enter = (buttons: number) => {
    onLit?.(owner?.name);
    if (buttons === 1) onStroke?.(id);
  };
  return (
    <g
      role="option"
      aria-selected={owner !== undefined}
      aria-label={spoken}
      tabIndex={reachable ? 0 : -1}
      data-place={place}
      data-cpu={id}
      className={classes.cpu}
      data-dim={dim || undefined}
      onFocus={() => {
        onFocus(place);
        onLit?.(owner?.name);
      }}
      onClick={() => onPress?.(id)}
      onPointerEnter={(event) => enter(event.buttons)}
    >
      <title>{spoken}</title>
      <rect
        x={box.x}
        y={box.y}
        width={box.width}
        height={box.height}
        rx={3}
        {...paint(owner, hatch)}
      />
      <text
        className={classes.mark}
        x={box.x + box.width / 2}
        y={box.y + box.height / 2}
        data-faint={owner?.look === "faint" || undefined}
        data-none={owner === undefined || undefined}
      >
        {owner ? owner.mark : id}
      </text>
    </g>
  );
}

function paint(owner: Owner | undefined, hatch: string) {
  if (!owner) return { fill: `url(#${hatch})` };
  if (owner.look === "alarm") return { fill: "var(--state-bad)" };
  const color = unitColor(owner.place);
  return owner.look === "faint" ? { fill: color, fillOpacity: 0.22 } : { fill: color };
}

function speak({ cpu }: CpuBox, owner: Owner | undefined): string {
  const whose = owner ? `${owner.name}, ${owner.state}` : "kept by the host";
  return `CPU ${cpu.id}, core ${cpu.core}, NUMA node ${cpu.node}, package ${cpu.package}: ${whose}`;
}
