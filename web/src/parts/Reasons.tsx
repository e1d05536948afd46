import { plural } from "~/parts/format";

/** How many are said outright. */
const SAID = 3;

/** Many reasons in one text: the first of them, and the rest for those who want them. */
export function Reasons({ of }: { of: string }) {
  const [first, rest] = split(of);
  if (rest.length === 0) return <>{first.join("; ")}</>;
  return (
    <>
      {first.join("; ")}
      <details>
        <summary>and {plural(rest.length, "more thing", "more things")}</summary>
        {rest.join("; ")}
      </details>
    </>
  );
}

function split(text: string): [string[], string[]] {
  const reasons = text.split("; ");
  return [reasons.slice(0, SAID), reasons.slice(SAID)];
}
