import type { Handles } from "../figure/Figure.tsx";
import type { Ink } from "../figure/ink.ts";
import { Band, height, LEADING, Lines, SIZE, SMALL } from "../figure/Lines.tsx";
import { place, type Scale, span, tickLabel } from "../figure/scale.ts";
import { lookOf, shapeOf } from "./decisions.ts";
import type { Layout, Line } from "./layout.ts";
import { Mark } from "./Mark.tsx";

interface DrawingProps {
  readonly layout: Layout;
  readonly ink: Ink;
  readonly handles?: Handles;
}

const WHOLE_DATE = "YYYY-MM-DD".length;
const PADDING = 6;

/** A timeline of decisions, as the content of an SVG element. */
export function TimelineDrawing({ layout, ink, handles }: DrawingProps) {
  const { scale } = layout;
  return (
    <>
      <Head layout={layout} ink={ink} />
      {layout.narrow || <Grid scale={scale} from={24} to={layout.height - 4} ink={ink} />}
      {layout.places.map((at) => (
        <g key={at.jurisdiction}>
          <Band x={0} y={at.y + 1} width={layout.width} text={at.jurisdiction} ink={ink} />
          {at.lines.map((line) => (
            <LineDrawing key={line.decision.name} line={line} layout={layout} ink={ink} {...(handles && { handles })} />
          ))}
        </g>
      ))}
    </>
  );
}

/** Pale lines at the years. */
function Grid({
  scale,
  from,
  to,
  ink,
}: {
  readonly scale: Scale | null;
  readonly from: number;
  readonly to: number;
  readonly ink: Ink;
}) {
  return (
    <g stroke={ink.rule} stroke-width={0.75}>
      {scale?.ticks.map((tick) => (
        <line key={tick} x1={place(scale, tick)} x2={place(scale, tick)} y1={from} y2={to} />
      ))}
    </g>
  );
}

function Head({ layout, ink }: DrawingProps) {
  const { columns, scale, narrow } = layout;
  const entries: readonly (readonly [number, string])[] = narrow
    ? []
    : [
        [columns.text.x, "Therapy (brand): indication"],
        [columns.kind.x, "Decision"],
        [columns.date, "Date"],
        [columns.source.x, "Source"],
      ];
  return (
    <g>
      {entries.map(([x, text]) => (
        <Lines key={text} x={x} y={4} lines={[text]} bold fill={ink.text} />
      ))}
      {layout.places.some((at) => at.lines.some((line) => !line.decision.date)) && (
        <Lines
          x={columns.undated}
          y={5}
          lines={[narrow ? "?" : "no date"]}
          size={SMALL}
          anchor="middle"
          fill={ink.soft}
        />
      )}
      {scale?.ticks.map((tick) => (
        <Lines
          key={tick}
          x={place(scale, tick)}
          y={5}
          lines={[tickLabel(tick)]}
          size={SMALL}
          anchor="middle"
          fill={ink.text}
        />
      ))}
      <line x1={0} x2={layout.width} y1={24} y2={24} stroke={ink.text} stroke-width={0.75} />
    </g>
  );
}

function LineDrawing({ line, layout, ink, handles }: DrawingProps & { readonly line: Line }) {
  const { columns, scale, narrow } = layout;
  const { decision } = line;
  const [begin, end] = decision.date ? span(decision.date) : [Number.NaN, Number.NaN];
  const known = decision.date && scale ? ([place(scale, begin), place(scale, end)] as const) : null;
  const x = known ? (known[0] + known[1]) / 2 : columns.undated;
  const gistY = PADDING + height(line.name, SIZE);
  const kindY = narrow ? gistY + height(line.gist, SMALL) : PADDING;
  const remarkY = narrow ? kindY + height(line.kind, SIZE) : PADDING + (line.source ? SIZE * LEADING : 0);
  return (
    <g
      transform={`translate(0 ${line.y})`}
      data-item={decision.name}
      {...(handles && {
        class: "figure-row",
        role: "button",
        tabIndex: handles.current === decision.name ? 0 : -1,
        "aria-description": `${decision.jurisdiction}, now ${lookOf(decision.status).words}`,
        "aria-expanded": handles.open === decision.name,
        ...handles.on(decision.name),
      })}
    >
      <rect
        class="figure-row-back"
        y={0.5}
        width={layout.width}
        height={line.height - 1}
        fill={handles?.open === decision.name ? ink.band : "transparent"}
        fill-opacity={0.6}
      />
      <Lines x={columns.text.x} y={PADDING} lines={line.name} bold fill={ink.text} />
      <Lines x={columns.text.x} y={gistY} lines={line.gist} size={SMALL} fill={ink.soft} />
      <Lines x={columns.kind.x} y={kindY} lines={line.kind} fill={ink.text} />
      <Lines
        x={columns.kind.x}
        y={kindY + height(line.kind, SIZE)}
        lines={line.state}
        size={SMALL}
        bold
        fill={ink.text}
      />
      {line.date && <Lines x={columns.date} y={PADDING} lines={[line.date]} fill={ink.text} />}
      {line.source && <Lines x={columns.source.x} y={PADDING} lines={[line.source]} fill={ink.text} />}
      <Lines x={columns.source.x} y={remarkY} lines={line.remark} size={SMALL} fill={ink.soft} />
      {narrow && <Grid scale={scale} from={line.middle - 12} to={line.height} ink={ink} />}
      {known && (decision.date?.length ?? 0) < WHOLE_DATE && (
        <KnownSpan from={known[0]} to={known[1]} y={line.middle} ink={ink} />
      )}
      <Mark x={x} y={line.middle} shape={shapeOf(decision.decision)} look={lookOf(decision.status)} ink={ink} />
      <line x1={0} x2={layout.width} y1={line.height} y2={line.height} stroke={ink.rule} stroke-width={0.75} />
    </g>
  );
}

/** The time within which a decision fell; its caps stand out above and below the mark. */
function KnownSpan({
  from,
  to,
  y,
  ink,
}: {
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly ink: Ink;
}) {
  return (
    <g stroke={ink.text} data-part="span">
      <line x1={from} x2={to} y1={y} y2={y} stroke-width={1.5} />
      <line x1={from} x2={from} y1={y - 9} y2={y + 9} />
      <line x1={to} x2={to} y1={y - 9} y2={y + 9} />
    </g>
  );
}
