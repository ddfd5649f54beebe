"""From a presentation to verdicts on all statements, a summary per therapy, safety limits, and what to find out next."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import pyoxigraph as ox

from kg.errors import UsageError
from kg.graph import NOTICE, Graph
from kg.match.engine import Engine, Situation, least_set
from kg.match.presentation import Fact, Presentation, Unused
from kg.match.relations import TOGETHER
from kg.match.solver import Literal, holds, narrow, possible
from kg.match.statements import REPLACED, Gate, Statement, read_gates, read_statements
from kg.match.verdict import CriterionResult, StatementResult, Status, Verdict
from kg.model.feature import Feature, FeatureKind
from kg.model.population import Criterion, OneOf, Within, describe
from kg.prefixes import GRAPH, NET
from kg.store import select
from kg.terms import Terms

AIMS = ("antitumour", "symptom control")
"""Aims that are told apart for each therapy; all others make one group."""

OTHER_AIM = "other"
REQUIRED = "required"
"""Consequence of a limit that must be fulfilled; all others hold when it is crossed."""
BARRING = ("contraindicated", "do not start")
"""Consequences of a crossed limit that outweigh whatever statements say."""
RECOMMENDED, MAYBE, NOT_RECOMMENDED, CONTRAINDICATED = "recommended", "may be considered", "not recommended", "contraindicated"
DIRECTIONS = (RECOMMENDED, MAYBE, "insufficient evidence", "undetermined", NOT_RECOMMENDED, CONTRAINDICATED)
"""Order of the directions of advice in lists; not a ranking of therapies."""
CURATIONS = ("primary", "abstract", "secondary", "unverified")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


@dataclass(frozen=True, slots=True)
class Derived:
    """Something that follows from the facts.

    :param text: what follows, in words
    :param facts: a least set of facts from which it follows
    :param rules: names of the axioms that connect them, where they have names
    """

    feature: Feature
    text: str
    facts: tuple[Fact, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    """A safety limit of a therapy in this situation.

    :param status: met when the value lies where the limit says, not met when it does not, otherwise no information
    :param holds: whether the limit is about this situation at all
    """

    gate: Gate
    status: Status
    has: str
    holds: Verdict

    @property
    def warns(self) -> bool:
        """Whether the limit speaks against the therapy here: crossed, or required and not fulfilled, and not for others only."""
        crossed = self.status is (Status.NOT_MET if self.gate.consequence == REQUIRED else Status.MET)
        return crossed and self.holds is not Verdict.DOES_NOT_APPLY


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one statement; :meth:`Match.explain` says more."""

    statement: Statement
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TherapyResult:
    """What all statements together say about one therapy with one aim.

    :param aim: one of :data:`AIMS`, or ``other``
    :param summary: one of :data:`SUMMARIES`: what the statements that apply say together; ``depends`` when all of them are
        open, ``not approved`` when applications were refused, withdrawn or are pending
    :param outcomes: the statements that apply or may apply, ordered by direction, source, strength and curation
    :param gates: safety limits
    """

    therapy: str
    label: str
    aim: str
    summary: str
    outcomes: tuple[Outcome, ...]
    gates: tuple[GateResult, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """An unknown feature that would decide open statements.

    :param statements: how many open statements name it among the features that decide
    """

    feature: Feature
    statements: int


@dataclass
class Match:
    """The answer for one presentation.

    :param version: of the graph
    :param contradiction: facts that cannot all be true; empty when there is none
    :param outcomes: the verdict on every statement, sorted by statement
    """

    matcher: Matcher
    presentation: Presentation
    situation: Situation | None
    version: str
    as_of: str
    contradiction: tuple[Fact, ...]
    outcomes: tuple[Outcome, ...]
    notice: str = NOTICE
    _explanation: _Explanation | None = field(default=None, init=False, repr=False)

    def verdict(self, statement: str) -> Verdict:
        """Return the verdict on a statement, given by its key.

        :raises UsageError: when there is none of that key
        """
        return self._outcome(statement).verdict

    def explain(self, statement: str) -> StatementResult:
        """Return the verdict on a statement with every criterion and the facts that decide it.

        :raises UsageError: when there is none of that key
        """
        outcome = self._outcome(statement)
        if self.situation is None:
            return StatementResult(outcome.statement, Verdict.CONTRADICTORY, (), (), self.contradiction)
        if self._explanation is None:
            self._explanation = _Explanation(self.matcher, self.situation, self.deciding)
        return self._explanation.of(outcome)

    @cached_property
    def derived(self) -> tuple[Derived, ...]:
        """What follows from the facts about features, or more than a fact says of its own feature."""
        return tuple(_derived(self.matcher, self.situation)) if self.situation else ()

    @cached_property
    def deciding(self) -> dict[str, tuple[tuple[Criterion, ...], ...]]:
        """Population identifier → least sets of criteria that would decide it, for the open ones."""
        if self.situation is None:
            return {}
        keys = {outcome.statement.population.id for outcome in self.outcomes if outcome.verdict is Verdict.APPLIES_IF}
        return {key: self.situation.deciding(key) for key in sorted(keys)}

    @cached_property
    def therapies(self) -> tuple[TherapyResult, ...]:
        """Therapies that some statement speaks of here, by aim, direction and name."""
        return tuple(_therapies(self))

    @cached_property
    def next_tests(self) -> tuple[Test, ...]:
        """Unknown features, those that would decide most open statements first."""
        counts: Counter[str] = Counter()
        for outcome in self.outcomes:
            if outcome.verdict is Verdict.APPLIES_IF:
                counts.update({criterion.feature.key for criteria in self.deciding[outcome.statement.population.id] for criterion in criteria})
        features = self.matcher.terms.features
        return tuple(Test(features[key], count) for key, count in sorted(counts.items(), key=lambda item: (-item[1], features[item[0]].order)))

    def why(self, therapy: str) -> tuple[StatementResult, ...]:
        """Return all statements about a therapy, its kinds and what it is a kind of, each explained.

        :param therapy: label, local name, CURIE or IRI
        :raises UnknownTermError: when no term is called so
        """
        terms = self.matcher.terms
        iri = terms.resolve(therapy)
        related = terms.ancestors(iri) | terms.descendants(iri)
        return tuple(self.explain(outcome.statement.id) for outcome in self.outcomes if not related.isdisjoint(outcome.statement.therapies))

    def _repr_markdown_(self) -> str:
        """Return the answer as a notebook shows it."""
        from kg.match.report import as_text

        return "\n".join(as_text(self, markdown=True))

    @cached_property
    def _by_key(self) -> dict[str, Outcome]:
        return {outcome.statement.id: outcome for outcome in self.outcomes}

    def _outcome(self, key: str) -> Outcome:
        if key in self._by_key:
            return self._by_key[key]
        raise UsageError(f"no statement is called {key!r}", hint="netkg query lists statements; keys look like R010")


class Matcher:
    """The statements and populations of a graph, ready for any number of cases.

    :raises OntologyError: when the ontology says something of presentations that is not understood
    :raises StoreError: when the store cannot answer
    """

    def __init__(self, graph: Graph) -> None:
        self.terms: Terms = graph.terms
        self.version = graph.version()
        self.components = _components(graph)
        self.statements = tuple(read_statements(graph))
        self.gates = tuple(read_gates(graph))
        ontology = graph.sparql(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}ontology> {{ ?s ?p ?o }} }}")
        if not isinstance(ontology, list):
            raise TypeError("CONSTRUCT gave no triples")
        self.scope = {statement.iri: statement.population.id for statement in self.statements}
        scopes = [*(statement.population for statement in self.statements), *(gate.population for gate in self.gates if gate.population)]
        populations = {population.id: population for population in scopes}
        limits = [Within(self.terms.features[gate.feature], gate.interval) for gate in self.gates if gate.feature and gate.interval]
        self.engine = Engine(ontology, self.terms, populations.values(), limits)

    def match(self, presentation: Presentation, as_of: str = "") -> Match:
        """Return the verdict on every statement.

        :param as_of: a date; only what had been published by then, and not replaced, is considered. Without it, what is current.
        :raises UsageError: when the date is not one
        """
        if as_of and not is_date(as_of):
            raise UsageError(f"{as_of!r} is not a date", hint="YYYY, YYYY-MM or YYYY-MM-DD")
        facts, left = self.engine.combined(presentation.facts)
        if left:
            reason = "it can be true together with what is stated before, and matching holds one kind of it only"
            presentation = replace(presentation, facts=facts, unused=(*presentation.unused, *(Unused(fact.path, fact.text, reason) for fact in left)))
        situation = self.engine.situation(facts)
        statements = [statement for statement in self.statements if valid(statement, as_of)]
        if situation is None:
            outcomes = tuple(Outcome(statement, Verdict.CONTRADICTORY) for statement in statements)
            return Match(self, presentation, None, self.version, as_of, self.engine.contradiction(presentation.facts), outcomes)
        verdicts = {key: situation.verdict(key) for key in {self.scope[statement.iri] for statement in statements}}
        outcomes = tuple(Outcome(statement, verdicts[self.scope[statement.iri]]) for statement in statements)
        return Match(self, presentation, situation, self.version, as_of, (), outcomes)


