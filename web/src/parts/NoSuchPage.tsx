import { LinkButton } from "~/parts/LinkButton";
import { Empty } from "./Empty";

/** An address that no page has. */
export function NoSuchPage() {
  return (
    <Empty
      title="There is no such page"
      text="The address may have been cut off, or the page moved."
    >
      <LinkButton to="/">Go to the fleet</LinkButton>
    </Empty>
  );
}
