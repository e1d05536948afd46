import { Button } from "@mantine/core";
import { faultOf } from "~/api/fault";
import { Empty } from "./Empty";

/** A page that failed while it was drawn: a fault of ours. */
export function PageFailed({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Empty
      title="This page failed"
      text={`A fault of the web application: ${faultOf(error).message}`}
    >
      <Button onClick={reset}>Draw it again</Button>
    </Empty>
  );
}
