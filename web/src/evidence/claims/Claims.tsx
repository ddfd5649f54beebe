import { useEffect, useMemo, useState } from "preact/hooks";
import type { StoredRows } from "../../common/api.ts";
import { grouped } from "../../common/grouped.ts";
import { Icon, type IconName } from "../../common/icons.tsx";
import { ProblemBox } from "../../common/problem.tsx";
import type { Filters } from "../address.ts";
import { Behind } from "../Behind.tsx";
import { CellLink } from "../CellLink.tsx";
import { type Choice, SelectFilter } from "../Filter.tsx";
import { type Row, records, value, words } from "../rows.ts";
import { useAnswer } from "../useAnswer.ts";

/** Claims that are shown before one asks for all. */
const FIRST = 30;

interface ClaimsProps {
  readonly filters: Filters;
  readonly onChange: (key: string, value: string) => void;
}

/** Verdict → how it looks, in the order of the page: what does not hold comes first. */
const LOOKS: Readonly<Record<string, { readonly icon: IconName; readonly tone: string }>> = {
  contradicted: { icon: "against", tone: "tag-against" },
  outdated: { icon: "against", tone: "tag-against" },
  "supported with nuance": { icon: "for", tone: "tag-open" },
  supported: { icon: "for", tone: "tag-for" },
  "not checkable": { icon: "open", tone: "" },
};

/** One claim, with the documents against which it was weighed and what speaks against it. */
interface Claim {
  readonly first: Row;
  readonly verdict: string;
  readonly sources: readonly Row[];
  readonly counterparts: readonly Row[];
}

/** Claims of public information pages, and whether they hold. */
export function Claims({ filters, onChange }: ClaimsProps) {
  const { verdict = "", topic = "" } = filters;
  const all = useAnswer<StoredRows>("api/query/public-claims");
  const wrong = useAnswer<StoredRows>("api/query/public-claims-wrong");
  const claims = useMemo(() => claimsOf(all.value, wrong.value), [all.value, wrong.value]);
  const verdicts = useMemo(
    () =>
      choices(
        claims.map((claim) => claim.verdict),
        rank,
      ),
    [claims],
  );
  const topics = useMemo(() => choices(claims.map(({ first }) => words(first.topic))), [claims]);
  const shown = claims.filter(
    (claim) => (!verdict || claim.verdict === verdict) && (!topic || words(claim.first.topic) === topic),
  );
  const [every, showEvery] = useState(false);
  useEffect(() => showEvery(false), [verdict, topic]);
  const drawn = every ? shown : shown.slice(0, FIRST);
  return (
    <section aria-labelledby="claims-title">
      <div class="section-head">
        <h2 id="claims-title">Claims checked</h2>
        <Behind what="claims checked" stored="public-claims" params={{ verdict: verdict || "any", topic }} />
      </div>
      <p class="prose">
        What public information pages say of these tumours, weighed against the evidence of the graph. Claims are told
        in our words.
      </p>
      {(all.kind === "failed" || wrong.kind === "failed") && (
        <ProblemBox
          error={all.kind === "failed" ? all.error : wrong.kind === "failed" ? wrong.error : undefined}
          heading="The claims could not be read"
        />
      )}
      {claims.length === 0 && all.kind === "busy" && <p role="status">Reading the claims …</p>}
      {claims.length > 0 && (
        <>
          <div class="filters">
            <SelectFilter
              label="Verdict"
              value={verdict}
              choices={verdicts}
              onChange={(chosen) => onChange("verdict", chosen)}
              all="all verdicts"
            />
            <SelectFilter
              label="Topic"
              value={topic}
              choices={topics}
              onChange={(chosen) => onChange("topic", chosen)}
              all="all topics"
            />
          </div>
          <p class="small" role="status">
            {shown.length === claims.length ? `${claims.length} claims` : `${shown.length} of ${claims.length} claims`}
          </p>
          <ul class="plain-list claims">
            {drawn.map((claim) => (
              <ClaimCard key={value(claim.first.claim)} claim={claim} />
            ))}
          </ul>
          {drawn.length < shown.length && (
            <button type="button" class="button" onClick={() => showEvery(true)}>
              Show the other {shown.length - drawn.length}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function claimsOf(all: StoredRows | undefined, wrong: StoredRows | undefined): Claim[] {
  if (!all) return [];
  const against = grouped(wrong ? records(wrong) : [], (row) => value(row.claim));
  const claims = [...grouped(records(all), (row) => value(row.claim))].flatMap(([claim, rows]) => {
    const [first] = rows;
    if (!first) return [];
    const sources = [...grouped(rows, (row) => value(row.source)).values()].flatMap((same) => same.slice(0, 1));
    const counterparts = [
      ...grouped(against.get(claim) ?? [], (row) => `${value(row.counterpart)} ${value(row.says)}`).values(),
    ];
    return [
      { first, verdict: verdictOf(first), sources, counterparts: counterparts.flatMap((same) => same.slice(0, 1)) },
    ];
  });
  return claims.sort((one, other) => rank(one.verdict) - rank(other.verdict));
}

/** The verdict without the name of the list that it is from. */
function verdictOf(row: Row): string {
  return words(row.verdict).replace(/ \([^()]*\)$/, "");
}

function rank(verdict: string): number {
  const place = Object.keys(LOOKS).indexOf(verdict);
  return place < 0 ? Object.keys(LOOKS).length : place;
}

function choices(texts: readonly string[], order: (text: string) => number = () => 0): Choice[] {
  return [...grouped(texts, (text) => text)]
    .map(([text, same]) => ({ value: text, label: text, count: same.length }))
    .sort((one, other) => order(one.value) - order(other.value) || one.value.localeCompare(other.value));
}

function ClaimCard({ claim }: { readonly claim: Claim }) {
  const { first, verdict } = claim;
  const look = LOOKS[verdict];
  return (
    <li class="card claim" data-verdict={verdict}>
      <p class="row">
        <span class={`tag ${look?.tone ?? ""}`}>
          <Icon name={look?.icon ?? "open"} />
          {verdict}
        </span>
        <span class="tag">{words(first.topic)}</span>
      </p>
      <p class="claim-gist">{words(first.gist)}</p>
      <p class="small">
        <span class="soft">Said by</span> <CellLink cell={first.page} />
        {first.about && <span class="soft"> · about {words(first.about).replaceAll(" | ", ", ")}</span>}
      </p>
      {first.note && <p class="small">{words(first.note)}</p>}
      {claim.counterparts.length > 0 && (
        <div class="small">
          <span class="soft">What speaks against it:</span>
          <ul>
            {claim.counterparts.map((row) => (
              <li key={`${value(row.counterpart)} ${value(row.says)}`}>
                {words(row.says)}{" "}
                {row.counterpart && (
                  <CellLink cell={row.counterpart} text={value(row.counterpart).split("/").at(-1) ?? ""} />
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      <p class="small">
        <span class="soft">Weighed against:</span>{" "}
        {claim.sources.map((row, index) => [index > 0 && "; ", <CellLink key={value(row.source)} cell={row.source} />])}
        <span class="soft">
          {" "}
          · read: {words(first.curation)} · <CellLink cell={first.claim} text="the row in the graph" />
        </span>
      </p>
    </li>
  );
}
