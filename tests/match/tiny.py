"""A small world in which every complete presentation can be listed, and rules are looked up one presentation at a time.

It shares no code with the solver: a presentation is a point of an array with one axis per feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pyoxigraph as ox
from hypothesis import strategies as st

from kg.match.formula import And, Formula, Not, Or
from kg.model.population import Absent, Criterion, OneOf, Population, Within, parse
from kg.prefixes import NET
from kg.terms import Terms
from tests.turtle import triples

Truth = np.ndarray[Any, np.dtype[np.bool_]]

TEXT = """
:Presentation a owl:Class .
:Place a owl:Class . :North a owl:Class ; rdfs:subClassOf :Place ; owl:disjointWith :South . :South a owl:Class ; rdfs:subClassOf :Place .
:East a owl:Class ; rdfs:subClassOf :Place ; owl:disjointWith :West . :West a owl:Class ; rdfs:subClassOf :Place .
:Coast a owl:Class ; rdfs:subClassOf :Place ; owl:equivalentClass [ a owl:Class ; owl:unionOf (:East :West) ] .
:Port a owl:Class ; rdfs:subClassOf :East .
:NorthEast a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf (:North :East) ] .
:Sign a owl:Class . :Pain a owl:Class ; rdfs:subClassOf :Sign .
:High a owl:Class ; rdfs:subClassOf :Sign ; owl:disjointWith :Low . :Low a owl:Class ; rdfs:subClassOf :Sign .
:Fever a owl:Class ; rdfs:subClassOf :Sign ; owl:equivalentClass [ a owl:Class ; owl:unionOf (:High :Low) ] .
:Colour a owl:Class . :Red a owl:NamedIndividual , :Colour ; :code "red" . :Green a owl:NamedIndividual , :Colour ; :code "green" .
:Blue a owl:NamedIndividual , :Colour ; :code "blue" .
:Answer a owl:Class . :Yes a owl:NamedIndividual , :Answer ; :code "yes" . :No a owl:NamedIndividual , :Answer ; :code "no" .
:hasPlace a owl:ObjectProperty , owl:FunctionalProperty ; rdfs:range :Place ; :featureKey "place" ; :featureKind "hierarchy" ; :featureOrder 1 .
:hasColour a owl:ObjectProperty , owl:FunctionalProperty ; rdfs:range :Colour ; :featureKey "colour" ; :featureKind "list" ; :featureOrder 2 .
:hasSize a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:decimal ; :featureKey "size" ; :featureKind "number" ; :featureOrder 3 ;
  :lowestValue 0 .
