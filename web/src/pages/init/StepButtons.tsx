import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  back?: () => void;
  /** What leads on. */
  children: ReactNode;
}

/** Back and on, at the same place in each step. */
export function StepButtons({ back, children }: Props) {
  return (
    <Group gap="xs" mt="lg">
      {back && (
        <Button variant="default" size="sm" onClick={back}>
          Back
        </Button>
      )}
      {children}
    </Group>
  );
}
