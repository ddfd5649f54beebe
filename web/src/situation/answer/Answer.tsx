import { useMemo, useState } from "preact/hooks";
import { CopyButton } from "../../common/copy.tsx";
import { saveFile } from "../../common/download.ts";
import { Icon } from "../../common/icons.tsx";
import { DerivedNote } from "../form/FieldFrame.tsx";
import { goToField } from "../form/Form.tsx";
import { Notice } from "../Notice.tsx";
import { Fold } from "./Fold.tsx";
import { StatementCard } from "./Statement.tsx";
import { aimTitle, type Section, sectionsOf, statementsOf } from "./sections.ts";
import { TherapyCard } from "./Therapy.tsx";
import type { Answer, Statement } from "./types.ts";

interface AnswerProps {
  readonly answer: Answer;
  /** Where the situation came from, when that is a file. */
  readonly file: string;
  readonly nameOf: (key: string) => string;
  /** The same answer as Markdown. */
  readonly markdown: () => Promise<string>;
  /** The address that leads here again; empty when the situation came from a file that no address can hold. */
  readonly address: string;
  readonly onError: (error: unknown) => void;
}

const MOST_TESTS = 8;

/** The whole answer to a situation. */
export function AnswerView({ answer, file, nameOf, markdown, address, onError }: AnswerProps) {
  const [filter, setFilter] = useState("");
  const [all, showAll] = useState(false);
  const statements = useMemo(() => statementsOf(answer), [answer]);
  const wanted = filter.trim().toLowerCase();
  const therapies = useMemo(
    () => (wanted ? answer.therapies.filter(({ label }) => label.toLowerCase().includes(wanted)) : answer.therapies),
    [answer, wanted],
  );
  const sections = useMemo(() => sectionsOf(therapies), [therapies]);
  const outside = answer.statements.filter(({ verdict }) => verdict === "does_not_apply");
  const contradictory = answer.contradiction.length > 0;
  return (
    <>
      <Notice text={answer.notice} />
      <Known answer={answer} file={file} />
      <Tools answer={answer} markdown={markdown} address={address} onError={onError} />
      {contradictory && <Contradiction answer={answer} nameOf={nameOf} />}
      {contradictory || (
        <>
          <nav class="answer-index no-print" aria-label="Parts of the answer">
            {sections.map(({ id, title, count }) => (
              <a key={id} href={`#answer-${id}`}>
                {title} <span class="number">{count}</span>
              </a>
            ))}
            {answer.next_tests.length > 0 && <a href="#answer-tests">To find out next</a>}
            <a href="#answer-outside">
              Do not apply <span class="number">{outside.length}</span>
            </a>
          </nav>
          <NextTests answer={answer} />
          <div class="row no-print answer-filter">
            <label for="therapy-filter">Find a therapy in the answer</label>
            <input
              id="therapy-filter"
              type="search"
              value={filter}
              placeholder="such as everolimus"
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
            <span class="soft small" role="status">
              {wanted && `${therapies.length} of ${answer.therapies.length}`}
            </span>
            <button type="button" class="button" aria-pressed={all} onClick={() => showAll(!all)}>
              {all ? "Fold all" : "Unfold all"}
            </button>
          </div>
          {sections.map((section) => (
            <SectionView
              key={section.id}
              section={section}
              answer={answer}
              statements={statements}
              nameOf={nameOf}
              open={all}
            />
          ))}
          <Outside statements={outside} answer={answer} nameOf={nameOf} />
        </>
      )}
      <Notice
        text={`${answer.notice} Nothing is ranked; graph version ${answer.version}${answer.as_of ? `, as of ${answer.as_of}` : ""}.`}
      />
    </>
  );
}

