import type { Handles } from "../figure/Figure.tsx";
import type { Ink } from "../figure/ink.ts";
import { Band, LEADING, Lines, SIZE, SMALL } from "../figure/Lines.tsx";
import { place, type Scale, tickLabel } from "../figure/scale.ts";
import { abbreviation, DIFFERENCE, type Item, type Panel } from "./items.ts";
import type { Group, Layout, PanelPlace, Row } from "./layout.ts";

/** Size of every mark: a size that differed would look like a weight. */
const MARK = 8;

interface DrawingProps {
  readonly layout: Layout;
  readonly ink: Ink;
  readonly handles?: Handles;
}

/** All panels of a forest plot, as the content of an SVG element. */
export function ForestDrawing({ layout, ink, handles }: DrawingProps) {
  return (
    <>
      {layout.panels.map((panel) => (
        <PanelDrawing key={`${panel.head}`} place={panel} layout={layout} ink={ink} {...(handles && { handles })} />
      ))}
    </>
  );
}

function PanelDrawing({ place: at, layout, ink, handles }: DrawingProps & { readonly place: PanelPlace }) {
  const neutral = place(at.scale, at.panel.measure === DIFFERENCE ? 0 : 1);
  return (
    <g>
      <Head place={at} layout={layout} ink={ink} />
      {at.groups.map((group) => (
        <Band key={group.endpoint} x={0} y={group.y + 1} width={layout.width} text={group.endpoint} ink={ink} />
      ))}
      {layout.columns.narrow ||
        at.groups.map((group) => <Grid key={group.endpoint} scale={at.scale} group={group} ink={ink} />)}
      {layout.columns.narrow || (
        <line
          x1={neutral}
          x2={neutral}
          y1={at.top}
          y2={at.axis + 4}
          stroke={ink.soft}
          stroke-dasharray="4 3"
          data-part="reference"
        />
      )}
      {at.groups.flatMap((group) =>
        group.rows.map((row) => (
          <RowDrawing
            key={row.item.name}
            row={row}
            scale={at.scale}
            neutral={neutral}
            layout={layout}
            ink={ink}
            {...(handles && { handles })}
          />
        )),
      )}
      <Axis panel={at.panel} scale={at.scale} y={at.axis} neutral={neutral} layout={layout} ink={ink} />
    </g>
  );
}

/** Pale lines at the numbers of the axis. */
function Grid({ scale, group, ink }: { readonly scale: Scale; readonly group: Group; readonly ink: Ink }) {
  const last = group.rows.at(-1);
  const end = last ? last.y + last.height : group.y;
  return (
    <g stroke={ink.rule} stroke-width={0.75}>
      {scale.ticks.map((tick) => (
        <line key={tick} x1={place(scale, tick)} x2={place(scale, tick)} y1={group.rows[0]?.y} y2={end} />
      ))}
    </g>
  );
}

/** What a panel shows, in words. */
export function panelTitle(panel: Panel): string {
  const unit = panel.unit ? ` in ${panel.unit}` : "";
  const measure = panel.measure.slice(0, 1).toUpperCase() + panel.measure.slice(1);
  return `${measure}${unit}${panel.measure === DIFFERENCE ? "" : " (log scale)"}`;
}

function Head({ place: at, layout, ink }: { readonly place: PanelPlace; readonly layout: Layout; readonly ink: Ink }) {
  const { columns, width } = layout;
  const y = at.head;
  const ticks = <Ticks scale={at.scale} y={at.top - 6} above ink={ink} />;
  if (columns.narrow) {
    return (
      <g>
        <Lines x={4} y={y + 4} lines={[panelTitle(at.panel)]} bold fill={ink.text} />
        {ticks}
      </g>
    );
  }
  const entries = [
    [columns.trial.x, "Trial · analysis", "population"],
    [columns.arms.x, "Experimental v comparator", "n: median or rate"],
    [columns.axis.x, panelTitle(at.panel), ""],
    [columns.effect.x, `${abbreviation(at.panel.measure)} (interval)`, "level"],
    [columns.source.x, "Source", ""],
  ] as const;
  return (
    <g>
      <line x1={0} x2={width} y1={y + 0.5} y2={y + 0.5} stroke={ink.text} />
      {entries.map(([x, first, second]) => (
        <g key={first}>
          <Lines x={x} y={y + 4} lines={[first]} bold fill={ink.text} />
          {second && <Lines x={x} y={y + 4 + SIZE * LEADING} lines={[second]} size={SMALL} fill={ink.soft} />}
        </g>
      ))}
      {ticks}
    </g>
  );
}

/** An axis line with its numbers. */
function Ticks({
  scale,
  y,
  above = false,
  ink,
}: {
  readonly scale: Scale;
  readonly y: number;
  readonly above?: boolean;
  readonly ink: Ink;
}) {
  const side = above ? -1 : 1;
  return (
    <g>
      <line x1={scale.left} x2={scale.right} y1={y} y2={y} stroke={ink.text} />
      {scale.ticks.map((tick) => {
        const x = place(scale, tick);
        return (
          <g key={tick}>
            <line x1={x} x2={x} y1={y} y2={y + 4 * side} stroke={ink.text} />
            <Lines
              x={x}
              y={above ? y - 6 - SMALL : y + 6}
              lines={[tickLabel(tick)]}
              size={SMALL}
              anchor="middle"
              fill={ink.text}
            />
          </g>
        );
      })}
    </g>
  );
}

