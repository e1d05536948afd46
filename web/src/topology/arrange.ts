// How a machine is drawn: packages, in them NUMA nodes, in them caches, in them cores, in them the
// SMT halves; as nested boxes that wrap to the width there is.
import type { Cpu, NumaNode } from "~/api/types";
import { coresOf, inOrder } from "~/cpus/layout";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface CpuBox extends Box {
  cpu: Cpu;
}

export interface Labelled extends Box {
  key: string;
  label: string;
  /** Said where there is room beside the label. */
  more?: string;
}

export interface Drawing {
  width: number;
  height: number;
  packages: Labelled[];
  nodes: Labelled[];
  caches: Labelled[];
  cores: (Box & { key: string })[];
  cpus: CpuBox[];
}

const CELL = 22;
const HEAD = 20;
const PAD = 8;
const GAP = 8;
const CORE_GAP = 4;

/** The drawing of a machine that is so wide at most. */
export function arrange(
  cpus: readonly Cpu[],
  numa: readonly NumaNode[],
  width: number,
  memory: (bytes: number) => string,
): Drawing {
  const drawing: Drawing = {
    width,
    height: 0,
    packages: [],
    nodes: [],
    caches: [],
    cores: [],
    cpus: [],
  };
  const packages = [...groups(cpus, (cpu) => cpu.package)];
  const needed = Math.max(...packages.map(([, inPackage]) => packageWidth(inPackage)));
  const across = Math.max(1, Math.min(packages.length, Math.floor((width + GAP) / (needed + GAP))));
  const size = (width - (across - 1) * GAP) / across;
  let y = 0;
  for (let start = 0; start < packages.length; start += across) {
    const row = packages.slice(start, start + across);
    const heights = row.map(([socket, inPackage], index) => {
      const at = { x: index * (size + GAP), y, width: size };
      const height = drawPackage(drawing, inPackage, numa, at, memory);
      drawing.packages.push({ key: `${socket}`, label: `Package ${socket}`, ...at, height });
      return height;
    });
    y += Math.max(...heights) + GAP;
  }
  drawing.height = Math.max(0, y - GAP);
  return drawing;
}

/** As wide as its widest node, so that packages stand beside each other where there is room. */
function packageWidth(cpus: Cpu[]): number {
  return (
    Math.max(...[...groups(cpus, (cpu) => cpu.node)].map(([, inNode]) => nodeWidth(inNode))) +
    2 * PAD
  );
}

type Place = Omit<Box, "height">;

function drawPackage(
  drawing: Drawing,
  cpus: Cpu[],
  numa: readonly NumaNode[],
  at: Place,
  memory: (bytes: number) => string,
): number {
  const inner = at.width - 2 * PAD;
  const nodes = [...groups(cpus, (cpu) => cpu.node)];
  const widest = Math.max(...nodes.map(([, inNode]) => nodeWidth(inNode)));
  const across = Math.max(1, Math.min(nodes.length, Math.floor((inner + GAP) / (widest + GAP))));
  const nodeSize = (inner - (across - 1) * GAP) / across;
  let y = at.y + HEAD;
  for (let start = 0; start < nodes.length; start += across) {
    const row = nodes.slice(start, start + across);
    const heights = row.map(([id, inNode], index) => {
      const x = at.x + PAD + index * (nodeSize + GAP);
      const own = numa.find((node) => node.id === id);
      const more = own ? memory(own.memory_bytes) : "";
      const height = drawNode(drawing, inNode, x, y, nodeSize);
      drawing.nodes.push({
        key: `${id}`,
        label: `NUMA node ${id}`,
        more,
        x,
        y,
        width: nodeSize,
        height,
      });
      return height;
    });
    y += Math.max(...heights) + GAP;
  }
  return y - GAP + PAD - at.y;
}

/** As wide as sixteen CPUs beside each other, where a cache has so many. */
function nodeWidth(cpus: Cpu[]): number {
  const halves = Math.max(...coresOf(cpus).map((core) => core.length));
  const inCache = Math.max(
    ...[...groups(cpus, cacheOf)].map(([, shared]) => coresOf(shared).length),
  );
  return Math.min(Math.ceil(16 / halves), inCache) * (halves * CELL + CORE_GAP) + 4 * PAD;
}

