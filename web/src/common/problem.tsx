import { asProblem } from "./api.ts";

const SHOWN: Readonly<Record<string, string>> = {
  limit: "limit",
  elapsed: "elapsed",
  unit: "unit",
  line: "line",
  column: "column",
};

/** An error in words: what is wrong, where, what to do next. */
export function ProblemBox({ error, heading = "That did not work" }: { error: unknown; heading?: string }) {
  const problem = asProblem(error);
  const facts = Object.entries(problem.extra).filter(([name]) => name in SHOWN);
  return (
    <section class="problem" role="alert">
      <h3>{heading}</h3>
      <p>{problem.title}</p>
      {problem.detail && <p>{problem.detail}</p>}
      {problem.hint && <p>{problem.hint}</p>}
      {(facts.length > 0 || problem.code) && (
        <dl>
          {facts.map(([name, value]) => [<dt key={name}>{SHOWN[name]}</dt>, <dd key={`${name}=`}>{String(value)}</dd>])}
          {problem.code && [<dt key="code">code</dt>, <dd key="code=">{problem.code}</dd>]}
        </dl>
      )}
    </section>
  );
}
