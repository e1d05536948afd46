import { Accordion, Group, Text } from "@mantine/core";
import type { Attestation, Check } from "~/api/types";
import classes from "./AttestationList.module.css";
import { plural } from "./format";
import { Status, words } from "./Status";
import { When } from "./When";

/** What the kernel said of every promise: the last time check by check, earlier times by their outcome. */
export function AttestationList({ list }: { list: readonly Attestation[] }) {
  const [last, ...earlier] = list;
  if (!last)
    return (
      <Text c="dimmed">
        Not attested yet. Verifying asks the kernel about every promise and changes nothing.
      </Text>
    );
  return (
    <>
      <Group gap="sm" mb="sm">
        <Verdict of={last} />
        <Text c="dimmed">
          <When at={last.at} />, held against {last.generation}
        </Text>
      </Group>
      <Checklist checks={last.checks} />
      {earlier.length > 0 && (
        <details className={classes.earlier}>
          <summary>{plural(earlier.length, "earlier time")}</summary>
          <ul>
            {earlier.map((one) => (
              <li key={one.id}>
                <Verdict of={one} /> <When at={one.at} exact />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Verdict({ of }: { of: Attestation }) {
  const broken = of.checks.filter((check) => check.verdict === "broken").length;
  return of.holds ? (
    <Status status="kept" label="everything holds" />
  ) : (
    <Status status="broken" label={`${plural(broken, "check")} broken`} />
  );
}

const WORST = ["broken", "degraded", "kept", "not_promised"];

function Checklist({ checks }: { checks: readonly Check[] }) {
  const promises = Map.groupBy(checks, (check) => check.promise);
  const open = [...promises].filter(([, of]) => worst(of) === "broken").map(([promise]) => promise);
  return (
    <Accordion
      multiple
      defaultValue={open}
      variant="contained"
      chevronPosition="left"
      classNames={{ label: classes.label ?? "" }}
    >
      {[...promises].map(([promise, of]) => (
        <Accordion.Item key={promise} value={promise}>
          <Accordion.Control>
            <Group justify="space-between" wrap="nowrap">
              <span>{words(promise)}</span>
              <Status
                status={worst(of)}
                label={`${words(worst(of))} · ${plural(of.length, "check")}`}
              />
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            {of.map((check) => (
              <Evidence key={`${check.check} ${check.evidence}`} check={check} />
            ))}
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function worst(checks: readonly Check[]): string {
  return WORST.find((verdict) => checks.some((check) => check.verdict === verdict)) ?? "kept";
}

function Evidence({ check }: { check: Check }) {
  return (
    <div className={classes.check}>
      <Group justify="space-between" gap="xs">
        <b>{check.check}</b>
        <Status status={check.verdict} />
      </Group>
      <dl>
        <dt>promised</dt>
        <dd className="mono">{check.wanted || "nothing"}</dd>
        <dt>found</dt>
        <dd className="mono">{check.found || "nothing"}</dd>
        <dt>read from</dt>
        <dd className="mono">{check.evidence}</dd>
      </dl>
    </div>
  );
}
