"""Ontologies to try: every construct of OWL 2, with text that is awkward to write."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from hypothesis import strategies as st

from kg.export.axioms import KINDS, XSD, Annotation, Axiom, Entity, Expression, Part, make_axiom
from kg.prefixes import NET

NAMES = ["A", "B-1", "document/x", "C_2"]


def entities(kind: str, letter: str) -> st.SearchStrategy[Part]:
    return st.sampled_from([Entity(kind, f"{NET}{letter}{name}") for name in NAMES])


CLASSES = entities("Class", "c")
OBJECTS = entities("ObjectProperty", "o")
DATA = entities("DataProperty", "d")
NOTES = entities("AnnotationProperty", "n")
PEOPLE = entities("NamedIndividual", "i")
DATATYPES = entities("Datatype", "t")
NUMBERS = st.sampled_from([Entity("Datatype", XSD + name) for name in ("decimal", "integer")])

TEXT = st.text(st.sampled_from("aé\"\\'<>&{}%#:; \n\tΩ𝛼]@^"), max_size=6)
LITERALS = st.one_of(
    TEXT.map(ox.Literal),
    TEXT.map(lambda text: ox.Literal(text, language="en")),
    TEXT.map(lambda text: ox.Literal(text, datatype=ox.NamedNode(NET + "tA"))),
    st.sampled_from([ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal")) for text in ("3.0", "-1", "0.50")]),
    st.sampled_from([ox.Literal("2024-03", datatype=ox.NamedNode(XSD + "gYearMonth")), ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))]),
)
ADDRESSES = st.sampled_from([ox.NamedNode(f"https://example.org/{text}") for text in ("a", "x(y)#z", "%C3%A9?q=1&r=2")])
ANNOTATIONS: st.SearchStrategy[tuple[Annotation, ...]] = st.recursive(
    st.just(()),
    lambda inner: st.lists(
        st.builds(lambda prop, value, nested: Annotation(prop.iri, value, nested), NOTES, LITERALS | ADDRESSES, inner),
        max_size=2,
        unique_by=lambda annotation: (annotation.property, annotation.value),
    ).map(tuple),
    max_leaves=3,
)


def expression(name: str, *parts: st.SearchStrategy[Part] | st.SearchStrategy[int]) -> st.SearchStrategy[Expression]:
    return st.tuples(*parts).map(lambda found: Expression(name, found))


def in_order(parts: list[Part]) -> tuple[Part, ...]:
    """Return parts whose order means nothing, so that no axiom comes twice."""
    return tuple(sorted(parts, key=str))


def several(part: st.SearchStrategy[Part], least: int = 2) -> st.SearchStrategy[tuple[Part, ...]]:
    return st.lists(part, min_size=least, max_size=3, unique_by=str).map(in_order)


FACETS = st.lists(
    st.builds(
        lambda facet, value: Expression("FacetRestriction", (ox.NamedNode(XSD + facet), ox.Literal(value, datatype=ox.NamedNode(XSD + "decimal")))),
        st.sampled_from(["minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "totalDigits"]),
        st.sampled_from(["3.0", "20", "-0.5"]),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda facet: str(facet.parts[0]),
).map(lambda facets: tuple(sorted(facets, key=lambda facet: str(facet.parts))))
RANGES: st.SearchStrategy[Part] = st.recursive(
    st.one_of(
        NUMBERS,
        DATATYPES,
        st.builds(lambda datatype, facets: Expression("DatatypeRestriction", (datatype, *facets)), NUMBERS, FACETS),
        several(LITERALS, 1).map(lambda values: Expression("DataOneOf", values)),
    ),
    lambda inner: st.one_of(
        several(inner).map(lambda parts: Expression("DataIntersectionOf", parts)),
        several(inner).map(lambda parts: Expression("DataUnionOf", parts)),
        expression("DataComplementOf", inner),
    ),
    max_leaves=3,
)
RELATIONS = OBJECTS | expression("ObjectInverseOf", OBJECTS)
COUNTS = st.integers(0, 3)
EXPRESSIONS: st.SearchStrategy[Part] = st.recursive(
    CLASSES,
    lambda inner: st.one_of(
        several(inner).map(lambda parts: Expression("ObjectIntersectionOf", parts)),
        several(inner).map(lambda parts: Expression("ObjectUnionOf", parts)),
        expression("ObjectComplementOf", inner),
        several(PEOPLE, 1).map(lambda parts: Expression("ObjectOneOf", parts)),
        expression("ObjectSomeValuesFrom", RELATIONS, inner),
        expression("ObjectAllValuesFrom", RELATIONS, inner),
        expression("ObjectHasValue", RELATIONS, PEOPLE),
        expression("ObjectHasSelf", RELATIONS),
        expression("ObjectMinCardinality", COUNTS, RELATIONS, inner),
        expression("ObjectMaxCardinality", COUNTS, RELATIONS),
        expression("ObjectExactCardinality", COUNTS, RELATIONS, inner),
        expression("DataSomeValuesFrom", DATA, RANGES),
        expression("DataAllValuesFrom", DATA, RANGES),
        expression("DataHasValue", DATA, LITERALS),
        expression("DataMinCardinality", COUNTS, DATA),
        expression("DataMaxCardinality", COUNTS, DATA, RANGES),
        expression("DataExactCardinality", COUNTS, DATA, RANGES),
    ),
    max_leaves=5,
)


def axiom(name: str, *parts: st.SearchStrategy[Part]) -> st.SearchStrategy[tuple[str, tuple[Part, ...]]]:
    return st.tuples(st.just(name), st.tuples(*parts))


def axiom_of(name: str, parts: st.SearchStrategy[tuple[Part, ...]]) -> st.SearchStrategy[tuple[str, tuple[Part, ...]]]:
    return st.tuples(st.just(name), parts)


def pair(part: st.SearchStrategy[Part]) -> st.SearchStrategy[tuple[Part, ...]]:
    return st.lists(part, min_size=2, max_size=2, unique_by=str).map(in_order)


CHARACTERISTICS = ("Functional", "InverseFunctional", "Reflexive", "Irreflexive", "Symmetric", "Asymmetric", "Transitive")
AXIOMS = st.one_of(
    axiom("SubClassOf", EXPRESSIONS, EXPRESSIONS),
    axiom_of("EquivalentClasses", pair(EXPRESSIONS)),
    axiom_of("DisjointClasses", several(EXPRESSIONS)),
    st.tuples(CLASSES, several(EXPRESSIONS)).map(lambda found: ("DisjointUnion", (found[0], *found[1]))),
    st.tuples(EXPRESSIONS, several(RELATIONS, 1), several(DATA, 0)).map(lambda found: ("HasKey", (found[0], *found[1], *found[2]))),
    axiom("SubObjectPropertyOf", RELATIONS, RELATIONS),
    st.tuples(st.lists(RELATIONS, min_size=2, max_size=3), OBJECTS).map(
        lambda found: ("SubObjectPropertyOf", (Expression("ObjectPropertyChain", tuple(found[0])), found[1]))
    ),
    axiom_of("EquivalentObjectProperties", pair(RELATIONS)),
    axiom_of("DisjointObjectProperties", several(RELATIONS)),
    axiom_of("InverseObjectProperties", pair(OBJECTS)),
    axiom("ObjectPropertyDomain", RELATIONS, EXPRESSIONS),
    axiom("ObjectPropertyRange", RELATIONS, EXPRESSIONS),
    st.sampled_from(CHARACTERISTICS).flatmap(lambda name: axiom(f"{name}ObjectProperty", RELATIONS)),
    axiom("SubDataPropertyOf", DATA, DATA),
    axiom_of("EquivalentDataProperties", pair(DATA)),
    axiom_of("DisjointDataProperties", several(DATA)),
    axiom("DataPropertyDomain", DATA, EXPRESSIONS),
    axiom("DataPropertyRange", DATA, RANGES),
    axiom("FunctionalDataProperty", DATA),
    axiom("DatatypeDefinition", DATATYPES, RANGES),
    axiom("SubAnnotationPropertyOf", NOTES, NOTES),
    axiom("AnnotationPropertyDomain", NOTES, ADDRESSES),
    axiom("AnnotationPropertyRange", NOTES, ADDRESSES),
    axiom("ClassAssertion", EXPRESSIONS, PEOPLE),
    axiom("ObjectPropertyAssertion", OBJECTS, PEOPLE, PEOPLE),
    axiom("NegativeObjectPropertyAssertion", OBJECTS, PEOPLE, PEOPLE),
    axiom("DataPropertyAssertion", DATA, PEOPLE, LITERALS),
    axiom("NegativeDataPropertyAssertion", DATA, PEOPLE, LITERALS),
    axiom_of("SameIndividual", pair(PEOPLE)),
    axiom_of("DifferentIndividuals", several(PEOPLE)),
    axiom("AnnotationAssertion", NOTES, st.sampled_from([ox.NamedNode(f"{NET}cA"), ox.NamedNode(f"{NET}oA"), ox.NamedNode(f"{NET}iA")]), LITERALS | ADDRESSES),
)


def declared(axioms: Iterable[Axiom]) -> list[Axiom]:
    """Return the axioms after declarations of every name that they may use."""
    letters = {"Class": "c", "ObjectProperty": "o", "DataProperty": "d", "AnnotationProperty": "n", "NamedIndividual": "i", "Datatype": "t"}
    names = [Entity(kind, f"{NET}{letters[kind]}{name}") for kind in KINDS.values() for name in NAMES]
    return [*(make_axiom("Declaration", (entity,)) for entity in names), *axioms]


ONTOLOGIES = st.lists(
    st.builds(lambda found, annotations: make_axiom(found[0], found[1], annotations), AXIOMS, ANNOTATIONS),
    min_size=1,
    max_size=12,
    unique_by=lambda found: (found.name, str(found.parts)),
).map(declared)
"""Ontologies in OWL 2, every name in them declared."""
