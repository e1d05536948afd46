import type { Server } from "~/api/types";
import { Status, words } from "./Status";
import { headline, isVisited } from "./serverState";

type Standing = Pick<Server, "status" | "health" | "drift_count">;

/** A server's state as one mark with its words. */
export function ServerHeadline({ server }: { server: Standing }) {
  const { status, label } = headline(server);
  return <Status status={status} label={words(label)} />;
}

/** Everything that is to be known of a server's state, a mark each. */
export function ServerStates({ server }: { server: Standing }) {
  return (
    <>
      <Status status={server.status} />
      {isVisited(server) && <Status status={server.health} />}
      <Differs server={server} />
    </>
  );
}

/** In how many ways it is not as it should be; nothing when it is. */
export function Differs({ server }: { server: Pick<Server, "drift_count"> }) {
  if (server.drift_count === 0) return null;
  return <Status status="differs" label={`differs in ${server.drift_count}`} />;
}
