/** Effect estimates as rows of a table and of a CSV file. */

import type { Column } from "../../common/table.tsx";
import { TermLink } from "../Citations.tsx";
import { cited } from "../sources.ts";
import { armWords, effectWords, type Item, levelWords } from "./items.ts";

export const CSV_COLUMNS = [
  "item",
  "trial",
  "analysis",
  "population",
  "subgroup",
  "endpoint",
  "time_point",
  "assessor",
  "experimental",
  "n_experimental",
  "value_experimental",
  "comparator",
  "n_comparator",
  "value_comparator",
  "unit",
  "n",
  "measure",
  "effect",
  "low",
  "high",
  "level",
  "curation",
  "sources",
  "note",
] as const;

/** A row of the CSV file; its columns are those of the server's. */
export function csvRow(item: Item): (string | number | null)[] {
  const { experimental, comparator } = item;
  return [
    item.name,
    item.trial,
    item.analysis,
    item.population,
    item.subgroup,
    item.endpoint,
    item.time_point,
    item.assessor,
    experimental.therapy,
    experimental.n,
    experimental.value ?? experimental.reached,
    comparator.therapy,
    comparator.n,
    comparator.value ?? comparator.reached,
    item.unit,
    item.n,
    item.measure,
    item.effect,
    item.low,
    item.high,
    item.level,
    item.curation,
    item.sources.map(cited).join(" | "),
    item.note,
  ];
}

export const TABLE_COLUMNS: readonly Column<Item>[] = [
  {
    name: "trial",
    value: (item) => item.trial,
    show: (item) => <TermLink href={item.trial_href} label={item.trial} />,
  },
  { name: "analysis", value: ({ analysis, subgroup }) => [analysis, subgroup].filter(Boolean).join("; ") || null },
  { name: "endpoint", value: (item) => item.endpoint },
  { name: "assessed", value: (item) => [item.assessor, item.time_point].filter(Boolean).join(", ") || null },
  { name: "experimental", value: (item) => armWords(item.experimental, item.comparator, item) },
  { name: "comparator", value: (item) => armWords(item.comparator, item.experimental, item) || null },
  { name: "measure", value: (item) => item.measure },
  {
    name: "effect (interval)",
    value: (item) => item.effect,
    show: (item) => <TermLink href={item.href} label={effectWords(item)} />,
  },
  { name: "level", value: (item) => levelWords(item) },
  { name: "n", value: (item) => (item.n === null ? null : Number(item.n)) },
  {
    name: "population",
    value: (item) => item.population,
    show: (item) => <TermLink href={item.population_href} label={item.population} />,
  },
  {
    name: "source",
    value: (item) => item.sources.map(({ label }) => label).join("; "),
    show: (item) =>
      item.sources.map((source, index) => [
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
    value: (item) => item.curation_label ?? item.curation,
  },
];
