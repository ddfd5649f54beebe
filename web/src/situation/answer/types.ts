/** The answer to a situation, as the server gives it. */

export type Verdict = "applies" | "applies_if" | "does_not_apply" | "contradictory";
export type Status = "met" | "not_met" | "no_information" | "not_applicable";

export interface Fact {
  readonly feature: string;
  readonly text: string;
  /** Where it stood in the case. */
  readonly path: string;
  readonly stated: string;
}

export interface Derived {
  readonly feature: string;
  readonly text: string;
  readonly from: readonly string[];
  /** CURIEs of the axioms that connect them. */
  readonly rules: readonly string[];
}

export interface Criterion {
  readonly feature: string;
  readonly needs: string;
  readonly has: string | null;
  readonly status: Status;
  readonly decided_by: readonly string[];
}

export interface StatementSource {
  readonly iri: string;
  readonly title: string;
  readonly url: string | null;
}

export interface Statement {
  readonly statement: string;
  readonly iri: string;
  readonly kind: string;
  readonly gist: string;
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly therapies: readonly string[];
  readonly combination: string;
  readonly aims: readonly string[];
  readonly direction: string;
  readonly strength: string | null;
  readonly jurisdiction: string | null;
  readonly issued: string | null;
  readonly superseded: string | null;
  readonly population_note: string | null;
  readonly axiom: string;
  readonly decided_by: readonly string[];
  /** Alternatives, each a list of criteria that all must be met. */
  readonly criteria: readonly (readonly Criterion[])[];
  /** Least sets of criteria, each of which would make the statement apply. */
  readonly applies_if: readonly (readonly { readonly feature: string; readonly needs: string }[])[];
  readonly source: readonly StatementSource[];
  readonly curation: string;
  readonly note: string | null;
}

export interface Gate {
  readonly limit: string;
  readonly text: string;
  readonly consequence: string;
  readonly setting: string | null;
  readonly status: Status;
  readonly holds: Verdict;
  readonly has: string | null;
  readonly source: readonly string[];
  readonly curation: string;
}

export interface Therapy {
  readonly therapy: string;
  readonly label: string;
  readonly aim: string;
  readonly summary: string;
  readonly statements: readonly { readonly statement: string; readonly verdict: Verdict }[];
  readonly gates: readonly Gate[];
}

export interface NextTest {
  readonly feature: string;
  readonly label: string;
  readonly statements: number;
}

export interface Answer {
  readonly version: string;
  readonly notice: string;
  readonly as_of: string | null;
  readonly presentation: {
    readonly id: string | null;
    readonly facts: readonly Fact[];
    readonly unused: readonly { readonly path: string; readonly text: string; readonly reason: string }[];
  };
  readonly contradiction: readonly Fact[];
  readonly derived: readonly Derived[];
  readonly therapies: readonly Therapy[];
  readonly statements: readonly Statement[];
  readonly next_tests: readonly NextTest[];
  readonly labels: Readonly<Record<string, { readonly label: string; readonly href: string | null }>>;
  /** The same situation in our own case format; missing where it cannot be written so. */
  readonly case?: Readonly<Record<string, unknown>> | null;
}
