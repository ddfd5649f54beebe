import type { ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { asProblem, isAbort } from "../common/api.ts";
import { saveFile } from "../common/download.ts";
import { Icon } from "../common/icons.tsx";
import { ProblemBox } from "../common/problem.tsx";
import type { Cell } from "./rdf.ts";
import { type Answer, bytesIn, GRAPH_FORMATS, type Run, seconds, send, sizeOf, TABLE_FORMATS } from "./run.ts";
import { chartsFor, edgeColumns } from "./shapes.ts";
import { ResultTable } from "./table.tsx";
import { TabRow, tabId } from "./tabs.tsx";
import { TextView } from "./text.tsx";

type View = "table" | "chart" | "network" | "text";

interface Properties {
  /** Name of the tab, for the names of downloads. */
  title: string;
  run: Run | undefined;
  labelled: boolean;
  onLabelled: (on: boolean) => void;
  /** Go to the place of the mistake; none when the text has changed since. */
  onPlace: (() => void) | null;
}

/** What came of the last run of a tab. */
export function Results({ title, run, labelled, onLabelled, onPlace }: Properties) {
  const [view, setView] = useState<View>("table"); // stays when the query is run again
  if (!run) return <p class="soft empty">The answer will stand here. Run the query, or open an example.</p>;
  switch (run.state) {
    case "running":
      return <p class="soft empty">The query is running.</p>;
    case "stopped":
      return <p class="soft empty">Stopped after {seconds(run.ms)}. The server has dropped the query.</p>;
    case "failed":
      return <Failure error={run.error} onPlace={onPlace} />;
    case "done":
      return <Done title={title} run={run} view={view} onView={setView} labelled={labelled} onLabelled={onLabelled} />;
  }
}

function Failure({ error, onPlace }: { error: unknown; onPlace: Properties["onPlace"] }) {
  const { extra } = asProblem(error);
  const { line, column } = extra;
  return (
    <div class="stack-s">
      <ProblemBox error={error} heading="The query gave no answer" />
      {onPlace && typeof line === "number" && typeof column === "number" && (
        <button type="button" class="button" onClick={onPlace}>
          Go to line {line}, column {column}
        </button>
      )}
    </div>
  );
}

interface DoneProperties {
  title: string;
  run: Extract<Run, { state: "done" }>;
  view: View;
  onView: (view: View) => void;
  labelled: boolean;
  onLabelled: (on: boolean) => void;
}

function Done({ title, run: { query, answer, started }, view, onView, labelled, onLabelled }: DoneProperties) {
  const columns = answer.kind === "truth" ? NOTHING : answer.columns;
  const rows = answer.kind === "truth" ? NO_ROWS : answer.rows;
  const views = useMemo(() => viewsFor(answer, columns, rows), [answer, columns, rows]);
  const shown = views.includes(view) ? view : "table";
  const items = views.map((name) => ({ name, title: TITLES[name], panel: "answer-panel" }));
  return (
    <div class="stack-s">
      <div class="answer-bar">
        <TabRow label="Views of the answer" items={items} active={shown} onChoose={onView} />
        <Downloads title={title} query={query} answer={answer} />
      </div>
      <div key={started} id="answer-panel" role="tabpanel" aria-labelledby={tabId(shown)}>
        {shown === "table" && answer.kind === "truth" && <Truth truth={answer.truth} />}
        {shown === "table" && answer.kind !== "truth" && (
          <Table columns={columns} rows={rows} labelled={labelled} onLabelled={onLabelled} />
        )}
        {shown === "chart" && <Later load={loadChart} columns={columns} rows={rows} />}
        {shown === "network" && <Later load={loadNetwork} columns={columns} rows={rows} />}
        {shown === "text" && <TextView query={query} answer={answer} />}
      </div>
    </div>
  );
}

const NOTHING: readonly string[] = [];
const NO_ROWS: readonly Cell[][] = [];
const TITLES: Record<View, string> = { table: "Table", chart: "Chart", network: "Graph", text: "Text" };

function viewsFor(answer: Answer, columns: readonly string[], rows: readonly Cell[][]): View[] {
  const chart: View[] = answer.kind === "rows" && chartsFor(columns, rows).length > 0 ? ["chart"] : [];
  const network: View[] = edgeColumns(columns, rows) ? ["network"] : [];
  return ["table", ...chart, ...network, "text"];
}

function Truth({ truth }: { truth: boolean }) {
  return (
    <p class={truth ? "truth truth-yes" : "truth truth-no"}>
      <Icon name={truth ? "for" : "against"} />
      {truth ? "Yes" : "No"}
      <span class="small soft">{truth ? "The graph holds such a pattern." : "The graph holds no such pattern."}</span>
    </p>
  );
}

interface TableProperties {
  columns: readonly string[];
  rows: readonly Cell[][];
  labelled: boolean;
  onLabelled: (on: boolean) => void;
}

function Table(properties: TableProperties) {
  if (properties.rows.length > 0) return <ResultTable {...properties} />;
  return <p class="soft empty">No rows: nothing in the graph fits all conditions of the query.</p>;
}

interface DrawingProperties {
  columns: readonly string[];
  rows: readonly Cell[][];
}

type Drawing = ComponentType<DrawingProperties>;

const loadChart = () => import("./chart.tsx");
const loadNetwork = () => import("./network.tsx");

/** A drawing whose library is loaded when it is first wanted. */
function Later({ load, columns, rows }: DrawingProperties & { load: () => Promise<{ default: Drawing }> }) {
  const [drawing, setDrawing] = useState<{ part: Drawing } | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    setDrawing(null);
    load().then((module) => setDrawing({ part: module.default }), setError);
  }, [load]);
  if (error) return <ProblemBox error={error} heading="The drawing could not be loaded" />;
  if (!drawing) return <p class="soft empty">…</p>;
  return <drawing.part columns={columns} rows={rows} />;
}

function Downloads({ title, query, answer }: { title: string; query: string; answer: Answer }) {
  const [error, setError] = useState<unknown>(null);
  const formats = Object.entries(answer.kind === "triples" ? GRAPH_FORMATS : TABLE_FORMATS);
  const download = async (suffix: string, mediaType: string) => {
    setError(null);
    try {
      const response = await send(query, mediaType, new AbortController().signal);
      saveFile(`${fileName(title)}.${suffix}`, await response.blob(), mediaType);
    } catch (problem) {
      if (!isAbort(problem)) setError(problem);
    }
  };
  return (
    <div class="row small downloads">
      <Icon name="download" />
      <span class="soft">Download</span>
      {formats.map(([suffix, mediaType]) => (
        <button
          key={suffix}
          type="button"
          class="button"
          aria-label={`Download ${suffix.toUpperCase()}, ${sizeOf(answer)}`}
          onClick={() => download(suffix, mediaType)}
        >
          {suffix}
        </button>
      ))}
      {error ? <ProblemBox error={error} heading="The download failed" /> : null}
    </div>
  );
}

function fileName(title: string): string {
  return (
    title
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "answer"
  );
}

/** One line about a run: rows, time, size. */
export function summary(run: Extract<Run, { state: "done" }>): string {
  const { answer } = run;
  return `${sizeOf(answer)} · ${seconds(answer.ms)} · ${bytesIn(answer.bytes)}`;
}
