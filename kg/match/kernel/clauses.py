"""Rules as clauses: which features they name, and what is left of them when some are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.match.engine import Engine
from kg.match.kernel.features import Feature
from kg.match.kernel.rows import bit_numbers
from kg.match.solver import FALSE, TRUE, Clause, Literal, Node


def positions_of(clause: Clause) -> set[int]:
    """Return the positions of the features that a clause names."""
    if isinstance(clause, Literal):
        return {clause.feature}
    return set().union(*(positions_of(part) for part in clause.parts))


def literals_of(clause: Clause) -> Iterator[Literal]:
    """Yield the literals of a clause."""
    if isinstance(clause, Literal):
        yield clause
    else:
        for part in clause.parts:
            yield from literals_of(part)


def is_true(clause: Clause, truth: Mapping[int, Mapping[Literal, bool]]) -> bool:
    """Return whether a clause holds, when the truth of each of its literals is known."""
    if isinstance(clause, Literal):
        return truth[clause.feature][clause]
    return (all if clause.is_and else any)(is_true(part, truth) for part in clause.parts)


def _reduced(clause: Clause, position: int, truth: Mapping[Literal, bool]) -> Clause:
    """Return what a clause still asks when the literals of one feature are decided."""
    if isinstance(clause, Literal):
        if clause.feature != position:
            return clause
        return TRUE if truth[clause] else FALSE
    absorbing, neutral = (FALSE, TRUE) if clause.is_and else (TRUE, FALSE)
    kept = []
    changed = False
    for part in clause.parts:
        reduced = _reduced(part, position, truth)
        if reduced is absorbing:
            return absorbing
        changed = changed or reduced is not part
        if reduced is not neutral:
            kept.append(reduced)
    if not changed:
        return clause
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else Node(clause.is_and, tuple(kept))


def residues_left(hub: Sequence[Feature], rules: Sequence[Clause]) -> Iterator[tuple[tuple[int, ...], list[Clause]]]:
    """Yield for each combination of cells of the hub what the rules still ask; nothing where they forbid it."""
    if not hub:
        yield (), list(rules)
        return
    first, *others = hub
    for cell in range(len(first.cells)):
        truth = first.truth(cell)
        left: list[Clause] = []
        for rule in rules:
            reduced = _reduced(rule, first.position, truth)
            left += reduced.parts if isinstance(reduced, Node) and reduced.is_and else (reduced,)
        if not any(clause is FALSE for clause in left):
            for cells, rest in residues_left(others, left):
                yield (cell, *cells), rest


def literals_in(engine: Engine, literals: int) -> list[Literal]:
    """Return the literals whose numbers are the bits that are set."""
    return [engine.literals[number] for number in bit_numbers(literals)]


def joined_sets(sets: Iterable[set[int]]) -> list[set[int]]:
    """Return the unions of the sets that hang together."""
    found: list[set[int]] = []
    for one in sets:
        joined = set(one)
        apart = []
        for other in found:
            if other & joined:
                joined |= other
            else:
                apart.append(other)
        found = [*apart, joined]
    return found


def implication(rule: Clause) -> tuple[int, int] | None:
    """Return the rule as "when one of these is present, one of those is", for a set; nothing when it is of another form."""
    if not isinstance(rule, Node) or rule.is_and or not all(isinstance(part, Literal) and part.is_set for part in rule.parts):
        return None
    literals = [part for part in rule.parts if isinstance(part, Literal)]
    causes = [literal.mask for literal in literals if not literal.wanted]
    effect = 0
    for literal in literals:
        effect |= literal.mask if literal.wanted else 0
    return (causes[0], effect) if len(causes) == 1 else None
