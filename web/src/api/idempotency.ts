/** A key under which a call is done once, however often it is sent. Also without TLS. */
export function draw(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
