/** How many colours there are for units; after that they begin again, and the letters tell. */
const COLORS = 12;

/** The colour of a server's unit by its place in the layout. */
export function unitColor(place: number): string {
  return `var(--unit-${place % COLORS})`;
}