def is_date(text: str) -> bool:
    """Return whether a text is a year, a month or a day that exists."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def _components(graph: Graph) -> dict[str, set[str]]:
    """Return regimen → the therapies that it is made of."""
    found: dict[str, set[str]] = defaultdict(set)
    for regimen, part in select(graph.store, f"SELECT ?regimen ?part WHERE {{ GRAPH <{GRAPH}edges> {{ ?regimen <{NET}hasComponent> ?part }} }}"):
        if isinstance(regimen, ox.NamedNode) and isinstance(part, ox.NamedNode):
            found[regimen.value].add(part.value)
    return dict(found)


def valid(statement: Statement, as_of: str) -> bool:
    """Return whether a statement stood at a date, or stands now when none is given.

    Partial dates are compared as far as both are known: what was issued in 2020 stood in 2020-03. A statement without
    a date of issue cannot be placed, so it is left out when a date is asked for; what was replaced at an unknown date
    still stood.
    """
    if not as_of:
        return not statement.superseded
    if not statement.issued or not _not_after(statement.issued, as_of):
        return False
    return not statement.superseded or statement.superseded == REPLACED or not _not_after(statement.superseded, as_of)


def _not_after(one: str, other: str) -> bool:
    length = min(len(one), len(other))
    return one[:length] <= other[:length]


class _Explanation:
    """Explains verdicts of one situation; what populations share is looked at once.

    :param deciding: by population
    """

    def __init__(self, matcher: Matcher, situation: Situation, deciding: Mapping[str, tuple[tuple[Criterion, ...], ...]]) -> None:
        self._matcher = matcher
        self._engine = matcher.engine
        self._situation = situation
        self._deciding = deciding
        self._criteria: dict[Criterion, CriterionResult] = {}

    def of(self, outcome: Outcome) -> StatementResult:
        key = outcome.statement.population.id
        compiled = self._engine.compiled[key]
        open_positions = set(self._situation.open_alternatives(key))
        alternatives: list[tuple[CriterionResult, ...]] = []
        excluded: tuple[Fact, ...] = ()
        for position, alternative in enumerate(compiled.alternatives):
            results = [self._criterion(criterion) for criterion in alternative.criteria]
            if position not in open_positions:
                if not any(result.status is Status.NOT_MET for result in results) and outcome.verdict is Verdict.DOES_NOT_APPLY:
                    excluded = tuple(dict.fromkeys((*excluded, *self._together(alternative.literals))))
                results = [
                    CriterionResult(result.criterion, Status.NOT_APPLICABLE, result.has, ()) if result.status is Status.NO_INFORMATION else result
                    for result in results
                ]
            alternatives.append(tuple(results))
        return StatementResult(outcome.statement, outcome.verdict, tuple(alternatives), self._deciding.get(key, ()), excluded)

    def _criterion(self, criterion: Criterion) -> CriterionResult:
        if criterion not in self._criteria:
            self._criteria[criterion] = self._looked_at(criterion)
        return self._criteria[criterion]

    def _looked_at(self, criterion: Criterion) -> CriterionResult:
        literal = self._engine.literals[self._engine.number(criterion)]
        has = known_of(self._matcher, self._situation, criterion.feature)
        if holds(self._situation.state, literal):
            return CriterionResult(criterion, Status.MET, has, decided_by(self._engine, self._situation, literal, wanted=True))
        if not possible(self._situation.state, literal):
            return CriterionResult(criterion, Status.NOT_MET, has, decided_by(self._engine, self._situation, literal, wanted=False))
        return CriterionResult(criterion, Status.NO_INFORMATION, has, ())

    def _together(self, literals: int) -> tuple[Fact, ...]:
        """Return a least set of facts that leave no room for literals each of which is possible by itself."""
        chosen = [literal for number, literal in enumerate(self._engine.literals) if literals >> number & 1]

        def enough(facts: Sequence[Fact]) -> bool:
            return self._engine.solver.solve([*(self._engine.clause(fact.criterion) for fact in facts), *chosen]) is None

        return least_set(self._situation.facts, enough)


def decided_by(engine: Engine, situation: Situation, literal: Literal, *, wanted: bool) -> tuple[Fact, ...]:
    """Return a least set of facts from which it follows that a literal holds, or cannot hold."""
    key = engine.solver.features[literal.feature].key
    own = [fact for fact in situation.facts if fact.criterion.feature.key == key]

    def enough(facts: Sequence[Fact]) -> bool:
        known = engine.solver.prepare([engine.clause(fact.criterion) for fact in facts])
        return known is not None and (holds(known.state, literal) if wanted else not possible(known.state, literal))

    return least_set(own, enough) if enough(own) else least_set(situation.facts, enough)


def known_of(matcher: Matcher, situation: Situation, feature: Feature) -> str:
    """Return in words what is known of a feature, from facts or by the rules; empty when nothing is."""
    stated = [describe(fact.criterion, matcher.terms) for fact in situation.facts if fact.criterion.feature.key == feature.key]
    if stated:
        return "; ".join(stated)
    return _forced(matcher, situation, feature)


def _forced(matcher: Matcher, situation: Situation, feature: Feature) -> str:
    return "; ".join(describe(criterion, matcher.terms) for criterion in _certain(matcher, situation, feature))


def _certain(matcher: Matcher, situation: Situation, feature: Feature) -> tuple[OneOf, ...]:
    """Return the narrowest things that are certain of a feature."""
    engine, state = matcher.engine, situation.state
    position = engine.solver.position(feature.key)
    if feature.kind is FeatureKind.NUMBER:
        return ()
    if feature.kind is FeatureKind.LIST:
        values = tuple(iri for iri in sorted(matcher.terms.codes[feature.range].values()) if state.single[position] & engine.space.mask(OneOf(feature, (iri,))))
        certain = OneOf(feature, values)
        return (certain,) if values and not state.single[position] & ~engine.space.mask(certain) else ()
    classes = engine.space.classes(feature)
    sure = [iri for iri in classes if holds(state, Literal(position, feature.kind is FeatureKind.SET, engine.space.mask(OneOf(feature, (iri,)))))]
    return tuple(OneOf(feature, (iri,)) for iri in sure if not any(other != iri and iri in matcher.terms.ancestors(other) for other in sure))


def _derived(matcher: Matcher, situation: Situation) -> Iterable[Derived]:
    engine = matcher.engine
    stated = engine.solver.start()
    for fact in situation.facts:
        clause = engine.clause(fact.criterion)
        if isinstance(clause, Literal):
            narrow(stated, clause)
    for feature in matcher.terms.features.values():
        for criterion in _certain(matcher, situation, feature):
            literal = engine.clause(criterion)
            if isinstance(literal, Literal) and not holds(stated, literal):
                facts = decided_by(engine, situation, literal, wanted=True)
                yield Derived(feature, describe(criterion, matcher.terms), facts, _rules(matcher, feature, facts))


def _rules(matcher: Matcher, feature: Feature, facts: Sequence[Fact]) -> tuple[str, ...]:
    """Return the named rules whose condition the facts fulfil, and whose conclusion is about the feature or about one of theirs.

    A lung tumour gets its grade by way of what kind of tumour its indices make it.
    """
    solver = matcher.engine.solver
    known = solver.prepare([matcher.engine.clause(fact.criterion) for fact in facts])
    if known is None:
        return ()
    about = {feature.key, *(fact.criterion.feature.key for fact in facts)}
    return tuple(
        rule.name
        for rule in matcher.engine.logic.rules
        if rule.name and not about.isdisjoint(rule.concludes) and solver.solve([solver.clause(rule.condition, wanted=False)], known) is None
    )


def _therapies(match: Match) -> Iterable[TherapyResult]:
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in match.outcomes:
        if outcome.verdict in (Verdict.APPLIES, Verdict.APPLIES_IF):
            for aim in dict.fromkeys(aim if aim in AIMS else OTHER_AIM for aim in outcome.statement.aims):
                for therapy in outcome.statement.therapies:
                    groups[therapy, aim].append(outcome)
    found = [_therapy(match, therapy, aim, [*outcomes, *_on_its_kind(match, therapy, aim, groups)]) for (therapy, aim), outcomes in groups.items()]
    order = {aim: position for position, aim in enumerate((*AIMS, OTHER_AIM))}
    return sorted(found, key=lambda result: (order[result.aim], SUMMARIES.index(result.summary), result.label))


def _on_its_kind(match: Match, therapy: str, aim: str, groups: Mapping[tuple[str, str], Sequence[Outcome]]) -> Iterator[Outcome]:
    """Yield advice against what a therapy is a kind of: against somatostatin analogues is against lanreotide.

    Advice for a kind is advice for some member of it, not for each, so it is not passed on.
    """
    own = {outcome.statement.iri for outcome in groups[therapy, aim]}
    for wider in sorted(match.matcher.terms.ancestors(therapy) - {therapy}):
        for outcome in groups.get((wider, aim), ()):
            if (
                outcome.statement.direction in (NOT_RECOMMENDED, CONTRAINDICATED)
                and not _in_combination(outcome.statement)
                and outcome.statement.iri not in own
            ):
                own.add(outcome.statement.iri)
                yield outcome


def _therapy(match: Match, therapy: str, aim: str, outcomes: Sequence[Outcome]) -> TherapyResult:
    gates = tuple(_gates(match, therapy))
    barred = any(item.warns and item.gate.consequence in BARRING for item in gates)
    label = match.matcher.terms.labels.get(therapy, therapy)
    return TherapyResult(therapy, label, aim, CONTRAINDICATED if barred else summary(outcomes), tuple(sorted(outcomes, key=_order)), gates)


SUMMARIES = (
    RECOMMENDED,
    f"{RECOMMENDED} in combination",
    MAYBE,
    f"{MAYBE} in combination",
    "sources disagree",
    "advised against",
    CONTRAINDICATED,
    "insufficient evidence",
    "approved",
    "not approved",
    "depends",
    "trial results only",
    "only in combination",
)
"""What can be said of a therapy, in the order of lists."""


def summary(outcomes: Iterable[Outcome]) -> str:
    """Return what statements about one therapy say together: only those that apply count.

    Advice that differs only in firmness is reported at its firmest; advice in favour and against is disagreement,
    whatever the numbers on either side. Advice on several therapies together is none on each of them.
    """
    together = list(outcomes)
    items = [outcome for outcome in together if not _in_combination(outcome.statement)]
    if not items:
        directions = {outcome.statement.direction for outcome in together if outcome.verdict is Verdict.APPLIES}
        return next((f"{direction} in combination" for direction in (RECOMMENDED, MAYBE) if direction in directions), "only in combination")
    applying = [outcome.statement for outcome in items if outcome.verdict is Verdict.APPLIES]
    directions = {statement.direction for statement in applying if statement.kind == "recommendation"}
    positive, negative = directions & {RECOMMENDED, MAYBE}, directions & {NOT_RECOMMENDED, CONTRAINDICATED}
    if positive and negative:
        return "sources disagree"
    if negative:
        return CONTRAINDICATED if CONTRAINDICATED in negative else "advised against"
    if positive:
        return RECOMMENDED if RECOMMENDED in positive else MAYBE
    if directions:
        return "insufficient evidence"
    decisions = {statement.direction for statement in applying if statement.kind == "approval"}
    if decisions:
        return "approved" if "active" in decisions else "not approved"
    return "depends" if any(outcome.verdict is Verdict.APPLIES_IF for outcome in items) else "trial results only"


def _in_combination(statement: Statement) -> bool:
    return statement.combination in TOGETHER and len(statement.therapies) > 1


def _order(outcome: Outcome) -> tuple[object, ...]:
    statement = outcome.statement
    return (
        outcome.verdict is not Verdict.APPLIES,
        statement.kind != "recommendation",
        DIRECTIONS.index(statement.direction) if statement.direction in DIRECTIONS else len(DIRECTIONS),
        [source.iri for source in statement.sources],
        statement.strength,
        CURATIONS.index(statement.curation) if statement.curation in CURATIONS else len(CURATIONS),
        statement.iri,
    )


def _gates(match: Match, therapy: str) -> Iterable[GateResult]:
    """Yield the safety limits of a therapy, of its components and of what these are kinds of, whether or not a value is known."""
    matcher, situation = match.matcher, match.situation
    if situation is None:
        return
    covers = set.union(*(matcher.terms.ancestors(part) for part in (therapy, *matcher.components.get(therapy, ()))))
    for gate in matcher.gates:
        if covers.isdisjoint(gate.therapies):
            continue
        holds_here = situation.verdict(gate.population.id) if gate.population else Verdict.APPLIES
        if not gate.feature:
            yield GateResult(gate, Status.NO_INFORMATION, "", holds_here)
            continue
        feature = matcher.terms.features[gate.feature]
        position = matcher.engine.solver.position(gate.feature)
        if gate.interval is None:
            mask = matcher.engine.space.mask(OneOf(feature, (matcher.terms.codes[feature.range]["yes"],)))
        else:
            mask = matcher.engine.space.numbers(feature, gate.interval)
        literal = Literal(position, False, mask)
        status = Status.NO_INFORMATION if possible(situation.state, literal) else Status.NOT_MET
        if holds(situation.state, literal):
            status = Status.MET
        yield GateResult(gate, status, known_of(matcher, situation, feature), holds_here)
