import { Alert, Button, Stack } from "@mantine/core";
import type { ApiFault } from "~/api/fault";

const TITLES: Record<number, string> = {
  0: "No answer",
  404: "Not there",
  409: "Not as it is now",
  412: "Somebody was quicker",
  460: "No free unit matches",
  470: "The work failed",
  503: "Busy",
};

/** Why something is not shown, or was not done, and a way on. */
export function Failed({
  fault,
  retry,
  shown = [],
}: {
  fault: ApiFault;
  retry?: () => void;
  shown?: string[];
}) {
  const lines = fault.beside(shown);
  if (lines.length === 0) return null;
  return (
    <Alert data-color="red" title={TITLES[fault.status] ?? "It did not work"} role="alert">
      <Stack gap="xs" align="flex-start">
        {lines.map((line) => (
          <div key={line}>{line}</div>
        ))}
        {retry && (
          <Button variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
