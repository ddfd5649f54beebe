import { useEffect, useMemo, useState } from "preact/hooks";
import { call, isAbort } from "../../common/api.ts";
import { saveFile, toCsv } from "../../common/download.ts";
import { Icon } from "../../common/icons.tsx";
import { termLink } from "../../common/links.ts";
import { ProblemBox } from "../../common/problem.tsx";
import { type Column, DataTable } from "../../common/table.tsx";
import { Behind } from "../Behind.tsx";
import { QUERY } from "./query.ts";

/** A row of the answer: variable → value. */
type Trial = Readonly<Record<string, string>>;

interface SparqlResults {
  readonly head: { readonly vars: readonly string[] };
  readonly results: { readonly bindings: readonly Readonly<Record<string, { readonly value: string }>>[] };
}

interface TrialsProps {
  /** Shows the estimates of one trial. */
  readonly onTrial: (acronym: string) => void;
}

const REGISTRATION = /[^/]+$/;

/** All trials of the graph. */
export function Trials({ onTrial }: TrialsProps) {
  const [trials, setTrials] = useState<readonly Trial[]>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    const controller = new AbortController();
    run(controller.signal).then(setTrials, (error) => isAbort(error) || setFailure(error));
    return () => controller.abort();
  }, []);
  const columns = useMemo(() => columnsOf(onTrial), [onTrial]);
  return (
    <section aria-labelledby="trials-title">
      <div class="section-head">
        <h2 id="trials-title">Trials</h2>
        <Behind what="trials" sparql={QUERY} />
      </div>
      {failure !== undefined && <ProblemBox error={failure} heading="The trials could not be read" />}
      {!trials && failure === undefined && <p role="status">Reading the trials …</p>}
      {trials && (
        <DataTable
          caption="Trials"
          columns={columns}
          rows={trials}
          pageSize={15}
          tools={
            <button type="button" class="button no-print" onClick={() => saveCsv(trials)}>
              <Icon name="download" /> CSV
            </button>
          }
        />
      )}
    </section>
  );
}

async function run(signal: AbortSignal): Promise<readonly Trial[]> {
  const response = await call("sparql", {
    method: "POST",
    headers: { Accept: "application/sparql-results+json", "Content-Type": "application/sparql-query" },
    body: QUERY,
    signal,
  });
  const { results } = (await response.json()) as SparqlResults;
  return results.bindings.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell.value])),
  );
}

function saveCsv(trials: readonly Trial[]): void {
  const names = [
    "trial",
    "acronym",
    "registration",
    "phase",
    "design",
    "status",
    "condition",
    "comparisons",
    "estimates",
    "curation",
  ];
  saveFile(
    "trials.csv",
    toCsv(
      names,
      trials.map((trial) => names.map((name) => trial[name] ?? "")),
    ),
    "text/csv;charset=utf-8",
  );
}

function columnsOf(onTrial: (acronym: string) => void): readonly Column<Trial>[] {
  const text = (name: string) => (trial: Trial) => trial[name] ?? null;
  const number = (name: string) => (trial: Trial) => Number(trial[name] ?? 0);
  return [
    {
      name: "trial",
      value: text("acronym"),
      show: (trial) => <a href={termLink(trial.trial ?? "") ?? ""}>{trial.acronym}</a>,
    },
    {
      name: "registration",
      value: (trial) => trial.registration?.match(REGISTRATION)?.[0] ?? null,
      show: (trial) =>
        trial.registration && <a href={trial.registration}>{trial.registration.match(REGISTRATION)?.[0]}</a>,
    },
    { name: "phase", value: text("phase") },
    { name: "design", value: text("design") },
    { name: "status", value: text("status") },
    {
      name: "population",
      value: text("condition"),
      show: (trial) => (
        <span class="cut" title={trial.condition}>
          {trial.condition}
        </span>
      ),
    },
    { name: "comparisons", help: "published comparisons and single groups", value: number("comparisons") },
    {
      name: "estimates",
      help: "effect estimates, as drawn above",
      value: number("estimates"),
      show: (trial) =>
        Number(trial.estimates) > 0 ? (
          <button type="button" class="button button-bare number" onClick={() => onTrial(trial.acronym ?? "")}>
            {trial.estimates}
            <span class="unseen"> estimates of {trial.acronym}: show</span>
          </button>
        ) : (
          "0"
        ),
    },
    { name: "read", help: "how far the row was checked against its source", value: text("curation") },
  ];
}
