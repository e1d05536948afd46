import { Button, Group, Switch } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { isOver } from "~/api/queries";
import type { JobDetail } from "~/api/types";
import { Panel } from "~/parts/Panel";
import classes from "./JobLog.module.css";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

interface Props {
  job: JobDetail;
  title?: string;
}

/** What a job says as it goes; it keeps to the end unless somebody reads further up. */
export function JobLog({ job, title = "Log" }: Props) {
  const [follows, setFollows] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const lines = job.log.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves it.
  useEffect(() => {
    if (follows) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, follows]);
  return (
    <Panel
      flush
      title={title}
      aside={
        <Group gap="md">
          {!isOver(job) && (
            <Switch
              size="xs"
              label="Keep to the end"
              checked={follows}
              onChange={(event) => setFollows(event.currentTarget.checked)}
            />
          )}
          <Button
            variant="subtle"
            leftSection={<IconDownload size={14} />}
            onClick={() => download(job)}
            disabled={lines === 0}
          >
            Download
          </Button>
        </Group>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long log is scrolled by its keys. */}
      <div className={classes.log} ref={box} role="log" aria-label={title} tabIndex={0}>
        <ol>
          {job.log.map((line) => (
            <li key={line.seq}>
              <time dateTime={line.at} title={line.at}>
                {clock.format(new Date(line.at))}
              </time>
              <span>{line.line}</span>
            </li>
          ))}
          {lines === 0 && (
            <li className={classes.none}>{isOver(job) ? "It said nothing." : "Nothing yet."}</li>
          )}
        </ol>
      </div>
    </Panel>
  );
}

function download(job: JobDetail) {
  const text = job.log.map((line) => `${line.at} ${line.line}\n`).join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = `${job.kind}-${job.id}.log`;
  link.click();
  URL.revokeObjectURL(link.href);
}
