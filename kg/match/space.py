"""The finite space in which formulas are decided: for each feature, the values that some formula can tell apart.

Every feature may also have no value at all: OWL does not say that each presentation has, for instance, a Ki-67. So
nothing follows from a feature of which nothing is known, unless a rule says so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from decimal import Decimal

from kg.match.formula import Formula, literals
from kg.match.types import Type, TypeSpace
from kg.model.feature import Feature, FeatureKind
from kg.model.interval import Interval
from kg.model.population import OneOf, Within
from kg.prefixes import NET
from kg.terms import Terms

NO_VALUE = 1
"""The bit of a feature that has no value."""


class Space:
    """For each feature, bit masks over the values that the formulas can tell apart.

    :param formulas: what will be decided here, at most two of them at a time, each a union of conjunctions
    :param rules: what always holds beside them
    """

    def __init__(self, terms: Terms, types: TypeSpace, formulas: Iterable[Formula], rules: Iterable[Formula]) -> None:
        self._terms = terms
        self._types = types
        asked: dict[str, set[str]] = {}
        forced: dict[str, set[str]] = {}
        cuts: dict[str, set[Decimal]] = {}
        for wanted, source in ((asked, formulas), (forced, rules)):
            for literal, holds in (pair for formula in source for pair in literals(formula)):
                if isinstance(literal, Within):
                    ends = (literal.interval.low, literal.interval.high, literal.feature.low, literal.feature.high)
                    cuts.setdefault(literal.feature.key, set()).update(end for end in ends if end is not None)
                elif holds:
                    wanted.setdefault(literal.feature.key, set()).update(literal.values)
        self._cuts = {feature.key: sorted(cuts.get(feature.key, ())) for feature in terms.features.values() if feature.kind is FeatureKind.NUMBER}
        self._signatures: dict[str, list[Type]] = {}
        self._of_class: dict[str, dict[str, int]] = {}
        for feature in terms.features.values():
            if feature.kind in (FeatureKind.HIERARCHY, FeatureKind.SET):
                self._number_types(feature, *(classes.get(feature.key, set()) for classes in (asked, forced)))
        self._lists = {
            feature.key: {iri: 2 << position for position, iri in enumerate(sorted(terms.codes.get(feature.range, {}).values()))}
            for feature in terms.features.values()
            if feature.kind is FeatureKind.LIST
        }

    def mask(self, literal: OneOf | Within) -> int:
        """Return the values of the feature that fulfil a literal.

        :raises KeyError: when a value is not one of the feature
        """
        key = literal.feature.key
        if isinstance(literal, Within):
            return self.numbers(literal.feature, literal.interval)
        index = self._lists[key] if literal.feature.kind is FeatureKind.LIST else self._of_class[key]
        mask = 0
        for value in literal.values:
            mask |= index[value]
        return mask

    def everything(self, feature: Feature) -> int:
        """Return all values of a feature, and for one that is no set also the absence of a value."""
        match feature.kind:
            case FeatureKind.LIST:
                return (2 << len(self._lists[feature.key])) - 1
            case FeatureKind.NUMBER:
                return NO_VALUE | self.numbers(feature, Interval(feature.low, feature.high))
            case _:
                return (2 << len(self._signatures[feature.key])) - 1

    def numbers(self, feature: Feature, interval: Interval) -> int:
        """Return the segments that an interval touches: each cut is a segment, and each gap between two cuts."""
        cuts = self._cuts[feature.key]
        low, high = interval.low, interval.high
        first = 0 if low is None else _segment(cuts, low, after=interval.low_open)
        last = 2 * len(cuts) if high is None else _segment(cuts, high, after=not interval.high_open, upper=True)
        if low is None and feature.low is not None:
            first = _segment(cuts, feature.low, after=False)
        if high is None and feature.high is not None:
            last = _segment(cuts, feature.high, after=True, upper=True)
        return ((1 << (last - first + 1)) - 1) << (first + 1)

    def classes(self, feature: Feature) -> list[str]:
        """Return the classes to which a value of a hierarchy or of a set can belong."""
        return list(self._of_class[feature.key])

    def _number_types(self, feature: Feature, asked: set[str], forced: set[str]) -> None:
        """Give numbers to the combinations of classes that can occur, and say which of them each class allows.

        A single value answers to several literals at once: to one of each of two formulas, and to all that rules force.
        Classes that something only wants absent are not added: the least types avoid them already. A member of a set
        answers to one literal only. All classes of the feature are told apart, not only those that some formula names: a
        case may say of any of them that it is absent, and what follows for a feature is told by its classes.
        """
        universe = sorted(iri for iri in self._terms.descendants(feature.range) if iri.startswith(NET) and iri not in self._terms.deprecated)
        found: set[Type] = set()
        for iri in universe:
            found |= self._types.types([iri])
        if feature.kind is FeatureKind.HIERARCHY:
            found |= self._larger(found, asked)
            frontier = found
            while frontier:
                frontier = self._larger(frontier, forced) - found
                found |= frontier
        signatures = sorted({one.intersection(universe) for one in found}, key=lambda one: (len(one), sorted(one)))  # the least specific first
        numbers = {signature: 2 << position for position, signature in enumerate(signatures)}
        index = dict.fromkeys(universe, 0)
        for one in found:
            for iri in one:
                if iri in index:
                    index[iri] |= numbers[one.intersection(universe)]
        self._signatures[feature.key] = signatures
        self._of_class[feature.key] = index

    def _larger(self, types: Iterable[Type], classes: set[str]) -> set[Type]:
        return {larger for one in types for iri in classes - one for larger in self._types.types(one | {iri})}


def _segment(cuts: list[Decimal], number: Decimal, *, after: bool, upper: bool = False) -> int:
    """Return the number of the segment that holds ``number``, or the gap beside it when the end is open.

    Segments are numbered gap 0, cut 0, gap 1, cut 1, …, last gap.
    """
    position = bisect_left(cuts, number)
    if position < len(cuts) and cuts[position] == number:
        here = 2 * position + 1
        if upper:
            return here if after else here - 1
        return here + 1 if after else here
    return 2 * bisect_right(cuts, number)
