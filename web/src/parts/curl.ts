/** A call as a command of a shell; the token is in a variable, never in the line. */
export function curlOf(origin: string, method: string, path: string, body: object): string {
  const said = JSON.stringify(body);
  return [
    `curl -X ${method} ${quote(`${origin}/api${path}`)}`,
    '-H "Authorization: Bearer $KLOIGOS_TOKEN"',
    "-H 'Content-Type: application/json'",
    `-d ${quote(said)}`,
  ].join(" ");
}

/** One word of a POSIX shell, whatever is in it. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
