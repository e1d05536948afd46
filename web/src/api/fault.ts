/** Why a call was not answered with what it asked for. */
export class ApiFault extends Error {
  private constructor(
    /** The HTTP status; 0 when there was no answer at all. */
    readonly status: number,
    message: string,
    /** Faults of a request by the path of their field, such as `limits.memory_max`. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "ApiFault";
  }

  static unreachable(): ApiFault {
    return new ApiFault(0, "The control plane does not answer.");
  }

  /** Reads the body of an answer that is no success. */
  static of(status: number, body: unknown): ApiFault {
    const detail = (body as { detail?: unknown } | undefined)?.detail;
    if (typeof detail === "string") return new ApiFault(status, sentence(detail));
    if (Array.isArray(detail)) return faults(status, detail);
    return new ApiFault(status, `The control plane answered ${status} without saying why.`);
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }

  get isMissing(): boolean {
    return this.status === 404;
  }

  /** What is wrong with fields that the form does not show, and the rest. */
  beside(shown: readonly string[]): string[] {
    const others = Object.entries(this.fields).filter(([path]) => !shown.includes(path));
    if (Object.keys(this.fields).length === 0) return [this.message];
    return others.map(([path, why]) => (path ? `${path}: ${why}` : why));
  }

  static build(status: number, message: string, fields: Record<string, string>): ApiFault {
    return new ApiFault(status, message, fields);
  }
}

interface Entry {
  loc: (string | number)[];
  msg: string;
  ctx?: { error?: string };
}

function faults(status: number, entries: Entry[]): ApiFault {
  const fields: Record<string, string> = {};
  for (const entry of entries) {
    const path = entry.loc.slice(1).join(".");
    // The sentence without pydantic's "Value error, " before it.
    fields[path] ??= sentence(entry.ctx?.error ?? entry.msg);
  }
  const count = Object.keys(fields).length;
  return ApiFault.build(
    status,
    count === 1 ? "One field needs another look." : `${count} fields need another look.`,
    fields,
  );
}

/** With a capital and a stop, as people read it. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** Any error as a fault, so that a page has one thing to show. */
export function faultOf(error: unknown): ApiFault {
  if (error instanceof ApiFault) return error;
  return ApiFault.build(-1, error instanceof Error ? error.message : String(error), {});
}
