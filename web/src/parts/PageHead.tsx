import { Group, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./PageHead.module.css";

interface Props {
  title: string;
  /** Beside the title: the state of what the page is about. */
  state?: ReactNode;
  /** One line below. */
  sub?: ReactNode;
  /** What can be done. */
  children?: ReactNode;
}

/** The head of a page: what it is about, how that stands, and what can be done. */
export function PageHead({ title, state, sub, children }: Props) {
  useDocumentTitle(`${title} · Kloigos`);
  return (
    <header className={classes.head}>
      <div className={classes.words}>
        <Group gap="sm" wrap="wrap">
          <Title order={1} className={classes.title}>
            {title}
          </Title>
          {state}
        </Group>
        {sub && <div className={classes.sub}>{sub}</div>}
      </div>
      {children && (
        <Group gap="xs" className={classes.actions}>
          {children}
        </Group>
      )}
    </header>
  );
}
