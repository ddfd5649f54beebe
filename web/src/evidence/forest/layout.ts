/** Where everything of a forest plot stands, for a drawing of a given width. */

import { height, LEADING, SIZE, SMALL } from "../figure/Lines.tsx";
import { differenceScale, ratioScale, type Scale } from "../figure/scale.ts";
import { wrap } from "../figure/text.ts";
import { curationRemark, type References } from "../sources.ts";
import {
  armWords,
  assessmentWords,
  DIFFERENCE,
  distinctions,
  effectWords,
  type Item,
  levelWords,
  type Panel,
  panels,
  totalWords,
} from "./items.ts";

/** A piece of text in a line of the plot. */
export interface Piece {
  readonly x: number;
  /** From the upper end of the line. */
  readonly y: number;
  readonly lines: readonly string[];
  readonly small: boolean;
  readonly bold: boolean;
  readonly soft: boolean;
}

export interface Row {
  readonly item: Item;
  readonly y: number;
  readonly height: number;
  /** Middle of the mark and its interval, from the upper end of the line. */
  readonly middle: number;
  readonly pieces: readonly Piece[];
}

export interface Group {
  readonly endpoint: string;
  readonly y: number;
  readonly rows: readonly Row[];
}

export interface PanelPlace {
  readonly panel: Panel;
  readonly scale: Scale;
  readonly head: number;
  readonly top: number;
  readonly groups: readonly Group[];
  readonly axis: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly columns: Columns;
  readonly panels: readonly PanelPlace[];
}

/** Columns of a drawing; a narrow one has its text above the axis instead of beside it. */
export interface Columns {
  readonly narrow: boolean;
  readonly trial: Column;
  readonly arms: Column;
  readonly axis: Column;
  readonly effect: Column;
  readonly source: Column;
}

interface Column {
  readonly x: number;
  readonly width: number;
}

export const HEAD = 58;
const NARROW_HEAD = 46;
export const AXIS = 46;
const PANEL_GAP = 22;
const BAND_HEIGHT = SIZE * LEADING + 8;
const PADDING = 6;
const GAP = 14;
const NARROW = 760;
const POPULATION_LINES = 3;
const DISTINCTION_LINES = 4;
const AXIS_LINE = 26;

/** Columns for a width. */
export function columnsOf(width: number): Columns {
  if (width < NARROW) {
    const whole = { x: 4, width: width - 8 };
    const axis = { x: 10, width: Math.max(120, width - 150) };
    return { narrow: true, trial: whole, arms: whole, axis, effect: { x: width - 128, width: 124 }, source: whole };
  }
  const shares = { trial: 0.27, arms: 0.25, axis: 0.24, effect: 0.13, source: 0.11 };
  let x = 4;
  const column = (share: number): Column => {
    const found = { x, width: width * share - GAP };
    x += width * share;
    return found;
  };
  return {
    narrow: false,
    trial: column(shares.trial),
    arms: column(shares.arms),
    axis: column(shares.axis),
    effect: column(shares.effect),
    source: column(shares.source),
  };
}

/** A layout for items that all can be drawn; sources are numbered on the way. */
export function layoutOf(items: readonly Item[], all: readonly Item[], width: number, references: References): Layout {
  const columns = columnsOf(width);
  const apart = distinctions(all);
  let y = 0;
  const found = panels(items).map((panel): PanelPlace => {
    const head = y;
    y += columns.narrow ? NARROW_HEAD : HEAD;
    const top = y;
    const groups: { endpoint: string; y: number; rows: Row[] }[] = [];
    for (const item of panel.items) {
      let group = groups.at(-1);
      if (!group || group.endpoint !== item.endpoint) {
        group = { endpoint: item.endpoint, y, rows: [] };
        groups.push(group);
        y += BAND_HEIGHT;
      }
      const row = rowOf(item, columns, y, references.cite(item.sources), apart.get(item.name) ?? "");
      group.rows.push(row);
      y += row.height;
    }
    const place = { panel, scale: scaleOf(panel, columns.axis), head, top, groups, axis: y };
    y += AXIS + PANEL_GAP;
    return place;
  });
  return { width, height: Math.max(0, y - PANEL_GAP), columns, panels: found };
}

function scaleOf(panel: Panel, axis: Column): Scale {
  const effects = panel.items.map((item) => item.effect);
  const ends = panel.items.flatMap((item) => [item.low, item.high].filter((end) => end !== null));
  const [left, right] = [axis.x, axis.x + axis.width];
  return panel.measure === DIFFERENCE
    ? differenceScale(left, right, [...effects, ...ends])
    : ratioScale(left, right, effects, ends);
}

function rowOf(item: Item, columns: Columns, y: number, source: string, distinction: string): Row {
  const stack = new Stack(PADDING);
  const name = [item.trial, item.analysis].filter(Boolean).join(" · ");
  const arms = [armWords(item.experimental, item.comparator, item)];
  if (item.comparator.therapy) arms.push(`v ${armWords(item.comparator, item.experimental, item)}`);
  const asides = [totalWords(item), assessmentWords(item), distinction];
  const details = item.subgroup ? [`subgroup: ${item.subgroup}`] : [];
  const remark = [levelWords(item), curationRemark(item.curation)];

  stack.add(columns.trial, name, { bold: true });
  for (const text of details) stack.add(columns.trial, text, { small: true });
  const population = () =>
    stack.add(columns.trial, item.population, { small: true, soft: true, most: POPULATION_LINES });
  if (columns.narrow) {
    for (const text of arms) stack.add(columns.arms, text, {});
    for (const text of asides) stack.add(columns.arms, text, { small: true, soft: true, most: DISTINCTION_LINES });
    population();
    stack.add(columns.source, [...remark, source && `source ${source}`].filter(Boolean).join(" · "), {
      small: true,
      soft: true,
    });
    const middle = stack.bottom + AXIS_LINE / 2;
    stack.to(stack.bottom + AXIS_LINE / 2 - SIZE * 0.65);
    stack.add(columns.effect, effectWords(item), { bold: true });
    return { item, y, height: stack.bottom + PADDING, middle, pieces: stack.pieces };
  }
  population();
  const beside = new Stack(PADDING);
  for (const text of arms) beside.add(columns.arms, text, {});
  for (const text of asides) beside.add(columns.arms, text, { small: true, soft: true, most: DISTINCTION_LINES });
  const effect = new Stack(PADDING);
  effect.add(columns.effect, effectWords(item), { bold: true });
  effect.add(columns.effect, remark[0] ?? "", { small: true, soft: true });
  const origin = new Stack(PADDING);
  origin.add(columns.source, source, {});
  origin.add(columns.source, remark[1] ?? "", { small: true, soft: true });
  const stacks = [stack, beside, effect, origin];
  const bottom = Math.max(...stacks.map((one) => one.bottom));
  return {
    item,
    y,
    height: bottom + PADDING,
    middle: PADDING + SIZE * 0.6,
    pieces: stacks.flatMap((one) => one.pieces),
  };
}

/** Texts that stand one below the other. */
class Stack {
  readonly pieces: Piece[] = [];

  constructor(public bottom: number) {}

  add(column: Column, text: string, look: { small?: boolean; bold?: boolean; soft?: boolean; most?: number }): void {
    if (!text) return;
    const { small = false, bold = false, soft = false } = look;
    const size = small ? SMALL : SIZE;
    const lines = wrap(text, column.width, size, bold, look.most);
    this.pieces.push({ x: column.x, y: this.bottom, lines, small, bold, soft });
    this.bottom += height(lines, size);
  }

  to(y: number): void {
    this.bottom = y;
  }
}
