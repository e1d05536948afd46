import { Checkbox, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";
import classes from "./DataTable.module.css";
import { sorted } from "./sorting";

export interface Column<T> {
  key: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** What it is sorted by; without, it is not. */
  by?: (row: T) => string | number;
  /** Where it is a number. */
  right?: boolean;
  /** From which width of the window on it is shown; always, when left out. */
  from?: "sm" | "md" | "lg";
}

interface Props<T> {
  /** What it lists, for those who do not see it. */
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  id: (row: T) => string;
  /** `key` or `-key`. */
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  chosen?: ReadonlySet<string>;
  onChoose?: (chosen: ReadonlySet<string>) => void;
}

/** How many rows are drawn at once; more are drawn as they come into view. */
const WINDOW = 100;
const ROW = 37;

/** Things in rows: sorted by a press, chosen by boxes, as many as there are. */
export function DataTable<T>(props: Props<T>) {
  const { rows, columns, sort, id, chosen, onChoose } = props;
  const ordered = useMemo(() => sorted(rows, columns, sort), [rows, columns, sort]);
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(body.current?.offsetTop ?? 0), []);
  const many = ordered.length > WINDOW;
  const windowed = useWindowVirtualizer({
    count: ordered.length,
    estimateSize: () => ROW,
    overscan: 20,
    scrollMargin: top,
    enabled: many,
  });
  const items = windowed.getVirtualItems();
  const shown = many ? items.map((item) => ordered[item.index] as T) : ordered;
  const before = many ? (items[0]?.start ?? top) - top : 0;
  const after = many ? windowed.getTotalSize() - ((items.at(-1)?.end ?? top) - top) : 0;
  const span = columns.length + (onChoose ? 1 : 0);
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={props.label} aria-rowcount={ordered.length + 1}>
        <Head {...props} all={ordered} />
        <tbody ref={body}>
          {before > 0 && <Gap span={span} height={before} />}
          {shown.map((row) => (
            <Row
              key={id(row)}
              row={row}
              id={id(row)}
              columns={columns}
              chosen={chosen}
              onChoose={onChoose}
            />
          ))}
          {after > 0 && <Gap span={span} height={after} />}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({
  columns,
  sort,
  onSort,
  chosen,
  onChoose,
  id,
  all,
}: Props<T> & { all: readonly T[] }) {
  const every = chosen !== undefined && all.length > 0 && all.every((row) => chosen.has(id(row)));
  return (
    <thead>
      <tr>
        {onChoose && (
          <th className={classes.box} scope="col">
            <Checkbox
              size="xs"
              aria-label="Choose all"
              checked={every}
              indeterminate={!every && (chosen?.size ?? 0) > 0}
              onChange={() => onChoose(new Set(every ? [] : all.map(id)))}
            />
          </th>
        )}
        {columns.map((column) => (
          <Title key={column.key} column={column} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}

interface TitleProps<T> {
  column: Column<T>;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
}

function Title<T>({ column, sort, onSort }: TitleProps<T>) {
  const down = sort === `-${column.key}`;
  const up = sort === column.key;
  const order = up ? "ascending" : down ? "descending" : undefined;
  const attributes = {
    scope: "col",
    "data-from": column.from,
    "data-right": column.right || undefined,
  } as const;
  if (!column.by || !onSort) return <th {...attributes}>{column.title}</th>;
  const Icon = down ? IconArrowDown : IconArrowUp;
  return (
    <th {...attributes} aria-sort={order ?? "none"}>
      <UnstyledButton
        className={classes.sort}
        onClick={() => onSort(up ? `-${column.key}` : column.key)}
      >
        {column.title}
        {order && <Icon size={12} aria-hidden="true" />}
      </UnstyledButton>
    </th>
  );
}

interface RowProps<T> {
  row: T;
  id: string;
  columns: readonly Column<T>[];
  chosen: ReadonlySet<string> | undefined;
  onChoose: ((chosen: ReadonlySet<string>) => void) | undefined;
}

function Row<T>({ row, id, columns, chosen, onChoose }: RowProps<T>) {
  const isChosen = chosen?.has(id) ?? false;
  const toggle = () => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose?.(next);
  };
  return (
    <tr data-chosen={isChosen || undefined}>
      {onChoose && (
        <td className={classes.box}>
          <Checkbox size="xs" aria-label={`Choose ${id}`} checked={isChosen} onChange={toggle} />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.key} data-from={column.from} data-right={column.right || undefined}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

function Gap({ span, height }: { span: number; height: number }) {
  return (
    <tr>
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}
