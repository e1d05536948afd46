import { Accordion, Button, Group, Select, SimpleGrid, Stack, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { allocate } from "~/api/actions";
import { faultOf } from "~/api/fault";
import { draw } from "~/api/idempotency";
import { units } from "~/api/queries";
import { AsCommand } from "~/parts/AsCommand";
import { Failed } from "~/parts/Failed";
import { LIMIT_PATHS, LimitFields } from "~/parts/LimitFields";
import { PageHead } from "~/parts/PageHead";
import { Panel } from "~/parts/Panel";
import { useWork } from "~/parts/work";
import { values } from "../units/filter";
import classes from "./AllocatePage.module.css";
import { Preview } from "./Preview";
import { SavedKeys } from "./SavedKeys";
import { commandOf, requestOf, type Wish } from "./wish";

const route = getRouteApi("/allocate");
const SHOWN = ["cpu_count", "region", "zone", "ssh_public_key", "tags", ...LIMIT_PATHS];

/** A free unit for a tenant: what is wanted on the left, what it would be on the right. */
export function AllocatePage() {
  const { cpus, region = "", zone = "" } = route.useSearch();
  const all = useQuery(units()).data ?? [];
  const go = useNavigate();
  const [wish, setWish] = useState<Wish>({
    cpus: cpus ?? "",
    region,
    zone,
    keys: "",
    tags: "",
    limits: {},
  });
  const [settled] = useDebouncedValue(wish, 250);
  // One key for this form: pressed twice, one unit is taken.
  const [key, setKey] = useState(draw);
  const change = (part: Partial<Wish>) => setWish((before) => ({ ...before, ...part }));
  const take = useWork(
    () => allocate(requestOf(wish), key),
    () => ({ doing: "Allocating a unit", done: "A unit is allocated" }),
  );
  const fault = take.error && faultOf(take.error);
  const wrong = fault?.fields ?? {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    take.mutate(undefined, {
      onSuccess: ({ job }) => job && void go({ to: "/jobs/$id", params: { id: job } }),
      // After an error the call is made anew.
      onError: () => setKey(draw()),
    });
  };
  return (
    <>
      <PageHead
        title="Allocate a unit"
        sub="A unit is made ready for whoever has one of the keys; that takes seconds."
      />
      <form className={classes.columns} onSubmit={submit}>
        <Stack gap="md">
          <Panel title="What is wanted">
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              <Select
                label="CPUs"
                placeholder="Any number"
                data={values(all, (unit) => String(unit.cpu_count))}
                value={wish.cpus || null}
                onChange={(value) => change({ cpus: value ?? "" })}
                error={wrong.cpu_count}
                clearable
              />
              <Select
                label="Region"
                placeholder="Any"
                data={values(all, (unit) => unit.region)}
                value={wish.region || null}
                onChange={(value) => change({ region: value ?? "" })}
                error={wrong.region}
                clearable
              />
              <Select
                label="Zone"
                placeholder="Any"
                data={values(all, (unit) => unit.zone)}
                value={wish.zone || null}
                onChange={(value) => change({ zone: value ?? "" })}
                error={wrong.zone}
                clearable
              />
            </SimpleGrid>
          </Panel>
          <Panel title="Who may log in">
            <Textarea
              label="Public keys"
              description="One OpenSSH public key on each line, without options: usually what is in ~/.ssh/id_ed25519.pub"
              placeholder="ssh-ed25519 AAAA… ann@example"
              classNames={{ input: "mono" }}
              autosize
              minRows={3}
              value={wish.keys}
              onChange={(event) => change({ keys: event.currentTarget.value })}
              error={wrong.ssh_public_key}
              required
            />
            <SavedKeys keys={wish.keys} onUse={(keys) => change({ keys })} />
          </Panel>
          <Panel title="What is written on it">
            <Textarea
              label="Tags"
              description="A line each, name=value; a comma makes a list. deployment_id is what others find it by."
              placeholder="deployment_id=web"
              classNames={{ input: "mono" }}
              autosize
              minRows={2}
              value={wish.tags}
              onChange={(event) => change({ tags: event.currentTarget.value })}
              error={Object.entries(wrong).find(([path]) => path.startsWith("tags"))?.[1]}
            />
          </Panel>
          <Accordion variant="contained" chevronPosition="left">
            <Accordion.Item value="limits">
              <Accordion.Control>Limits of this tenancy</Accordion.Control>
              <Accordion.Panel>
                <LimitFields
                  values={wish.limits}
                  onChange={(limits) => change({ limits })}
                  faults={wrong}
                />
              </Accordion.Panel>
            </Accordion.Item>
          </Accordion>
          <AsCommand
            method="POST"
            path="/compute_units/allocate"
            body={requestOf(wish)}
            cli={commandOf(wish)}
          />
        </Stack>
        <Stack gap="md" className={classes.side}>
          <Preview wish={settled} />
          {fault && <Failed fault={fault} shown={SHOWN} />}
          <Group>
            <Button
              type="submit"
              size="md"
              fullWidth
              loading={take.isPending}
              disabled={wish.keys.trim() === ""}
            >
              Allocate
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  );
}
