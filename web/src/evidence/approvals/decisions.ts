/** Regulatory decisions: what the server says of them, and how they look. */

import type { Ink } from "../figure/ink.ts";
import type { Linked } from "../forest/items.ts";
import type { Source } from "../sources.ts";

/** One decision of an authority: a mark on the timeline. */
export interface Decision {
  readonly name: string;
  readonly href: string | null;
  readonly jurisdiction: string;
  readonly therapy: string;
  readonly therapies: readonly Linked[];
  readonly brand: string | null;
  readonly decision: string;
  readonly status: string;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; nothing when the date is not known. */
  readonly date: string | null;
  /** The indication. */
  readonly gist: string;
  readonly curation: string;
  readonly curation_label: string | null;
  readonly sources: readonly Source[];
}

export type Shape = "circle" | "ring" | "up" | "cross" | "down" | "diamond" | "star" | "square" | "plus";

/** Kind of decision → shape; kinds that mean much the same share one, and the word beside it tells them apart. */
const SHAPES: Readonly<Record<string, Shape>> = {
  approval: "circle",
  "conditional approval": "ring",
  extension: "up",
  "complete response": "cross",
  refusal: "cross",
  "withdrawal of application": "down",
  discontinuation: "down",
  pending: "diamond",
  "breakthrough designation": "star",
  "orphan designation": "star",
  investigational: "square",
};

/** How a status looks: in colour, and without it by what is filled and by a stroke across. */
export interface Look {
  readonly words: string;
  readonly ink: keyof Ink;
  readonly filled: boolean;
  readonly struck: boolean;
}

const LOOKS: Readonly<Record<string, Look>> = {
  active: { words: "in force", ink: "active", filled: true, struck: false },
  "not marketed": { words: "not marketed", ink: "aside", filled: false, struck: true },
  pending: { words: "pending", ink: "soft", filled: false, struck: false },
  refused: { words: "refused", ink: "refused", filled: true, struck: false },
  withdrawn: { words: "withdrawn", ink: "withdrawn", filled: true, struck: true },
};
const OTHER_LOOK: Look = { words: "other", ink: "text", filled: false, struck: false };

export const UNDATED = "date not known";

/** The shape of a kind of decision. */
export function shapeOf(decision: string): Shape {
  return SHAPES[decision] ?? "plus";
}

/** The look of a status. */
export function lookOf(status: string): Look {
  return LOOKS[status] ?? OTHER_LOOK;
}

/** Kinds of decision that occur, in the order of the legend. */
export function kindsOf(decisions: readonly Decision[]): string[] {
  const found = new Set(decisions.map((one) => one.decision));
  const known = Object.keys(SHAPES).filter((kind) => found.has(kind));
  return [...known, ...[...found].filter((kind) => !(kind in SHAPES)).sort()];
}

/** Statuses that occur, in the order of the legend. */
export function statusesOf(decisions: readonly Decision[]): string[] {
  const found = new Set(decisions.map((one) => one.status));
  const known = Object.keys(LOOKS).filter((status) => found.has(status));
  return [...known, ...[...found].filter((status) => !(status in LOOKS)).sort()];
}

/** What was decided, and its state where the decision does not say it. */
export function decisionWords(one: Decision): readonly [string, string] {
  const { words } = lookOf(one.status);
  return [one.decision, one.status === "active" || one.status === one.decision ? "" : words];
}

/** A therapy with its brand names. */
export function nameOf(one: Decision): string {
  return one.therapy + (one.brand ? ` (${one.brand.replaceAll(" | ", " / ")})` : "");
}
