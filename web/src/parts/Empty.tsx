import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Empty.module.css";

/** Nothing is here, why, and what to do about it. */
export function Empty({
  title,
  text,
  children,
}: {
  title: string;
  text?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Stack className={classes.empty} align="center" gap="sm">
      <div className={classes.mark} aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
      <Title order={2}>{title}</Title>
      {text && (
        <Text c="dimmed" ta="center" maw="min(34rem, 100%)" component="div">
          {text}
        </Text>
      )}
      {children}
    </Stack>
  );
}
