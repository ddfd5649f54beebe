import { useMemo } from "preact/hooks";
import type { StoredRows } from "../../common/api.ts";
import { grouped } from "../../common/grouped.ts";
import { Icon } from "../../common/icons.tsx";
import { ProblemBox } from "../../common/problem.tsx";
import { inWords } from "../../common/words.ts";
import type { Filters } from "../address.ts";
import { Behind } from "../Behind.tsx";
import { CellLink } from "../CellLink.tsx";
import { type Choice, ChooseFilter, SelectFilter } from "../Filter.tsx";
import { type Row, records, value, words } from "../rows.ts";
import { useAnswer } from "../useAnswer.ts";

interface DisagreementsProps {
  readonly filters: Filters;
  readonly onChange: (key: string, value: string) => void;
}

const NO_CHOICES: readonly Choice[] = [];
const SCOPES: Readonly<Record<string, string>> = {
  same: "Both are about the same situations.",
  "first within second": "The advice in favour is about some of the situations that the advice against is about.",
  "second within first": "The advice against is about some of the situations that the advice in favour is about.",
  overlap: "They share some situations.",
};

/** Recommendations of different sources that point in opposite directions, side by side. */
export function Disagreements({ filters, onChange }: DisagreementsProps) {
  const scopes = filters.scopes === "all" ? "all" : "nested";
  const { therapy = "" } = filters;
  const params = { scopes, therapy: therapy || "CareOption" };
  const state = useAnswer<StoredRows>("api/query/where-sources-disagree", params);
  const pairs = useMemo(() => (state.value ? pairsOf(records(state.value)) : []), [state.value]);
  return (
    <section aria-labelledby="disagreements-title">
      <div class="section-head">
        <h2 id="disagreements-title">Where sources disagree</h2>
        <Behind what="where sources disagree" stored="where-sources-disagree" params={params} />
      </div>
      <p class="prose">
        One source advises in favour and another against, for situations that they share. Often it is no contradiction:
        one states an exception that the other leaves out. Read both scopes.
      </p>
      <div class="filters">
        <ChooseFilter
          label="Therapy"
          chosen={therapy && inWords(therapy)}
          choices={NO_CHOICES}
          onChange={(chosen) => onChange("therapy", chosen)}
          placeholder="any"
          terms
        />
        <SelectFilter
          label="Scopes"
          value={scopes === "all" ? "all" : ""}
          choices={[{ value: "all", label: "also those that merely overlap" }]}
          onChange={(chosen) => onChange("scopes", chosen)}
          all="one within the other"
        />
      </div>
      {state.kind === "failed" && <ProblemBox error={state.error} heading="The disagreements could not be read" />}
      {state.kind === "busy" && !state.value && <p role="status">Comparing the sources …</p>}
      {state.value && (
        <p class="small" role="status">
          {pairs.length === 0
            ? "No pair fits. Take a filter away."
            : `${pairs.length} pair${pairs.length === 1 ? "" : "s"} of recommendations`}
        </p>
      )}
      {pairs.map((rows) => (
        <Pair key={`${value(rows[0]?.statement)} ${value(rows[0]?.against)}`} rows={rows} />
      ))}
    </section>
  );
}

/** Rows of one pair of recommendations: several sources or therapies make several rows. */
function pairsOf(rows: readonly Row[]): Row[][] {
  return [...grouped(rows, (row) => `${value(row.statement)} ${value(row.against)}`).values()];
}

function Pair({ rows }: { readonly rows: readonly Row[] }) {
  const [first] = rows;
  if (!first) return null;
  const therapies = [...new Set(rows.flatMap((row) => [words(row.therapy), words(row.againstTherapy)]))];
  return (
    <article class="card pair">
      <header>
        <h3>{therapies.join(" / ")}</h3>
        <p class="small soft">{SCOPES[words(first.scopes)] ?? `Scopes: ${words(first.scopes)}`}</p>
      </header>
      <div class="sides">
        <SideView rows={rows} tone="for" names={FAVOUR} />
        <SideView rows={rows} tone="against" names={AGAINST} />
      </div>
    </article>
  );
}

/** Columns of one side of a pair. */
interface SideColumns {
  readonly therapy: string;
  readonly direction: string;
  readonly gist: string;
  readonly condition: string;
  readonly note: string;
  readonly strength: string;
  readonly source: string;
  readonly issued: string;
  readonly curation: string;
  readonly statement: string;
}

const FAVOUR: SideColumns = {
  therapy: "therapy",
  direction: "direction",
  gist: "gist",
  condition: "condition",
  note: "conditionNote",
  strength: "strength",
  source: "source",
  issued: "issued",
  curation: "curation",
  statement: "statement",
};
const AGAINST: SideColumns = {
  therapy: "againstTherapy",
  direction: "againstDirection",
  gist: "againstGist",
  condition: "againstCondition",
  note: "againstConditionNote",
  strength: "againstStrength",
  source: "againstSource",
  issued: "againstIssued",
  curation: "againstCuration",
  statement: "against",
};

function SideView({
  rows,
  tone,
  names,
}: {
  readonly rows: readonly Row[];
  readonly tone: "for" | "against";
  readonly names: SideColumns;
}) {
  const first = rows[0] ?? {};
  const cell = (name: keyof SideColumns) => first[names[name]];
  const sources = [...grouped(rows, (row) => value(row[names.source])).values()].map(([row]) => row?.[names.source]);
  return (
    <section class={`side side-${tone}`} aria-label={tone === "for" ? "In favour" : "Against"}>
      <p class="row">
        <span class={`tag tag-${tone}`}>
          <Icon name={tone} />
          {words(cell("direction"))}
        </span>
        {cell("strength") && <span class="tag">strength: {words(cell("strength"))}</span>}
        {cell("issued") && <span class="tag">{words(cell("issued"))}</span>}
      </p>
      <p>{words(cell("gist"))}</p>
      <p class="small">
        <span class="soft">On</span> <CellLink cell={cell("therapy")} />
      </p>
      <p class="small">
        <span class="soft">For whom:</span> {words(cell("condition"))}
        {cell("note") && <span class="soft"> ({words(cell("note"))})</span>}
      </p>
      <p class="small">
        <span class="soft">Source:</span>{" "}
        {sources.map((source, index) => [index > 0 && "; ", <CellLink key={value(source)} cell={source} />])}
        <span class="soft"> · read: {words(cell("curation"))}</span> ·{" "}
        <CellLink cell={cell("statement")} text={value(cell("statement")).split("/").at(-1) ?? ""} />
      </p>
    </section>
  );
}
