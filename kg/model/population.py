"""Populations: sets of presentations, as the tables write them.

The language of a cell (``;`` is *and*, ``|`` is *any of these*, `` OR `` separates alternatives)::

    site=pancreas; grade=G1 | G2; ki67=<10 OR site=midgut; progression=yes
    hereditary=MEN1 syndrome; absent=carcinoid syndrome
    any

A feature that is not named is unrestricted. One population is one value: two cells that say the same
in another order are equal and share an identifier.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kg.errors import UnknownTermError
from kg.model.feature import Feature, FeatureKind
from kg.model.interval import Interval
from kg.prefixes import NET
from kg.terms import Terms

ABSENT = "absent"
ANY = "any"
_OR = re.compile(r"\s+OR\s+")


class PopulationError(ValueError):
    """A cell does not describe a population."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The feature has one of these values; for a set feature: at least one of them is present.

    :param values: IRIs of classes or individuals, sorted
    """

    feature: Feature
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """None of the values of a set feature is present."""

    feature: Feature
    value: str


@dataclass(frozen=True, slots=True)
class Within:
    """The number lies in the interval."""

    feature: Feature
    interval: Interval


Criterion = OneOf | Absent | Within


@dataclass(frozen=True, slots=True)
class Alternative:
    """A conjunction of criteria, in the order of the features."""

    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Population:
    """A union of alternatives.

    :param text: canonical form of the cell, from which the identifier is made
    """

    alternatives: tuple[Alternative, ...]
    text: str

    @property
    def id(self) -> str:
        """Short identifier that depends on the meaning of the cell alone."""
        return "p-" + hashlib.sha256(self.text.encode()).hexdigest()[:12]


def parse(text: str, terms: Terms) -> Population:
    """Return the population that a cell describes.

    :param text: see the module's description
    :param terms: the ontology, for features and values
    :raises PopulationError: with the part that is wrong and what would be allowed
    """
    if not text.strip():
        raise PopulationError("the cell is empty; write 'any' for an unrestricted population")
    alternatives = {render_code(alternative, terms): alternative for alternative in (_alternative(part, terms) for part in _OR.split(text.strip()))}
    if len(alternatives) > 1 and ANY in alternatives:
        raise PopulationError("'any' makes the other alternatives meaningless")
    codes = sorted(code for code, alternative in alternatives.items() if not _absorbed(alternative, alternatives.values()))
    return Population(tuple(alternatives[code] for code in codes), " OR ".join(codes))


def _absorbed(alternative: Alternative, others: Iterable[Alternative]) -> bool:
    """Return whether another alternative asks for less and nothing else, so that this one adds no presentation."""
    criteria = set(alternative.criteria)
    return any(set(other.criteria) < criteria for other in others)


def _alternative(text: str, terms: Terms) -> Alternative:
    if text.strip() == ANY:
        return Alternative(())
    criteria: list[Criterion] = []
    for clause in text.split(";"):
        key, equals, value = clause.partition("=")
        key = key.strip()
        if not equals or not value.strip():
            raise PopulationError(f"{clause.strip()!r} is not of the form feature=value")
        values = [part.strip() for part in value.split("|")]
        if "" in values:
            raise PopulationError(f"{clause.strip()!r} has an empty value")
        if key == ABSENT:
            criteria.extend(_absent(name, terms) for name in values)
            continue
        if key not in terms.features:
            raise PopulationError(f"no feature is called {key!r}; allowed are {', '.join([*terms.features, ABSENT])}")
        criteria.append(_criterion(terms.features[key], values, terms))
    _refuse_repeats(criteria)
    unique = dict.fromkeys(criteria)
    return Alternative(tuple(sorted(unique, key=_sort_key)))


def _criterion(feature: Feature, values: list[str], terms: Terms) -> Criterion:
    if feature.kind is FeatureKind.NUMBER:
        if len(values) > 1:
            raise PopulationError(f"{feature.key}: several intervals are written as alternatives, with OR")
        return Within(feature, _interval(feature, values[0]))
    resolve = _list_value if feature.kind is FeatureKind.LIST else _class_value
    return OneOf(feature, tuple(sorted({resolve(feature, value, terms) for value in values})))


def _interval(feature: Feature, value: str) -> Interval:
    try:
        interval = Interval.parse(value)
    except ValueError as error:
        raise PopulationError(f"{feature.key}: {error}") from error
    for end in (interval.low, interval.high):
        if end is not None and ((feature.low is not None and end < feature.low) or (feature.high is not None and end > feature.high)):
            raise PopulationError(f"{feature.key}: {end} lies outside the possible values {Interval(feature.low, feature.high).words()}")
    return interval


def _list_value(feature: Feature, value: str, terms: Terms) -> str:
    choices = terms.codes.get(feature.range, {})
    if value not in choices:
        raise PopulationError(f"{feature.key}: {value!r} is not one of {', '.join(sorted(choices))}")
    return choices[value]


def _class_value(feature: Feature, value: str, terms: Terms) -> str:
    try:
        iri = terms.resolve(value)
    except UnknownTermError as error:
        raise PopulationError(f"{feature.key}: {error.message}" + (f" ({error.hint})" if error.hint else "")) from error
    if feature.range not in terms.ancestors(iri):
        raise PopulationError(f"{feature.key}: {value!r} is not a kind of {terms.labels.get(feature.range, feature.range)}")
    return iri


def _absent(name: str, terms: Terms) -> Absent:
    try:
        iri = terms.resolve(name)
    except UnknownTermError as error:
        raise PopulationError(f"absent: {error.message}" + (f" ({error.hint})" if error.hint else "")) from error
    ancestors = terms.ancestors(iri)
    candidates = [feature for feature in terms.features.values() if feature.kind is FeatureKind.SET and feature.range in ancestors]
    if not candidates:
        raise PopulationError(f"absent: {name!r} is not a value of a feature that is a set")
    return Absent(candidates[0], iri)


def _refuse_repeats(criteria: Iterable[Criterion]) -> None:
    seen: set[str] = set()
    for criterion in criteria:
        if isinstance(criterion, Absent) or criterion.feature.kind is FeatureKind.SET:
            continue
        if criterion.feature.key in seen:
            raise PopulationError(f"{criterion.feature.key} is restricted twice in one alternative")
        seen.add(criterion.feature.key)


def _sort_key(criterion: Criterion) -> tuple[int, int, str]:
    if isinstance(criterion, Within):
        return criterion.feature.order, 0, str(criterion.interval)
    if isinstance(criterion, OneOf):
        return criterion.feature.order, 0, "|".join(criterion.values)
    return criterion.feature.order, 1, criterion.value


def render_code(alternative: Alternative, terms: Terms) -> str:
    """Return the canonical cell text of an alternative; it names terms by local name, which never changes."""
    codes = {iri: code for choices in terms.codes.values() for code, iri in choices.items()}
    parts = [_render(criterion, lambda iri: codes.get(iri) or iri.removeprefix(NET)) for criterion in alternative.criteria]
    return "; ".join(parts) or ANY


def _render(criterion: Criterion, name: Callable[[str], str]) -> str:
    if isinstance(criterion, Within):
        return f"{criterion.feature.key}={criterion.interval}"
    if isinstance(criterion, Absent):
        return f"{ABSENT}={name(criterion.value)}"
    return f"{criterion.feature.key}={' | '.join(sorted(name(value) for value in criterion.values))}"


def describe(criterion: Criterion, terms: Terms) -> str:
    """Return a criterion as a phrase for people: ``grade G1 or G2``."""
    if isinstance(criterion, Within):
        unit = "" if criterion.feature.unit in ("score", "line", "years") else f" {criterion.feature.unit}"
        return f"{criterion.feature.name} {criterion.interval.words()}{unit}"
    if isinstance(criterion, Absent):
        return f"no {terms.labels[criterion.value]}"
    return f"{criterion.feature.name}: {' or '.join(sorted(terms.labels[value] for value in criterion.values))}"


def describe_population(population: Population, terms: Terms) -> str:
    """Return a whole population as a phrase for people; what all alternatives share is said once."""
    shared, rests = shared_and_own(population)
    phrases = [describe(criterion, terms) for criterion in shared]
    if rests:
        phrases.append(f"and one of: {' — or — '.join('; '.join(describe(criterion, terms) for criterion in rest) for rest in rests)}")
    return "; ".join(phrases) or "any presentation"


def shared_and_own(population: Population) -> tuple[list[Criterion], list[list[Criterion]]]:
    """Return the criteria that all alternatives share, and of each alternative the others; the latter is empty when there is one only."""
    first, *others = (alternative.criteria for alternative in population.alternatives)
    shared = [criterion for criterion in first if all(criterion in criteria for criteria in others)]
    return shared, [[criterion for criterion in criteria if criterion not in shared] for criteria in (first, *others)] if others else []
