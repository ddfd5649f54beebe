import type { EditorView } from "@codemirror/view";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { asProblem, search } from "../common/api.ts";
import { ProblemBox } from "../common/problem.tsx";
import { Editor } from "./editor.tsx";
import { Elsewhere } from "./elsewhere.tsx";
import { ParameterForm } from "./library.tsx";
import { goTo, type Mistake } from "./mistakes.ts";
import { useLibrary, useOpening } from "./opening.ts";
import { Results } from "./results.tsx";
import type { Run } from "./run.ts";
import { RunBar } from "./runbar.tsx";
import { useRuns } from "./runs.ts";
import { Side } from "./side.tsx";
import { useTabs } from "./state.ts";
import { TabBar } from "./tabbar.tsx";
import { tabId } from "./tabs.tsx";
import { type Known, NO_VOCABULARY, readVocabulary, type Vocabulary } from "./vocabulary.ts";

/** Editor, examples and answer: the state that they share. */
export function QueryPage() {
  const tabs = useTabs();
  const runs = useRuns();
  const shelf = useLibrary();
  const opening = useOpening(tabs, runs);
  const vocabulary = useVocabulary();
  const [labelled, setLabelled] = useState(true);
  const [sharing, setSharing] = useState(false);
  const view = useRef<EditorView | null>(null);
  const { tab } = tabs;
  const run = runs.of(tab.id);
  const mistake = useMemo(() => mistakeOf(run, tab.query), [run, tab.query]);
  const stored = shelf.queries.find((query) => query.name === tab.stored?.name);
  const start = () => runs.start(tab.id, tab.title, view.current?.state.doc.toString() ?? tab.query);

  return (
    <div class="workbench">
      <div class="desk stack-s">
        <TabBar tabs={tabs} runs={runs} />
        <div id="tab-panel" role="tabpanel" aria-labelledby={tabId(tab.id)} class="stack-s">
          {stored && tab.stored && (
            <ParameterForm
              key={`${tab.id} ${JSON.stringify(tab.stored.values)}`}
              query={stored}
              values={tab.stored.values}
              isBusy={run?.state === "running"}
              onValues={(values) => opening.rebind(stored.name, values)}
            />
          )}
          {opening.trouble ? <ProblemBox error={opening.trouble} heading="The example could not be opened" /> : null}
          <Editor
            tab={tab.id}
            text={tab.query}
            revision={tab.revision ?? 0}
            mistake={mistake}
            vocabulary={vocabulary}
            about={aboutThing}
            onChange={(query) => tabs.change(tab.id, { query })}
            onRun={start}
            view={view}
          />
          <RunBar run={run} onStart={start} onShare={() => setSharing(true)} />
        </div>
      </div>
      <section class="answer" aria-label="Answer">
        <Results
          key={tab.id}
          title={tab.title}
          run={run}
          labelled={labelled}
          onLabelled={setLabelled}
          onPlace={mistake ? () => view.current && goTo(view.current, mistake) : null}
        />
      </section>
      <Side tabs={tabs} runs={runs} shelf={shelf} opening={opening} />
      <p class="unseen" role="status">
        {runs.said}
      </p>
      {sharing && <Elsewhere tab={tab} unchanged={opening.unchanged} onClose={() => setSharing(false)} />}
    </div>
  );
}

/** Where the server found a mistake, as long as the text is the one that it read. */
function mistakeOf(run: Run | undefined, query: string): Mistake | null {
  if (run?.state !== "failed" || run.query !== query) return null;
  const { title, detail, extra } = asProblem(run.error);
  const { line, column } = extra;
  return typeof line === "number" && typeof column === "number" ? { message: detail || title, line, column } : null;
}

function useVocabulary(): Vocabulary {
  const [vocabulary, setVocabulary] = useState<Vocabulary>(NO_VOCABULARY);
  useEffect(() => {
    readVocabulary().then(setVocabulary);
  }, []);
  return vocabulary;
}

const definitions = new Map<string, string>();

/** Return the definition of a thing that the editor offers; nothing when it has none. */
async function aboutThing({ iri, curie }: Known): Promise<string> {
  const known = definitions.get(iri);
  if (known !== undefined) return known;
  const hits = await search(curie, { limit: 3 }).catch(() => []);
  const definition = hits.find((hit) => hit.iri === iri)?.definition ?? "";
  definitions.set(iri, definition);
  return definition;
}
