import { Icon } from "../../common/icons.tsx";
import { fromRoot } from "../../common/links.ts";
import { Fold } from "./Fold.tsx";
import { StatementCard } from "./Statement.tsx";
import { countedKinds, summaryLook, toCheck, waitsFor, warns } from "./sections.ts";
import type { Answer, Gate, Statement, Therapy } from "./types.ts";

interface TherapyProps {
  readonly therapy: Therapy;
  readonly answer: Answer;
  readonly statements: ReadonlyMap<string, Statement>;
  readonly nameOf: (key: string) => string;
  readonly open: boolean;
}

/** A therapy with one aim: what is said of it together, and each statement behind that. */
export function TherapyCard({ therapy, answer, statements, nameOf, open }: TherapyProps) {
  const found = therapy.statements.map(({ statement }) => statements.get(statement)).filter((one) => one !== undefined);
  const applying = found.filter(({ verdict }) => verdict === "applies");
  const waiting = found.filter(({ verdict }) => verdict === "applies_if");
  const look = summaryLook(therapy.summary);
  const warnings = therapy.gates.filter(warns);
  const href = answer.labels[therapy.therapy]?.href;
  const summary = (
    <>
      <span class="therapy-name">{therapy.label}</span>{" "}
      <span class={`tag tag-${look.tone}`} data-summary={therapy.summary}>
        <Icon name={look.icon} />
        {therapy.summary}
      </span>
      {warnings.length > 0 && (
        <span class="tag tag-against">
          <Icon name="against" />
          limit crossed
        </span>
      )}
      <span class="therapy-counts soft small">
        {applying.length > 0 && `${countedKinds(applying)} ${applying.length === 1 ? "applies" : "apply"}`}
        {applying.length > 0 && waiting.length > 0 && "; "}
        {waiting.length > 0 && `${countedKinds(waiting)} open: ${waitsFor(waiting).slice(0, 4).map(nameOf).join(", ")}`}
      </span>
    </>
  );
  const card = (statement: Statement) => (
    <StatementCard
      key={statement.statement}
      statement={statement}
      answer={answer}
      therapy={therapy.therapy}
      nameOf={nameOf}
    />
  );
  return (
    <Fold class="therapy" open={open} summary={summary}>
      {() => (
        <div class="therapy-body">
          {warnings.map((gate) => (
            <Warning key={gate.limit} gate={gate} answer={answer} />
          ))}
          {therapy.summary === "sources disagree" ? (
            <Disagreement statements={applying} card={card} />
          ) : (
            applying.map(card)
          )}
          {waiting.length > 0 &&
            (applying.length > 0 ? (
              <Fold
                class="waiting"
                summary={`${waiting.length} more that ${waiting.length === 1 ? "depends" : "depend"} on what is unknown`}
              >
                {() => waiting.map(card)}
              </Fold>
            ) : (
              waiting.map(card)
            ))}
          <Limits gates={toCheck(therapy.gates)} />
          {href && (
            <p class="small no-print">
              <a href={fromRoot(href)}>All that the graph says of {therapy.label}</a>
            </p>
          )}
        </div>
      )}
    </Fold>
  );
}

/** Statements that hold and point in opposite directions, side by side. */
function Disagreement({
  statements,
  card,
}: {
  readonly statements: readonly Statement[];
  readonly card: (one: Statement) => preact.JSX.Element;
}) {
  const against = statements.filter(({ direction }) => /^(not recommended|contraindicated)$/.test(direction));
  const favour = statements.filter((one) => !against.includes(one));
  return (
    <div class="sides">
      <section>
        <h5>In favour</h5>
        {favour.map(card)}
      </section>
      <section>
        <h5>Against</h5>
        {against.map(card)}
      </section>
    </div>
  );
}

function Warning({ gate, answer }: { readonly gate: Gate; readonly answer: Answer }) {
  const titles = new Map(answer.statements.flatMap(({ source }) => source.map((one) => [one.iri, one] as const)));
  return (
    <p class="warning">
      <Icon name="against" />
      <span>
        <strong>{gate.text}</strong>: {gate.consequence === "required" ? "not fulfilled" : gate.consequence}
        {gate.has && ` (known: ${gate.has})`}
        {gate.setting && ` · ${gate.setting}`}
        <span class="soft">
          {" "}
          · source:{" "}
          {gate.source.map((iri, index) => [
            index > 0 && "; ",
            <a key={iri} href={titles.get(iri)?.url ?? fromRoot(`term/${iri.replace("https://w3id.org/net-kg/", "")}`)}>
              {titles.get(iri)?.title ?? iri.split("/").at(-1)}
            </a>,
          ])}
        </span>
      </span>
    </p>
  );
}

function Limits({ gates }: { readonly gates: readonly Gate[] }) {
  if (!gates.length) return null;
  return (
    <Fold class="limits" summary={`${gates.length} limit${gates.length === 1 ? "" : "s"} to check before it is given`}>
      {() => (
        <ul class="small">
          {gates.map((gate) => (
            <li key={gate.limit}>
              {gate.text}: {gate.consequence}
              {gate.setting && <span class="soft"> · {gate.setting}</span>}
            </li>
          ))}
        </ul>
      )}
    </Fold>
  );
}
