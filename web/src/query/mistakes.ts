// Mistakes in the text, marked at their place: prefixes that are not declared, and what the server says of the last run.

import { type Diagnostic, forceLinting, linter } from "@codemirror/lint";
import {
  EditorState,
  type Extension,
  StateEffect,
  StateField,
  type Text,
  type TransactionSpec,
} from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { declarations, declaring, prefixOf, tokens, undeclared } from "./sparql.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What is wrong with a query, and where; lines and columns count from 1. */
export interface Mistake {
  message: string;
  line: number;
  column: number;
}

const setMistake = StateEffect.define<Mistake | null>();

/** What the server found; forgotten as soon as the text changes. */
const found = StateField.define<Mistake | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMistake)) return effect.value;
    return transaction.docChanged ? null : value;
  },
});

/** Mark what the server found, or take the mark away. */
export function showMistake(view: EditorView, mistake: Mistake | null): void {
  if (view.state.field(found) === mistake) return;
  view.dispatch({ effects: setMistake.of(mistake) });
  forceLinting(view);
}

/** Put the cursor where the mistake is. */
export function goTo(view: EditorView, mistake: Mistake): void {
  view.dispatch({ selection: { anchor: positionOf(view.state.doc, mistake) }, scrollIntoView: true });
  view.focus();
}

function positionOf(doc: Text, { line, column }: Mistake): number {
  const { from, to, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const offset = [...text].slice(0, Math.max(column - 1, 0)).join("").length; // the server counts characters, not UTF-16 units
  return Math.min(from + offset, to);
}

/** Return the range to underline: the word at the place, else the one before it, else one character. */
function rangeOf(doc: Text, mistake: Mistake): { from: number; to: number } {
  const text = doc.toString();
  const position = positionOf(doc, mistake);
  const list = tokens(text);
  const token =
    list.find(({ from, to }) => from <= position && position < to) ?? list.filter(({ to }) => to <= position).at(-1);
  return token ? { from: token.from, to: token.to } : { from: Math.max(position - 1, 0), to: position };
}

export function mistakes(vocabulary: () => Vocabulary): Extension {
  const source = (view: EditorView): Diagnostic[] => {
    const { doc } = view.state;
    const local = prefixMistakes(doc.toString(), vocabulary().prefixes);
    const remote = view.state.field(found);
    if (!remote) return local;
    return [...local, { ...rangeOf(doc, remote), severity: "error", message: remote.message, source: "server" }];
  };
  return [
    found,
    linter(source, {
      delay: 400,
      needsRefresh: (update) => update.startState.field(found) !== update.state.field(found),
    }),
  ];
}

function prefixMistakes(text: string, prefixes: Record<string, string>): Diagnostic[] {
  return undeclared(tokens(text)).map((token) => {
    const prefix = prefixOf(token);
    const iri = prefixes[prefix];
    return {
      from: token.from,
      to: token.to,
      severity: "error",
      message: `The prefix ${prefix}: is not declared.`,
      actions: iri
        ? [
            {
              name: "Declare it",
              apply: (view: EditorView) =>
                view.dispatch({ changes: declaring(view.state.doc.toString(), prefix, iri) }),
            },
          ]
        : [],
    };
  });
}

/** Write the PREFIX line of a known prefix as soon as its colon is typed. */
export function declaresPrefixes(vocabulary: () => Vocabulary): Extension {
  return EditorState.transactionFilter.of((transaction) => {
    if (!transaction.docChanged || !transaction.isUserEvent("input.type")) return transaction;
    let colon = -1;
    transaction.changes.iterChanges((_fromA, _toA, _fromB, toB, inserted) => {
      if (inserted.toString() === ":") colon = toB;
    });
    if (colon < 0) return transaction;
    const line = lineFor(transaction.newDoc.toString(), colon, vocabulary().prefixes);
    const added: TransactionSpec = { changes: line ?? [], sequential: true };
    return line ? [transaction, added] : transaction;
  });
}

function lineFor(
  text: string,
  colon: number,
  prefixes: Record<string, string>,
): { from: number; insert: string } | null {
  const list = tokens(text);
  const name = list.find((token) => token.kind === "name" && token.from < colon && colon <= token.to);
  if (!name) return null;
  const prefix = prefixOf(name);
  const iri = prefixes[prefix];
  const fresh = undeclared(list).includes(name) && !declarations(list).some((item) => item.prefix === prefix);
  return iri && fresh ? declaring(text, prefix, iri) : null;
}
