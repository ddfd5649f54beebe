"""Where one row sits among the others: wider and narrower populations, and advice that disagrees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.load.load import Loaded, populations_of
from kg.load.reader import Row
from kg.match.expressions import Expressions
from kg.match.formula import literals, read_rules
from kg.match.logic import Logic
from kg.match.relations import AGAINST, FOR, Advice, advice, disagreements
from kg.model.feature import FeatureKind
from kg.model.population import ANY, Absent, Alternative, OneOf, Population, Within
from kg.terms import Terms

STATEMENTS = ("trials", "comparisons", "recommendations", "approvals")
"""Tables whose rows have a population."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another population, and the rows that have it, as ``table:id``."""

    population: Population
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the population of a row sits.

    :param empty: whether no presentation can be in it
    :param same: rows whose population means the same
    :param wider: populations that contain it, the closest first
    :param narrower: populations that lie within it, the closest first
    :param disagrees: ids of recommendations of other sources that disagree
    """

    empty: bool
    same: tuple[str, ...]
    wider: tuple[Neighbour, ...]
    narrower: tuple[Neighbour, ...]
    disagrees: tuple[str, ...]


def setting(row: Row, ontology: list[ox.Triple], terms: Terms, loaded: Loaded) -> Setting | None:
    """Return where a row sits, nothing when it has no population."""
    own = next((value for values in row.values.values() for value in values if isinstance(value, Population)), None)
    if own is None:
        return None
    opposed = _opposed(row, loaded, terms)
    holders = _holders(loaded, row)
    everything = {**loaded.populations, own.id: own}
    related = set() if own.text == ANY else _comparable(own, everything.values(), ontology, terms)
    asked = {own.id, *related, *(item.population for item in opposed)}
    logic = Logic(ontology, terms, [everything[key] for key in sorted(asked)])
    if logic.is_empty(own.id):
        return Setting(True, (), (), (), ())
    others = [key for key in related if key != own.id and not logic.is_empty(key)]
    above = {key for key in others if logic.is_within(own.id, key)}
    below = {key for key in others if logic.is_within(key, own.id)} if related else everything.keys() - {own.id}
    same = [name for key in (own.id, *sorted(above & below)) for name in holders.get(key, ())]
    return Setting(
        empty=False,
        same=tuple(same),
        wider=_neighbours(above - below, everything, holders, broad_first=False),
        narrower=_neighbours(below - above, everything, holders, broad_first=True),
        disagrees=tuple(sorted({key for pair in disagreements(logic, opposed, terms) for key in pair} - {row.id})),
    )


def _neighbours(keys: Iterable[str], everything: dict[str, Population], holders: dict[str, list[str]], *, broad_first: bool) -> tuple[Neighbour, ...]:
    """Return populations by the number of criteria of their broadest alternative, which tells roughly how close they are."""

    def criteria(key: str) -> int:
        return min(len(alternative.criteria) for alternative in everything[key].alternatives)

    ordered = sorted(keys, key=lambda key: (criteria(key) if broad_first else -criteria(key), len(everything[key].alternatives), key))
    return tuple(Neighbour(everything[key], tuple(holders[key])) for key in ordered if key in holders)


def _holders(loaded: Loaded, but: Row) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in STATEMENTS:
        for row in loaded.rows.get(name, ()):
            for key in populations_of([row]):
                if row.iri != but.iri:
                    found.setdefault(key, []).append(f"{name}:{row.id}")
    return found


def _opposed(row: Row, loaded: Loaded, terms: Terms) -> list[Advice]:
    """Return the advice of a row with all that could disagree with it; nothing when it is no advice."""
    if row.table.name != "recommendations":
        return []
    mine = advice({"documents": loaded.rows.get("documents", []), "recommendations": [row]}, terms)[0]
    wanted = FOR if mine.direction in AGAINST else AGAINST if mine.direction in FOR else frozenset[str]()
    above = {iri for therapy in mine.therapies for iri in terms.ancestors(therapy)}
    below = {iri for therapy in mine.therapies for iri in terms.descendants(therapy)}
    others = [item for item in advice(loaded.rows, terms) if item.direction in wanted and not item.therapies.isdisjoint(above | below)]
    return [mine, *others] if others else []


def _comparable(own: Population, others: Iterable[Population], ontology: list[ox.Triple], terms: Terms) -> set[str]:
    """Return the populations that can contain another or lie within it; deciding about the rest is spared.

    Nothing follows from features of which nothing is known. So when a population restricts a feature, and another one
    says nothing of it nor of any that a rule connects with it, the other cannot lie within it.
    """
    linked = _linked_features(ontology, terms)
    said: dict[str, list[_Said]] = {}

    def may_lie_within(narrow: Population, wide: Population) -> bool:
        for population in (narrow, wide):
            if population.id not in said:
                said[population.id] = [_said(alternative, linked) for alternative in population.alternatives]
        return all(any(one.may_lie_within(other) for other in said[wide.id]) for one in said[narrow.id])

    return {other.id for other in others if may_lie_within(own, other) or may_lie_within(other, own)}


@dataclass(frozen=True, slots=True)
class _Said:
    """What an alternative says: of which groups of features anything, in which of them it wants a value, and which."""

    known: frozenset[str]
    wanted: frozenset[str]
    choices: dict[str, OneOf | Within]

    def may_lie_within(self, other: _Said) -> bool:
        return other.wanted <= self.known and not any(_exclude(one, other.choices[key]) for key, one in self.choices.items() if key in other.choices)


def _said(alternative: Alternative, linked: dict[str, str]) -> _Said:
    wants = [criterion for criterion in alternative.criteria if not isinstance(criterion, Absent)]
    single = {criterion.feature.key: criterion for criterion in wants if criterion.feature.kind in (FeatureKind.LIST, FeatureKind.NUMBER)}
    known = frozenset(linked[criterion.feature.key] for criterion in alternative.criteria)
    return _Said(known, frozenset(linked[criterion.feature.key] for criterion in wants), single)


def _exclude(one: OneOf | Within, other: OneOf | Within) -> bool:
    """Return whether no single value fulfils both."""
    if isinstance(one, Within) and isinstance(other, Within):
        return one.interval.meet(other.interval) is None
    return isinstance(one, OneOf) and isinstance(other, OneOf) and set(one.values).isdisjoint(other.values)


def _linked_features(ontology: list[ox.Triple], terms: Terms) -> dict[str, str]:
    """Return feature → the first of all features that rules connect with it."""
    group = {key: key for key in terms.features}
    for rule in read_rules(Expressions(ontology), terms):
        keys = sorted({group[literal.feature.key] for literal, _ in literals(rule.formula)})
        for key, current in group.items():
            if current in keys:
                group[key] = keys[0]
    return group
