// The editor: CodeMirror inside a shadow root, where its style sheets need no exception from the content-security policy.

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, toggleComment } from "@codemirror/commands";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  StreamLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { completionsOf } from "./completion.ts";
import { declaresPrefixes, type Mistake, mistakes, showMistake } from "./mistakes.ts";
import { type Known, readVocabulary, type Vocabulary } from "./vocabulary.ts";

interface Properties {
  /** The tab whose text is shown; each keeps its own cursor and steps of undo. */
  tab: string;
  text: string;
  /** Counts how often the text was written by something else than the editor. */
  revision: number;
  mistake: Mistake | null;
  vocabulary: Vocabulary;
  about: (thing: Known) => Promise<string>;
  onChange: (text: string) => void;
  onRun: () => void;
  /** Receives the editor, for those who put the cursor somewhere. */
  view: RefObject<EditorView | null>;
}

export function Editor(properties: Properties) {
  const { tab, revision, mistake, view } = properties;
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(properties);
  latest.current = properties;
  const states = useRef(new Map<string, EditorState>());
  const shown = useRef("");

  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open", delegatesFocus: true });
    view.current = new EditorView({ root, parent: root });
    return () => view.current?.destroy();
  }, [view]);

  // The text is taken over when the tab or its revision changes, and not with each letter: the page is always a little
  // behind what is typed, and would write its older text over the newer one.
  useEffect(() => {
    const editor = view.current;
    const { text } = latest.current;
    if (!editor) return;
    if (shown.current !== tab) {
      if (shown.current) states.current.set(shown.current, editor.state);
      shown.current = tab;
      editor.setState(states.current.get(tab) ?? EditorState.create({ doc: text, extensions: extensions(latest) }));
    }
    if (editor.state.doc.toString() !== text) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
    }
  }, [tab, revision, view]);

  useEffect(() => {
    if (view.current && shown.current) showMistake(view.current, mistake);
  }, [mistake, tab, view]);

  return <div class="editor" ref={host} />;
}

function extensions(latest: RefObject<Properties>): Extension {
  const vocabulary = () => latest.current.vocabulary;
  const run = () => {
    latest.current.onRun();
    return true;
  };
  return [
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    StreamLanguage.define({ ...sparql, languageData: { ...sparql.languageData, commentTokens: { line: "#" } } }),
    syntaxHighlighting(COLOURS),
    autocompletion({
      override: [completionsOf(readVocabulary, (thing) => latest.current.about(thing))],
      icons: false,
      maxRenderedOptions: 60,
      interactionDelay: 0, // a Tab right after the list opened would leave the editor instead of taking the offer
    }),
    mistakes(vocabulary),
    declaresPrefixes(vocabulary),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "SPARQL query", spellcheck: "false", tabindex: "0" }),
    EditorView.domEventHandlers({ beforeinput: replaceSelection }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.onChange(update.state.doc.toString());
    }),
    // Tab accepts an offer while the list is open, and otherwise goes on to the next part of the page.
    keymap.of([
      { key: "Mod-Enter", run },
      { key: "Tab", run: acceptCompletion },
      { key: "Mod-/", run: toggleComment },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    LOOK,
  ];
}

/**
 * Write a typed letter over a selection ourselves: Chromium would put it into an element with a style attribute, which the
 * content-security policy refuses with an error on the console.
 */
function replaceSelection(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  const { data } = event;
  if (event.inputType !== "insertText" || !data || empty || view.composing) return false;
  const typed = () =>
    view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, data, typed))) view.dispatch(typed());
  event.preventDefault();
  return true;
}

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.atom, tags.labelName], color: "var(--series-3)" },
  { tag: [tags.variableName, tags.local(tags.variableName)], color: "var(--series-2)" },
  { tag: tags.string, color: "var(--for)" },
  { tag: [tags.number, tags.meta], color: "var(--open)" },
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: tags.standard(tags.variableName), color: "var(--accent)" },
]);

const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--raised)", fontSize: "var(--text-s)", height: "100%" },
  "&.cm-focused": { outline: "none" }, // the frame around it shows the focus
  ".cm-scroller": { fontFamily: "var(--font-code)", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "var(--space-2) 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent-wash) 45%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--accent-wash)", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 30%, transparent)",
  },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--accent) 18%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-wash)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "var(--against-wash)",
    outline: "1px solid var(--against)",
  },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    border: "1px solid var(--line-strong)",
  },
  ".cm-tooltip": { borderRadius: "var(--radius)", boxShadow: "var(--shadow)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font-code)",
    maxHeight: "16em",
    maxWidth: "min(36rem, 92vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25em 0.6em", lineHeight: "1.4" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { marginLeft: "0.75em", fontStyle: "normal", fontFamily: "var(--font)", opacity: "0.8" },
  ".cm-tooltip.cm-completionInfo": {
    padding: "var(--space-2) var(--space-3)",
    maxWidth: "24rem",
    fontFamily: "var(--font)",
  },
  ".cm-completionInfo p": { margin: "0.3em 0 0" },
  ".cm-diagnostic": {
    fontFamily: "var(--font)",
    padding: "var(--space-2) var(--space-3)",
    borderLeft: "4px solid var(--against)",
  },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)", padding: "0.1em 0.6em" },
  ".cm-panels input, .cm-panels button": { font: "inherit", color: "inherit" },
  ".cm-textfield": { backgroundColor: "var(--paper)", border: "1px solid var(--line-strong)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--sunken)", border: "1px solid var(--line-strong)" },
});
