"""Random cases of which only part is known, from a seed: facts that lie near what populations ask for, so that all verdicts occur."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from decimal import Decimal

from kg.match.presentation import Fact
from kg.model.feature import Feature, FeatureKind
from kg.model.interval import Interval
from kg.model.population import Absent, Alternative, Criterion, OneOf, Population, PopulationError, Within, parse, render_code
from kg.prefixes import NET
from kg.terms import Terms

HAIR = Decimal("0.000000000000000001")
"""The least difference that a cell can write."""


def facts_of(case: Population) -> tuple[Fact, ...]:
    """Return the criteria of a case, written as a population of one alternative, as facts."""
    (alternative,) = case.alternatives
    return tuple(Fact(criterion, criterion.feature.key, "") for criterion in alternative.criteria)


class Cases:
    """Writes cases as populations of one alternative.

    :param near: populations whose values and thresholds the cases meet, miss narrowly or do not know
    """

    def __init__(self, terms: Terms, seed: int, near: Iterable[Population]) -> None:
        self._terms = terms
        self._random = random.Random(seed)  # noqa: S311 - not for secrets
        self._near: Sequence[Alternative] = [alternative for population in near for alternative in population.alternatives]
        self._universe = {
            feature.key: sorted(iri for iri in terms.descendants(feature.range) if iri.startswith(NET) and iri not in terms.deprecated)
            for feature in terms.features.values()
            if feature.kind in (FeatureKind.HIERARCHY, FeatureKind.SET)
        }
        self._ends: dict[str, set[Decimal]] = {}
        for alternative in self._near:
            for criterion in alternative.criteria:
                if isinstance(criterion, Within):
                    ends = (criterion.interval.low, criterion.interval.high)
                    self._ends.setdefault(criterion.feature.key, set()).update(end for end in ends if end is not None)
        for key, more in {"ki67": (3, 20), "mitoses": (2, 10, 20), "size_mm": (5,)}.items():
            self._ends.setdefault(key, set()).update(map(Decimal, more))

    def case(self) -> Population:
        """Return a case: what one alternative asks for, in part, changed here and there, and some more."""
        while True:
            base = self._random.choice(self._near).criteria if self._random.random() < 0.8 else ()
            keys = [key for key in self._terms.features if self._random.random() < 0.06]
            criteria = [self._near_to(criterion) for criterion in base if self._random.random() < 0.8]
            criteria += [self._about(self._terms.features[key]) for key in keys]
            single = {criterion.feature.key: criterion for criterion in criteria if criterion.feature.kind is not FeatureKind.SET}
            chosen = [*single.values(), *(criterion for criterion in criteria if criterion.feature.kind is FeatureKind.SET)]
            try:
                return parse(render_code(Alternative(tuple(chosen)), self._terms), self._terms)
            except PopulationError:
                continue  # an absent value that another feature claims first, or a number out of bounds

    def _near_to(self, criterion: Criterion) -> Criterion:
        """Return the criterion, or one about the same feature that is wider, narrower or beside it."""
        change = self._random.random()
        if change < 0.4:
            return criterion
        if change > 0.85:
            return self._about(criterion.feature)
        match criterion:
            case Within(feature):
                return Within(feature, self._interval(feature))
            case OneOf(feature, values) if feature.kind is not FeatureKind.LIST:
                related = [iri for iri in self._universe[feature.key] if iri in self._terms.ancestors(values[0]) | self._terms.descendants(values[0])]
                return OneOf(feature, (self._random.choice(related or [values[0]]),))
            case OneOf(feature, values):
                return OneOf(feature, (self._random.choice(values),))
            case Absent(feature, value):
                related = [iri for iri in self._universe[feature.key] if iri in self._terms.ancestors(value) | self._terms.descendants(value)]
                other = self._random.choice(related or [value])
                return Absent(feature, other) if self._random.random() < 0.5 else OneOf(feature, (other,))
        return criterion

    def _about(self, feature: Feature) -> Criterion:
        """Return anything that can be known of a feature."""
        if feature.kind is FeatureKind.NUMBER:
            return Within(feature, self._interval(feature))
        if feature.kind is FeatureKind.LIST:
            choices = sorted(self._terms.codes[feature.range].values())
            return OneOf(feature, tuple(sorted(self._random.sample(choices, self._random.choice((1, 1, min(2, len(choices))))))))
        values = self._random.sample(self._universe[feature.key], self._random.choice((1, 1, 1, 2)))
        if feature.kind is FeatureKind.SET and self._random.random() < 0.5:
            return Absent(feature, values[0])
        return OneOf(feature, tuple(sorted(values)))

    def _interval(self, feature: Feature) -> Interval:
        """Return a number or an interval whose ends lie at, or just beside, a threshold."""
        while True:
            ends = sorted(self._ends.get(feature.key, {Decimal(1), Decimal(2), Decimal(30)}))
            low, high = sorted(self._random.choice(ends) + self._random.choice((0, 0, HAIR, -HAIR, Decimal("0.5"), -1)) for _ in range(2))
            form = self._random.choice(("number", "number", "from", "to", "between"))
            try:
                one = Interval(low, low) if form == "number" else Interval(low, high, self._random.random() < 0.5, self._random.random() < 0.5)
            except ValueError:
                continue
            if form == "from":
                one = Interval(low=one.low, low_open=one.low_open)
            if form == "to":
                one = Interval(high=one.high, high_open=one.high_open)
            bounds = Interval(feature.low, feature.high)
            if all(end is None or end in bounds for end in (one.low, one.high)) and not (one.high_open and one.high == feature.low):
                return one
