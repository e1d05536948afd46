import { Copy } from "./Copy";
import { curlOf } from "./curl";
import { Panel } from "./Panel";

interface Props {
  method: string;
  path: string;
  body: object;
  /** The same for the command line of Kloigos, where there is one. */
  cli?: string;
}

/** The same by a program: what is pressed here can be written there. */
export function AsCommand({ method, path, body, cli }: Props) {
  return (
    <Panel title="The same by a program">
      <div style={{ display: "grid", gap: 6 }}>
        {cli && <Copy label="the command" text={cli} />}
        <Copy label="the curl command" text={curlOf(window.location.origin, method, path, body)} />
      </div>
    </Panel>
  );
}
