// What the editor offers while one types: only what this release of the graph holds, and the words of SPARQL.

import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import {
  type Declaration,
  declarations,
  declaring,
  placeAt,
  type Slot,
  type Token,
  tokens,
  variables,
} from "./sparql.ts";
import { type Known, matches, spell, type Vocabulary } from "./vocabulary.ts";

const LIMIT = 60;

const KEYWORDS: Partial<Record<Slot, string>> = {
  top: `SELECT, SELECT DISTINCT, CONSTRUCT, DESCRIBE, ASK, WHERE, PREFIX, FROM, FROM NAMED, ORDER BY, GROUP BY, HAVING,
    LIMIT, OFFSET, VALUES`,
  projection: "DISTINCT, WHERE, FROM, FROM NAMED, COUNT, SUM, AVG, MIN, MAX, SAMPLE, GROUP_CONCAT",
  subject: "OPTIONAL, FILTER, UNION, MINUS, GRAPH, BIND, VALUES, SELECT, FILTER EXISTS, FILTER NOT EXISTS",
  end: "OPTIONAL, FILTER, UNION, MINUS, GRAPH, BIND, VALUES",
  graph: "NAMED",
  expression: `DESC, ASC, AS, IN, NOT IN, EXISTS, NOT EXISTS, DISTINCT, SEPARATOR, LIMIT, BOUND, COALESCE, IF, STR, LANG,
    DATATYPE, IRI, CONTAINS, STRSTARTS, STRENDS, STRLEN, SUBSTR, LCASE, UCASE, CONCAT, REPLACE, REGEX, STRBEFORE, STRAFTER,
    ABS, ROUND, CEIL, FLOOR, YEAR, MONTH, DAY, NOW, isIRI, isLITERAL, isBLANK, isNUMERIC, LANGMATCHES, COUNT, SUM, AVG, MIN,
    MAX, SAMPLE, GROUP_CONCAT`,
};

/** An address that is being written: its end is still missing. */
const OPEN_IRI = /<[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\\\s]*$/;

