"""Populations for figures: whether one admits another, and in a few words."""

from __future__ import annotations

from decimal import Decimal

from kg.model.feature import FeatureKind
from kg.model.interval import Interval, plain
from kg.model.population import Absent, Alternative, Criterion, OneOf, Population, Within, shared_and_own
from kg.terms import Terms

KI67 = "ki67"
GRADE = "grade"
DIGESTIVE_GRADES = {
    "G1": Interval(high=Decimal(3), high_open=True),
    "G2": Interval(low=Decimal(3), high=Decimal(20)),
    "G3": Interval(low=Decimal(20), low_open=True),
}
"""Ki-67 of the grades in the digestive system, which the stored queries use too."""
ABBREVIATION_LENGTH = 5


def admitted_by(asked: Population, other: Population, terms: Terms) -> bool:
    """Return whether a population leaves some presentation of the one asked for possible.

    What a population does not name is unknown and never "no": a trial that says nothing about the site admits every
    site. Grade and Ki-67 are read together, with the digestive limits.
    """
    return any(_overlap(first, second, terms) for first in asked.alternatives for second in other.alternatives)


def _overlap(first: Alternative, second: Alternative, terms: Terms) -> bool:
    pairs = [(one, two) for one in first.criteria for two in second.criteria]
    return all(_compatible(one, two, terms) for one, two in pairs)


def _compatible(one: Criterion, two: Criterion, terms: Terms) -> bool:
    match one, two:
        case Within(), Within() if one.feature.key == two.feature.key:
            return one.interval.meet(two.interval) is not None
        case (OneOf(), Within()) | (Within(), OneOf()):
            choice, limit = (one, two) if isinstance(one, OneOf) else (two, one)
            return _grade_fits(choice, limit, terms) if isinstance(limit, Within) and isinstance(choice, OneOf) else True
        case (OneOf(), Absent()) | (Absent(), OneOf()):
            present, absent = (one, two) if isinstance(one, OneOf) else (two, one)
            if not isinstance(present, OneOf) or not isinstance(absent, Absent) or present.feature.key != absent.feature.key:
                return True
            return any(absent.value not in terms.ancestors(value) for value in present.values)
        case OneOf(), OneOf() if one.feature.key == two.feature.key and one.feature.kind is not FeatureKind.SET:
            return any(_admits(two, value, terms) for value in one.values)
    return True


def _admits(criterion: OneOf, value: str, terms: Terms) -> bool:
    """Return whether a value overlaps a required one: an ileal tumour may be asked for as one of the midgut."""
    if criterion.feature.kind is FeatureKind.LIST:
        return value in criterion.values
    below = terms.descendants(value)
    return any(not below.isdisjoint(terms.descendants(required)) for required in criterion.values)


def _grade_fits(choice: OneOf, limit: Within, terms: Terms) -> bool:
    if choice.feature.key != GRADE or limit.feature.key != KI67:
        return True
    intervals = [DIGESTIVE_GRADES.get(_code(value, terms)) for value in choice.values]
    return any(interval is None or interval.meet(limit.interval) is not None for interval in intervals)


def short(population: Population, terms: Terms) -> str:
    """Return a population in a few words: ``pancreas; NET; G1/G2; Ki-67 ≤ 20 %``; what all alternatives share comes first."""
    shared, rests = shared_and_own(population)
    phrases = [_phrase(criterion, terms) for criterion in shared]
    if rests:
        phrases.append(f"({' or '.join(', '.join(_phrase(criterion, terms) for criterion in rest) for rest in rests)})")
    return "; ".join(phrases) or "any presentation"


def _phrase(criterion: Criterion, terms: Terms) -> str:
    match criterion:
        case Within(feature=feature, interval=interval):
            unit = "" if feature.unit in ("score", "line", "years") else f" {feature.unit}"
            return f"{feature.name.removesuffix(' index')} {_interval(interval)}{unit}"
        case Absent(feature=feature, value=value):
            return f"no {_ABSENT_NAMES.get(feature.key, '')}{brief(value, terms)}"
        case OneOf(feature=feature, values=values) if criterion.feature.kind is FeatureKind.LIST:
            codes = "/".join(sorted(_code(value, terms) for value in values))
            return _LIST_PHRASES.get((feature.key, codes), codes if feature.key == GRADE else f"{_LIST_NAMES.get(feature.key, feature.name)} {codes}")
        case OneOf(feature=feature, values=values):
            return _SET_NAMES.get(feature.key, "") + "/".join(sorted(brief(value, terms) for value in values))


def _interval(interval: Interval) -> str:
    closed = not interval.low_open and not interval.high_open and interval.low != interval.high
    if closed and interval.low is not None and interval.high is not None:
        return f"{plain(interval.low)}–{plain(interval.high)}"
    return interval.words()


_ABSENT_NAMES = {"prior": "earlier ", "metastases": "metastasis in "}
_SET_NAMES = {"prior": "after ", "metastases": "metastasis in "}
_LIST_NAMES = {"sstr": "SSTR"}
_LIST_PHRASES = {
    ("progression", "yes"): "progressing",
    ("progression", "no"): "not progressing",
    ("functioning", "yes"): "functioning",
    ("functioning", "no"): "non-functioning",
    ("resectability", "unresectable"): "unresectable",
    ("resectability", "resected"): "resected",
    ("resectability", "resectable"): "resectable",
    ("extent", "distant"): "distant spread",
    ("extent", "distant/locoregional"): "locoregional or distant spread",
    ("extent", "locoregional"): "locoregional spread",
    ("extent", "localised"): "localised",
    ("differentiation", "well"): "well differentiated",
    ("differentiation", "poor"): "poorly differentiated",
}


def brief(iri: str, terms: Terms) -> str:
    """Return the abbreviation of a term if it has one among its exact synonyms, else its label."""
    names = terms.synonyms.get(iri, {}).get("exact", [])
    short_names = [name for name in names if name.isalpha() and name.isupper() and len(name) <= ABBREVIATION_LENGTH]
    return min(short_names, key=lambda name: (len(name), name), default=terms.labels.get(iri, iri))


def _code(iri: str, terms: Terms) -> str:
    return next((code for choices in terms.codes.values() for code, value in choices.items() if value == iri), terms.labels.get(iri, iri))
