/** What the form holds, and how it is written: as a case that the server reads, and as the address of the page. */

import { type Feature, isYesNo } from "./features.ts";

/** The state of one feature. Nothing in it means unknown. */
export interface Entry {
  /** A number or an interval, as it was typed. */
  readonly text: string;
  /** Values: one of them for a list or hierarchy, all of them for a set. */
  readonly present: readonly string[];
  /** What was looked for and is not there; only of sets. */
  readonly absent: readonly string[];
  /** Nothing of the kind is there; only of sets. */
  readonly none: boolean;
}

export type Draft = Readonly<Record<string, Entry>>;

export const UNKNOWN: Entry = { text: "", present: [], absent: [], none: false };

/** Keys of an address that are no features. */
export const AS_OF = "as_of";
const RESERVED = new Set([AS_OF, "format", "verdict"]);
const ABSENT = "absent";
const NONE = "none";

/** A link that was opened: what the form shows of it, and what it cannot show. */
export interface Opened {
  readonly draft: Draft;
  /** Looked for and not there, whatever the feature. */
  readonly absent: readonly string[];
  readonly asOf: string;
  /** Settings such as `size=2.5 cm` for which the form has no field; only an address can say them. */
  readonly others: readonly (readonly [string, string])[];
}

/** Whether nothing is known of a feature. */
export function isUnknown(entry: Entry): boolean {
  return !entry.text.trim() && !entry.present.length && !entry.absent.length && !entry.none;
}

/** What the form holds of a feature. */
export function entryOf(draft: Draft, key: string): Entry {
  return draft[key] ?? UNKNOWN;
}

/** A draft as a case of our own format; what is unknown is left out. */
export function toCase(opened: Opened, features: readonly Feature[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const feature of features) {
    const entry = entryOf(opened.draft, feature.key);
    if (!isUnknown(entry)) found[feature.key] = caseValue(feature, entry);
  }
  if (opened.absent.length) found[ABSENT] = [...opened.absent];
  return found;
}

function caseValue(feature: Feature, entry: Entry): unknown {
  if (feature.kind === "number") return numberOrText(entry.text);
  if (feature.kind !== "set") return entry.present.length === 1 ? entry.present[0] : [...entry.present];
  if (entry.none) return NONE;
  if (!entry.absent.length) return [...entry.present];
  return entry.present.length
    ? { present: [...entry.present], absent: [...entry.absent] }
    : { absent: [...entry.absent] };
}

function numberOrText(text: string): number | string {
  const trimmed = text.trim();
  return /^(0|[1-9]\d*)(\.\d+)?$/.test(trimmed) && String(Number(trimmed)) === trimmed ? Number(trimmed) : trimmed;
}

/** A draft as parameters of an address: `site=pancreas`, `metastases=[liver, bone]`. */
export function toParams(opened: Opened, features: readonly Feature[]): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(toCase(opened, features))) params.set(key, written(value));
  for (const [key, value] of opened.others) params.set(key, value);
  if (opened.asOf) params.set(AS_OF, opened.asOf);
  return params;
}

