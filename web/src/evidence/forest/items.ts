/** Effect estimates: what the server says of them, and how they are put in words and panels. */

import { grouped } from "../../common/grouped.ts";
import type { Source } from "../sources.ts";

/** One group of a comparison. */
export interface Arm {
  readonly therapy: string;
  readonly therapies: readonly Linked[];
  readonly n: string | null;
  /** Median or rate, in the unit of the item. */
  readonly value: number | null;
  /** Words of the source in place of a value, such as `not reached`. */
  readonly reached: string | null;
  readonly regimen: string | null;
}

/** A term with the address of its page, relative to the root of the server. */
export interface Linked {
  readonly iri: string;
  readonly label: string | null;
  readonly href: string | null;
}

/** One effect estimate: a line of a forest plot. */
export interface Item {
  readonly name: string;
  readonly href: string | null;
  readonly trial: string;
  readonly trial_href: string | null;
  readonly analysis: string | null;
  readonly population: string;
  readonly population_href: string | null;
  readonly subgroup: string | null;
  readonly endpoint: string;
  readonly time_point: string | null;
  readonly assessor: string | null;
  readonly experimental: Arm;
  readonly comparator: Arm;
  readonly unit: string | null;
  readonly n: string | null;
  readonly measure: string;
  readonly effect: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly level: number | null;
  readonly curation: string;
  readonly curation_label: string | null;
  readonly sources: readonly Source[];
  readonly note: string | null;
}

/** Items that may share an axis. */
export interface Panel {
  readonly measure: string;
  readonly unit: string;
  /** The side that is good for the experimental group; empty when it depends. */
  readonly better: Side;
  readonly items: readonly Item[];
}

export type Side = "lower" | "higher" | "";

export const DIFFERENCE = "difference";
const MEASURES = ["hazard ratio", "odds ratio", "risk ratio", "ratio", DIFFERENCE];
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  "hazard ratio": "HR",
  "odds ratio": "OR",
  "risk ratio": "RR",
};
const FIRST_ENDPOINTS = ["progression-free survival", "overall survival"];
/** Endpoints that end with an unwanted event. */
const TIMES = new Set([
  "overall survival",
  "progression-free survival",
  "recurrence-free survival",
  "time to death or progression",
  "time to progression",
  "time to treatment failure",
  "duration of response",
]);
const WANTED = new Set([
  "objective response rate",
  "complete response rate",
  "disease control rate",
  "clinical benefit rate",
  "stable disease rate",
  "symptom response",
  "progression-free survival rate",
  "overall survival rate",
  "resection rate",
  "response lasting at least 12 months",
  "antihypertensive dose reduction",
]);
const UNWANTED = new Set(["deaths", "immediate progression rate", "rescue octreotide use"]);
const SURVIVAL_RATES = new Set(["progression-free survival rate", "overall survival rate"]);
const UNITS: Readonly<Record<string, string>> = {
  months: "mo",
  "per cent": "%",
  ratio: "",
  "episodes per day": "per day",
};
const FIXED_SPACE = "\u00a0";

/** Whether an item has what a line needs: an interval, and for a ratio an effect above zero. */
export function drawable(item: Item): boolean {
  return (item.low !== null || item.high !== null) && (item.measure === DIFFERENCE || item.effect > 0);
}

/** On which side of an axis the experimental group does better. */
export function betterSide(measure: string, endpoint: string): Side {
  if (measure === "hazard ratio") {
    return TIMES.has(endpoint) || UNWANTED.has(endpoint) || SURVIVAL_RATES.has(endpoint) ? "lower" : "";
  }
  if (UNWANTED.has(endpoint)) return "lower";
  if (WANTED.has(endpoint) || (TIMES.has(endpoint) && (measure === "ratio" || measure === DIFFERENCE))) return "higher";
  return "";
}

/** Items in panels, so that different kinds of effect, units or meanings of a side never share an axis. */
export function panels(items: readonly Item[]): Panel[] {
  const groups = grouped(items, (item) => {
    const place = MEASURES.indexOf(item.measure);
    return [
      place < 0 ? MEASURES.length : place,
      item.measure,
      panelUnit(item),
      betterSide(item.measure, item.endpoint),
    ].join("|");
  });
  return [...groups.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, found]) => {
      const [first] = found;
      if (!first) return [];
      const better = betterSide(first.measure, first.endpoint);
      return [{ measure: first.measure, unit: panelUnit(first), better, items: found.sort(byOrder) }];
    });
}

function panelUnit(item: Item): string {
  return item.measure === DIFFERENCE ? (item.unit ?? "") : "";
}

