"""The intersection of two populations, as a population: exactly what lies in both, said briefly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from kg.match.formula import of_alternative
from kg.match.logic import Logic
from kg.match.solver import Clause
from kg.model.feature import FeatureKind
from kg.model.population import Absent, Alternative, Criterion, OneOf, Population, Within, render_code
from kg.terms import Terms


class Overlaps:
    """Intersects the populations of a logic.

    :param logic: all populations that will be intersected must be known to it, for it tells apart only what they ask for
    """

    def __init__(self, logic: Logic, terms: Terms) -> None:
        self._solver = logic.solver
        self._space = logic.space
        self._terms = terms
        self._asked: dict[str, list[str]] = {}
        for population in logic.populations.values():
            for alternative in population.alternatives:
                for criterion in alternative.criteria:
                    if isinstance(criterion, OneOf) and criterion.feature.kind is FeatureKind.HIERARCHY:
                        known = self._asked.setdefault(criterion.feature.key, [])
                        known += [value for value in criterion.values if value not in known]

    def of(self, one: Population, other: Population) -> Population | None:
        """Return the intersection of two populations, or nothing when no presentation is in both.

        Where a single-valued feature must be two classes at once and none of the known classes is their intersection,
        both criteria stand in the result: a cell of a table cannot say so, the algebra can.
        """
        found: list[Alternative] = []
        for mine, theirs in product(one.alternatives, other.alternatives):
            criteria = self._together((*mine.criteria, *theirs.criteria))
            if criteria is not None and self._solver.solve(self._clauses(criteria)) is not None:
                found.append(Alternative(self._brief(criteria)))
        kept = self._absorbed(found)
        if not kept:
            return None
        by_text = {render_code(alternative, self._terms): alternative for alternative in kept}
        return Population(tuple(by_text[text] for text in sorted(by_text)), " OR ".join(sorted(by_text)))

    def _together(self, criteria: Iterable[Criterion]) -> tuple[Criterion, ...] | None:
        """Return one conjunction for two, feature by feature; nothing when they exclude each other within one feature."""
        numbers: dict[str, Within] = {}
        values: dict[str, list[OneOf]] = {}
        rest: list[Criterion] = []
        for criterion in dict.fromkeys(criteria):
            key = criterion.feature.key
            if isinstance(criterion, Within):
                interval = numbers[key].interval.meet(criterion.interval) if key in numbers else criterion.interval
                if interval is None:
                    return None
                numbers[key] = Within(criterion.feature, interval)
            elif isinstance(criterion, OneOf) and criterion.feature.kind is not FeatureKind.SET:
                values.setdefault(key, []).append(criterion)
            else:
                rest.append(criterion)
        for several in values.values():
            one = several[0] if len(several) == 1 else self._one(several[0], several[1])
            if one is None:
                return None
            rest += [one] if isinstance(one, OneOf) else several
        return tuple(sorted([*numbers.values(), *rest], key=_place))

    def _one(self, one: OneOf, other: OneOf) -> OneOf | bool | None:
        """Return one criterion that means two; nothing when they exclude each other, false when no values say it."""
        mask = self._space.mask(one) & self._space.mask(other)
        if not mask:
            return None
        for whole in (one, other):
            if self._space.mask(whole) == mask:
                return whole
        if one.feature.kind is FeatureKind.LIST:
            return OneOf(one.feature, tuple(sorted(set(one.values) & set(other.values))))
        chosen: list[str] = []
        said = 0
        # the widest classes first, those that the two criteria name before others
        known = dict.fromkeys((*one.values, *other.values, *sorted(self._asked[one.feature.key])))
        masks = {value: self._space.mask(OneOf(one.feature, (value,))) for value in known}
        for value in sorted((value for value in known if masks[value] and not masks[value] & ~mask), key=lambda value: -masks[value].bit_count()):
            if masks[value] & ~said:
                chosen.append(value)
                said |= masks[value]
        return OneOf(one.feature, tuple(sorted(chosen))) if said == mask else False

    def _brief(self, criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
        """Return the criteria without those that follow from the others, by the rules or by themselves."""
        kept = list(criteria)
        for criterion in criteria:
            others = [other for other in kept if other is not criterion]
            if not self._possible(others, [criterion]):
                kept = others
        return tuple(kept)

    def _absorbed(self, alternatives: Sequence[Alternative]) -> list[Alternative]:
        """Return the alternatives without those that lie within another; of several that mean the same, the shortest."""
        kept: list[Alternative] = []
        for alternative in sorted(alternatives, key=lambda item: len(item.criteria)):
            if all(self._possible(alternative.criteria, other.criteria) for other in kept):
                kept = [other for other in kept if self._possible(other.criteria, alternative.criteria)]
                kept.append(alternative)
        return kept

    def _possible(self, criteria: Sequence[Criterion], denied: Sequence[Criterion]) -> bool:
        """Return whether some presentation fulfils criteria and not all of others."""
        outside = self._solver.clause(of_alternative(Alternative(tuple(denied))), wanted=False)
        return self._solver.solve([*self._clauses(criteria), outside]) is not None

    def _clauses(self, criteria: Sequence[Criterion]) -> list[Clause]:
        return [self._solver.clause(of_alternative(Alternative((criterion,)))) for criterion in criteria]


def _place(criterion: Criterion) -> tuple[int, bool, str]:
    match criterion:
        case Within(feature, interval):
            return feature.order, False, str(interval)
        case OneOf(feature, values):
            return feature.order, False, "|".join(values)
        case Absent(feature, value):
            return feature.order, True, value
