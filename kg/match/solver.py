"""Whether a presentation exists that fulfils some formulas and all rules: exact, by search.

A state says, per feature, which values are still possible; a set feature has values that are excluded and sets of
values of which one is present. Formulas become clauses; what they force is applied first, then cases are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.match.formula import And, Formula, Not, Or, Rule
from kg.match.space import NO_VALUE, Space
from kg.model.feature import FeatureKind
from kg.model.population import OneOf, Within
from kg.terms import Terms


@dataclass(frozen=True, slots=True)
class Literal:
    """What one feature must be.

    :param feature: position of the feature
    :param is_set: whether the feature may have several values
    :param mask: for a single value, all that it may be; for a set, values of which one is present, or none
    :param wanted: for a set, whether one of the values is present; always true for a single value
    """

    feature: int
    is_set: bool
    mask: int
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """Negation normal form: a conjunction or disjunction of literals and nodes."""

    is_and: bool
    parts: tuple[Literal | Node, ...]


Clause = Literal | Node
TRUE = Node(is_and=True, parts=())
FALSE = Node(is_and=False, parts=())


@dataclass(slots=True)
class State:
    """What is still possible.

    :param single: per feature, the mask of possible values
    :param excluded: per set feature, the mask of values that are absent
    :param present: per set feature, masks of which at least one value is present
    """

    single: list[int]
    excluded: list[int]
    present: list[tuple[int, ...]]

    def copy(self) -> State:
        """Return a state that can be narrowed by itself."""
        return State(self.single[:], self.excluded[:], self.present[:])


@dataclass(frozen=True, slots=True)
class Prepared:
    """Clauses of which all that they force has been applied.

    :param left: disjunctions that the state does not decide
    """

    state: State
    left: tuple[Node, ...]


class Solver:
    """Decides formulas over presentations.

    :param rules: what holds of every presentation
    """

    def __init__(self, terms: Terms, space: Space, rules: Iterable[Rule]) -> None:
        self.space = space
        self.features = tuple(terms.features.values())
        self._position = {feature.key: position for position, feature in enumerate(self.features)}
        self._everything = [space.everything(feature) for feature in self.features]
        self._rules = tuple(self.clause(rule.formula) for rule in rules)

    def position(self, key: str) -> int:
        """Return the position of a feature in a state."""
        return self._position[key]

    def start(self) -> State:
        """Return the state in which nothing is known."""
        count = len(self.features)
        return State(self._everything[:], [0] * count, [()] * count)

    def clause(self, formula: Formula, *, wanted: bool = True) -> Clause:
        """Return a formula, or its negation, in negation normal form."""
        match formula:
            case Not(part):
                return self.clause(part, wanted=not wanted)
            case And(parts) | Or(parts):
                return _node(isinstance(formula, And) == wanted, [self.clause(part, wanted=wanted) for part in parts])
            case OneOf() | Within():
                position, mask = self._position[formula.feature.key], self.space.mask(formula)
                if formula.feature.kind is FeatureKind.SET:
                    return Literal(position, True, mask, wanted)
                return Literal(position, False, mask if wanted else (self._everything[position] & ~mask) | NO_VALUE)

    def prepare(self, clauses: Sequence[Clause]) -> Prepared | None:
        """Return what clauses and rules force, and which choices are left open; nothing if they contradict each other."""
        state = self.start()
        left = self._propagate(state, [*clauses, *self._rules])
        return None if left is None else Prepared(state, tuple(left))

    def solve(self, clauses: Sequence[Clause], known: Prepared | None = None) -> State | None:
        """Return one presentation that fulfils the clauses and the rules, or nothing if there is none.

        :param known: what :meth:`prepare` found for other clauses that must hold as well
        """
        if known:
            return self._search(known.state.copy(), [*clauses, *known.left])
        return self._search(self.start(), [*clauses, *self._rules])

    def _search(self, state: State, clauses: Sequence[Clause]) -> State | None:
        left = self._propagate(state, clauses)
        if left is None:
            return None
        guess = least(state)
        if all(fulfils(guess, node) for node in left):
            return guess
        chosen = min((node for node in left if not fulfils(guess, node)), key=lambda node: len(node.parts))
        rest = [node for node in left if node is not chosen]
        for part in chosen.parts:
            found = self._search(state.copy(), [part, *rest])
            if found:
                return found
        return None

    def _propagate(self, state: State, clauses: Sequence[Clause]) -> list[Node] | None:
        """Apply what is forced; return the disjunctions that remain, or nothing when there is a contradiction."""
        open_clauses = list(clauses)
        while True:
            left: list[Node] = []
            changed = False
            for clause in open_clauses:
                for part in _conjuncts(self._reduce(state, clause)):
                    if isinstance(part, Node):
                        left.append(part)
                    elif narrow(state, part):
                        changed = True
                    else:
                        return None
            if FALSE in left:
                return None
            if not changed:
                return left
            open_clauses = [*left]

    def _reduce(self, state: State, clause: Clause) -> Clause:
        """Return the clause without what the state decides."""
        if isinstance(clause, Literal):
            if holds(state, clause):
                return TRUE
            return clause if possible(state, clause) else FALSE
        absorbing, neutral = (FALSE, TRUE) if clause.is_and else (TRUE, FALSE)
        kept = []
        for part in clause.parts:
            reduced = self._reduce(state, part)
            if reduced is absorbing:
                return absorbing
            if reduced is not neutral:
                kept.append(reduced)
        if len(kept) == len(clause.parts) and all(one is other for one, other in zip(kept, clause.parts, strict=True)):
            return clause
        return _node(clause.is_and, kept)


def holds(state: State, literal: Literal) -> bool:
    """Return whether every presentation of the state fulfils the literal."""
    if not literal.is_set:
        return not state.single[literal.feature] & ~literal.mask
    excluded = state.excluded[literal.feature]
    if literal.wanted:
        return any(not mask & ~excluded & ~literal.mask for mask in state.present[literal.feature])
    return not literal.mask & ~excluded


def possible(state: State, literal: Literal) -> bool:
    """Return whether the state leaves room for the literal."""
    if not literal.is_set:
        return bool(state.single[literal.feature] & literal.mask)
    excluded = state.excluded[literal.feature]
    if literal.wanted:
        return bool(literal.mask & ~excluded)
    return all(mask & ~(excluded | literal.mask) for mask in state.present[literal.feature])


def narrow(state: State, literal: Literal) -> bool:
    """Make a literal true in the state; return whether something is left."""
    if not possible(state, literal):
        return False
    if not literal.is_set:
        state.single[literal.feature] &= literal.mask
    elif literal.wanted:
        state.present[literal.feature] = (*state.present[literal.feature], literal.mask)
    else:
        state.excluded[literal.feature] |= literal.mask
    return True


def least(state: State) -> State:
    """Return one presentation of a state: no value where none is needed, the least specific one elsewhere, nothing else present."""
    result = state.copy()
    for feature in range(len(state.single)):
        settle(result, feature)
    return result


def settle(state: State, feature: int) -> None:
    """Choose one value of a feature, as :func:`least` does."""
    state.single[feature] = _lowest(state.single[feature])
    picked = tuple(_lowest(mask & ~state.excluded[feature]) for mask in state.present[feature])
    state.present[feature] = picked
    state.excluded[feature] = ~sum(set(picked))


def fulfils(presentation: State, clause: Clause) -> bool:
    """Return whether one presentation, as :func:`least` gives it, fulfils a clause."""
    if isinstance(clause, Literal):
        return holds(presentation, clause)
    for part in clause.parts:  # spelled out: nothing else runs as often
        if isinstance(part, Literal):
            is_true = holds(presentation, part) if part.is_set else bool(presentation.single[part.feature] & part.mask)
        else:
            is_true = fulfils(presentation, part)
        if is_true != clause.is_and:
            return is_true
    return clause.is_and


def _lowest(mask: int) -> int:
    return mask & -mask


def _conjuncts(clause: Clause) -> tuple[Clause, ...]:
    return clause.parts if isinstance(clause, Node) and clause.is_and else (clause,)


def _node(is_and: bool, parts: Sequence[Clause]) -> Clause:
    """Return a conjunction or disjunction in its simplest form."""
    neutral, absorbing = (TRUE, FALSE) if is_and else (FALSE, TRUE)
    kept: list[Clause] = []
    for part in parts:
        if part is absorbing:
            return absorbing
        if isinstance(part, Node) and part.is_and == is_and:
            kept += part.parts
        else:
            kept.append(part)
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else Node(is_and, tuple(kept))
