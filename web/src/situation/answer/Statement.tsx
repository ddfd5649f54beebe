import { Icon, type IconName } from "../../common/icons.tsx";
import { termLink } from "../../common/links.ts";
import { directionLook, directionWords } from "./sections.ts";
import type { Answer, Criterion, Statement, Status, Verdict } from "./types.ts";

const VERDICTS: Readonly<Record<Verdict, { words: string; icon: IconName; tone: string }>> = {
  applies: { words: "applies", icon: "for", tone: "tag-for" },
  applies_if: { words: "applies if", icon: "open", tone: "tag-open" },
  does_not_apply: { words: "does not apply", icon: "against", tone: "" },
  contradictory: { words: "cannot be decided", icon: "against", tone: "tag-against" },
};

const STATUSES: Readonly<Record<Status, { words: string; icon: IconName }>> = {
  met: { words: "met", icon: "for" },
  not_met: { words: "not met", icon: "against" },
  no_information: { words: "not known", icon: "open" },
  not_applicable: { words: "no longer matters", icon: "same" },
};

/** Combinations of which the statement is about all members at once. */
const TOGETHER = new Set(["combination", "sequence"]);

/** How far a row was checked against its source. */
const READ: Readonly<Record<string, string>> = {
  primary: "in the source itself",
  abstract: "in its abstract",
  secondary: "on a secondary page",
  unverified: "not verified",
};

interface StatementProps {
  readonly statement: Statement;
  readonly answer: Answer;
  /** The therapy under which it stands; advice on what that is a kind of is marked. */
  readonly therapy?: string;
  readonly nameOf: (key: string) => string;
}

/** One statement: what it says, who says so, whether it applies, and what decides that. */
export function StatementCard({ statement, answer, therapy, nameOf }: StatementProps) {
  const verdict = VERDICTS[statement.verdict];
  const look = directionLook(statement.direction);
  const names = statement.therapies.map((one) => answer.labels[one]?.label ?? one.replace(/^net:/, ""));
  const wider = therapy !== undefined && !statement.therapies.includes(therapy);
  const together = TOGETHER.has(statement.combination) && names.length > 1;
  return (
    <article class="statement" data-statement={statement.statement} data-verdict={statement.verdict}>
      <p class="statement-tags">
        <span class={`tag ${verdict.tone}`}>
          <Icon name={verdict.icon} />
          {verdict.words}
        </span>
        <span class={`tag ${look ? `tag-${look.tone}` : ""}`}>
          {look && <Icon name={look.icon} />}
          {directionWords(statement)}
        </span>
        {statement.strength && <span class="tag">strength: {statement.strength}</span>}
        {statement.jurisdiction && <span class="tag">{statement.jurisdiction}</span>}
        {statement.issued && <span class="tag">{statement.issued}</span>}
      </p>
      <p class="statement-gist">
        {statement.gist} <a href={addressOf(statement.iri)}>{statement.iri.split("/").at(-1)}</a>
      </p>
      {(wider || together) && (
        <p class="small soft">
          {wider ? "Said of " : "Said of several together: "}
          {names.join(together ? " + " : ", ")}.
        </p>
      )}
      {statement.verdict === "applies_if" && <AppliesIf statement={statement} />}
      {statement.population_note && <p class="small">Whom it is about: {statement.population_note}</p>}
      <p class="small">
        <Sources statement={statement} />{" "}
        <span class="soft">· read: {READ[statement.curation] ?? statement.curation}</span>
      </p>
      <details class="why">
        <summary>Criteria and what decides them</summary>
        <Criteria statement={statement} nameOf={nameOf} />
        {statement.note && <p class="small soft">Curator's note: {statement.note}</p>}
        <p class="small soft">
          The class that it is about: <code>{statement.axiom}</code>
        </p>
      </details>
    </article>
  );
}

function addressOf(iri: string): string {
  return termLink(iri) ?? iri;
}

/** Documents with links, and with the pages that tell of them here. */
function Sources({ statement }: { readonly statement: Statement }) {
  return (
    <>
      Source:{" "}
      {statement.source.map((source, index) => (
        <span key={source.iri}>
          {index > 0 && "; "}
          <a href={source.url ?? addressOf(source.iri)}>{source.title}</a>
        </span>
      ))}
    </>
  );
}

/** Least sets of criteria, each of which would make the statement apply. */
export function AppliesIf({ statement }: { readonly statement: Statement }) {
  const ways = statement.applies_if;
  return (
    <div class="applies-if">
      <p class="small">{ways.length > 1 ? "It would apply if one of these turned out so:" : "It would apply if:"}</p>
      <ul>
        {ways.map((way) => {
          const words = way.map(({ needs }) => needs);
          return (
            <li key={words.join()}>
              {words.map((one, index) => (
                <span key={one}>
                  {index > 0 && <em> and </em>}
                  {one}
                </span>
              ))}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Criteria({ statement, nameOf }: { readonly statement: Statement; readonly nameOf: (key: string) => string }) {
  const several = statement.criteria.length > 1;
  if (!statement.criteria.some((criteria) => criteria.length)) return <p class="small">It is about any situation.</p>;
  return (
    <>
      {statement.criteria.map((criteria, index) => (
        <div key={index}>
          {several && <p class="small alternative">{index === 0 ? "Either" : "Or"}</p>}
          <ul class="criteria">
            {criteria.map((criterion) => (
              <CriterionLine key={criterion.needs} criterion={criterion} nameOf={nameOf} />
            ))}
          </ul>
        </div>
      ))}
      {statement.decided_by.length > 0 && (
        <p class="small">
          Decided by: <strong>{statement.decided_by.map((path) => path).join(", ")}</strong>
        </p>
      )}
    </>
  );
}

function CriterionLine({
  criterion,
  nameOf,
}: {
  readonly criterion: Criterion;
  readonly nameOf: (key: string) => string;
}) {
  const status = STATUSES[criterion.status];
  return (
    <li class={`criterion criterion-${criterion.status}`}>
      <Icon name={status.icon} />
      <span>
        <strong>{status.words}</strong>: needs {criterion.needs}
        <span class="soft">
          {criterion.has ? ` · known: ${criterion.has}` : ` · ${nameOf(criterion.feature)} is unknown`}
          {criterion.decided_by.length > 0 && ` (from ${criterion.decided_by.join(", ")})`}
        </span>
      </span>
    </li>
  );
}
