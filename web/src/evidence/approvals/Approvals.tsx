import { useMemo, useState } from "preact/hooks";
import { saveFile, toCsv } from "../../common/download.ts";
import { Icon } from "../../common/icons.tsx";
import { ProblemBox } from "../../common/problem.tsx";
import { DataTable } from "../../common/table.tsx";
import type { Filters } from "../address.ts";
import { Behind } from "../Behind.tsx";
import { Citations, SourceList, TermLink } from "../Citations.tsx";
import { type Choice, ChooseFilter, SelectFilter } from "../Filter.tsx";
import { Figure } from "../figure/Figure.tsx";
import { BODY_WIDTH, type FileParts, savePng, saveSvg } from "../figure/file.tsx";
import { FILE_INK, type Ink, PAGE_INK } from "../figure/ink.ts";
import { Lines, SMALL } from "../figure/Lines.tsx";
import { widthOf } from "../figure/text.ts";
import { References } from "../sources.ts";
import { useAnswer } from "../useAnswer.ts";
import { CSV_COLUMNS, csvRow, TABLE_COLUMNS } from "./columns.tsx";
import { type Decision, kindsOf, lookOf, nameOf, shapeOf, statusesOf, UNDATED } from "./decisions.ts";
import { layoutOf } from "./layout.ts";
import { Mark } from "./Mark.tsx";
import { TimelineDrawing } from "./TimelineDrawing.tsx";

interface ApprovalsAnswer {
  readonly version: string;
  readonly asked: { readonly therapy: string | null };
  readonly items: readonly Decision[];
  readonly choices: Readonly<Record<"therapies" | "jurisdictions", readonly Choice[]>>;
}

interface ApprovalsProps {
  readonly filters: Filters;
  readonly onChange: (key: string, value: string) => void;
}

const SPAN_NOTE =
  "A bar around a mark: only the year or the month is known; the decision fell somewhere within the bar.";

/** Decisions of authorities on a timeline, by jurisdiction. */
export function Approvals({ filters, onChange }: ApprovalsProps) {
  const { therapy = "", jurisdiction = "" } = filters;
  const state = useAnswer<ApprovalsAnswer>("api/approvals", { therapy, jurisdiction });
  const answer = state.value;
  const stored = { therapy: therapy || "CareOption", jurisdiction: jurisdiction || "any" };
  return (
    <section aria-labelledby="approvals-title">
      <div class="section-head">
        <h2 id="approvals-title">Approvals by jurisdiction</h2>
        <Behind what="approvals" stored="approvals-by-jurisdiction" params={stored} />
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
          <SelectFilter
            label="Jurisdiction"
            value={jurisdiction}
            choices={answer.choices.jurisdictions}
            onChange={(value) => onChange("jurisdiction", value)}
            all="all jurisdictions"
          />
        </div>
      )}
      {state.kind === "failed" && <ProblemBox error={state.error} heading="The decisions could not be read" />}
      {state.kind === "busy" && !answer && <p role="status">Reading the decisions …</p>}
      {answer && (
        <Drawn decisions={answer.items} version={answer.version} subtitle={subtitleOf(answer, jurisdiction)} />
      )}
    </section>
  );
}

function subtitleOf({ asked }: ApprovalsAnswer, jurisdiction: string): string {
  const limits = [
    asked.therapy && `Therapy: ${asked.therapy} and narrower ones.`,
    jurisdiction && `Jurisdiction: ${jurisdiction}.`,
  ];
  return ["Decisions of authorities, as curated in the graph.", ...limits.filter(Boolean)].join(" ");
}

interface DrawnProps {
  readonly decisions: readonly Decision[];
  readonly version: string;
  readonly subtitle: string;
}

