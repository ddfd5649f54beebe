// What the graph of this release holds, for completion: prefixes, classes and properties in use, labelled terms.

import { getJson } from "../common/api.ts";
import { type Declaration, declarations, tokens } from "./sparql.ts";

export interface Known {
  iri: string;
  curie: string;
  /** Empty when it has none. */
  label: string;
  /** Statements that use it; none for terms that are only named. */
  count?: number;
}

export interface Vocabulary {
  version: string;
  prefixes: Record<string, string>;
  classes: Known[];
  properties: Known[];
  terms: Known[];
}

export const NO_VOCABULARY: Vocabulary = { version: "", prefixes: {}, classes: [], properties: [], terms: [] };

type Given = Omit<Known, "label"> & { label: string | null };

let reading: Promise<Vocabulary> | undefined;

/** Ask the server for the vocabulary of this release, once; without it the editor works without offers. */
export function readVocabulary(): Promise<Vocabulary> {
  reading ??= asked().catch(() => NO_VOCABULARY);
  return reading;
}

async function asked(): Promise<Vocabulary> {
  const found = await getJson<{ version: string; prefixes: Record<string, string> } & Record<Lists, Given[]>>(
    "api/complete",
  );
  const known = (list: Given[]) => list.map((thing) => ({ ...thing, label: thing.label ?? "" }));
  return { ...found, classes: known(found.classes), properties: known(found.properties), terms: known(found.terms) };
}

type Lists = "classes" | "properties" | "terms";

const LOCAL_NAME = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u;

export interface Spelling {
  text: string;
  /** The prefix that must be declared first; none when it is, or when the IRI is written in full. */
  missing?: { prefix: string; iri: string };
}

/** Return how to write an IRI in a query: with a prefix that the query declares, with one that we know, or in full. */
export function spell(iri: string, declared: readonly Declaration[], prefixes: Record<string, string>): Spelling {
  const own = nearest(
    iri,
    declared.map((item) => [item.prefix, item.iri]),
  );
  if (own) return { text: own.text };
  const taken = new Set(declared.map((item) => item.prefix));
  const ours = nearest(
    iri,
    Object.entries(prefixes).filter(([prefix]) => !taken.has(prefix)),
  );
  return ours ? { text: ours.text, missing: ours } : { text: `<${iri}>` };
}

function nearest(iri: string, prefixes: [string, string][]): { text: string; prefix: string; iri: string } | null {
  let best: { text: string; prefix: string; iri: string } | null = null;
  for (const [prefix, namespace] of prefixes) {
    const local = iri.slice(namespace.length);
    if (!iri.startsWith(namespace) || !LOCAL_NAME.test(local) || (best && best.iri.length >= namespace.length))
      continue;
    best = { text: `${prefix}:${local}`, prefix, iri: namespace };
  }
  return best;
}

/** Return a query with IRIs written by the prefixes that it declares. */
export function shortened(query: string): string {
  const list = tokens(query);
  const declared = declarations(list);
  const start = declared.at(-1)?.to ?? 0;
  let text = "";
  let done = 0;
  for (const token of list) {
    if (token.kind !== "iri" || token.from < start) continue;
    text += query.slice(done, token.from) + spell(token.text.slice(1, -1), declared, {}).text;
    done = token.to;
  }
  return text + query.slice(done);
}

/** Return the best matches of typed letters among known things, by label, name or CURIE; best first. */
export function matches(things: readonly Known[], typed: string, limit: number): Known[] {
  const colon = typed.indexOf(":");
  const prefix = colon < 0 ? "" : typed.slice(0, colon + 1).toLowerCase();
  const letters = squeezed(typed.slice(colon + 1));
  const found: { thing: Known; rank: number }[] = [];
  for (const thing of things) {
    if (!thing.curie.toLowerCase().startsWith(prefix)) continue;
    const rank = rankOf(thing, letters);
    if (rank < Number.POSITIVE_INFINITY) found.push({ thing, rank });
  }
  found.sort(
    (one, other) =>
      one.rank - other.rank ||
      (other.thing.count ?? 0) - (one.thing.count ?? 0) ||
      one.thing.label.length - other.thing.label.length ||
      one.thing.curie.localeCompare(other.thing.curie),
  );
  return found.slice(0, limit).map(({ thing }) => thing);
}

function rankOf(thing: Known, letters: string): number {
  const name = squeezed(thing.curie.slice(thing.curie.indexOf(":") + 1));
  const label = squeezed(thing.label);
  if (letters === "") return 3;
  if (name === letters || label === letters) return 0;
  if (name.startsWith(letters) || label.startsWith(letters)) return 1;
  const words = thing.label.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  if (words.some((word) => word.startsWith(letters))) return 2;
  return letters.length >= 3 && (name.includes(letters) || label.includes(letters)) ? 3 : Number.POSITIVE_INFINITY;
}

function squeezed(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