interface RowProps {
  readonly row: Row;
  readonly scale: Scale;
  readonly neutral: number;
  readonly layout: Layout;
  readonly ink: Ink;
  readonly handles?: Handles;
}

function RowDrawing({ row, scale, neutral, layout, ink, handles }: RowProps) {
  const { item } = row;
  return (
    <g
      transform={`translate(0 ${row.y})`}
      data-item={item.name}
      {...(handles && {
        class: "figure-row",
        role: "button",
        tabIndex: handles.current === item.name ? 0 : -1,
        "aria-description": `${item.endpoint}, ${item.measure}`,
        "aria-expanded": handles.open === item.name,
        ...handles.on(item.name),
      })}
    >
      <rect
        class="figure-row-back"
        x={0}
        y={0.5}
        width={layout.width}
        height={row.height - 1}
        fill={handles?.open === item.name ? ink.band : "transparent"}
        fill-opacity={0.6}
      />
      {row.pieces.map((piece) => (
        <Lines
          key={`${piece.x}-${piece.y}`}
          x={piece.x}
          y={piece.y}
          lines={piece.lines}
          size={piece.small ? SMALL : SIZE}
          bold={piece.bold}
          fill={piece.soft ? ink.soft : ink.text}
        />
      ))}
      {layout.columns.narrow && <Guide scale={scale} neutral={neutral} y={row.middle} ink={ink} />}
      <Interval item={item} scale={scale} y={row.middle} ink={ink} />
      <line x1={0} x2={layout.width} y1={row.height} y2={row.height} stroke={ink.rule} stroke-width={0.75} />
    </g>
  );
}

/** The reference line of one row, where rows have text above the axis. */
function Guide({
  scale,
  neutral,
  y,
  ink,
}: {
  readonly scale: Scale;
  readonly neutral: number;
  readonly y: number;
  readonly ink: Ink;
}) {
  return (
    <g>
      <line x1={scale.left} x2={scale.right} y1={y} y2={y} stroke={ink.rule} />
      <line
        x1={neutral}
        x2={neutral}
        y1={y - 10}
        y2={y + 10}
        stroke={ink.soft}
        stroke-dasharray="3 2"
        data-part="reference"
      />
    </g>
  );
}

function Interval({
  item,
  scale,
  y,
  ink,
}: {
  readonly item: Item;
  readonly scale: Scale;
  readonly y: number;
  readonly ink: Ink;
}) {
  const low = item.low ?? scale.low;
  const high = item.high ?? scale.high;
  const [left, right] = [place(scale, low), place(scale, high)];
  const [openLow, openHigh] = [item.low === null || low < scale.low, item.high === null || high > scale.high];
  const middle = place(scale, item.effect);
  return (
    <g stroke={ink.mark} fill={ink.mark}>
      <line x1={left} x2={right} y1={y} y2={y} stroke-width={2} data-part="interval" />
      {openLow ? (
        <Arrow x={left} y={y} side={-1} />
      ) : (
        <line x1={left} x2={left} y1={y - 4} y2={y + 4} stroke-width={1.5} />
      )}
      {openHigh ? (
        <Arrow x={right} y={y} side={1} />
      ) : (
        <line x1={right} x2={right} y1={y - 4} y2={y + 4} stroke-width={1.5} />
      )}
      <rect
        x={middle - MARK / 2}
        y={y - MARK / 2}
        width={MARK}
        height={MARK}
        stroke={ink.paper}
        stroke-width={0.75}
        data-part="effect"
      />
    </g>
  );
}

function Arrow({ x, y, side }: { readonly x: number; readonly y: number; readonly side: 1 | -1 }) {
  return <path d={`M${x + side * 3},${y} l${-side * 8},-4.5 v9 z`} stroke="none" data-part="arrow" />;
}

interface AxisProps {
  readonly panel: Panel;
  readonly scale: Scale;
  readonly y: number;
  readonly neutral: number;
  readonly layout: Layout;
  readonly ink: Ink;
}

const SIDES: Readonly<Record<Panel["better"], readonly [string, string]>> = {
  lower: ["← favours experimental", "favours comparator →"],
  higher: ["← favours comparator", "favours experimental →"],
  "": ["← lower with experimental", "higher with experimental →"],
};

function Axis({ panel, scale, y, neutral, layout, ink }: AxisProps) {
  const [below, above] = SIDES[panel.better];
  const top = y + 4;
  const size = layout.columns.narrow ? SMALL - 1 : SMALL;
  return (
    <g>
      <Ticks scale={scale} y={top} ink={ink} />
      <Lines x={neutral - 5} y={top + 8 + SMALL * LEADING} lines={[below]} size={size} anchor="end" fill={ink.text} />
      <Lines x={neutral + 5} y={top + 8 + SMALL * LEADING} lines={[above]} size={size} fill={ink.text} />
    </g>
  );
}