function byOrder(one: Item, other: Item): number {
  const [left, right] = [orderOf(one), orderOf(other)];
  const at = left.findIndex((text, index) => text !== right[index]);
  return at < 0 ? 0 : (left[at] ?? "") < (right[at] ?? "") ? -1 : 1;
}

function orderOf(item: Item): string[] {
  const first = FIRST_ENDPOINTS.indexOf(item.endpoint);
  const rank = String(first < 0 ? FIRST_ENDPOINTS.length : first);
  return [rank, item.endpoint, item.experimental.therapy.toLowerCase(), item.trial.toLowerCase(), item.name];
}

/** What a column of effects is called: `HR`, `OR`, … */
export function abbreviation(measure: string): string {
  return ABBREVIATIONS[measure] ?? "Effect";
}

/** Effect and interval, such as `0.47 (0.30–0.73)`; all numbers with as many decimals as the longest of them has. */
export function effectWords(item: Item): string {
  const decimals = Math.max(...[item.effect, item.low, item.high].map(decimalsOf));
  const effect = written(item.effect, decimals);
  if (item.low === null && item.high === null) return effect;
  const ends = [item.low, item.high].map((end) => (end === null ? "NR" : written(end, decimals)));
  return `${effect} (${ends.join(ends.join("").includes("−") ? `${FIXED_SPACE}to${FIXED_SPACE}` : "–")})`;
}

/** Confidence level in words. */
export function levelWords(item: Item): string {
  return item.level ? `${item.level}${FIXED_SPACE}%${FIXED_SPACE}CI` : "level not stated";
}

/** A group in words: therapy, number of people, median or rate; `NR` when a median was not reached. */
export function armWords(arm: Arm, other: Arm, item: Item): string {
  const words = arm.therapy + (arm.n && !item.subgroup ? `, n${FIXED_SPACE}${arm.n}` : "");
  if (arm.value !== null) {
    const number = written(arm.value, Math.max(decimalsOf(arm.value), decimalsOf(other.value)));
    return `${words}: ${number}${FIXED_SPACE}${unitWords(item.unit ?? "")}`.trimEnd();
  }
  if (arm.reached) return `${words}: ${arm.reached.toLowerCase() === "not reached" ? "NR" : arm.reached}`;
  return words;
}

function unitWords(unit: string): string {
  return UNITS[unit] ?? unit;
}

/** How many people were compared, where the groups do not say it: numbers of a subgroup are not known. */
export function totalWords(item: Item): string {
  const groups = [item.experimental.n, item.comparator.n].filter(Boolean);
  const total = item.n || groups.join(" v ");
  if (!total || (!item.subgroup && groups.length > 1)) return "";
  return `n${FIXED_SPACE}${total} in ${item.subgroup ? "the whole comparison" : "all"}`;
}

/** Who assessed the endpoint and when; empty when neither is stated. */
export function assessmentWords(item: Item): string {
  const assessor = item.assessor === "not stated" || !item.assessor ? "" : `${item.assessor} assessment`;
  return [assessor, item.time_point].filter(Boolean).join(", ");
}

/** What tells apart items that read alike: the regimens, else the curator's note, else the name of the row. */
export function distinctions(items: readonly Item[]): ReadonlyMap<string, string> {
  const groups = grouped(items, (item) =>
    JSON.stringify([
      ...[item.trial, item.analysis, item.population, item.subgroup, item.endpoint, item.time_point, item.assessor],
      ...[item.experimental, item.comparator].flatMap((arm) => [arm.therapy, arm.n]),
    ]),
  );
  const found = new Map<string, string>();
  for (const group of groups.values()) {
    const [first] = group;
    if (!first || (group.length === 1 && first.experimental.therapy !== first.comparator.therapy)) continue;
    const telling = [regimens, (item: Item) => item.note ?? ""].find((say) => {
      const texts = group.map(say);
      return new Set(texts).size === texts.length && texts.some(Boolean);
    });
    for (const item of group) found.set(item.name, telling ? telling(item) : `row ${item.name.split("/").at(-1)}`);
  }
  return found;
}

function regimens(item: Item): string {
  return [item.experimental.regimen, item.comparator.regimen].filter(Boolean).join(" v ");
}

function decimalsOf(number: number | null): number {
  return number === null ? 0 : (String(number).split(".")[1]?.length ?? 0);
}

/** A number with so many decimals, and a true minus sign. */
function written(number: number, decimals: number): string {
  return number.toFixed(decimals).replace("-", "−");
}
