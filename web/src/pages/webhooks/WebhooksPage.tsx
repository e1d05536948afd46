import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { webhooks } from "~/api/queries";
import type { Webhook } from "~/api/types";
import { type Column, DataTable } from "~/parts/DataTable";
import { Empty } from "~/parts/Empty";
import { LinkButton } from "~/parts/LinkButton";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { words } from "~/parts/Status";
import { When } from "~/parts/When";
import { WebhookState } from "./WebhookState";

/** Where events are sent to. */
export function WebhooksPage() {
  const all = useQuery(webhooks());
  return (
    <>
      <PageHead title="Webhooks" sub="Programs elsewhere that are told what happens.">
        <LinkButton to="/webhooks/new" leftSection={<IconPlus size={15} />}>
          New webhook
        </LinkButton>
      </PageHead>
      <Loaded query={all}>
        {(list) =>
          list.length === 0 ? (
            <Empty
              title="No webhooks yet"
              text="A webhook is sent every event, or those of some kinds, in their order and signed, until each arrived."
            >
              <LinkButton to="/webhooks/new" size="sm">
                Make one
              </LinkButton>
            </Empty>
          ) : (
            <DataTable label="Webhooks" rows={list} columns={COLUMNS} id={(one) => one.id} />
          )
        }
      </Loaded>
    </>
  );
}

const COLUMNS: Column<Webhook>[] = [
  {
    key: "name",
    title: "Webhook",
    cell: (one) => (
      <Link to="/webhooks/$webhook" params={{ webhook: one.id }}>
        {one.name}
      </Link>
    ),
  },
  { key: "state", title: "State", cell: (one) => <WebhookState webhook={one} /> },
  {
    key: "url",
    title: "Address",
    from: "sm",
    cell: (one) => <span className="mono">{one.url}</span>,
  },
  { key: "kinds", title: "Told of", from: "md", cell: (one) => kindsOf(one) },
  { key: "since", title: "Since", from: "lg", cell: (one) => <When at={one.created_at} /> },
];

/** The kinds of events that it is told of, in words. */
export function kindsOf({ kinds }: Pick<Webhook, "kinds">): string {
  return kinds.length === 0 ? "all events" : kinds.map(words).join(", ");
}
