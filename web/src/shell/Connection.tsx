import { Alert } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { faultOf } from "~/api/fault";
import { health } from "~/api/queries";
import { When } from "~/parts/When";

/** Says when the control plane is away, and renews everything once it is back. */
export function Connection() {
  const queries = useQueryClient();
  const standing = useQuery(health());
  const away = standing.error !== null;
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !away) void queries.invalidateQueries();
    was.current = away;
  }, [away, queries]);
  if (!away) return null;
  const seen = standing.dataUpdatedAt ? new Date(standing.dataUpdatedAt).toISOString() : null;
  return (
    <Alert
      data-color="red"
      mb="md"
      icon={<IconPlugConnectedX />}
      title={faultOf(standing.error).message}
      role="alert"
    >
      {seen ? (
        <>
          What you see is as it was <When at={seen} />. It is asked again every few seconds; work
          that was begun goes on.
        </>
      ) : (
        "It is asked again every few seconds."
      )}
    </Alert>
  );
}