function drawNode(drawing: Drawing, cpus: Cpu[], left: number, top: number, width: number): number {
  const inner = width - 2 * PAD;
  let [x, y, tallest] = [left + PAD, top + HEAD, 0];
  for (const [cache, shared] of groups(cpus, cacheOf)) {
    const size = cacheSize(shared, inner);
    if (x > left + PAD && x + size.width > left + width - PAD) {
      x = left + PAD;
      y += tallest + GAP;
      tallest = 0;
    }
    drawCache(drawing, shared, cache, { x, y, ...size });
    x += size.width + GAP;
    tallest = Math.max(tallest, size.height);
  }
  return y + tallest + PAD - top;
}

interface Size {
  width: number;
  height: number;
  across: number;
}

function cacheSize(cpus: Cpu[], room: number): Size {
  const cores = coresOf(cpus);
  const core = Math.max(...cores.map((halves) => halves.length)) * CELL + CORE_GAP;
  const fits = Math.max(1, Math.floor((room - PAD * 2 + CORE_GAP) / core));
  const across = Math.min(cores.length, fits, 16);
  const down = Math.ceil(cores.length / across);
  return {
    across,
    width: across * core - CORE_GAP + 2 * PAD,
    height: HEAD + down * (CELL + CORE_GAP) - CORE_GAP + PAD,
  };
}

function drawCache(drawing: Drawing, cpus: Cpu[], cache: string, at: Box & Size): void {
  const known = new Map(cpus.map((cpu) => [cpu.id, cpu]));
  const label = cache === "" ? "cores" : "L3";
  drawing.caches.push({
    key: `${cpus[0]?.node}/${cache}`,
    label,
    x: at.x,
    y: at.y,
    width: at.width,
    height: at.height,
  });
  const cores = coresOf(cpus);
  const pitch = Math.max(...cores.map((halves) => halves.length)) * CELL + CORE_GAP;
  for (const [index, halves] of cores.entries()) {
    const x = at.x + PAD + (index % at.across) * pitch;
    const y = at.y + HEAD + Math.floor(index / at.across) * (CELL + CORE_GAP);
    drawing.cores.push({ key: halves.join(), x, y, width: halves.length * CELL, height: CELL });
    for (const [half, id] of halves.entries()) {
      const cpu = known.get(id);
      if (cpu) drawing.cpus.push({ cpu, x: x + half * CELL, y, width: CELL, height: CELL });
    }
  }
}

function cacheOf(cpu: Cpu): string {
  return cpu.l3 ?? "";
}

function groups<K>(cpus: readonly Cpu[], of: (cpu: Cpu) => K): Map<K, Cpu[]> {
  const found = new Map<K, Cpu[]>();
  for (const cpu of [...cpus].sort(inOrder)) {
    const list = found.get(of(cpu));
    if (list) list.push(cpu);
    else found.set(of(cpu), [cpu]);
  }
  return found;
}

/** The nearest CPU in the direction of an arrow key; `null` when there is none. */
export function neighbour(boxes: readonly CpuBox[], from: number, key: string): number | null {
  const here = boxes[from];
  if (!here) return null;
  if (key === "Home") return 0;
  if (key === "End") return boxes.length - 1;
  const ways: Record<string, [number, number]> = {
    ArrowRight: [1, 0],
    ArrowLeft: [-1, 0],
    ArrowDown: [0, 1],
    ArrowUp: [0, -1],
  };
  const way = ways[key];
  if (!way) return null;
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, box] of boxes.entries()) {
    const ahead = (box.x - here.x) * way[0] + (box.y - here.y) * way[1];
    const aside = Math.abs((box.x - here.x) * way[1]) + Math.abs((box.y - here.y) * way[0]);
    // What lies beside is reached only when nothing lies ahead.
    const cost = ahead + 4 * aside;
    if (ahead > 0 && cost < least) [best, least] = [index, cost];
  }
  return best;
}
