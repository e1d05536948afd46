import { Text } from "@mantine/core";
import type { Finding } from "~/api/types";
import classes from "./Findings.module.css";
import { Status } from "./Status";

const MEANING: Record<string, string> = {
  refuses: "must be mended",
  degrades: "holds less",
  notes: "to know",
};

/** What was found, how bad it is, and what mends it. */
export function Findings({ of, none }: { of: readonly Finding[]; none: string }) {
  if (of.length === 0) return <Status status="healthy" label={none} />;
  return (
    <ul className={classes.findings}>
      {of.map((finding) => (
        <li key={`${finding.severity} ${finding.fault}`}>
          <Status status={finding.severity} label={MEANING[finding.severity] ?? finding.severity} />
          <div>
            <div>{finding.fault}</div>
            <Text size="sm" c="dimmed">
              {finding.fix}
            </Text>
          </div>
        </li>
      ))}
    </ul>
  );
}
