import * as Plot from "@observablehq/plot";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { saveFile, svgToPng, svgToText } from "../common/download.ts";
import { type Names, useNamesOf } from "./names.ts";
import { textOf } from "./order.ts";
import type { Cell } from "./rdf.ts";
import { type ChartKind, chartsFor, type Shape } from "./shapes.ts";

const MOST_BARS = 40;
const SMALL_COUNT = 12; // up to here an axis of counts shows whole numbers only
const SERIES = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5"];
const TITLES: Record<ChartKind, string> = { bars: "Bars", points: "Points", line: "Line over time" };

interface Properties {
  columns: readonly string[];
  rows: readonly Cell[][];
}

/** A chart of the rows, with a choice of kind and columns. */
export default function Chart({ columns, rows }: Properties) {
  const shapes = useMemo(() => chartsFor(columns, rows), [columns, rows]);
  const [shape, setShape] = useState<Shape | undefined>(shapes[0]);
  const [series, setSeries] = useState<readonly number[]>(shapes[0]?.y.slice(0, 1) ?? []);
  const { names, version } = useNamesOf(rows);
  const [figure, width] = useWidth();

  // names is one map that grows; the version says when
  useEffect(() => {
    if (!shape || series.length === 0 || !width) return;
    figure.current?.replaceChildren(drawn({ ...shape, y: [...series] }, columns, rows, names, width));
  }, [shape, series, columns, rows, version, width]);

  if (!shape) return null;
  const choose = (kind: ChartKind) => {
    const chosen = shapes.find((one) => one.kind === kind);
    setShape(chosen);
    setSeries(chosen?.y.slice(0, 1) ?? []);
  };
  const toggle = (column: number) =>
    setSeries(
      series.includes(column) ? series.filter((one) => one !== column) : [...series, column].sort((a, b) => a - b),
    );
  const svg = () => figure.current?.querySelector("svg") as SVGSVGElement;
  return (
    <div class="chart stack-s">
      <div class="row small">
        <label>
          Chart{" "}
          <select value={shape.kind} onChange={(event) => choose(event.currentTarget.value as ChartKind)}>
            {shapes.map(({ kind }) => (
              <option key={kind} value={kind}>
                {TITLES[kind]}
              </option>
            ))}
          </select>
        </label>
        <Values
          columns={columns}
          shape={shape}
          series={series}
          onOnly={(column) => setSeries([column])}
          onToggle={toggle}
        />
        <span class="row">
          <button type="button" class="button" onClick={() => saveFile("chart.svg", svgToText(svg()), "image/svg+xml")}>
            SVG
          </button>
          <button
            type="button"
            class="button"
            onClick={async () => saveFile("chart.png", await svgToPng(svg()), "image/png")}
          >
            PNG
          </button>
        </span>
      </div>
      {shape.kind === "bars" && rows.length > MOST_BARS && (
        <p class="small soft">
          The first {MOST_BARS} of {rows.length.toLocaleString("en")} rows are drawn. Order and limit the query to
          choose which.
        </p>
      )}
      <figure class="chart-figure" ref={figure} />
    </div>
  );
}

interface ValuesProperties {
  columns: readonly string[];
  shape: Shape;
  series: readonly number[];
  onOnly: (column: number) => void;
  onToggle: (column: number) => void;
}

/** Which columns of numbers are drawn: several side by side, for points one. */
function Values({ columns, shape, series, onOnly, onToggle }: ValuesProperties) {
  if (shape.y.length < 2) return null;
  const type = shape.kind === "points" ? "radio" : "checkbox";
  return (
    <fieldset class="row plain-fields">
      <legend class="unseen">Values</legend>
      {shape.y.map((column) => (
        <label key={column}>
          <input
            type={type}
            name="values"
            checked={series.includes(column)}
            onChange={() => (type === "radio" ? onOnly(column) : onToggle(column))}
          />{" "}
          {columns[column]}
        </label>
      ))}
    </fieldset>
  );
}

function useWidth() {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}

interface Datum {
  x: string | number | Date;
  value: number;
  series: string;
  row: number;
}

function drawn(
  shape: Shape,
  columns: readonly string[],
  rows: readonly Cell[][],
  names: Names,
  width: number,
): Element {
  const title = (column: number) => columns[column] ?? "";
  const data = dataOf(shape, columns, shape.kind === "bars" ? rows.slice(0, MOST_BARS) : rows, names);
  const domain = shape.y.map(title);
  const colour = { domain, range: SERIES.map((name) => `var(${name})`) };
  const label = shape.y.length === 1 ? domain[0] : "value";
  const style = { fontFamily: "var(--font)", fontSize: "13px", background: "transparent", color: "var(--ink)" };
  const about = `${TITLES[shape.kind]}: ${domain.join(", ")} by ${title(shape.x)}, ${data.length} values`;
  const common = { width, style, color: colour, ariaLabel: about };
  return withoutStyles(
    shape.kind === "bars"
      ? bars(data, common, title(shape.x), label)
      : curves(shape.kind, data, common, title(shape.x), label),
  );
}

