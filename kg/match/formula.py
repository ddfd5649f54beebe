"""Formulas over the features of a presentation: what populations and the ontology's rules are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import OntologyError
from kg.match.expressions import All, Complement, Either, Expression, Expressions, Individuals, Named, Numbers, Some
from kg.model.feature import Feature
from kg.model.interval import Interval, plain
from kg.model.population import Absent, Alternative, Criterion, OneOf, Population, Within
from kg.prefixes import NET
from kg.terms import EQUIVALENT, SUBCLASS, Terms

PRESENTATION = NET + "Presentation"


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; without parts it is always true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds; without parts it is never true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Formula


Formula = OneOf | Within | And | Or | Not


@dataclass(frozen=True, slots=True)
class Rule:
    """Whatever fulfils the condition fulfils the conclusion.

    :param name: IRI of the defined class that states it, empty for an unnamed axiom
    """

    condition: Formula
    conclusion: Formula
    name: str = ""

    @property
    def concludes(self) -> set[str]:
        """Keys of the features that the conclusion is about."""
        return {literal.feature.key for literal, _ in literals(self.conclusion)}

    @property
    def formula(self) -> Formula:
        """The rule as something that holds of every presentation."""
        return Or((Not(self.condition), self.conclusion))


def of_alternative(alternative: Alternative) -> Formula:
    """Return the meaning of one alternative of a population."""
    return And(tuple(Not(OneOf(part.feature, (part.value,))) if isinstance(part, Absent) else part for part in alternative.criteria))


def of_population(population: Population) -> Formula:
    """Return the meaning of a population."""
    return Or(tuple(of_alternative(alternative) for alternative in population.alternatives))


def meaning_in_words(population: Population, terms: Terms) -> str:
    """Return the definition of a population's class in Manchester syntax, with local names."""
    alternatives = [" and ".join(["Presentation", *(_manchester(part, terms) for part in alternative.criteria)]) for alternative in population.alternatives]
    return alternatives[0] if len(alternatives) == 1 else " or ".join(f"({part})" for part in alternatives)


def _manchester(criterion: Criterion, terms: Terms) -> str:
    prop = criterion.feature.prop.removeprefix(NET)
    match criterion:
        case Absent(_, value):
            return f"not ({prop} some {value.removeprefix(NET)})"
        case Within(_, interval):
            return f"({prop} {_facets(interval)})"
    names = [value.removeprefix(NET) for value in criterion.values]
    if len(names) == 1:
        return f"({prop} {'value' if criterion.feature.range in terms.codes else 'some'} {names[0]})"
    return f"({prop} some {{{', '.join(names)}}})" if criterion.feature.range in terms.codes else f"({prop} some ({' or '.join(names)}))"


def _facets(interval: Interval) -> str:
    if interval.low is not None and interval.low == interval.high:
        return f"value {plain(interval.low)}"
    ends = []
    if interval.low is not None:
        ends.append(f"{'>' if interval.low_open else '>='} {plain(interval.low)}")
    if interval.high is not None:
        ends.append(f"{'<' if interval.high_open else '<='} {plain(interval.high)}")
    return f"some decimal[{', '.join(ends)}]"


def literals(formula: Formula, *, wanted: bool = True) -> Iterator[tuple[OneOf | Within, bool]]:
    """Yield the literals of a formula, each with whether the formula wants it to hold or not to hold."""
    match formula:
        case And(parts) | Or(parts):
            for part in parts:
                yield from literals(part, wanted=wanted)
        case Not(part):
            yield from literals(part, wanted=not wanted)
        case _:
            yield formula, wanted


def read_rules(expressions: Expressions, terms: Terms) -> tuple[Rule, ...]:
    """Return what the ontology says of every presentation: grades by index, consequences of a metastasis, and so on.

    :raises OntologyError: when an axiom about presentations is of a form that the matcher would not honour
    """
    return tuple(_Rules(expressions, terms).read())


class _Rules:
    def __init__(self, expressions: Expressions, terms: Terms) -> None:
        self._features = {feature.prop: feature for feature in terms.features.values()}
        self._presentations = terms.descendants(PRESENTATION)
        self._meaning = {cls.iri: meaning for cls, meaning in expressions.of(EQUIVALENT) if isinstance(cls, Named) and cls.iri in self._presentations}
        self._axioms = list(expressions.of(SUBCLASS))

    def read(self) -> Iterator[Rule]:
        for subject, conclusion in self._axioms:
            name = subject.iri if isinstance(subject, Named) else ""
            about = name in self._presentations if name else self._about_presentations(subject)
            upward = isinstance(conclusion, Named) and (name == PRESENTATION or conclusion.iri in self._presentations)
            if about and not upward:
                yield Rule(self._formula(subject), self._formula(conclusion), name)

    def _about_presentations(self, expression: Expression) -> bool:
        return isinstance(expression, All) and any(isinstance(part, Named) and part.iri in self._presentations for part in expression.parts)

    def _formula(self, expression: Expression) -> Formula:
        match expression:
            case Named(iri) if iri == PRESENTATION:
                return And(())
            case Named(iri) if iri in self._meaning:
                return self._formula(self._meaning[iri])
            case All(parts):
                return And(tuple(self._formula(part) for part in parts))
            case Either(parts):
                return Or(tuple(self._formula(part) for part in parts))
            case Complement(part):
                return Not(self._formula(part))
            case Some(prop, filler) if prop in self._features:
                return _restriction(self._features[prop], filler)
        raise OntologyError(f"an axiom about presentations is of a form that matching does not understand: {expression}")


def _restriction(feature: Feature, filler: Expression) -> Formula:
    match filler:
        case Numbers(interval):
            return Within(feature, interval)
        case Individuals(iris):
            return OneOf(feature, iris)
        case Named(iri):
            return OneOf(feature, (iri,))
        case Either(parts) if all(isinstance(part, Named) for part in parts):
            return OneOf(feature, tuple(sorted(part.iri for part in parts if isinstance(part, Named))))
    raise OntologyError(f"a restriction on {feature.key} is of a form that matching does not understand: {filler}")
