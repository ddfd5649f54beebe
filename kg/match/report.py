"""An answer as data, as text and as Markdown. Each form carries the notice, the version of the graph and the sources."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from kg.match.formula import meaning_in_words
from kg.match.match import REQUIRED, Match, Outcome, TherapyResult
from kg.match.presentation import Fact
from kg.match.statements import Statement
from kg.match.verdict import CriterionResult, StatementResult, Status, Verdict
from kg.model.population import Criterion, OneOf, Within, describe, describe_population
from kg.prefixes import NET, compress
from kg.terms import Terms

WORDS = {
    Verdict.APPLIES: "applies",
    Verdict.APPLIES_IF: "applies if",
    Verdict.DOES_NOT_APPLY: "does not apply",
    Verdict.CONTRADICTORY: "cannot be decided: the input contradicts itself",
}
MARKS = {Status.MET: "yes", Status.NOT_MET: "no", Status.NO_INFORMATION: "not known", Status.NOT_APPLICABLE: "no longer matters"}
MAX_OPEN = 3
"""Open statements of one therapy that a text shows before it counts the rest."""


def as_data(match: Match, verdicts: Collection[Verdict] = tuple(Verdict)) -> dict[str, Any]:
    """Return the answer in the form that ``netkg match --format json`` prints.

    :param verdicts: the list of statements holds those with one of these
    """
    terms = match.matcher.terms
    return {
        "version": match.version,
        "notice": match.notice,
        "as_of": match.as_of or None,
        "presentation": {
            "id": match.presentation.id or None,
            "facts": [_fact(fact, terms) for fact in match.presentation.facts],
            "unused": [{"path": item.path, "text": item.text, "reason": item.reason} for item in match.presentation.unused],
        },
        "contradiction": [_fact(fact, terms) for fact in match.contradiction],
        "derived": [
            {
                "feature": item.feature.key,
                "text": item.text,
                "from": [fact.path for fact in item.facts],
                "rules": [compress(rule) for rule in item.rules],
            }
            for item in match.derived
        ],
        "therapies": [_therapy(result) for result in match.therapies],
        "statements": [statement_data(match.explain(outcome.statement.id), terms) for outcome in match.outcomes if outcome.verdict in verdicts],
        "next_tests": [{"feature": test.feature.key, "label": test.feature.name, "statements": test.statements} for test in match.next_tests],
    }


def statement_data(result: StatementResult, terms: Terms) -> dict[str, Any]:
    """Return the verdict on one statement: criteria, deciding facts, axiom and sources."""
    statement = result.statement
    return {
        "statement": compress(statement.iri),
        "iri": statement.iri,
        "kind": statement.kind,
        "gist": statement.gist,
        "verdict": result.verdict.value,
        "sentence": sentence(result, terms),
        "therapies": [compress(iri) for iri in statement.therapies],
        "combination": statement.combination,
        "aims": list(statement.aims),
        "direction": statement.direction,
        "strength": statement.strength or None,
        "jurisdiction": statement.jurisdiction or None,
        "issued": statement.issued or None,
        "superseded": statement.superseded or None,
        "population": compress(f"{NET}population/{statement.population.id}"),
        "population_note": statement.population_note or None,
        "axiom": axiom(statement, terms),
        "decided_by": sorted(
            {fact.path for criteria in result.alternatives for item in criteria for fact in item.decided_by} | {f.path for f in result.excluded_by}
        ),
        "criteria": [[_criterion(item, terms) for item in criteria] for criteria in result.alternatives],
        "applies_if": [[{"feature": part.feature.key, "needs": describe(part, terms)} for part in criteria] for criteria in result.deciding],
        "source": [{"iri": source.iri, "title": source.title, "url": source.url or None} for source in statement.sources],
        "read_at": list(statement.read_at),
        "curation": statement.curation,
        "note": statement.note or None,
    }


def axiom(statement: Statement, terms: Terms) -> str:
    """Return the class axiom that defines the population of a statement, in Manchester syntax with local names."""
    name = f"presentation/{statement.population.id}"
    return f"{name} EquivalentTo {meaning_in_words(statement.population, terms)}"


def sentence(result: StatementResult, terms: Terms) -> str:
    """Return a verdict as one sentence."""
    key = result.statement.id
    match result.verdict:
        case Verdict.CONTRADICTORY:
            return f"{key} {WORDS[result.verdict]}."
        case Verdict.APPLIES:
            met = next((criteria for criteria in result.alternatives if all(item.status is Status.MET for item in criteria)), ())
            reasons = "; ".join(f"{describe(item.criterion, terms)} ({item.has})" for item in met)
            if not reasons:
                reasons = "it is about any presentation" if not any(result.alternatives) else "whatever is unknown, one of its alternatives holds"
            return f"{key} applies: {reasons}."
        case Verdict.APPLIES_IF:
            return f"{key} applies if {' — or if '.join(' and '.join(describe(part, terms) for part in criteria) for criteria in result.deciding)}."
    failed = ["; ".join(_failure(item, terms) for item in criteria if item.status is Status.NOT_MET) for criteria in result.alternatives]
    reasons = " — and: ".join(dict.fromkeys(reason for reason in failed if reason))
    together = ", ".join(fact.path for fact in result.excluded_by)
    if together:
        reasons = "; ".join(part for part in (reasons, f"what is known of {together} leaves no room for it") if part)
    return f"{key} does not apply: {reasons}."


def _failure(item: CriterionResult, terms: Terms) -> str:
    return f"it needs {describe(item.criterion, terms)}, and known is {item.has or 'the opposite'}"


def _deciding_facts(result: StatementResult) -> Iterator[Fact]:
    yield from result.excluded_by
    for criteria in result.alternatives:
        for item in criteria:
            yield from item.decided_by


def _fact(fact: Fact, terms: Terms) -> dict[str, Any]:
    return {"feature": fact.criterion.feature.key, "text": describe(fact.criterion, terms), "path": fact.path, "stated": fact.text}


def _criterion(item: CriterionResult, terms: Terms) -> dict[str, Any]:
    return {
        "feature": item.criterion.feature.key,
        "needs": describe(item.criterion, terms),
        "values": _values(item.criterion),
        "has": item.has or None,
        "status": item.status.value,
        "decided_by": [fact.path for fact in item.decided_by],
    }


def _values(criterion: Criterion) -> list[str]:
    match criterion:
        case OneOf():
            return [compress(value) for value in criterion.values]
        case Within():
            return [str(criterion.interval)]
    return [f"not {compress(criterion.value)}"]


def _therapy(result: TherapyResult) -> dict[str, Any]:
    return {
        "therapy": compress(result.therapy),
        "label": result.label,
        "aim": result.aim,
        "summary": result.summary,
        "statements": [{"statement": compress(outcome.statement.iri), "verdict": outcome.verdict.value} for outcome in result.outcomes],
        "gates": [
            {
                "limit": compress(item.gate.iri),
                "text": item.gate.text,
                "consequence": item.gate.consequence,
                "setting": item.gate.setting or None,
                "status": item.status.value,
                "holds": item.holds.value,
                "has": item.has or None,
                "source": [source.iri for source in item.gate.sources],
                "curation": item.gate.curation,
            }
            for item in result.gates
        ],
    }


def as_text(match: Match, *, markdown: bool = False) -> Iterator[str]:
    """Yield the lines of an answer for people."""
    terms = match.matcher.terms
    head, bullet = ("## ", "- ") if markdown else ("", "  ")
    known = "; ".join(describe(fact.criterion, terms) for fact in match.presentation.facts) or "nothing is known"
    yield f"{'# ' if markdown else ''}{match.presentation.id or 'situation'}: {known}"
    for derived in match.derived:
        yield f"{bullet}follows: {derived.text} (from {', '.join(fact.path for fact in derived.facts)})"
    for item in match.presentation.unused:
        yield f"{bullet}not used: {item.path}: {item.text} — {item.reason}"
    if match.contradiction:
        yield ""
        yield f"{head}the input contradicts itself; nothing is concluded"
        for fact in match.contradiction:
            yield f"{bullet}{fact.path}: {describe(fact.criterion, terms)}"
    group = None
    for result in match.therapies:
        if (result.aim, result.summary) != group:
            group = (result.aim, result.summary)
            yield ""
            yield f"{head}{result.aim}: {result.summary}"
        yield from _therapy_lines(match, result, bullet)
    if match.next_tests:
        yield ""
        yield f"{head}what to find out next (open statements it would help to decide)"
        for test in match.next_tests[:10]:
            yield f"{bullet}{test.feature.name}: {test.statements}"
    yield ""
    yield f"{match.notice} Graph version {match.version}{f', as of {match.as_of}' if match.as_of else ''}."


def _therapy_lines(match: Match, result: TherapyResult, bullet: str) -> Iterator[str]:
    yield f"{bullet}{result.label}"
    applying = [outcome for outcome in result.outcomes if outcome.verdict is Verdict.APPLIES]
    waiting = [outcome for outcome in result.outcomes if outcome.verdict is Verdict.APPLIES_IF and outcome.statement.kind != "trial result"]
    for outcome in applying + waiting[:MAX_OPEN]:
        yield f"  {bullet}{_outcome_line(match, outcome, result.therapy)}"
    rest = len(result.outcomes) - len(applying) - len(waiting[:MAX_OPEN])
    if rest:
        yield f"  {bullet}… and {rest} more that depend on what is unknown"
    yield from _gate_lines(result, f"  {bullet}")


def _gate_lines(result: TherapyResult, bullet: str) -> Iterator[str]:
    """Yield what speaks against a therapy, then the limits whose values are not known; limits that are kept are in the data."""
    decidable = [item for item in result.gates if item.gate.feature]
    for item in decidable:
        if item.warns:
            consequence = "not fulfilled" if item.gate.consequence == REQUIRED else item.gate.consequence
            titles = "; ".join(source.title for source in item.gate.sources)
            yield f"{bullet}WARNING: {item.gate.text}: {consequence} (known: {item.has}) · {item.gate.setting} · source: {titles}"
    waiting = [item for item in decidable if item.status is Status.NO_INFORMATION and item.holds is not Verdict.DOES_NOT_APPLY]
    unknown = [f"{item.gate.text} ({item.gate.consequence})" for item in waiting]
    if unknown:
        yield f"{bullet}limits to check: {'; '.join(dict.fromkeys(unknown))}"


def _outcome_line(match: Match, outcome: Outcome, therapy: str) -> str:
    statement, terms = outcome.statement, match.matcher.terms
    parts = [f"{statement.id} {WORDS[outcome.verdict]}"]
    if outcome.verdict is Verdict.APPLIES_IF:
        sets = match.deciding[statement.population.id]
        parts = [f"{statement.id} applies if {' — or '.join(' and '.join(describe(part, terms) for part in criteria) for criteria in sets)}"]
    parts.append(f"{statement.direction}{f' ({statement.strength})' if statement.strength else ''}")
    if therapy not in statement.therapies:
        parts.append(f"on {', '.join(terms.labels[iri] for iri in statement.therapies if iri in terms.ancestors(therapy))}")
    parts.append(statement.gist)
    if statement.population_note:
        parts.append(f"note: {statement.population_note}")
    parts.append("source: " + "; ".join(source.title + (f" {source.url}" if source.url else "") for source in statement.sources))
    parts.append(f"read: {statement.curation}")
    return " · ".join(parts)


def why_text(match: Match, label: str, results: tuple[StatementResult, ...]) -> Iterator[str]:
    """Yield the lines that say, statement by statement, why a therapy is or is not advised here."""
    terms = match.matcher.terms
    yield f"{label}: {len(results)} statement(s)" if results else f"{label}: no statement of the graph is about it"
    order = list(Verdict)
    for result in sorted(results, key=lambda item: (order.index(item.verdict), item.statement.iri)):
        statement = result.statement
        yield ""
        yield f"  {sentence(result, terms)}"
        yield f"    says: {statement.gist} [{statement.kind}, {statement.direction}{f', {statement.strength}' if statement.strength else ''}]"
        yield f"    for: {describe_population(statement.population, terms)}"
        if statement.population_note:
            yield f"    note: {statement.population_note}"
        for number, criteria in enumerate(result.alternatives, start=1):
            if len(result.alternatives) > 1:
                yield f"    alternative {number}:"
            for item in criteria:
                by = f", by {', '.join(fact.path for fact in item.decided_by)}" if item.decided_by else ""
                yield f"      {MARKS[item.status]}: {describe(item.criterion, terms)}{f' (known: {item.has}{by})' if item.has else ''}"
        yield f"    source: {'; '.join(source.title + (f' {source.url}' if source.url else '') for source in statement.sources)}; read: {statement.curation}"
    yield ""
    yield f"{match.notice} Graph version {match.version}."
