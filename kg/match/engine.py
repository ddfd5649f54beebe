"""The matcher: from what is known of a situation to the verdict on every population, exactly as OWL means it.

The populations, the criteria and the rules between features are compiled once. A case is then closed under the rules;
most verdicts follow from comparing bit masks feature by feature. Only where a rule that is still open could connect
the features of a population does the exact search decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import pyoxigraph as ox

from kg.match.formula import Formula, Not
from kg.match.logic import Logic
from kg.match.presentation import Fact
from kg.match.solver import Clause, Literal, Node, Prepared, State, fulfils, holds, narrow, possible, settle
from kg.match.verdict import Verdict
from kg.model.feature import FeatureKind
from kg.model.interval import Interval
from kg.model.population import Absent, Criterion, OneOf, Population, Within
from kg.terms import Terms

REPAIRS = 4
"""Rounds of making conclusions of rules true before the search takes over."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One compiled alternative of a population.

    :param literals: bit set of the literals that must hold, by their numbers
    """

    criteria: tuple[Criterion, ...]
    literals: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """One compiled population."""

    population: Population
    alternatives: tuple[Alternative, ...]
    inside: Clause
    outside: Clause


@dataclass(frozen=True, slots=True)
class Forced:
    """What some literals force.

    :param changed: bit set of the features of which they say something
    """

    state: State
    changed: int


class Engine:
    """The populations of a graph, ready to be decided.

    :param ontology: triples of the ontology
    :param terms: its index
    :param populations: all populations that will be asked about
    :param limits: other conditions that will be looked at
    :raises OntologyError: when the ontology says something of presentations that is not understood
    """

    def __init__(self, ontology: Sequence[ox.Triple], terms: Terms, populations: Iterable[Population], limits: Iterable[Formula] = ()) -> None:
        self.terms = terms
        self.logic = Logic(ontology, terms, populations, limits)
        self.solver = self.logic.solver
        self.space = self.logic.space
        self.literals: list[Literal] = []
        self._numbers: dict[Criterion, int] = {}
        self._forced: dict[int, Forced | None] = {}
        self._start = self.solver.start()
        self.compiled = {key: self._compile(population) for key, population in self.logic.populations.items()}
        self.denials = {self._numbers[criterion]: self._number(present(criterion)) for criterion in list(self._numbers) if isinstance(criterion, Absent)}
        """Number of the literal that something is absent → number of the literal that it is present."""

    def situation(self, facts: Sequence[Fact]) -> Situation | None:
        """Return the situation that the facts describe, or nothing when they contradict each other.

        Of several facts about the site, or the neoplasm, :meth:`combined` should have chosen those that can be held together.
        """
        if _numbers_clash(facts):
            return None
        known = self.solver.prepare([self.clause(fact.criterion) for fact in facts])
        witness = self.solver.solve([], known) if known else None
        return Situation(self, tuple(facts), known, witness) if known and witness else None

    def combined(self, facts: Sequence[Fact]) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
        """Return the facts that can be held together, and those that can not although they do not contradict them.

        A single value of a hierarchy, such as the neoplasm, can belong to two classes of a document at once that no
        population or rule joins (a thymic tumour, a tumour of grade 2). The space of decisions then has no place for
        the combination; what was stated first is kept.
        """
        kept: list[Fact] = []
        left: list[Fact] = []
        for fact in facts:
            criterion = fact.criterion
            if isinstance(criterion, OneOf) and criterion.feature.kind is FeatureKind.HIERARCHY:
                before = [other.criterion for other in kept if isinstance(other.criterion, OneOf) and other.criterion.feature.key == criterion.feature.key]
                if before and not self._joint(before, criterion) and self._compatible(before, criterion):
                    left.append(fact)
                    continue
            kept.append(fact)
        return tuple(kept), tuple(left)

    def _joint(self, before: Sequence[OneOf], criterion: OneOf) -> int:
        """Return the values in which all the criteria meet, as a mask."""
        mask = self.space.mask(criterion)
        for other in before:
            mask &= self.space.mask(other)
        return mask

    def _compatible(self, before: Sequence[OneOf], criterion: OneOf) -> bool:
        """Return whether one thing can fulfil all the criteria."""
        return any(self.logic.types.types(chosen) for chosen in product(*(part.values for part in (*before, criterion))))

    def contradiction(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Return a least set of facts that contradict each other; empty when they do not."""
        if self.situation(facts):
            return ()
        return least_set(facts, lambda kept: self.situation(kept) is None)

    def clause(self, criterion: Criterion) -> Clause:
        """Return what a criterion says."""
        return self.solver.clause(meaning(criterion))

    def forced(self, literals: int) -> Forced | None:
        """Return what some literals force by themselves, whatever the case; nothing when they contradict each other."""
        if literals not in self._forced:
            known = self.solver.prepare([self.literals[number] for number in _bits(literals)])
            self._forced[literals] = Forced(known.state, _differences(known.state, self._start)) if known else None
        return self._forced[literals]

    def number(self, criterion: Criterion) -> int:
        """Return the number of a criterion's literal."""
        return self._numbers[criterion]

    def _number(self, criterion: Criterion) -> int:
        if criterion not in self._numbers:
            literal = self.clause(criterion)
            if not isinstance(literal, Literal):
                raise TypeError("a criterion is one literal")
            self._numbers[criterion] = len(self.literals)
            self.literals.append(literal)
        return self._numbers[criterion]

    def _compile(self, population: Population) -> Compiled:
        alternatives = []
        for alternative in population.alternatives:
            literals = 0
            for criterion in alternative.criteria:
                literals |= 1 << self._number(criterion)
            alternatives.append(Alternative(alternative.criteria, literals))
        return Compiled(population, tuple(alternatives), self.logic.inside[population.id], self.logic.outside[population.id])