function written(value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  const names = Array.isArray(value) ? value.map(String) : [];
  const [only] = names;
  if (names.length === 1 && only !== undefined && !/^[[{]/.test(only)) return only;
  if (names.length && names.every((name) => /^[\p{L}\d][\p{L}\d -]*$/u.test(name))) return `[${names.join(", ")}]`;
  return JSON.stringify(value);
}

/** What the parameters of an address say. */
export function fromParams(params: URLSearchParams, features: readonly Feature[]): Opened {
  const byKey = new Map(features.map((feature) => [feature.key, feature]));
  const draft: Record<string, Entry> = {};
  const others: (readonly [string, string])[] = [];
  let absent: string[] = [];
  for (const [key, text] of params) {
    const value = text.trim();
    const feature = byKey.get(key);
    const entry =
      feature && value ? fromValue(feature, feature.kind === "number" ? value : readFlow(value)) : undefined;
    if (RESERVED.has(key) || !value) continue;
    if (key === ABSENT) absent = namesIn(readFlow(value)) ?? [];
    else if (entry) draft[key] = entry;
    else others.push([key, value]);
  }
  return { ...withAbsent(draft, absent, features), asOf: params.get(AS_OF)?.trim() ?? "", others };
}

/** What a case of our own format says, as far as the form has fields for it. */
export function fromCase(document: Readonly<Record<string, unknown>>, features: readonly Feature[]): Opened {
  const byKey = new Map(features.map((feature) => [feature.key, feature]));
  const draft: Record<string, Entry> = {};
  let absent: readonly string[] = [];
  for (const [key, value] of Object.entries(document)) {
    const feature = byKey.get(key);
    const entry = feature && fromValue(feature, value);
    if (entry) draft[key] = entry;
    if (key === ABSENT) absent = namesIn(value) ?? [];
  }
  return { ...withAbsent(draft, absent, features), asOf: "", others: [] };
}

/** What is absent whatever the feature, put into each set that it can belong to; the rest is left. */
function withAbsent(
  draft: Draft,
  absent: readonly string[],
  features: readonly Feature[],
): { readonly draft: Draft; readonly absent: readonly string[] } {
  const filled: Record<string, Entry> = { ...draft };
  const left = absent.filter((name) => {
    const sets = features.filter(
      (feature) => feature.kind === "set" && (isRoot(feature, name) || canBe(feature, name)),
    );
    for (const feature of sets) {
      const before = filled[feature.key] ?? UNKNOWN;
      filled[feature.key] = isRoot(feature, name)
        ? { ...UNKNOWN, none: true }
        : { ...before, absent: [...before.absent, known(feature, name)] };
    }
    return sets.length === 0;
  });
  return { draft: filled, absent: left };
}

/** Whether a name means all values of a set: its absence is that there is nothing of the kind. */
function isRoot({ root }: Feature, name: string): boolean {
  return root !== null && [root.label, root.id.replace(/^net:/, "")].some((one) => folded(one) === folded(name));
}

function canBe(feature: Feature, name: string): boolean {
  const same = folded(name);
  return feature.options.some((option) => folded(option.label) === same || folded(option.name) === same);
}

/** A value of the case format as an entry; undefined when the form has no way to show it. */
function fromValue(feature: Feature, value: unknown): Entry | undefined {
  if (value === null || value === "unknown") return undefined;
  if (feature.kind === "number") {
    return typeof value === "number" || typeof value === "string" ? { ...UNKNOWN, text: String(value) } : undefined;
  }
  if (feature.kind === "set") return fromSet(feature, value);
  const names = namesIn(value);
  return names && { ...UNKNOWN, present: names.map((name) => known(feature, name)) };
}

function fromSet(feature: Feature, value: unknown): Entry | undefined {
  if (value === NONE || value === "false" || value === false) return { ...UNKNOWN, none: true };
  const names = namesIn(value);
  if (names) return { ...UNKNOWN, present: names.map((name) => known(feature, name)) };
  if (typeof value !== "object" || value === null) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  const present = namesIn(members.present ?? []) ?? [];
  const absent = namesIn(members.absent ?? []) ?? [];
  const others = Object.entries(members).filter(([name]) => name !== "present" && name !== "absent");
  for (const [name, state] of others) {
    if (state === true || state === "yes" || state === "present") present.push(name);
    else if (state === false || state === "no" || state === "absent") absent.push(name);
    else return undefined;
  }
  if (absent.some((name) => isRoot(feature, name))) return { ...UNKNOWN, none: true };
  return {
    ...UNKNOWN,
    present: present.map((name) => known(feature, name)),
    absent: absent.map((name) => known(feature, name)),
  };
}

/** Names as the form stores them: the code of a list's value, the label of a term; others stay as they are. */
function known(feature: Feature, name: string): string {
  const same = folded(name);
  if (isYesNo(feature)) return name === "true" ? "yes" : name === "false" ? "no" : same;
  const choice = feature.values.find(({ code, label }) => folded(code) === same || folded(label) === same);
  if (choice) return choice.code;
  return feature.options.find((option) => folded(option.label) === same || folded(option.name) === same)?.label ?? name;
}

function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\d]/gu, "");
}

function namesIn(value: unknown): string[] | undefined {
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return [String(value)];
  return Array.isArray(value) && value.every((one) => typeof one !== "object") ? value.map(String) : undefined;
}

/** A list or mapping in brackets, as JSON or in YAML's short form with plain words; other text stays text. */
function readFlow(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const inner = text.slice(1, -1).trim();
    if (/[[\]{}"']/.test(inner)) return { [text]: "not understood" };
    const parts = inner
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean);
    if (text.startsWith("[")) return parts;
    return Object.fromEntries(parts.map((part) => part.split(":").map((one) => one.trim())));
  }
}
