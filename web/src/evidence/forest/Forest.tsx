import { useMemo, useState } from "preact/hooks";
import { saveFile, toCsv } from "../../common/download.ts";
import { Icon } from "../../common/icons.tsx";
import { ProblemBox } from "../../common/problem.tsx";
import { DataTable } from "../../common/table.tsx";
import type { Filters } from "../address.ts";
import { Behind } from "../Behind.tsx";
import { SourceList } from "../Citations.tsx";
import { type Choice, ChooseFilter, SelectFilter } from "../Filter.tsx";
import { Figure } from "../figure/Figure.tsx";
import { BODY_WIDTH, type FileParts, savePng, saveSvg } from "../figure/file.tsx";
import { FILE_INK, PAGE_INK } from "../figure/ink.ts";
import { References } from "../sources.ts";
import { useAnswer } from "../useAnswer.ts";
import { CSV_COLUMNS, csvRow, TABLE_COLUMNS } from "./columns.tsx";
import { Details } from "./Details.tsx";
import { ForestDrawing } from "./ForestDrawing.tsx";
import { assessmentWords, drawable, effectWords, type Item } from "./items.ts";
import { layoutOf } from "./layout.ts";

interface ForestAnswer {
  readonly version: string;
  readonly asked: { readonly therapy: string | null; readonly population: string | null };
  readonly items: readonly Item[];
  readonly choices: Readonly<
    Record<"therapies" | "endpoints" | "measures" | "trials" | "populations", readonly Choice[]>
  >;
}

interface ForestProps {
  readonly filters: Filters;
  readonly onChange: (key: string, value: string) => void;
}

const NOT_STATED = "not stated";
const NO_POOLING =
  "No pooled estimate: trials differ in population, comparator and assessment, and estimates of one trial overlap. All marks have one size; it is no weight.";
const ABBREVIATIONS =
  "CI confidence interval; HR hazard ratio; OR odds ratio; n number of people; NR not reached; mo months. An arrow: the interval goes beyond the axis.";

/** Effect estimates with their intervals, drawn and as a table. */
export function Forest({ filters, onChange }: ForestProps) {
  const { therapy = "", endpoint = "", measure = "", trial = "", population = "", assessor = "" } = filters;
  const state = useAnswer<ForestAnswer>("api/forest", { therapy, endpoint, measure, trial, population });
  const answer = state.value;
  const items = useMemo(
    () => answer?.items.filter((item) => !assessor || (item.assessor ?? NOT_STATED) === assessor) ?? [],
    [answer, assessor],
  );
  const assessors = useMemo(() => {
    const found = new Set(answer?.items.map((item) => item.assessor ?? NOT_STATED));
    return [...found].sort().map((value) => ({ value, label: value }));
  }, [answer]);
  const stored = { therapy: therapy || "CareOption", endpoint: endpoint || "any", measure: measure || "any" };
  return (
    <section aria-labelledby="forest-title">
      <div class="section-head">
        <h2 id="forest-title">Effect estimates</h2>
        <Behind what="effect estimates" stored="forest-plot" params={stored} />
      </div>
      {answer && (
        <div class="filters">
          <ChooseFilter
            label="Therapy"
            chosen={therapy && (answer.asked.therapy ?? therapy)}
            choices={answer.choices.therapies}
            onChange={(value) => onChange("therapy", value)}
            placeholder="any"
            terms
          />
          <ChooseFilter
            label="Population that admits"
            chosen={population && (answer.asked.population ?? population)}
            choices={answer.choices.populations}
            onChange={(value) => onChange("population", value)}
            placeholder="any, or site=pancreas"
            free
          />
          <SelectFilter
            label="Endpoint"
            value={endpoint}
            choices={answer.choices.endpoints}
            onChange={(value) => onChange("endpoint", value)}
            all="all endpoints"
          />
          <SelectFilter
            label="Measure"
            value={measure}
            choices={answer.choices.measures}
            onChange={(value) => onChange("measure", value)}
            all="all measures"
          />
          <SelectFilter
            label="Assessed by"
            value={assessor}
            choices={assessors}
            onChange={(value) => onChange("assessor", value)}
            all="anyone"
          />
          <SelectFilter
            label="Trial"
            value={trial}
            choices={answer.choices.trials}
            onChange={(value) => onChange("trial", value)}
            all="all trials"
          />
        </div>
      )}
      {state.kind === "failed" && <ProblemBox error={state.error} heading="The effect estimates could not be read" />}
      {state.kind === "failed" && population && (
        <button type="button" class="button" onClick={() => onChange("population", "")}>
          Take the population away
        </button>
      )}
      {state.kind === "busy" && !answer && <p role="status">Reading the effect estimates …</p>}
      {answer && <Drawn items={items} version={answer.version} subtitle={subtitleOf(answer, filters)} />}
    </section>
  );
}