def present(criterion: Absent) -> OneOf:
    """Return the contrary of an absence."""
    return OneOf(criterion.feature, (criterion.value,))


def meaning(criterion: Criterion) -> Formula:
    """Return a criterion as a formula."""
    match criterion:
        case Absent(feature, value):
            return Not(OneOf(feature, (value,)))
        case OneOf() | Within():
            return criterion


class Situation:
    """What is known of one situation, closed under the rules.

    :param known: what the facts force, and the choices that stay open
    :param witness: one presentation that fits
    """

    def __init__(self, engine: Engine, facts: tuple[Fact, ...], known: Prepared, witness: State) -> None:
        self.engine = engine
        self.facts = facts
        self.known = known
        self.witness = witness
        self.state = known.state
        literals = engine.literals
        self.held = sum(1 << number for number, literal in enumerate(literals) if holds(self.state, literal))
        self.impossible = sum(1 << number for number, literal in enumerate(literals) if not possible(self.state, literal))
        coupled = _features(known.left)
        self._connected = sum(1 << number for number, literal in enumerate(literals) if coupled >> literal.feature & 1)
        self._completions: dict[int, State | None] = {}
        self._open_rules: dict[tuple[int, ...], list[Node]] = {}
        self._conditions: dict[int, list[tuple[int, Node]]] = {}
        self._triggered: dict[tuple[int, int], list[Node]] = {}
        for node in known.left:
            first = node.parts[0]
            if isinstance(first, Literal) and not first.is_set and fulfils(witness, first):
                self._conditions.setdefault(first.feature, []).append((first.mask, node))
                continue
            reasons = tuple(sorted({_features([part]) for part in node.parts if fulfils(witness, part)}))
            self._open_rules.setdefault(reasons, []).append(node)
        self._conditional = sum(1 << feature for feature in self._conditions)

    def verdict(self, key: str) -> Verdict:
        """Return the verdict on a population, by identifier."""
        compiled = self.engine.compiled[key]
        if any(not alternative.literals & ~self.held for alternative in compiled.alternatives):
            return Verdict.APPLIES
        if not any(True for _ in self.open_alternatives(key)):
            return Verdict.DOES_NOT_APPLY
        return Verdict.APPLIES if self._certain(compiled) else Verdict.APPLIES_IF

    def _certain(self, compiled: Compiled) -> bool:
        """Return whether every completion is in a population: presentations that might be outside are tried before the search."""
        if not fulfils(self.witness, compiled.inside):
            return False
        for number, denial in self.engine.denials.items():
            if any(alternative.literals >> number & 1 for alternative in compiled.alternatives) and not self.impossible >> denial & 1:
                completion = self.completion(1 << denial)
                if completion and not fulfils(completion, compiled.inside):
                    return False
        return self.engine.solver.solve([compiled.outside], self.known) is None

    def open_alternatives(self, key: str) -> Iterator[int]:
        """Yield the positions of the alternatives that are possible."""
        for position, alternative in enumerate(self.engine.compiled[key].alternatives):
            if not alternative.literals & self.impossible and self.completion(alternative.literals & ~self.held):
                yield position

    def completion(self, literals: int) -> State | None:
        """Return one presentation that fits and fulfils some literals, each possible by itself; nothing if there is none.

        Features that no open rule connects are free; for the others the answer is kept, since populations share them.
        """
        connected = literals & self._connected
        if connected not in self._completions:
            self._completions[connected] = self._connected_completion(connected)
        base = self._completions[connected]
        free = literals & ~connected
        if base is None or not free:
            return base
        chosen = [self.engine.literals[number] for number in _bits(free)]
        result = base.copy()
        for feature in _bits(_features(chosen)):
            _take(feature, self.state, result)
        if not all(narrow(result, literal) for literal in chosen):
            return None
        for feature in _bits(_features(chosen)):
            settle(result, feature)
        return result

    def _connected_completion(self, literals: int) -> State | None:
        """Return a completion for literals of features that open rules connect.

        The witness is changed only in the features that the literals restrict, by themselves or through rules. What
        stays as it was keeps every open rule fulfilled that was fulfilled for a reason elsewhere; the other rules are
        looked at again.
        """
        forced = self.engine.forced(literals)
        merged = self.state.copy()
        if forced is None or not all(_meet(feature, self.state, forced.state, merged) for feature in _bits(forced.changed)):
            return None
        changed = forced.changed
        for _ in range(REPAIRS):
            candidate = self.witness.copy()
            for feature in _bits(changed):
                _take(feature, merged, candidate)
                settle(candidate, feature)
            broken = [node for node in self._doubtful(changed, candidate) if not fulfils(candidate, node)]
            if not broken:
                return candidate
            conclusions = [node.parts[-1] for node in broken]
            if not all(isinstance(part, Literal) and narrow(merged, part) for part in conclusions):
                break
            changed |= _features(conclusions)
        return self.engine.solver.solve([self.engine.literals[number] for number in _bits(literals)], self.known)

    def _doubtful(self, changed: int, candidate: State) -> Iterator[Node]:
        """Yield the open rules that a change of some features of the witness might break."""
        for feature in _bits(changed & self._conditional):
            value = candidate.single[feature]
            if (feature, value) not in self._triggered:
                self._triggered[feature, value] = [node for mask, node in self._conditions[feature] if not value & mask]
            yield from self._triggered[feature, value]
        for reasons, nodes in self._open_rules.items():
            if all(reason & changed for reason in reasons):
                yield from nodes

    def deciding(self, key: str) -> tuple[tuple[Criterion, ...], ...]:
        """Return for each open alternative a least set of its criteria which, if they held, would make the statement apply."""
        compiled = self.engine.compiled[key]
        found: dict[frozenset[Criterion], tuple[Criterion, ...]] = {}
        for position in self.open_alternatives(key):
            alternative = compiled.alternatives[position]
            needed = alternative.literals & ~self.held
            for number in _bits(needed):
                fewer = needed & ~(1 << number)
                if self._suffices(fewer, compiled):
                    needed = fewer
            criteria = tuple(criterion for criterion in alternative.criteria if needed >> self.engine.number(criterion) & 1)
            found[frozenset(criteria)] = criteria
        return tuple(criteria for members, criteria in found.items() if not any(other < members for other in found))

    def _suffices(self, literals: int, compiled: Compiled) -> bool:
        """Return whether the population is certain once these literals hold."""
        completion = self.completion(literals)
        if completion and not fulfils(completion, compiled.inside):
            return False
        chosen = [self.engine.literals[number] for number in _bits(literals)]
        return self.engine.solver.solve([compiled.outside, *chosen], self.known) is None


