import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { call, getJson, isAbort, latest, postJson } from "../common/api.ts";
import { link } from "../common/links.ts";
import { ProblemBox } from "../common/problem.tsx";
import { AnswerView } from "./answer/Answer.tsx";
import type { Answer } from "./answer/types.ts";
import { AS_OF, fromCase, fromParams, type Opened, toCase, toParams, UNKNOWN } from "./draft.ts";
import { EXAMPLES } from "./examples.ts";
import { type Feature, groupsOf } from "./features.ts";
import { Extras } from "./form/Extras.tsx";
import { Fields } from "./form/Form.tsx";
import { NO_NOTES, type Notes, Sayings } from "./form/notes.ts";
import { Notice } from "./Notice.tsx";
import { type CaseFile, FileDrop } from "./upload.tsx";

const NOTHING: Opened = { draft: {}, absent: [], asOf: "", others: [] };
const PAUSE = 250; // milliseconds between the last key and the question what follows
const NOTICE = "Research material, no medical advice.";

/** What is answered: a draft of the form, or a file. */
interface Question {
  readonly opened: Opened;
  readonly file?: CaseFile;
}

type State =
  | { readonly kind: "none" }
  | { readonly kind: "busy"; readonly question: Question }
  | { readonly kind: "done"; readonly question: Question; readonly answer: Answer }
  | { readonly kind: "failed"; readonly question: Question; readonly error: unknown };

/** The page: a form of what is known, and the answer. */
export function Situation() {
  const [features, setFeatures] = useState<readonly Feature[]>([]);
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    getJson<{ features: Feature[] }>("api/features").then((answer) => setFeatures(answer.features), setFailure);
  }, []);
  if (failure) return <ProblemBox error={failure} heading="The features could not be read" />;
  if (!features.length) return <p role="status">Reading the features …</p>;
  return <Desk features={features} />;
}

