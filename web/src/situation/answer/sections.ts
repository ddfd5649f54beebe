/** An answer in groups: what applies, what sources disagree on, what is advised against, what depends. */

import { grouped } from "../../common/grouped.ts";
import type { IconName } from "../../common/icons.tsx";
import type { Answer, Gate, Statement, Therapy } from "./types.ts";

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly byAim: ReadonlyMap<string, readonly Therapy[]>;
  readonly count: number;
}

export type Tone = "for" | "against" | "open" | "same";

/** How a summary looks; its word is always beside it. */
export interface Look {
  readonly icon: IconName;
  readonly tone: Tone;
}

const SECTIONS: readonly { id: string; title: string; about: string; summaries: readonly string[] }[] = [
  {
    id: "apply",
    title: "Apply",
    about: "Statements in favour that hold whatever the unknown turns out to be.",
    summaries: [
      "recommended",
      "recommended in combination",
      "may be considered",
      "may be considered in combination",
      "approved",
    ],
  },
  {
    id: "disagree",
    title: "Sources disagree",
    about: "One source advises in favour, another against; both hold here.",
    summaries: ["sources disagree"],
  },
  {
    id: "against",
    title: "Advised against",
    about: "Statements against, limits that forbid it here, or no approval.",
    summaries: ["advised against", "contraindicated", "not approved"],
  },
  {
    id: "if",
    title: "Apply if …",
    about: "What is unknown decides. Open a therapy to see what each statement waits for.",
    summaries: ["depends", "only in combination"],
  },
  {
    id: "results",
    title: "No conclusion",
    about: "Evidence is called insufficient, or there are trial results from which nobody has drawn a conclusion.",
    summaries: ["insufficient evidence", "trial results only"],
  },
];

const AIMS: Readonly<Record<string, string>> = {
  antitumour: "Against the tumour",
  "symptom control": "Against symptoms",
  other: "Other aims: diagnosis, follow-up, organisation",
};

/** The therapies of an answer in sections, each by aim; empty sections are left out. */
export function sectionsOf(therapies: readonly Therapy[]): Section[] {
  const known = new Set(SECTIONS.flatMap(({ summaries }) => summaries));
  return SECTIONS.map(({ id, title, about, summaries }, index) => {
    const last = index === SECTIONS.length - 1;
    const found = therapies.filter(({ summary }) => summaries.includes(summary) || (last && !known.has(summary)));
    return { id, title, about, byAim: grouped(found, ({ aim }) => aim), count: found.length };
  }).filter(({ count }) => count > 0);
}

/** An aim as a heading. */
export function aimTitle(aim: string): string {
  return AIMS[aim] ?? aim;
}

/** How a summary of a therapy looks. */
export function summaryLook(summary: string): Look {
  if (/^(recommended|may be considered|approved)/.test(summary)) return { icon: "for", tone: "for" };
  if (/against|contraindicated|not approved/.test(summary)) return { icon: "against", tone: "against" };
  if (summary === "sources disagree") return { icon: "disagree", tone: "against" };
  return { icon: "open", tone: "open" };
}

/** How the direction of a statement looks. */
export function directionLook(direction: string): Look | undefined {
  if (/^(recommended|may be considered|active|yes)$/.test(direction)) return { icon: "for", tone: "for" };
  if (/^(not recommended|contraindicated|refused|withdrawn|no)$/.test(direction))
    return { icon: "against", tone: "against" };
  return undefined;
}

/** Words for a direction: those of approvals and of trial results need their noun. */
export function directionWords(statement: Statement): string {
  if (statement.kind === "approval")
    return `approval: ${statement.direction === "active" ? "in force" : statement.direction}`;
  if (statement.kind === "trial result") {
    const outcomes: Readonly<Record<string, string>> = { yes: "primary endpoint met", no: "primary endpoint missed" };
    return outcomes[statement.direction] ?? "trial result";
  }
  return statement.direction;
}

/** Whether a limit speaks against the therapy here: crossed, or required and not fulfilled, and not for others only. */
export function warns(gate: Gate): boolean {
  const crossed = gate.status === (gate.consequence === "required" ? "not_met" : "met");
  return crossed && gate.holds !== "does_not_apply";
}

/** Limits whose value is not known, once each. */
export function toCheck(gates: readonly Gate[]): readonly Gate[] {
  const open = gates.filter((gate) => gate.status === "no_information" && gate.holds !== "does_not_apply");
  return [...grouped(open, (gate) => `${gate.text}|${gate.consequence}`).values()].flatMap((same) => same.slice(0, 1));
}

/** Statements by their CURIE. */
export function statementsOf(answer: Answer): ReadonlyMap<string, Statement> {
  return new Map(answer.statements.map((statement) => [statement.statement, statement]));
}

/** Features that the open statements of a therapy wait for, those that most of them wait for first. */
export function waitsFor(statements: readonly Statement[]): string[] {
  const counts = new Map<string, number>();
  for (const statement of statements) {
    const features = new Set(statement.applies_if.flatMap((set) => set.map(({ feature }) => feature)));
    for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([feature]) => feature);
}

/** How many of each kind: `2 recommendations, 1 approval`. */
export function countedKinds(statements: readonly Statement[]): string {
  return [...grouped(statements, ({ kind }) => kind)]
    .map(([kind, found]) => `${found.length} ${kind}${found.length === 1 ? "" : "s"}`)
    .join(", ");
}
