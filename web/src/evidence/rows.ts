/** Rows of a stored query, read by the names of their columns. */

import type { Cell, StoredRows } from "../common/api.ts";

export type Row = Readonly<Record<string, Cell | null>>;

/** Rows as records. */
export function records({ columns, rows }: StoredRows): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, place) => [name, row[place] ?? null])));
}

/** A cell as people read it; nothing for an empty one. */
export function words(cell: Cell | null | undefined): string {
  return cell ? (cell.label ?? cell.curie ?? cell.value) : "";
}

/** What identifies a cell; nothing for an empty one. */
export function value(cell: Cell | null | undefined): string {
  return cell?.value ?? "";
}