function Desk({ features }: { readonly features: readonly Feature[] }) {
  const [opened, setOpened] = useState<Opened>(NOTHING);
  const [notes, setNotes] = useState<Notes>(NO_NOTES);
  const [state, setState] = useState<State>({ kind: "none" });
  const [trouble, setTrouble] = useState<unknown>();
  const title = useRef<HTMLHeadingElement>(null);
  const next = useRef(latest());
  const shown = useRef("");
  const groups = useMemo(() => groupsOf(features), [features]);
  const names = useMemo(() => new Map(features.map(({ key, name }) => [key, name])), [features]);
  const nameOf = (key: string) => names.get(key) ?? key;

  const ask = async (question: Question, { focus = true } = {}) => {
    const signal = next.current();
    setTrouble(undefined);
    setState({ kind: "busy", question });
    try {
      const answer = await answerTo(question, features, signal);
      // What the form could not read itself, the server tells it.
      if ((question.file || question.opened.others.length > 0) && answer.case) {
        const filled = { ...fromCase(answer.case, features), asOf: question.opened.asOf };
        setOpened(filled);
        setState({ kind: "done", question: { ...question, opened: filled }, answer });
      } else setState({ kind: "done", question, answer });
    } catch (error) {
      if (isAbort(error)) return;
      setState({ kind: "failed", question, error });
    }
    if (focus) requestAnimationFrame(() => title.current?.focus());
  };

  // A link that says something is answered at once; back and forward go from answer to answer.
  useEffect(() => {
    const open = (focus: boolean) => {
      shown.current = window.location.search;
      const found = fromParams(new URLSearchParams(window.location.search), features);
      setOpened(found);
      if (window.location.search.length > 1) void ask({ opened: found }, { focus });
      else setState({ kind: "none" });
    };
    open(false);
    // A link within the page leaves the situation as it is.
    const travel = () => window.location.search !== shown.current && open(true);
    window.addEventListener("popstate", travel);
    return () => window.removeEventListener("popstate", travel);
  }, [features]);

  useEffect(() => {
    const controller = new AbortController();
    const document = toCase(opened, features);
    if (!Object.keys(document).length) {
      setNotes(NO_NOTES);
      return;
    }
    const timer = setTimeout(() => {
      postJson<Notes>("api/derive", document, { signal: controller.signal }).then(setNotes, (error) => {
        if (!isAbort(error)) setTrouble(error);
      });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [opened, features]);

  const submit = (found: Opened) => {
    const params = toParams(found, features);
    const address = link(`situation${params.size ? `?${params}` : ""}`);
    if (address !== window.location.href) window.history.pushState(null, "", address);
    shown.current = window.location.search;
    void ask({ opened: found });
  };
  const reset = () => {
    next.current();
    setOpened(NOTHING);
    setState({ kind: "none" });
    setTrouble(undefined);
    window.history.pushState(null, "", link("situation"));
    shown.current = "";
    document.querySelector<HTMLElement>("#situation input")?.focus();
  };
  const answer = state.kind === "done" ? state.answer : undefined;
  const sayings = useMemo(
    () => ({
      notes,
      decides: new Map(answer?.next_tests.map(({ feature, statements }) => [feature, statements])),
      nameOf,
    }),
    [notes, answer, names],
  );
  const stale = state.kind === "done" && state.question.opened !== opened;
  return (
    <Sayings.Provider value={sayings}>
      <div class="desk">
        <form
          class="desk-form"
          aria-label="What is known of the situation"
          onSubmit={(event) => {
            event.preventDefault();
            submit(opened);
          }}
        >
          <FileDrop onFile={(file) => void ask({ opened: NOTHING, file })} onError={setTrouble} />
          <Extras opened={opened} onChange={setOpened} />
          <Fields
            groups={groups}
            draft={opened.draft}
            onChange={(key, entry) =>
              setOpened((before) => ({ ...before, draft: { ...before.draft, [key]: entry ?? UNKNOWN } }))
            }
          />
          <div class="desk-actions no-print">
            <button type="submit" class="button button-main">
              Show what applies
            </button>
            <button type="button" class="button" onClick={reset}>
              Reset
            </button>
            {answer && (
              <a class="to-answer small" href="#answer-title">
                To the answer
              </a>
            )}
            {stale && <span class="small stale">The form has changed since the answer.</span>}
          </div>
        </form>
        <section class="desk-answer" aria-labelledby="answer-title" aria-busy={state.kind === "busy"}>
          <h2 id="answer-title" tabIndex={-1} ref={title}>
            {state.kind === "none" ? "Begin with an example" : "Answer"}
          </h2>
          <p class="unseen" role="status" id="answer-status">
            {statusOf(state)}
          </p>
          {trouble !== undefined && <ProblemBox error={trouble} />}
          {state.kind === "none" && <Beginning />}
          {state.kind === "busy" && <p>Matching the situation with every statement of the graph …</p>}
          {state.kind === "failed" && <ProblemBox error={state.error} heading="The situation was not understood" />}
          {state.kind === "done" && (
            <AnswerView
              key={state.answer.version}
              answer={state.answer}
              file={state.question.file?.name ?? ""}
              nameOf={nameOf}
              markdown={() => markdownOf(state.question, features)}
              address={addressOf(state.question, state.answer, features)}
              onError={setTrouble}
            />
          )}
        </section>
      </div>
    </Sayings.Provider>
  );
}

function Beginning() {
  return (
    <div class="stack">
      <p class="prose">
        Say what is known, however little. Each statement of the graph is then compared with it: it applies, it does
        not, or it applies if something unknown turns out so. Unknown is never taken for no.
      </p>
      <ul class="plain-list examples">
        {EXAMPLES.map(({ title, address }) => (
          <li key={address}>
            <a class="card" href={link(`situation?${address}`)}>
              {title}
            </a>
          </li>
        ))}
      </ul>
      <Notice text={NOTICE} />
    </div>
  );
}

/** What is said aloud when the answer is there. */
function statusOf(state: State): string {
  switch (state.kind) {
    case "busy":
      return "Matching …";
    case "failed":
      return "There is no answer.";
    case "done": {
      if (state.answer.contradiction.length) return "What is stated contradicts itself; nothing is concluded.";
      const count = (verdict: string) => state.answer.statements.filter((one) => one.verdict === verdict).length;
      return `Answer: ${count("applies")} statements apply, ${count("applies_if")} depend on what is unknown, ${count("does_not_apply")} do not apply.`;
    }
    default:
      return "";
  }
}

/** The request that asks for an answer: of a file, of the form, or of an address that says more than the form has fields for. */
function requestOf({ opened, file }: Question, features: readonly Feature[]): Asking {
  const params = Object.fromEntries(toParams(opened, features));
  if (!file && opened.others.length > 0) return { params };
  const body = file ? file.text : JSON.stringify(toCase(opened, features));
  const init = { method: "POST", headers: { "Content-Type": file?.mediaType ?? "application/json" }, body };
  return params[AS_OF] ? { ...init, params: { [AS_OF]: params[AS_OF] } } : init;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly params?: Readonly<Record<string, string>>;
}

async function answerTo(question: Question, features: readonly Feature[], signal: AbortSignal): Promise<Answer> {
  const init = requestOf(question, features);
  const headers = { ...init.headers, Accept: "application/json" };
  return (await (await call("match", { ...init, headers, signal })).json()) as Answer;
}

async function markdownOf(question: Question, features: readonly Feature[]): Promise<string> {
  const init = requestOf(question, features);
  return (await call("match", { ...init, headers: { ...init.headers, Accept: "text/markdown" } })).text();
}

function addressOf(question: Question, answer: Answer, features: readonly Feature[]): string {
  if (question.file && !answer.case) return "";
  const params = toParams(question.opened, features);
  return link(`situation?${params}`);
}