const TYPE = new Set(["a", "rdf:type", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"]);

/** Return the source of completions over a vocabulary that may still be on its way. */
export function completionsOf(
  vocabulary: () => Promise<Vocabulary>,
  about: (thing: Known) => Promise<string>,
): CompletionSource {
  return async (context) => complete(context, await vocabulary(), about);
}

function complete(
  context: CompletionContext,
  vocabulary: Vocabulary,
  about: (thing: Known) => Promise<string>,
): CompletionResult | null {
  if (context.matchBefore(OPEN_IRI)) return null;
  const typed = context.matchBefore(/[?$]?[\p{L}\p{N}_:.-]*$/u);
  const word = typed?.text ?? "";
  const from = typed?.from ?? context.pos;
  if (!context.explicit && word.length < (/^[?$]/.test(word) ? 1 : 2)) return null;
  const text = context.state.doc.toString();
  const list = tokens(text);
  const before = list.filter((token) => token.to <= from || token.from < from);
  const place = placeAt(before, from);
  if (place.slot === "none") return null;
  const options = /^[?$]/.test(word)
    ? variableOptions(list, from, word)
    : optionsAt(place, word, list, vocabulary, about);
  return options.length > 0 ? { from, options, filter: false } : null;
}

function optionsAt(
  place: { slot: Slot; predicate: string },
  word: string,
  list: Token[],
  vocabulary: Vocabulary,
  about: (thing: Known) => Promise<string>,
): Completion[] {
  const declared = declarations(list);
  const things = (known: readonly Known[], type: string, limit = LIMIT) =>
    matches(known, word, limit).map((thing) => option(thing, type, declared, vocabulary, about));
  const namespaces = word === "" ? [] : namespaceOptions(word, declared, vocabulary);
  switch (place.slot) {
    case "prefix":
      return prefixOptions(word, declared, vocabulary);
    case "predicate":
      return [...keywordOptions("a", word), ...things(vocabulary.properties, "property"), ...namespaces];
    case "object":
      if (TYPE.has(place.predicate)) return [...things(vocabulary.classes, "class"), ...namespaces];
      return [...things(vocabulary.terms, "text"), ...classesBeside(vocabulary, word, things), ...namespaces];
    case "subject":
      return [...keywordsAt("subject", word), ...things(vocabulary.terms, "text"), ...namespaces];
    case "expression":
      return [...keywordsAt("expression", word), ...things(vocabulary.terms, "text", 20), ...namespaces];
    default:
      return keywordsAt(place.slot, word);
  }
}

/** Classes of records are no terms of the ontology's tree, yet may be objects, as in VALUES. */
function classesBeside(
  vocabulary: Vocabulary,
  word: string,
  things: (known: readonly Known[], type: string, limit?: number) => Completion[],
): Completion[] {
  const terms = new Set(vocabulary.terms.map((term) => term.iri));
  return word === ""
    ? []
    : things(
        vocabulary.classes.filter((item) => !terms.has(item.iri)),
        "class",
        10,
      );
}

function option(
  thing: Known,
  type: string,
  declared: readonly Declaration[],
  vocabulary: Vocabulary,
  about: (thing: Known) => Promise<string>,
): Completion {
  const spelling = spell(thing.iri, declared, vocabulary.prefixes);
  const count = thing.count === undefined ? "" : thing.count.toLocaleString("en");
  const label = thing.label && thing.label !== spelling.text ? thing.label : "";
  return {
    label: spelling.text,
    detail: [label, count].filter(Boolean).join(" · "),
    type,
    info: async () => panel(thing, count, await about(thing)),
    apply: (view, _, from, to) => insert(view, spelling.text, from, to, spelling.missing),
  };
}

function panel(thing: Known, count: string, definition: string): Node {
  const box = document.createElement("div");
  const lines = [
    ["strong", thing.label || thing.curie],
    ["p", definition],
    ["p", count ? `${count} in this release` : ""],
  ] as const;
  for (const [tag, line] of lines) {
    if (!line) continue;
    const element = document.createElement(tag);
    element.textContent = line;
    box.append(element);
  }
  return box;
}

/** Write a name in place of the typed letters, and the PREFIX line that it needs, in one step of undo. */
function insert(
  view: EditorView,
  text: string,
  from: number,
  to: number,
  missing?: { prefix: string; iri: string },
): void {
  const line = missing ? declaring(view.state.doc.toString(), missing.prefix, missing.iri) : null;
  const end = from + (line && line.from <= from ? line.insert.length : 0) + text.length;
  view.dispatch({
    changes: [...(line ? [line] : []), { from, to, insert: text }],
    selection: { anchor: end },
    userEvent: "input.complete",
    scrollIntoView: true,
  });
}

function prefixOptions(word: string, declared: readonly Declaration[], vocabulary: Vocabulary): Completion[] {
  const taken = new Set(declared.map((item) => item.prefix));
  const typed = word.replace(/:.*/, "").toLowerCase();
  return Object.entries(vocabulary.prefixes)
    .filter(([prefix]) => !taken.has(prefix) && prefix.toLowerCase().startsWith(typed))
    .map(([prefix, iri]) => ({ label: `${prefix}:`, detail: iri, type: "namespace", apply: `${prefix}: <${iri}>\n` }));
}

/** The beginnings of names: a prefix with its colon, whose line is added where it is missing. */
function namespaceOptions(word: string, declared: readonly Declaration[], vocabulary: Vocabulary): Completion[] {
  const known = { ...vocabulary.prefixes, ...Object.fromEntries(declared.map(({ prefix, iri }) => [prefix, iri])) };
  const isDeclared = new Set(declared.map(({ prefix }) => prefix));
  return Object.entries(known)
    .filter(([prefix]) => prefix.toLowerCase().startsWith(word.toLowerCase()))
    .map(([prefix, iri]) => ({
      label: `${prefix}:`,
      detail: iri,
      type: "namespace",
      apply: (view, _, from, to) =>
        insert(view, `${prefix}:`, from, to, isDeclared.has(prefix) ? undefined : { prefix, iri }),
    }));
}

function variableOptions(list: Token[], from: number, word: string): Completion[] {
  const others = list.filter((token) => token.from !== from);
  return variables(others)
    .filter((name) => name.startsWith(`?${word.slice(1)}`))
    .map((name) => ({ label: name, type: "variable" }));
}

function keywordsAt(slot: Slot, word: string): Completion[] {
  return (KEYWORDS[slot] ?? "").split(/,\s+/).flatMap((keyword) => keywordOptions(keyword, word));
}

function keywordOptions(keyword: string, word: string): Completion[] {
  return keyword.toLowerCase().startsWith(word.toLowerCase()) ? [{ label: keyword, type: "keyword" }] : [];
}