/** What is known, what follows from it, and what of a file could not be used. */
function Known({ answer, file }: { readonly answer: Answer; readonly file: string }) {
  const { facts, unused, id } = answer.presentation;
  return (
    <section class="known" aria-labelledby="known-title">
      <h3 id="known-title">{file ? `From ${file}${id ? `: ${id}` : ""}` : "What is known"}</h3>
      {facts.length === 0 && <p>Nothing is known yet: what follows holds for anyone, or depends.</p>}
      <ul class="facts">
        {facts.map((fact) => (
          <li key={`${fact.path}-${fact.text}`} class="tag" title={`${fact.path}: ${fact.stated}`}>
            {fact.text}
          </li>
        ))}
      </ul>
      {answer.derived.map((item) => (
        <DerivedLine key={item.text} item={item} />
      ))}
      {unused.length > 0 && (
        <details open>
          <summary>{unused.length} parts of the document could not be used</summary>
          <ul class="small" id="unused">
            {unused.map((item) => (
              <li key={`${item.path}-${item.text}`}>
                <code>{item.path}</code>: {item.text} – {item.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function DerivedLine({ item }: { readonly item: Answer["derived"][number] }) {
  const feature = item.text.split(":")[0] ?? "";
  return (
    <div class="derived-line">
      <span class="soft">{feature}</span> <DerivedNote item={item} />
    </div>
  );
}

interface ToolsProps extends Pick<AnswerProps, "answer" | "markdown" | "address" | "onError"> {}

/** Take the answer along: link, copy, files, paper. */
function Tools({ answer, markdown, address, onError }: ToolsProps) {
  const json = () => `${JSON.stringify(answer, null, 2)}\n`;
  const save = async () => {
    try {
      saveFile("situation.md", await markdown(), "text/markdown;charset=utf-8");
    } catch (error) {
      onError(error);
    }
  };
  return (
    <div class="row no-print answer-tools">
      {address && <CopyButton text={address} label="Copy link" />}
      <button type="button" class="button" onClick={save}>
        <Icon name="download" /> Markdown
      </button>
      <button type="button" class="button" onClick={() => saveFile("situation.json", json(), "application/json")}>
        <Icon name="download" /> JSON
      </button>
      <CopyMarkdown markdown={markdown} onError={onError} />
      <button type="button" class="button" onClick={() => window.print()}>
        Print
      </button>
    </div>
  );
}

function CopyMarkdown({ markdown, onError }: Pick<AnswerProps, "markdown" | "onError">) {
  const [said, say] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await markdown());
      say("copied");
      setTimeout(() => say(""), 2000);
    } catch (error) {
      onError(error);
    }
  };
  return (
    <button type="button" class="button" onClick={copy}>
      <Icon name="copy" /> {said || "Copy as text"}
      <span class="unseen" role="status">
        {said}
      </span>
    </button>
  );
}

function Contradiction({ answer, nameOf }: Pick<AnswerProps, "answer" | "nameOf">) {
  return (
    <section class="problem" id="answer-contradiction">
      <h3>Contradictory: what is stated cannot all be true, so nothing is concluded</h3>
      <ul>
        {answer.contradiction.map((fact) => (
          <li key={`${fact.path}-${fact.text}`}>
            {fact.text} <span class="soft">(stated: {fact.stated})</span>{" "}
            <button type="button" class="button button-bare no-print" onClick={() => goToField(fact.feature)}>
              change {nameOf(fact.feature)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Unknown features, those that would decide most open statements first. */
function NextTests({ answer }: { readonly answer: Answer }) {
  const [all, showAll] = useState(false);
  const tests = all ? answer.next_tests : answer.next_tests.slice(0, MOST_TESTS);
  const most = answer.next_tests[0]?.statements ?? 1;
  if (!tests.length) return null;
  return (
    <section id="answer-tests" class="tests" aria-labelledby="tests-title">
      <h3 id="tests-title">To find out next</h3>
      <p class="soft small">What is unknown, and how many open statements it would help to decide.</p>
      <ol>
        {tests.map((test) => (
          <li key={test.feature}>
            <button type="button" class="button button-bare" onClick={() => goToField(test.feature)}>
              {test.label}
            </button>
            <span class="test-bar" aria-hidden="true">
              <span style={{ width: `${Math.max(1, (100 * test.statements) / most)}%` }} />
            </span>
            <span class="number">{test.statements}</span>
          </li>
        ))}
      </ol>
      {answer.next_tests.length > MOST_TESTS && (
        <button type="button" class="button button-bare small no-print" onClick={() => showAll(!all)}>
          {all ? "Show fewer" : `Show all ${answer.next_tests.length}`}
        </button>
      )}
    </section>
  );
}

interface SectionProps {
  readonly section: Section;
  readonly answer: Answer;
  readonly statements: ReadonlyMap<string, Statement>;
  readonly nameOf: (key: string) => string;
  readonly open: boolean;
}

/** Sections whose therapies stand open: what applies, and what speaks against. */
const SHORT = 4;

function SectionView({ section, answer, statements, nameOf, open }: SectionProps) {
  const shown = open || (section.id !== "if" && section.count <= SHORT);
  return (
    <section
      id={`answer-${section.id}`}
      class={`answer-section answer-section-${section.id}`}
      aria-labelledby={`title-${section.id}`}
    >
      <div class="section-head">
        <h3 id={`title-${section.id}`}>{section.title}</h3>
        <span class="soft small">{section.about}</span>
      </div>
      {[...section.byAim].map(([aim, therapies]) => (
        <div key={aim} class="answer-aim">
          <h4>
            {aimTitle(aim)} <span class="soft number small">{therapies.length}</span>
          </h4>
          {therapies.map((therapy) => (
            <TherapyCard
              key={`${therapy.therapy}-${therapy.aim}`}
              therapy={therapy}
              answer={answer}
              statements={statements}
              nameOf={nameOf}
              open={shown}
            />
          ))}
        </div>
      ))}
    </section>
  );
}

function Outside({
  statements,
  answer,
  nameOf,
}: { readonly statements: readonly Statement[] } & Pick<AnswerProps, "answer" | "nameOf">) {
  return (
    <section id="answer-outside" aria-labelledby="title-outside" class="answer-section">
      <div class="section-head">
        <h3 id="title-outside">Do not apply</h3>
        <span class="soft small">Statements about other situations; each says what keeps this one out.</span>
      </div>
      <Fold summary={`Show the ${statements.length} statements that do not apply`} class="outside">
        {() =>
          statements.map((one) => <StatementCard key={one.statement} statement={one} answer={answer} nameOf={nameOf} />)
        }
      </Fold>
    </section>
  );
}
