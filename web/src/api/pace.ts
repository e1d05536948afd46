// How often things are asked for again without an event that says so.

let flowing = false;

/** While events arrive, a seldom look is a net under them. */
const NET = 30_000;

/** Says whether events arrive. */
export function slow(yes: boolean): void {
  flowing = yes;
}

/** Seldom while events arrive, else as often as this. */
export function pace(often: number, net = NET): () => number {
  return () => (flowing ? Math.max(often, net) : often);
}
