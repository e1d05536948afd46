/** Operations that no page asks for, each with its reason. */
const ELSEWHERE = {};

/** The operations of the document that are not among these calls, and are not excused. */
export function unseen(document, calls) {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const seen = new Set(calls.map((call) => operations.find((operation) => fits(operation, call))));
  const missing = operations.filter(
    (operation) => !seen.has(operation) && !(operation in ELSEWHERE),
  );
  const stale = Object.keys(ELSEWHERE).filter(
    (operation) => !operations.includes(operation) || seen.has(operation),
  );
  return [...missing, ...stale.map((operation) => `needs no excuse: ${operation}`)];
}

/** A path with its names in place of the parameters; one that is written out comes before. */
function fits(operation, call) {
  const [method, template] = operation.split(" ");
  const [called, path] = call.split(" ");
  const parts = template.split("/");
  const given = path.split("/");
  // A fingerprint may have slashes in it.
  const same =
    parts.length === given.length ||
    (template.endsWith("{fingerprint}") && given.length > parts.length);
  return (
    method === called &&
    same &&
    parts.every((part, at) => part.startsWith("{") || part === given[at])
  );
}
