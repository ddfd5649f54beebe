// Which drawings fit an answer: charts by the kinds of its columns, graphs by its identifiers.

import { type Cell, kindOf } from "./rdf.ts";

export type ChartKind = "bars" | "points" | "line";

export interface Shape {
  kind: ChartKind;
  /** Column of the categories, of the time, or of the first number. */
  x: number;
  /** Columns of numbers; points take the first. */
  y: number[];
}

/** Return the charts that fit the rows, the best first. */
export function chartsFor(columns: readonly string[], rows: readonly Cell[][]): Shape[] {
  if (rows.length < 2) return [];
  const kinds = columns.map((_, column) => kindOf(rows, column));
  const of = (...wanted: string[]) =>
    columns.map((_, column) => column).filter((column) => wanted.includes(kinds[column] ?? ""));
  const [numbers, dates, categories] = [of("number"), of("date"), of("iri", "text")];
  const [date, category] = [dates[0], bestCategory(categories, rows)];
  const found: Shape[] = [];
  if (numbers.length === 0) return found;
  if (date !== undefined) found.push({ kind: "line", x: date, y: numbers });
  if (category !== undefined) found.push({ kind: "bars", x: category, y: numbers });
  const [first, ...others] = numbers;
  if (first !== undefined && others.length > 0) found.push({ kind: "points", x: first, y: others });
  return found;
}

/** A category that tells the rows apart is best. */
function bestCategory(candidates: number[], rows: readonly Cell[][]): number | undefined {
  return (
    candidates.find((column) => new Set(rows.map((row) => row[column]?.value)).size === rows.length) ?? candidates[0]
  );
}

export interface Edge {
  from: Cell;
  by: Cell;
  to: Cell;
}

/** Columns that a graph is drawn from; no `by` draws plain lines. */
export interface EdgeColumns {
  from: number;
  by: number | null;
  to: number;
}

const TRIPLES = [
  ["subject", "predicate", "object"],
  ["s", "p", "o"],
];

/** Return the columns of subject, predicate and object, else the first two of identifiers; null when nothing fits. */
export function edgeColumns(columns: readonly string[], rows: readonly Cell[][]): EdgeColumns | null {
  if (rows.length === 0) return null;
  for (const names of TRIPLES) {
    const [from = -1, by = -1, to = -1] = names.map((name) => columns.indexOf(name));
    if (from >= 0 && by >= 0 && to >= 0) return { from, by, to };
  }
  const [from, to] = linkable(columns, rows);
  return from === undefined || to === undefined ? null : { from, by: null, to };
}

/** Return the columns that hold identifiers. */
export function linkable(columns: readonly string[], rows: readonly Cell[][]): number[] {
  return columns.map((_, column) => column).filter((column) => kindOf(rows, column) === "iri");
}
