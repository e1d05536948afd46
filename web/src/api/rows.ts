// A long list, read while it arrives: thousands of rows parsed at once would hold the page up for
// as long as that takes, so that they are parsed in pieces, between which others have their turn.

/** How much is looked through before others have their turn, in bytes. */
const PIECE = 64 * 1024;
const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];

/** The rows of a JSON list of objects. */
export async function rowsOf<T>(body: ReadableStream<Uint8Array>): Promise<T[]> {
  const rows: T[] = [];
  const cut = cutter();
  const reader = body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    for (let at = 0; at < value.length; at += PIECE) {
      for (const row of cut.next(value.subarray(at, at + PIECE))) rows.push(row as T);
      await turn();
    }
  }
  cut.end();
  return rows;
}

/** Cuts the bytes of a list where a row is over; what comes first of the next one is kept. */
export function cutter() {
  const decoder = new TextDecoder();
  let kept = "";
  let [depth, quoted, escaped] = [0, false, false];
  /** Where the last row of these bytes is over; 0 when none is. */
  const lastEnd = (bytes: Uint8Array) => {
    let end = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (escaped) escaped = false;
      else if (byte === QUOTE) quoted = !quoted;
      else if (quoted) escaped = byte === BACKSLASH;
      else if (byte === OPEN) depth++;
      else if (byte === CLOSE && --depth === 0) end = at + 1;
    }
    return end;
  };
  return {
    next(bytes: Uint8Array): unknown[] {
      const end = lastEnd(bytes);
      const whole = kept + decoder.decode(bytes.subarray(0, end), { stream: true });
      const rest = decoder.decode(bytes.subarray(end), { stream: true });
      kept = end > 0 ? rest : whole + rest;
      // What is before the first row is the list's bracket, before others a comma.
      return end > 0 ? JSON.parse(`[${whole.replace(/^[\s[,]+/, "")}]`) : [];
    },
    /** A list that broke off is no list. */
    end(): void {
      if (!/^[\s[]*\]\s*$/.test(kept)) throw new SyntaxError("the list broke off");
    },
  };
}

/** Others have their turn: what a person does comes before more of this. */
function turn(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield?.() ?? new Promise((now) => setTimeout(now));
}
