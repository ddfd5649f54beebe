import {
  type ColumnDef,
  createTable,
  getCoreRowModel,
  getFilteredRowModel,
  getPaginationRowModel,
  getSortedRowModel,
  type TableState,
} from "@tanstack/table-core";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useOwnId } from "./id.ts";

export interface Column<Row> {
  /** Also the heading, unless `title` is given. */
  name: string;
  title?: string;
  /** Said of the heading when the pointer rests on it. */
  help?: string;
  /** What is sorted and filtered by: a number sorts as one. */
  value: (row: Row) => string | number | null;
  show?: (row: Row) => ComponentChildren;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  pageSize?: number;
  /** Stands right of the filter: downloads, switches. */
  tools?: ComponentChildren;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** A table that sorts, filters and turns pages; rows are all in memory. */
export function DataTable<Row>({ caption, columns, rows, pageSize = 50, tools }: DataTableProps<Row>) {
  const id = useOwnId("table");
  const [state, setState] = useState<Partial<TableState>>({
    sorting: [],
    globalFilter: "",
    pagination: { pageIndex: 0, pageSize },
  });
  const numeric = useMemo(() => columns.map((column) => isNumeric(column, rows)), [columns, rows]);
  const definitions = useMemo(() => columns.map(definition<Row>), [columns]);
  const table = useMemo(
    () =>
      createTable<Row>({
        data: rows as Row[],
        columns: definitions,
        state: {},
        onStateChange: () => undefined,
        renderFallbackValue: null,
        getCoreRowModel: getCoreRowModel(),
        getSortedRowModel: getSortedRowModel(),
        getFilteredRowModel: getFilteredRowModel(),
        getPaginationRowModel: getPaginationRowModel(),
        globalFilterFn: (row, columnId, wanted: string) => text(row.getValue(columnId)).includes(wanted.toLowerCase()),
        getColumnCanGlobalFilter: () => true,
        sortDescFirst: false,
      }),
    [rows, definitions],
  );
  table.setOptions((before) => ({
    ...before,
    state: { ...table.initialState, ...state },
    onStateChange: (change) =>
      setState((old) => (typeof change === "function" ? change({ ...table.initialState, ...old }) : change)),
  }));
  useEffect(() => table.setPageIndex(0), [table]);

  const shown = table.getRowModel().rows;
  const found = table.getFilteredRowModel().rows.length;
  const { pageIndex, pageSize: size } = table.getState().pagination;
  const pages = table.getPageCount();
  return (
    <div class="data-table">
      <div class="data-table-bar">
        <div class="row">
          <label class="unseen" for={`${id}-filter`}>
            Filter: {caption}
          </label>
          <input
            id={`${id}-filter`}
            type="search"
            placeholder="Filter rows"
            onInput={(event) => table.setGlobalFilter(event.currentTarget.value)}
          />
          <span class="soft number" role="status">
            {found === rows.length ? `${rows.length} rows` : `${found} of ${rows.length} rows`}
          </span>
        </div>
        {tools && <div class="row">{tools}</div>}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="data-table-scroll" tabIndex={0} aria-label={caption}>
        <table>
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              {table.getFlatHeaders().map((header, place) => {
                const sorted = header.column.getIsSorted();
                const column = columns[place];
                return (
                  <th
                    key={header.id}
                    scope="col"
                    class={numeric[place] ? "is-number" : undefined}
                    aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none"}
                  >
                    <button type="button" title={column?.help} onClick={() => header.column.toggleSorting()}>
                      {column?.title ?? column?.name}
                      <SortMark sorted={sorted} />
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.id}>
                {columns.map((column, place) => (
                  <td key={column.name} class={numeric[place] ? "is-number" : undefined}>
                    {column.show ? column.show(row.original) : column.value(row.original)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <nav class="data-table-bar" aria-label={`Pages: ${caption}`}>
          <span class="soft number">
            rows {pageIndex * size + 1} to {Math.min((pageIndex + 1) * size, found)} of {found}
          </span>
          <span class="row">
            <button
              type="button"
              class="button"
              disabled={!table.getCanPreviousPage()}
              onClick={() => table.previousPage()}
            >
              Previous
            </button>
            <button type="button" class="button" disabled={!table.getCanNextPage()} onClick={() => table.nextPage()}>
              Next
            </button>
          </span>
        </nav>
      )}
    </div>
  );
}

function definition<Row>(column: Column<Row>, place: number): ColumnDef<Row> {
  return {
    id: `${place}-${column.name}`,
    accessorFn: column.value,
    sortingFn: (left, right, id) => compare(left.getValue(id), right.getValue(id)),
    sortUndefined: "last",
  };
}

function compare(left: unknown, right: unknown): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === "number" && typeof right === "number") return left - right;
  return collator.compare(String(left), String(right));
}

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value).toLowerCase();
}

function isNumeric<Row>(column: Column<Row>, rows: readonly Row[]): boolean {
  const values = rows.map(column.value).filter((value) => value !== null);
  return values.length > 0 && values.every((value) => typeof value === "number");
}

function SortMark({ sorted }: { sorted: false | "asc" | "desc" }) {
  return (
    <svg class={sorted ? "sort-mark" : "sort-mark sort-mark-idle"} viewBox="0 0 10 10" aria-hidden="true">
      {sorted !== "desc" && <path d="M5 0l4 4H1z" fill="currentColor" />}
      {sorted !== "asc" && <path d="M5 10L1 6h8z" fill="currentColor" />}
    </svg>
  );
}
