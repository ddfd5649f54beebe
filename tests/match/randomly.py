"""Random populations, from a seed: dense enough that many of them contain, overlap or exclude each other."""

from __future__ import annotations

import random
from decimal import Decimal

from kg.model.feature import Feature, FeatureKind
from kg.prefixes import NET
from kg.terms import Terms

SETS = ("syndromes", "metastases", "prior", "hereditary", "findings")
FOCUS = (
    *("site", "neoplasm", "grade", "ki67", "mitoses", "necrosis", "differentiation", "functioning", "extent", "spread"),
    *("resectability", "sstr", "krenning", "size_mm", "sex", "pregnant", "line"),
)


class Cells:
    """Writes population cells.

    :param focus: keys of the features that are restricted
    """

    def __init__(self, terms: Terms, seed: int, focus: tuple[str, ...] = (*FOCUS, *SETS)) -> None:
        self._terms = terms
        self._random = random.Random(seed)  # noqa: S311 - not for secrets
        self._focus = focus
        self._classes = {
            key: sorted(iri for iri in terms.descendants(terms.features[key].range) if iri.startswith(NET) and iri not in terms.deprecated)
            for key in focus
            if terms.features[key].kind in (FeatureKind.HIERARCHY, FeatureKind.SET)
        }

    def cell(self) -> str:
        """Return a population of one to three alternatives."""
        return " OR ".join(sorted({self.alternative() for _ in range(self._random.choice((1, 1, 2, 3)))}))

    def alternative(self) -> str:
        """Return one alternative."""
        keys = self._random.sample(self._focus, self._random.randint(1, 4))
        return "; ".join(self._clause(self._terms.features[key]) for key in keys)

    def _clause(self, feature: Feature) -> str:
        match feature.kind:
            case FeatureKind.NUMBER:
                return f"{feature.key}={self._interval(feature)}"
            case FeatureKind.LIST:
                codes = sorted(self._terms.codes[feature.range])
                return f"{feature.key}={' | '.join(self._random.sample(codes, self._random.randint(1, min(2, len(codes)))))}"
        names = [iri.removeprefix(NET) for iri in self._random.sample(self._classes[feature.key], self._random.randint(1, 2))]
        key = "absent" if feature.kind is FeatureKind.SET and self._random.random() < 0.35 else feature.key
        if key == "absent":
            names = [name for name in names if _first_feature(self._terms, name) == feature.key] or []
        return f"{key}={' | '.join(names)}" if names else f"{feature.key}={self._classes[feature.key][0].removeprefix(NET)}"

    def _interval(self, feature: Feature) -> str:
        """Return an interval with ends that rules and populations use too, so that they meet."""
        ends = {"ki67": (2, 3, 10, 20, 55), "mitoses": (0, 1, 2, 10, 20), "krenning": (1, 2, 3), "size_mm": (5, 10, 20), "line": (1, 2, 3)}[feature.key]
        low, high = sorted(self._random.sample(ends, 2))
        form = self._random.choice(
            ("<{high}", "<={high}", ">{low}", ">={low}", "[{low}..{high}]", "({low}..{high}]", "[{low}..{high})", "({low}..{high})", "={high}")
        )
        if form == "<{high}" and feature.low is not None and Decimal(high) <= feature.low:
            form = "<={high}"
        return form.format(low=low, high=high)


def _first_feature(terms: Terms, name: str) -> str:
    """Return the set feature to which an absent value belongs."""
    above = terms.ancestors(NET + name)
    return next((feature.key for feature in terms.features.values() if feature.kind is FeatureKind.SET and feature.range in above), "")
