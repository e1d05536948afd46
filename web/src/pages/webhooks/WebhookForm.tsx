import { Button, Group, MultiSelect, Stack, Switch, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import type { ApiFault } from "~/api/fault";
import { KINDS } from "~/api/staleness";
import type { WebhookRequest } from "~/api/types";
import { Failed } from "~/parts/Failed";
import { words } from "~/parts/Status";

/** What people say of a webhook. */
export interface Wish extends WebhookRequest {
  kinds: string[];
  enabled: boolean;
}

interface Props {
  of: Wish;
  verb: string;
  pending: boolean;
  fault: ApiFault | null;
  onSubmit: (wish: Wish) => void;
  /** Beside the button. */
  children?: ReactNode;
}

const SHOWN = ["name", "url", "kinds", "enabled"];
const CHOICES = KINDS.map((kind) => ({ value: kind, label: words(kind) }));

/** A webhook to be made or edited. */
export function WebhookForm({ of, verb, pending, fault, onSubmit, children }: Props) {
  const [wish, setWish] = useState<Wish>(of);
  const change = (part: Partial<Wish>) => setWish((before) => ({ ...before, ...part }));
  const wrong = fault?.fields ?? {};
  const kinds = Object.entries(wrong).find(([path]) => path.startsWith("kinds"))?.[1];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(wish);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={640}>
        <TextInput
          label="Name"
          description="Letters, digits, dots, hyphens and underscores"
          value={wish.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={wrong.name}
          required
        />
        <TextInput
          label="Address"
          description="By http or https; messages that wait go to a new address too"
          placeholder="https://hooks.example.org/kloigos"
          classNames={{ input: "mono" }}
          value={wish.url}
          onChange={(event) => change({ url: event.currentTarget.value })}
          error={wrong.url}
          required
        />
        <MultiSelect
          label="Kinds of events"
          placeholder={wish.kinds.length > 0 ? "" : "All"}
          data={CHOICES}
          value={wish.kinds}
          onChange={(kinds) => change({ kinds })}
          error={kinds}
          searchable
          clearable
        />
        <Switch
          label="It is told of events; off, it keeps its place among them"
          checked={wish.enabled}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
        {fault && <Failed fault={fault} shown={SHOWN} />}
        <Group gap="xs">
          <Button type="submit" size="sm" loading={pending}>
            {verb}
          </Button>
          {children}
        </Group>
      </Stack>
    </form>
  );
}
