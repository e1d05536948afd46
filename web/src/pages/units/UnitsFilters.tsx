import { Button, Group, MultiSelect, Popover, Select, TextInput } from "@mantine/core";
import { IconColumns3, IconSearch, IconX } from "@tabler/icons-react";
import type { Unit } from "~/api/types";
import { LinkButton } from "~/parts/LinkButton";
import { words } from "~/parts/Status";
import { COLUMNS, shownColumns } from "./columns";
import { deploymentOf, type UnitsFilter, values } from "./filter";
import { SavedFilters } from "./SavedFilters";

type Search = UnitsFilter & { sort?: string; columns?: string };

interface Props {
  all: readonly Unit[];
  search: Search;
  set: (change: Search) => void;
}

const CHOICES: {
  key: Exclude<keyof UnitsFilter, "q">;
  label: string;
  of: (unit: Unit) => string;
}[] = [
  { key: "status", label: "state", of: (unit) => unit.status },
  { key: "hostname", label: "server", of: (unit) => unit.hostname },
  { key: "region", label: "region", of: (unit) => unit.region },
  { key: "zone", label: "zone", of: (unit) => unit.zone },
  { key: "cpus", label: "size", of: (unit) => String(unit.cpu_count) },
  { key: "deployment", label: "deployment", of: deploymentOf },
];

/** What the table is narrowed to; all of it is in the address. */
export function UnitsFilters({ all, search, set }: Props) {
  const filtered = ["q", ...CHOICES.map((choice) => choice.key)].some(
    (key) => search[key as keyof Search],
  );
  return (
    <Group gap="xs" mb="sm">
      <TextInput
        data-filter
        aria-label="Filter units"
        placeholder="Name, user, tag"
        leftSection={<IconSearch size={14} />}
        value={search.q ?? ""}
        onChange={(event) => set({ q: event.currentTarget.value })}
        w={180}
      />
      {CHOICES.map(({ key, label, of }) => {
        const data = values(all, of).map((value) => ({
          value,
          label: key === "status" ? words(value) : value,
        }));
        if (data.length < 2 && !search[key]) return null;
        return (
          <Select
            key={key}
            aria-label={`Filter by ${label}`}
            placeholder={`Any ${label}`}
            data={data}
            value={search[key] ?? null}
            onChange={(value) => set({ [key]: value ?? "" })}
            searchable={data.length > 8}
            clearable
            w={136}
          />
        );
      })}
      {filtered && (
        <LinkButton to="/units" search={{}} variant="subtle" leftSection={<IconX size={14} />}>
          Clear
        </LinkButton>
      )}
      <Group gap="xs" ml="auto">
        <SavedFilters search={{ ...search }} />
        <Columns search={search} set={set} />
      </Group>
    </Group>
  );
}

function Columns({ search, set }: Omit<Props, "all">) {
  return (
    <Popover width={280} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={14} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <MultiSelect
          label="Columns"
          description="Narrow windows show fewer."
          comboboxProps={{ withinPortal: false }}
          data={COLUMNS.slice(1).map((column) => ({ value: column.key, label: column.title }))}
          value={[...shownColumns(search.columns)].filter((key) => key !== "unit")}
          onChange={(columns) => set({ columns: columns.join(",") })}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