/** What a figure shows, in a sentence. */
function subtitleOf({ asked }: ForestAnswer, { endpoint, measure, trial, assessor }: Filters): string {
  const limits = [
    asked.therapy && `Therapy: ${asked.therapy}, narrower ones and regimens that contain it.`,
    asked.population && `Populations that admit: ${asked.population}.`,
    endpoint && `Endpoint: ${endpoint}.`,
    measure && `Measure: ${measure}.`,
    assessor && `Assessed: ${assessor}.`,
    trial && `Trial: ${trial}.`,
  ];
  return ["Published effect estimates of single comparisons, as curated in the graph.", ...limits.filter(Boolean)].join(
    " ",
  );
}

interface DrawnProps {
  readonly items: readonly Item[];
  readonly version: string;
  readonly subtitle: string;
}

function Drawn({ items, version, subtitle }: DrawnProps) {
  const [failure, setFailure] = useState<unknown>();
  const shown = useMemo(() => items.filter(drawable), [items]);
  const rest = useMemo(() => items.filter((item) => !drawable(item)), [items]);
  const byName = useMemo(() => new Map(items.map((item) => [item.name, item])), [items]);
  const { ordered, documents } = useMemo(() => {
    const references = new References();
    const rows = layoutOf(shown, items, BODY_WIDTH, references).panels.flatMap(({ groups }) =>
      groups.flatMap((group) => group.rows),
    );
    return { ordered: rows.map(({ item }) => item.name), documents: references.documents };
  }, [shown, items]);
  const parts = (): FileParts => {
    const references = new References();
    const layout = layoutOf(shown, items, BODY_WIDTH, references);
    const left = rest.map(
      (item) =>
        `${item.trial}, ${item.endpoint}: ${item.measure} ${effectWords(item)} ${references.cite(item.sources)}`,
    );
    return {
      title: "Effect estimates",
      subtitle,
      body: <ForestDrawing layout={layout} ink={FILE_INK} />,
      bodyHeight: layout.height,
      notes: [
        NO_POOLING,
        ABBREVIATIONS,
        ...(rest.length ? [`${countWords(rest.length)} without interval, not drawn: ${left.join("; ")}`] : []),
      ],
      sources: references.documents,
      version,
    };
  };
  const csv = () => saveFile("forest.csv", toCsv(CSV_COLUMNS, items.map(csvRow)), "text/csv;charset=utf-8");
  if (!items.length) return <p role="status">No effect estimate fits. Take a filter away.</p>;
  return (
    <>
      <div class="row figure-bar">
        <p class="small" role="status">
          {countWords(shown.length)} drawn{rest.length > 0 && `, ${rest.length} without interval listed below`}
        </p>
        <span class="row no-print">
          <button type="button" class="button" disabled={!shown.length} onClick={() => saveSvg("forest", parts())}>
            <Icon name="download" /> SVG
          </button>
          <button
            type="button"
            class="button"
            disabled={!shown.length}
            onClick={() => savePng("forest", parts()).catch(setFailure)}
          >
            <Icon name="download" /> PNG
          </button>
          <button type="button" class="button" onClick={csv}>
            <Icon name="download" /> CSV
          </button>
        </span>
      </div>
      {failure !== undefined && <ProblemBox error={failure} heading="The picture was not made" />}
      {shown.length > 0 && (
        <Figure
          label="Forest plot. Arrow keys go from line to line, Enter goes to the details of a line. The same is in the table below."
          names={ordered}
          draw={(width) => {
            const layout = layoutOf(shown, items, width, new References());
            return {
              height: layout.height,
              content: (handles) => <ForestDrawing layout={layout} ink={PAGE_INK} handles={handles} />,
            };
          }}
          details={(name) => {
            const item = byName.get(name);
            return item && <Details item={item} />;
          }}
        />
      )}
      {rest.length > 0 && (
        <div class="left-out">
          <h3>{countWords(rest.length)} without interval, not drawn</h3>
          <ul class="small">
            {rest.map((item) => (
              <li key={item.name}>
                {item.trial}
                {[item.analysis, item.subgroup, assessmentWords(item)].filter(Boolean).map((part) => ` · ${part}`)},{" "}
                {item.endpoint}: {item.measure} {effectWords(item)}
              </li>
            ))}
          </ul>
        </div>
      )}
      <p class="small soft">{NO_POOLING}</p>
      <p class="small soft">{ABBREVIATIONS}</p>
      <SourceList documents={documents} />
      <details class="figure-table">
        <summary>The same as a table</summary>
        <DataTable caption="Effect estimates" columns={TABLE_COLUMNS} rows={items} />
      </details>
    </>
  );
}

function countWords(count: number): string {
  return `${count} estimate${count === 1 ? "" : "s"}`;
}