function Drawn({ decisions, version, subtitle }: DrawnProps) {
  const [failure, setFailure] = useState<unknown>();
  const byName = useMemo(() => new Map(decisions.map((one) => [one.name, one])), [decisions]);
  const undated = decisions.filter((one) => !one.date).length;
  const documents = useMemo(() => {
    const references = new References();
    layoutOf(decisions, BODY_WIDTH, references);
    return references.documents;
  }, [decisions]);
  const notes = [
    SPAN_NOTE,
    ...(undated ? [`${countWords(undated)} without a known date: in the column left of the time axis.`] : []),
  ];
  const parts = (): FileParts => {
    const references = new References();
    const layout = layoutOf(decisions, BODY_WIDTH, references);
    const legend = <LegendDrawing decisions={decisions} ink={FILE_INK} />;
    return {
      title: "Regulatory decisions",
      subtitle,
      body: (
        <>
          {legend}
          <g transform={`translate(0 ${LEGEND_HEIGHT})`}>
            <TimelineDrawing layout={layout} ink={FILE_INK} />
          </g>
        </>
      ),
      bodyHeight: layout.height + LEGEND_HEIGHT,
      notes,
      sources: references.documents,
      version,
    };
  };
  if (!decisions.length) return <p role="status">No decision fits. Take a filter away.</p>;
  return (
    <>
      <div class="row figure-bar">
        <p class="small" role="status">
          {countWords(decisions.length)}
          {undated > 0 && `, ${undated} without a date`}
        </p>
        <span class="row no-print">
          <button type="button" class="button" onClick={() => saveSvg("approvals", parts())}>
            <Icon name="download" /> SVG
          </button>
          <button type="button" class="button" onClick={() => savePng("approvals", parts()).catch(setFailure)}>
            <Icon name="download" /> PNG
          </button>
          <button
            type="button"
            class="button"
            onClick={() =>
              saveFile("approvals.csv", toCsv(CSV_COLUMNS, decisions.map(csvRow)), "text/csv;charset=utf-8")
            }
          >
            <Icon name="download" /> CSV
          </button>
        </span>
      </div>
      {failure !== undefined && <ProblemBox error={failure} heading="The picture was not made" />}
      <Legend decisions={decisions} />
      <Figure
        label="Timeline of regulatory decisions. Arrow keys go from line to line, Enter goes to the details of a line. The same is in the table below."
        names={decisions.map((one) => one.name)}
        draw={(width) => {
          const layout = layoutOf(decisions, width, new References());
          return {
            height: layout.height,
            content: (handles) => <TimelineDrawing layout={layout} ink={PAGE_INK} handles={handles} />,
          };
        }}
        details={(name) => {
          const one = byName.get(name);
          return one && <Details decision={one} />;
        }}
      />
      {notes.map((note) => (
        <p key={note} class="small soft">
          {note}
        </p>
      ))}
      <SourceList documents={documents} />
      <details class="figure-table">
        <summary>The same as a table</summary>
        <DataTable caption="Regulatory decisions" columns={TABLE_COLUMNS} rows={decisions} />
      </details>
    </>
  );
}

function Details({ decision }: { readonly decision: Decision }) {
  return (
    <div class="details">
      <h4>{nameOf(decision)}</h4>
      <p class="details-effect">
        {decision.jurisdiction}, {decision.date ?? UNDATED}: <strong>{decision.decision}</strong>{" "}
        <span class="soft">now {lookOf(decision.status).words}</span>
      </p>
      <p class="small">{decision.gist}</p>
      <Citations sources={decision.sources} />
      <p class="small soft">
        Read: {decision.curation_label ?? decision.curation}.{" "}
        <TermLink href={decision.href} label="The decision in the graph" />
        {decision.therapies.map((therapy) => (
          <span key={therapy.iri}>
            {" · "}
            <TermLink href={therapy.href} label={therapy.label ?? therapy.iri} />
          </span>
        ))}
      </p>
    </div>
  );
}

const LEGEND_HEIGHT = 30;

/** What shapes and fillings mean; those that occur. */
function Legend({ decisions }: { readonly decisions: readonly Decision[] }) {
  return (
    <dl class="legend small">
      <div>
        <dt>Shape: what was decided</dt>
        {kindsOf(decisions).map((kind) => (
          <dd key={kind}>
            <MarkIcon kind={kind} status="" />
            {kind}
          </dd>
        ))}
      </div>
      <div>
        <dt>Filling: what holds now</dt>
        {statusesOf(decisions).map((status) => (
          <dd key={status}>
            <MarkIcon kind="approval" status={status} />
            {lookOf(status).words}
          </dd>
        ))}
      </div>
    </dl>
  );
}

function MarkIcon({ kind, status }: { readonly kind: string; readonly status: string }) {
  return (
    <svg width={20} height={20} viewBox="-10 -10 20 20" aria-hidden="true">
      <Mark x={0} y={0} shape={shapeOf(kind)} look={lookOf(status)} ink={PAGE_INK} />
    </svg>
  );
}

function LegendDrawing({ decisions, ink }: { readonly decisions: readonly Decision[]; readonly ink: Ink }) {
  let x = 8;
  const entries = [
    ...kindsOf(decisions).map((kind) => ({ words: kind, shape: shapeOf(kind), look: lookOf("") })),
    ...statusesOf(decisions).map((status) => ({
      words: lookOf(status).words,
      shape: shapeOf("approval"),
      look: lookOf(status),
    })),
  ];
  return (
    <g>
      {entries.map((entry) => {
        const at = x;
        x += 30 + widthOf(entry.words, SMALL);
        return (
          <g key={`${entry.words}-${entry.shape}`}>
            <Mark x={at} y={8} shape={entry.shape} look={entry.look} ink={ink} />
            <Lines x={at + 12} y={1} lines={[entry.words]} size={SMALL} fill={ink.text} />
          </g>
        );
      })}
    </g>
  );
}

function countWords(count: number): string {
  return `${count} decision${count === 1 ? "" : "s"}`;
}
