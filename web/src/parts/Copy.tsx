import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import classes from "./Copy.module.css";
import { copyText } from "./clipboard";

/** A line to be taken elsewhere. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const said = copied ? "Copied" : `Copy ${label}`;
  return (
    <div className={classes.line}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line is scrolled by its keys. */}
      <code className={classes.text} tabIndex={0}>
        {text}
      </code>
      <Tooltip label={said}>
        <ActionIcon
          variant="subtle"
          onClick={() => void copyText(text).then(setCopied)}
          aria-label={said}
        >
          {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
