import cytoscape, { type Core, type ElementDefinition, type StylesheetJson } from "cytoscape";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { CellView } from "./cell.tsx";
import { type Names, useNamesOf } from "./names.ts";
import { textOf } from "./order.ts";
import { type Cell, written } from "./rdf.ts";
import { type EdgeColumns, edgeColumns, linkable } from "./shapes.ts";

const MOST_EDGES = 400;
const FEW_EDGES = 30; // words on more arrows would cover each other: they come with zooming in
/** cytoscape adds a style element unless one of this id is there; ours is an empty mark, its one rule stands in query.css. */
const STYLE_MARK = "__________cytoscape_stylesheet";

const LAYOUT = {
  name: "cose",
  animate: false,
  padding: 32,
  nodeRepulsion: () => 120_000,
  idealEdgeLength: () => 110,
  nodeOverlap: 40,
  componentSpacing: 90,
  numIter: 1500,
};

interface Properties {
  columns: readonly string[];
  rows: readonly Cell[][];
}

/** The rows as nodes and arrows. The table says the same in words. */
export default function Network({ columns, rows }: Properties) {
  const fitting = useMemo(() => edgeColumns(columns, rows), [columns, rows]);
  const [chosen, choose] = useState<EdgeColumns | null>(fitting);
  const [picked, pick] = useState<Cell>(null);
  const { names, version } = useNamesOf(rows);
  const place = useRef<HTMLDivElement>(null);
  const graph = useRef<Core | null>(null);
  const edges = useMemo(() => (chosen ? edgesOf(rows, chosen) : []), [rows, chosen]);

  useEffect(() => {
    if (!place.current) return;
    markStyled();
    const drawn = cytoscape({
      container: place.current,
      elements: elements(edges.slice(0, MOST_EDGES)),
      style: look(edges.length),
      layout: LAYOUT,
      minZoom: 0.1,
      maxZoom: 3,
    });
    if (drawn.zoom() > 1) drawn.zoom(1).center();
    drawn.on("tap", "node", (event) => pick(event.target.data("cell") as Cell));
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => drawn.style(look(edges.length));
    dark.addEventListener("change", recolour);
    graph.current = drawn;
    return () => {
      dark.removeEventListener("change", recolour);
      drawn.destroy();
    };
  }, [edges]);

  // names is one map that grows; the version says when
  useEffect(() => {
    graph.current?.batch(() => {
      for (const element of graph.current?.elements() ?? [])
        element.data("text", shortened(element.data("cell") as Cell, names));
    });
  }, [edges, version]);

  if (!chosen) return null;
  const count = graphSize(edges.slice(0, MOST_EDGES));
  const zoom = (factor: number) => {
    const drawn = graph.current;
    drawn?.zoom({ level: drawn.zoom() * factor, renderedPosition: { x: drawn.width() / 2, y: drawn.height() / 2 } });
  };
  return (
    <div class="network stack-s">
      <div class="row small">
        <ColumnChoice columns={columns} rows={rows} chosen={chosen} onChoose={choose} />
        <span class="row">
          <button type="button" class="button" aria-label="Zoom in" onClick={() => zoom(1.3)}>
            +
          </button>
          <button type="button" class="button" aria-label="Zoom out" onClick={() => zoom(1 / 1.3)}>
            −
          </button>
          <button type="button" class="button" onClick={() => graph.current?.fit(undefined, 24)}>
            Fit
          </button>
        </span>
        <span class="soft number">
          {count.nodes} nodes, {count.edges} arrows
        </span>
      </div>
      {edges.length > MOST_EDGES && (
        <p class="small soft">
          The first {MOST_EDGES} of {edges.length.toLocaleString("en")} arrows are drawn; the table holds all of them.
        </p>
      )}
      <div
        class="network-place __________cytoscape_container"
        ref={place}
        role="img"
        aria-label={`Graph of ${count.nodes} nodes and ${count.edges} arrows; the table says the same in words`}
      />
      <p class="small" role="status">
        {picked ? (
          <CellView cell={picked} names={names} />
        ) : (
          <span class="soft">
            Choose a node to see its name and its page
            {edges.length > FEW_EDGES && "; zoom in for the words on the arrows"}.
          </span>
        )}
      </p>
    </div>
  );
}

