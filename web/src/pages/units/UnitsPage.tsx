import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { units } from "~/api/queries";
import type { Unit } from "~/api/types";
import { DataTable } from "~/parts/DataTable";
import { Empty } from "~/parts/Empty";
import { plural } from "~/parts/format";
import { LinkButton } from "~/parts/LinkButton";
import { Loaded } from "~/parts/Loaded";
import { PageHead } from "~/parts/PageHead";
import { BulkActions } from "./BulkActions";
import { COLUMNS, shownColumns } from "./columns";
import { matching } from "./filter";
import { UnitsFilters } from "./UnitsFilters";

const route = getRouteApi("/units");

/** Every unit, to be found, compared and acted upon. */
export function UnitsPage() {
  const all = useQuery(units());
  return (
    <>
      <PageHead title="Units">
        <LinkButton to="/allocate" leftSection={<IconPlus size={15} />}>
          Allocate a unit
        </LinkButton>
      </PageHead>
      <Loaded query={all}>
        {(list) => (list.length === 0 ? <NoUnits /> : <List all={list} />)}
      </Loaded>
    </>
  );
}

function List({ all }: { all: Unit[] }) {
  const search = route.useSearch();
  const go = route.useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const set = (change: Partial<typeof search>) =>
    void go({ search: (old) => ({ ...old, ...change }), replace: true });
  const rows = useMemo(() => matching(all, search), [all, search]);
  const columns = COLUMNS.filter((column) => shownColumns(search.columns).has(column.key));
  // What a filter hides is not acted upon.
  const acted = rows.filter((unit) => chosen.has(unit.compute_id));
  return (
    <>
      <UnitsFilters all={all} search={search} set={set} />
      {acted.length > 0 && <BulkActions units={acted} onDone={() => setChosen(new Set())} />}
      {rows.length === 0 ? (
        <Empty
          title="No unit matches"
          text={`${plural(all.length, "unit is", "units are")} hidden by the filters.`}
        >
          <LinkButton to="/units" search={{}} variant="default">
            Show all units
          </LinkButton>
        </Empty>
      ) : (
        <DataTable
          label="Units"
          rows={rows}
          columns={columns}
          id={(unit) => unit.compute_id}
          sort={search.sort}
          onSort={(sort) => set({ sort })}
          chosen={chosen}
          onChoose={setChosen}
        />
      )}
    </>
  );
}

function NoUnits() {
  return (
    <Empty
      title="No units yet"
      text="Units are what servers are cut into. Init a server, and its units are listed here."
    >
      <LinkButton to="/init" size="sm">
        Init a server
      </LinkButton>
    </Empty>
  );
}
