/** Regulatory decisions as rows of a table and of a CSV file. */

import type { Column } from "../../common/table.tsx";
import { TermLink } from "../Citations.tsx";
import { cited } from "../sources.ts";
import { type Decision, lookOf, nameOf } from "./decisions.ts";

export const CSV_COLUMNS = [
  "decision",
  "jurisdiction",
  "therapy",
  "brand",
  "kind",
  "status",
  "date",
  "indication",
  "curation",
  "sources",
] as const;

/** A row of the CSV file; its columns are those of the server's. */
export function csvRow(one: Decision): (string | null)[] {
  const sources = one.sources.map(cited).join(" | ");
  return [
    one.name,
    one.jurisdiction,
    one.therapy,
    one.brand,
    one.decision,
    one.status,
    one.date,
    one.gist,
    one.curation,
    sources,
  ];
}

export const TABLE_COLUMNS: readonly Column<Decision>[] = [
  { name: "jurisdiction", value: (one) => one.jurisdiction },
  { name: "date", value: (one) => one.date },
  { name: "therapy", value: nameOf, show: (one) => <TermLink href={one.href} label={nameOf(one)} /> },
  { name: "decision", value: (one) => one.decision },
  { name: "now", value: (one) => lookOf(one.status).words },
  { name: "indication", value: (one) => one.gist },
  {
    name: "source",
    value: (one) => one.sources.map(({ label }) => label).join("; "),
    show: (one) =>
      one.sources.map((source, index) => [
        index > 0 && "; ",
        source.url ? (
          <a key={source.iri} href={source.url}>
            {source.label}
          </a>
        ) : (
          source.label
        ),
      ]),
  },
  {
    name: "read",
    help: "how far the row was checked against its source",
    value: (one) => one.curation_label ?? one.curation,
  },
];