def _numbers_clash(facts: Sequence[Fact]) -> bool:
    """Return whether two facts give one feature numbers that have nothing in common, closer together than any limit tells apart."""
    known: dict[str, Interval] = {}
    for fact in facts:
        if isinstance(fact.criterion, Within):
            key, interval = fact.criterion.feature.key, fact.criterion.interval
            both = known[key].meet(interval) if key in known else interval
            if both is None:
                return True
            known[key] = both
    return False


def least_set(facts: Sequence[Fact], enough: Callable[[Sequence[Fact]], bool]) -> tuple[Fact, ...]:
    """Return a part of the facts that is still enough and from which nothing can be left out."""
    kept = list(facts)
    for fact in facts:
        fewer = [other for other in kept if other is not fact]
        if enough(fewer):
            kept = fewer
    return tuple(kept)


def _meet(feature: int, one: State, other: State, target: State) -> bool:
    """Write what two states say together of a feature; return whether that is possible as far as this feature goes."""
    target.single[feature] = one.single[feature] & other.single[feature]
    target.excluded[feature] = one.excluded[feature] | other.excluded[feature]
    target.present[feature] = one.present[feature] + other.present[feature]
    return bool(target.single[feature]) and all(mask & ~target.excluded[feature] for mask in target.present[feature])


def _differences(state: State, start: State) -> int:
    return sum(1 << feature for feature, mask in enumerate(state.single) if mask != start.single[feature] or state.excluded[feature] or state.present[feature])


def _take(feature: int, source: State, target: State) -> None:
    """Copy what is known of one feature."""
    target.single[feature] = source.single[feature]
    target.excluded[feature] = source.excluded[feature]
    target.present[feature] = source.present[feature]


def _bits(number: int) -> Iterator[int]:
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


def _features(clauses: Iterable[Clause]) -> int:
    found = 0
    for clause in clauses:
        found |= _features(clause.parts) if isinstance(clause, Node) else 1 << clause.feature
    return found
