import { sentence } from "~/api/fault";
import { plural } from "~/parts/format";

/** How many are said outright. */
const SAID = 3;

/** Why a server is not well: the first reasons, and the rest for those who want them. */
export function Reasons({ of }: { of: string }) {
  const [first, rest] = split(of);
  if (rest.length === 0) return <>{sentence(first.join("; "))}</>;
  return (
    <>
      {first.join("; ")}
      <details>
        <summary>and {plural(rest.length, "more thing", "more things")}</summary>
        {sentence(rest.join("; "))}
      </details>
    </>
  );
}

function split(text: string): [string[], string[]] {
  const reasons = text.split("; ");
  return [reasons.slice(0, SAID), reasons.slice(SAID)];
}
