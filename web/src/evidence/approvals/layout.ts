/** Where everything of a timeline stands, for a drawing of a given width. */

import { grouped } from "../../common/grouped.ts";
import { height, LEADING, SIZE, SMALL } from "../figure/Lines.tsx";
import { type Scale, span, yearScale } from "../figure/scale.ts";
import { wrap } from "../figure/text.ts";
import { curationRemark, type References } from "../sources.ts";
import { type Decision, decisionWords, nameOf, UNDATED } from "./decisions.ts";

export interface Line {
  readonly decision: Decision;
  readonly y: number;
  readonly height: number;
  readonly middle: number;
  readonly name: readonly string[];
  readonly gist: readonly string[];
  readonly kind: readonly string[];
  readonly state: readonly string[];
  readonly date: string;
  readonly source: string;
  readonly remark: readonly string[];
}

export interface Place {
  readonly jurisdiction: string;
  readonly y: number;
  readonly lines: readonly Line[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly narrow: boolean;
  readonly columns: Columns;
  readonly scale: Scale | null;
  readonly head: number;
  readonly places: readonly Place[];
}

interface Columns {
  readonly text: { readonly x: number; readonly width: number };
  readonly kind: { readonly x: number; readonly width: number };
  readonly date: number;
  readonly undated: number;
  readonly axis: { readonly x: number; readonly width: number };
  readonly source: { readonly x: number; readonly width: number };
}

export const HEAD = 30;
const NARROW = 760;
const PADDING = 6;
const GIST_LINES = 3;
const AXIS_LINE = 24;

function columnsOf(width: number): Columns {
  if (width < NARROW) {
    const whole = { x: 4, width: width - 8 };
    return { text: whole, kind: whole, date: 4, undated: 14, axis: { x: 34, width: width - 48 }, source: whole };
  }
  const source = { x: width - 92, width: 90 };
  const axis = { x: width * 0.62, width: source.x - width * 0.62 - 20 };
  return {
    text: { x: 4, width: width * 0.36 },
    kind: { x: width * 0.36 + 18, width: width * 0.105 },
    date: width * 0.47 + 18,
    undated: width * 0.62 - 34,
    axis,
    source,
  };
}

/** A layout for decisions, which come sorted by jurisdiction and date; sources are numbered on the way. */
export function layoutOf(decisions: readonly Decision[], width: number, references: References): Layout {
  const narrow = width < NARROW;
  const columns = columnsOf(width);
  const scale = scaleOf(decisions, columns);
  let y = HEAD;
  const places = [...grouped(decisions, (one) => one.jurisdiction)].map(([jurisdiction, found]): Place => {
    const top = y;
    y += SIZE * LEADING + 8;
    const lines = found.map((decision) => {
      const line = lineOf(decision, columns, narrow, y, references.cite(decision.sources));
      y += line.height;
      return line;
    });
    return { jurisdiction, y: top, lines };
  });
  return { width, height: y + 6, narrow, columns, scale, head: 0, places };
}

function scaleOf(decisions: readonly Decision[], columns: Columns): Scale | null {
  const spans = decisions.flatMap((one) => (one.date ? [span(one.date)] : []));
  if (!spans.length) return null;
  const first = Math.floor(Math.min(...spans.map(([begin]) => begin)));
  const last = Math.ceil(Math.max(...spans.map(([, end]) => end))) - 1;
  return yearScale(columns.axis.x, columns.axis.x + columns.axis.width, first, Math.max(first, last));
}

function lineOf(decision: Decision, columns: Columns, narrow: boolean, y: number, source: string): Line {
  const name = wrap(nameOf(decision), columns.text.width, SIZE, true);
  const gist = wrap(decision.gist, columns.text.width, SMALL, false, GIST_LINES);
  const [kind, state] = decisionWords(decision);
  const remark = curationRemark(decision.curation);
  const date = decision.date || UNDATED;
  const text = PADDING + height(name, SIZE) + height(gist, SMALL);
  if (narrow) {
    const said = [date, kind, state].filter(Boolean).join(" · ");
    const kinds = wrap(said, columns.kind.width, SIZE);
    const remarks = wrap(
      [source && `source ${source}`, remark].filter(Boolean).join(" · "),
      columns.source.width,
      SMALL,
    );
    const middle = text + height(kinds, SIZE) + height(remarks, SMALL) + AXIS_LINE / 2;
    const whole = middle + AXIS_LINE / 2 + PADDING;
    return {
      decision,
      y,
      height: whole,
      middle,
      name,
      gist,
      kind: kinds,
      state: [],
      date: "",
      source: "",
      remark: remarks,
    };
  }
  const kinds = wrap(kind, columns.kind.width, SIZE);
  const states = wrap(state, columns.kind.width, SMALL);
  const remarks = wrap(remark, columns.source.width, SMALL);
  const bottom = Math.max(
    text,
    PADDING + height(kinds, SIZE) + height(states, SMALL),
    PADDING + SIZE * LEADING + height(remarks, SMALL),
  );
  return {
    decision,
    y,
    height: bottom + PADDING,
    middle: PADDING + SIZE * 0.6,
    name,
    gist,
    kind: kinds,
    state: states,
    date,
    source,
    remark: remarks,
  };
}
