// Sorting and filtering of rows by what their cells show.

import type { Names } from "./labels.ts";
import { type Cell, kindOf } from "./rdf.ts";

export interface Sorting {
  column: number;
  descending: boolean;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Return what a cell shows, as plain text. */
export function textOf(cell: Cell, names: Names): string {
  if (!cell) return "";
  if (cell.type !== "uri") return cell.value;
  const name = names.get(cell.value);
  return name?.label || name?.curie || cell.value;
}

/** Return the positions of the rows whose cells hold the text, in the wanted order; rows without a value come last. */
export function arranged(rows: readonly Cell[][], names: Names, wanted: string, sorting: Sorting | null): number[] {
  const positions = rows.map((_, position) => position);
  const needle = wanted.trim().toLowerCase();
  const kept = needle
    ? positions.filter((position) => rows[position]?.some((cell) => holds(cell, names, needle)))
    : positions;
  return sorting ? sorted(kept, rows, names, sorting) : kept;
}

function holds(cell: Cell, names: Names, needle: string): boolean {
  if (!cell) return false;
  if (cell.value.toLowerCase().includes(needle)) return true;
  const name = cell.type === "uri" ? names.get(cell.value) : undefined;
  return name !== undefined && `${name.label ?? ""} ${name.curie}`.toLowerCase().includes(needle);
}

function sorted(kept: number[], rows: readonly Cell[][], names: Names, { column, descending }: Sorting): number[] {
  const cellOf = (position: number) => rows[position]?.[column] ?? null;
  const filled = kept.filter((position) => cellOf(position));
  const empty = kept.filter((position) => !cellOf(position));
  const keys = new Map(filled.map((position) => [position, textOf(cellOf(position), names)]));
  const rank = kindOf(rows, column) === "number" ? Number : rankIn(keys.values());
  const ranks = new Map(filled.map((position) => [position, rank(keys.get(position) ?? "")]));
  const direction = descending ? -1 : 1;
  filled.sort((one, other) => direction * ((ranks.get(one) ?? 0) - (ranks.get(other) ?? 0)));
  return [...filled, ...empty];
}

/** Return the place of each text in alphabetical order: each is compared once, however many rows hold it. */
function rankIn(texts: Iterable<string>): (text: string) => number {
  const places = new Map([...new Set(texts)].sort(collator.compare).map((text, place) => [text, place]));
  return (text) => places.get(text) ?? 0;
}