:hasSign a owl:ObjectProperty ; rdfs:range :Sign ; :featureKey "signs" ; :featureKind "set" ; :featureOrder 4 .
:isWell a owl:ObjectProperty , owl:FunctionalProperty ; rdfs:range :Answer ; :featureKey "well" ; :featureKind "list" ; :featureOrder 5 .
"""

HAIR = Decimal("0.000000000000000001")
SIZES = (*map(Decimal, ("0", "0.25", "0.5", "0.75", "1", "1.5", "2", "2.5", "3", "4")), 3 - HAIR, 3 - HAIR / 2, 3 + HAIR, 3 + HAIR / 2)
ENDS = ("0.5", "1", "2", "3", str(3 - HAIR), str(3 + HAIR))
PLACES = [
    frozenset({"Place", *one, *other, *({"NorthEast"} if "North" in one and "East" in other else ())})
    for one, other in product(((), ("North",), ("South",)), ((), ("Coast", "East"), ("Coast", "East", "Port"), ("Coast", "West")))
]
"""All that one place can be: written down by hand, not read from the classes."""
SIGNS = [frozenset({"Sign", *one, *other}) for one, other in product(((), ("Pain",)), ((), ("Fever", "High"), ("Fever", "Low")))]
AXES: dict[str, Sequence[Any]] = {
    "place": [None, *PLACES],
    "colour": [None, "Red", "Green", "Blue"],
    "size": [None, *SIZES],
    "signs": [frozenset(sign for sign, here in zip(SIGNS, present, strict=True) if here) for present in product((False, True), repeat=len(SIGNS))],
    "well": [None, "Yes", "No"],
}
TERMS = Terms.from_triples(triples(TEXT))
EVERYTHING: Truth = np.ones(tuple(map(len, AXES.values())), dtype=np.bool_)


def truth(formula: Formula | Absent) -> Truth:
    """Return of which complete presentations a formula is true."""
    match formula:
        case And(parts):
            return _all([truth(part) for part in parts])
        case Or(parts):
            return ~_all([~truth(part) for part in parts])
        case Not(part):
            return ~truth(part)
        case Absent(feature, value):
            return ~truth(OneOf(feature, (value,)))
    axis = list(AXES).index(formula.feature.key)
    shape = [1] * len(AXES)
    shape[axis] = -1
    return np.array([_true_of(value, formula) for value in AXES[formula.feature.key]], dtype=np.bool_).reshape(shape)


def _all(parts: Sequence[Truth]) -> Truth:
    result = EVERYTHING
    for part in parts:
        result = result & part
    return result


def _true_of(value: Any, literal: OneOf | Within) -> bool:
    if value is None:
        return False
    if isinstance(literal, Within):
        return value in literal.interval
    wanted = {iri.removeprefix(NET) for iri in literal.values}
    match literal.feature.key:
        case "place":
            return not wanted.isdisjoint(value)
        case "signs":
            return any(not wanted.isdisjoint(sign) for sign in value)
        case _:
            return value in wanted


def of_criteria(criteria: Sequence[Criterion]) -> Truth:
    """Return of which complete presentations all criteria are true."""
    return _all([truth(criterion) for criterion in criteria])


def of_population(population: Population) -> Truth:
    """Return which complete presentations are in a population."""
    return ~_all([~of_criteria(alternative.criteria) for alternative in population.alternatives])


Rule = tuple[Formula, Formula]


def ontology(rules: Sequence[Rule]) -> list[ox.Triple]:
    """Return the world with rules as axioms, every other one as a class with a name."""
    lines = [TEXT]
    for number, (condition, conclusion) in enumerate(rules):
        subject = f"[ a owl:Class ; owl:intersectionOf (:Presentation {_axiom(condition)}) ]"
        if number % 2:
            lines.append(f":Rule{number} a owl:Class ; owl:equivalentClass {subject} ; rdfs:subClassOf {_axiom(conclusion)} .")
        else:
            lines.append(f"{subject[:-2]} ; rdfs:subClassOf {_axiom(conclusion)} ] .")
    return triples("\n".join(lines))


def _axiom(formula: Formula) -> str:
    match formula:
        case And(parts) | Or(parts):
            kind = "intersectionOf" if isinstance(formula, And) else "unionOf"
            return f"[ a owl:Class ; owl:{kind} ({' '.join(map(_axiom, parts))}) ]"
        case Not(part):
            return f"[ a owl:Class ; owl:complementOf {_axiom(part)} ]"
        case Within(feature, interval):
            facets = [("min", interval.low, interval.low_open), ("max", interval.high, interval.high_open)]
            written = " ".join(f"[ xsd:{side}{'Exclusive' if is_open else 'Inclusive'} {end:f} ]" for side, end, is_open in facets if end is not None)
            filler = f"[ a rdfs:Datatype ; owl:onDatatype xsd:decimal ; owl:withRestrictions ({written}) ]"
        case OneOf(feature, values):
            names = [f"<{value}>" for value in values]
            if feature.key in ("colour", "well"):
                filler = f"[ owl:oneOf ({' '.join(names)}) ]"
            else:
                filler = names[0] if len(names) == 1 else f"[ a owl:Class ; owl:unionOf ({' '.join(names)}) ]"
    return f"[ a owl:Restriction ; owl:onProperty <{feature.prop}> ; owl:someValuesFrom {filler} ]"


def _values(key: str, names: Sequence[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True).map(lambda chosen: f"{key}={' | '.join(chosen)}")


@st.composite
def _sizes(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(("{0}", "<{0}", "<={0}", ">{0}", ">={0}", "[{0}..{1}]", "({0}..{1}]", "[{0}..{1})", "({0}..{1})")))
    low, high = sorted(draw(st.lists(st.sampled_from(ENDS), min_size=2, max_size=2, unique=True)), key=Decimal)
    return "size=" + form.format(low, high)


ABOUT = {
    "place": _values("place", ("Place", "North", "South", "East", "West", "Coast", "Port", "NorthEast")),
    "colour": _values("colour", ("red", "green", "blue")),
    "size": _sizes(),
    "well": _values("well", ("yes", "no")),
    "signs": _values("signs", ("Sign", "Pain", "Fever", "High", "Low")),
    "absent": _values("absent", ("Sign", "Pain", "Fever", "High", "Low")),
}


@st.composite
def _alternatives(draw: st.DrawFn) -> str:
    keys = draw(st.lists(st.sampled_from([*ABOUT, "signs", "absent"]), min_size=1, max_size=5))
    kept = [key for position, key in enumerate(keys) if key in ("signs", "absent") or key not in keys[:position]]
    return "; ".join(draw(ABOUT[key]) for key in kept)


CASES = st.one_of(st.just("any"), _alternatives()).map(lambda cell: parse(cell, TERMS))
"""What may be known of a situation."""
POPULATIONS = st.one_of(st.just(["any"]), st.lists(_alternatives(), min_size=1, max_size=3)).map(lambda cells: parse(" OR ".join(cells), TERMS))
_LITERALS = st.sampled_from(sorted(ABOUT)).flatmap(ABOUT.__getitem__).map(lambda cell: parse(cell, TERMS).alternatives[0].criteria)


def _as_formula(criteria: Sequence[Criterion]) -> Formula:
    parts = tuple(Not(OneOf(one.feature, (one.value,))) if isinstance(one, Absent) else one for one in criteria)
    return parts[0] if len(parts) == 1 else And(parts)


FORMULAS: st.SearchStrategy[Formula] = st.recursive(
    _LITERALS.map(_as_formula),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=4,
)
RULES = st.lists(st.tuples(FORMULAS, FORMULAS), max_size=4)


def possible(rules: Sequence[Rule]) -> Truth:
    """Return which complete presentations keep all rules."""
    kept = EVERYTHING
    for condition, conclusion in rules:
        kept = kept & (~truth(condition) | truth(conclusion))
    return kept