function dataOf(shape: Shape, columns: readonly string[], rows: readonly Cell[][], names: Names): Datum[] {
  return rows.flatMap((row, number) =>
    shape.y.flatMap((column) => {
      const [x, value] = [row[shape.x] ?? null, row[column]];
      return x && value
        ? [
            {
              x: position(shape.kind, x, names),
              value: Number(value.value),
              series: columns[column] ?? "",
              row: number,
            },
          ]
        : [];
    }),
  );
}

function position(kind: ChartKind, cell: NonNullable<Cell>, names: Names): string | number | Date {
  if (kind === "line") return new Date(cell.value);
  return kind === "points" ? Number(cell.value) : textOf(cell, names);
}

/** Lying bars, so that long names can be read; rows that share a name stand apart as dots instead of being added up. */
function bars(data: Datum[], common: Plot.PlotOptions, xTitle: string, label: string | undefined): Element {
  const categories = [...new Set(data.map((datum) => datum.x as string))];
  const series = [...new Set(data.map((datum) => datum.series))];
  const isRepeated =
    data.length > categories.length * series.length ||
    new Set(data.map(({ x, series: s }) => `${x}\n${s}`)).size < data.length;
  const longest = Math.max(...categories.map((category) => category.length));
  const margin = Math.min(Math.max(longest * 7, 60), (common.width ?? 600) * 0.42);
  const letters = Math.floor(margin / 7) - 1;
  const shorten = (text: string) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);
  const tip = {
    tip: true,
    title: (datum: Datum) => `${datum.x}\n${datum.series}: ${datum.value.toLocaleString("en")}`,
  };
  const channels = { x: "value", y: "series", fill: "series", ...tip };
  const mark = isRepeated
    ? Plot.dot(data, { ...channels, fy: "x", r: 4, fillOpacity: 0.7 })
    : Plot.barX(data, { ...channels, fy: "x" });
  return Plot.plot({
    ...common,
    marginLeft: margin,
    marginRight: series.length > 1 ? 110 : 20,
    height: 70 + categories.length * (10 + series.length * 18),
    fy: { domain: categories, label: xTitle, tickFormat: shorten, axis: "left", padding: 0.15 } as Plot.ScaleOptions,
    x: { label: `${label} →`, grid: true, zero: true },
    y: { domain: series, label: null, tickSize: 0, axis: series.length > 1 ? "right" : null },
    marks: [mark, Plot.ruleX([0])],
  });
}

function curves(
  kind: ChartKind,
  data: Datum[],
  common: Plot.PlotOptions,
  xTitle: string,
  label: string | undefined,
): Element {
  const tip = (datum: Datum) =>
    `${xTitle}: ${datum.x instanceof Date ? datum.x.toISOString().slice(0, 10) : datum.x}\n${datum.series}: ${datum.value}`;
  const channels = { x: "x", y: "value", stroke: "series" } as const;
  const several = new Set(data.map((datum) => datum.series)).size > 1;
  const isCount = data.every(({ value }) => Number.isInteger(value) && value >= 0 && value <= SMALL_COUNT);
  const symbols = several ? { symbol: "series" } : {};
  const dots = Plot.dot(data, { ...channels, ...symbols, fill: "series", fillOpacity: 0.35, title: tip, tip: true });
  const names = Plot.text(
    data,
    Plot.selectLast({ x: "x", y: "value", z: "series", text: "series", dx: 6, textAnchor: "start", fill: "series" }),
  );
  const line = Plot.lineY(data, { ...channels, z: "series", sort: "x", strokeOpacity: 0.7 });
  const isLine = kind === "line";
  return Plot.plot({
    ...common,
    height: 400,
    marginLeft: 60,
    marginRight: several ? 110 : 24,
    x: { label: `${xTitle} →`, grid: true, ...(isLine ? { type: "utc" as const } : {}) },
    y: { label: `↑ ${label}`, grid: true, ...(isCount ? { zero: true, interval: 1 } : {}) },
    marks: isLine ? [line, dots, ...(several ? [names] : [])] : [dots],
  });
}

/** Plot's own style element would need an exception from the content-security policy; its few rules stand in query.css. */
function withoutStyles(figure: Element): Element {
  for (const style of figure.querySelectorAll("style")) style.remove();
  return figure;
}