interface ChoiceProperties extends Properties {
  chosen: EdgeColumns;
  onChoose: (columns: EdgeColumns) => void;
}

/** Which columns the arrows go between, when there is a choice. */
function ColumnChoice({ columns, rows, chosen, onChoose }: ChoiceProperties) {
  const offered = useMemo(() => linkable(columns, rows), [columns, rows]);
  if (offered.length < 3 || chosen.by !== null) return null;
  const select = (label: string, end: "from" | "to") => (
    <label>
      {label}{" "}
      <select
        value={chosen[end]}
        onChange={(event) => onChoose({ ...chosen, [end]: Number(event.currentTarget.value) })}
      >
        {offered.map((column) => (
          <option key={column} value={column}>
            {columns[column]}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      {select("From", "from")}
      {select("to", "to")}
    </>
  );
}

interface DrawnEdge {
  from: NonNullable<Cell>;
  by: Cell;
  to: NonNullable<Cell>;
}

function edgesOf(rows: readonly Cell[][], { from, by, to }: EdgeColumns): DrawnEdge[] {
  const found = new Map<string, DrawnEdge>();
  for (const row of rows) {
    const [start, link, end] = [row[from], by === null ? null : (row[by] ?? null), row[to]];
    if (start && end)
      found.set([start, link, end].map((cell) => (cell ? written(cell) : "")).join(" "), {
        from: start,
        by: link,
        to: end,
      });
  }
  return [...found.values()];
}

function graphSize(edges: DrawnEdge[]): { nodes: number; edges: number } {
  return { nodes: new Set(edges.flatMap(({ from, to }) => [written(from), written(to)])).size, edges: edges.length };
}

function elements(edges: DrawnEdge[]): ElementDefinition[] {
  const nodes = new Map<string, ElementDefinition>();
  for (const { from, to } of edges) {
    for (const cell of [from, to])
      nodes.set(written(cell), { data: { id: written(cell), cell, text: "" }, classes: cell.type });
  }
  const arrows = edges.map(({ from, by, to }) => ({
    data: { source: written(from), target: written(to), cell: by, text: "" },
  }));
  return [...nodes.values(), ...arrows];
}

function shortened(cell: Cell, names: Names): string {
  const text = cell?.type === "bnode" ? "" : textOf(cell, names);
  return text.length > 42 ? `${text.slice(0, 40)}…` : text;
}

/** cytoscape draws on a canvas, which knows no custom properties: their values are read here. */
function look(edges: number): StylesheetJson {
  const values = getComputedStyle(document.documentElement);
  const colour = (name: string) => values.getPropertyValue(name).trim();
  const font = {
    "font-family": "sans-serif",
    color: colour("--ink"),
    "text-wrap": "wrap" as const,
    "text-max-width": "130px",
  };
  return [
    {
      selector: "node",
      style: {
        ...font,
        label: "data(text)",
        "font-size": 12,
        "text-valign": "bottom",
        "text-margin-y": 4,
        width: 18,
        height: 18,
        "background-color": colour("--accent"),
      },
    },
    { selector: "node.literal", style: { shape: "round-rectangle", "background-color": colour("--open") } },
    { selector: "node.bnode", style: { shape: "diamond", "background-color": colour("--line-strong") } },
    { selector: "node:selected", style: { "border-width": 4, "border-color": colour("--series-2") } },
    {
      selector: "edge",
      style: {
        ...font,
        label: "data(text)",
        "font-size": 10,
        "min-zoomed-font-size": edges > FEW_EDGES ? 11 : 0,
        color: colour("--ink-soft"),
        "text-rotation": "autorotate",
        "text-background-color": colour("--raised"),
        "text-background-opacity": 0.85,
        width: 1.5,
        "curve-style": "bezier",
        "target-arrow-shape": "triangle",
        "line-color": colour("--line-strong"),
        "target-arrow-color": colour("--line-strong"),
      },
    },
  ];
}

function markStyled(): void {
  if (document.getElementById(STYLE_MARK)) return;
  const mark = document.createElement("meta");
  mark.id = STYLE_MARK;
  document.head.append(mark);
}
