"""Small ontologies made at random, and axioms in a form in which two files can be compared."""

from __future__ import annotations

import re
from itertools import combinations

import pyoxigraph as ox
from hypothesis import strategies as st

import kg
from kg.export.axioms import Annotation, Axiom, Entity, Expression, Ontology, Part, make_axiom, read_ontology
from kg.export.source import Edition, Source
from kg.prefixes import GRAPH, PREFIXES, expand
from kg.settings import Sources
from kg.store import in_memory

NET = PREFIXES["net"]
XREF = expand("oboInOwl:hasDbXref")
RDF, RDFS, OWL, XSD, SKOS = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd", "skos"))
CLASSES = [f"{NET}{name}" for name in ("A", "B", "C", "presentation/p-1")]
RELATIONS = [f"{NET}{name}" for name in ("p", "q")]
TAGS = [f"{NET}{name}" for name in ("note", "kind")]
INDIVIDUALS = [f"{NET}{name}" for name in ("i", "j")]
NUMBERS = [f"{NET}size"]

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t\\"{}[]!,:; '), max_size=12)
literals = (
    st.builds(ox.Literal, texts)
    | st.builds(lambda text: ox.Literal(text, language="en"), texts)
    | st.sampled_from([ox.Literal("Stoff", language="de"), ox.Literal("2024-03", datatype=ox.NamedNode(XSD + "gYearMonth")), ox.Literal(3), ox.Literal(True)])
)


def _nodes(iris: list[str]) -> st.SearchStrategy[ox.NamedNode]:
    return st.sampled_from([ox.NamedNode(iri) for iri in iris])


def _links(predicate: str, first: list[str], second: list[str]) -> st.SearchStrategy[list[ox.Triple]]:
    return st.builds(lambda one, other: [ox.Triple(one, ox.NamedNode(predicate), other)], _nodes(first), _nodes(second))


def _list(members: list[ox.NamedNode | ox.BlankNode]) -> tuple[ox.NamedNode | ox.BlankNode, list[ox.Triple]]:
    head: ox.NamedNode | ox.BlankNode = ox.NamedNode(RDF + "nil")
    triples: list[ox.Triple] = []
    for member in reversed(members):
        node = ox.BlankNode()
        triples += [ox.Triple(node, ox.NamedNode(RDF + "first"), member), ox.Triple(node, ox.NamedNode(RDF + "rest"), head)]
        head = node
    return head, triples


def _restriction(prop: ox.NamedNode, quantifier: str, filler: ox.NamedNode) -> tuple[ox.BlankNode, list[ox.Triple]]:
    node = ox.BlankNode()
    pairs = ((RDF + "type", ox.NamedNode(OWL + "Restriction")), (OWL + "onProperty", prop), (OWL + quantifier, filler))
    return node, [ox.Triple(node, ox.NamedNode(predicate), value) for predicate, value in pairs]


@st.composite
def _restricted(draw: st.DrawFn) -> list[ox.Triple]:
    """A class below, or above, a restriction."""
    quantifier = draw(st.sampled_from(["someValuesFrom", "allValuesFrom", "hasValue"]))
    filler = draw(_nodes(INDIVIDUALS if quantifier == "hasValue" else CLASSES))
    node, triples = _restriction(draw(_nodes(RELATIONS)), quantifier, filler)
    cls = draw(_nodes(CLASSES))
    one, other = (cls, node) if draw(st.booleans()) else (node, cls)
    return [*triples, ox.Triple(one, ox.NamedNode(RDFS + "subClassOf"), other)]


@st.composite
def _composed(draw: st.DrawFn) -> list[ox.Triple]:
    """A class defined by an intersection or union, or classes that exclude each other."""
    members: list[ox.NamedNode | ox.BlankNode] = [*draw(st.lists(_nodes(CLASSES), min_size=2, max_size=3, unique=True))]
    how = draw(st.sampled_from(["intersectionOf", "unionOf", "members"]))
    extra: list[ox.Triple] = []
    if how == "intersectionOf":
        node, extra = _restriction(draw(_nodes(RELATIONS)), "someValuesFrom", draw(_nodes(CLASSES)))
        members.append(node)
    head, triples = _list(members)
    whole = ox.BlankNode()
    kind = "AllDisjointClasses" if how == "members" else "Class"
    said = [ox.Triple(whole, ox.NamedNode(RDF + "type"), ox.NamedNode(OWL + kind)), ox.Triple(whole, ox.NamedNode(OWL + how), head)]
    defined = [] if how == "members" else [ox.Triple(draw(_nodes(CLASSES)), ox.NamedNode(OWL + "equivalentClass"), whole)]
    return [*extra, *triples, *said, *defined]


@st.composite
def _said(draw: st.DrawFn) -> list[ox.Triple]:
    """A text, and perhaps something said of it."""
    predicate = draw(st.sampled_from([RDFS + "label", RDFS + "comment", expand("IAO:0000115"), SKOS + "definition", expand("oboInOwl:hasExactSynonym"), *TAGS]))
    triple = ox.Triple(draw(_nodes([*CLASSES, *RELATIONS, *TAGS, *INDIVIDUALS, *NUMBERS])), ox.NamedNode(predicate), draw(literals))
    note = draw(st.sampled_from(["", expand("oboInOwl:hasDbXref"), TAGS[0]]))
    if not note:
        return [triple]
    axiom = ox.BlankNode()
    parts = [("type", ox.NamedNode(OWL + "Axiom")), ("Source", triple.subject), ("Property", triple.predicate), ("Target", triple.object)]
    said = [ox.Triple(axiom, ox.NamedNode(RDF + "type" if name == "type" else f"{OWL}annotated{name}"), value) for name, value in parts]
    return [triple, *said, ox.Triple(axiom, ox.NamedNode(note), ox.Literal("PMID:1"))]


_pieces = st.one_of(
    _said(),
    _said(),
    _restricted(),
    _composed(),
    _links(RDFS + "subClassOf", CLASSES, [*CLASSES, OWL + "Thing"]),
    _links(OWL + "equivalentClass", CLASSES, CLASSES),
    _links(OWL + "disjointWith", CLASSES, CLASSES),
    _links(RDFS + "subPropertyOf", RELATIONS, RELATIONS),
    _links(RDFS + "subPropertyOf", TAGS, [*TAGS, expand("oboInOwl:SynonymTypeProperty"), expand("oboInOwl:SubsetProperty")]),
    _links(OWL + "inverseOf", RELATIONS, RELATIONS),
    _links(RDFS + "domain", [*RELATIONS, *NUMBERS], CLASSES),
    _links(RDFS + "range", RELATIONS, CLASSES),
    _links(RDFS + "range", NUMBERS, [XSD + "decimal"]),
    _links(RDF + "type", RELATIONS, [OWL + f"{name}Property" for name in ("Functional", "Transitive", "Symmetric", "Reflexive", "Asymmetric")]),
    _links(RDF + "type", INDIVIDUALS, CLASSES),
    _links(RELATIONS[0], INDIVIDUALS, INDIVIDUALS),
    _links(SKOS + "exactMatch", CLASSES, [expand("NCIT:C1"), expand("CHEBI:1")]),
    _links(expand("IAO:0100001"), CLASSES, CLASSES),
    _links(expand("oboInOwl:inSubset"), CLASSES, TAGS),
    st.builds(lambda iri: [ox.Triple(iri, ox.NamedNode(OWL + "deprecated"), ox.Literal(True))], _nodes(CLASSES)),
    st.builds(lambda iri, value: [ox.Triple(iri, ox.NamedNode(NUMBERS[0]), value)], _nodes(INDIVIDUALS), st.builds(ox.Literal, st.integers())),
)
_KINDS = {"Class": CLASSES, "ObjectProperty": RELATIONS, "AnnotationProperty": TAGS, "NamedIndividual": INDIVIDUALS, "DatatypeProperty": NUMBERS}
_DECLARED = [ox.Triple(ox.NamedNode(iri), ox.NamedNode(RDF + "type"), ox.NamedNode(OWL + kind)) for kind, iris in _KINDS.items() for iri in iris]

ontologies = st.lists(_pieces, max_size=12).map(lambda pieces: [*_DECLARED, *(triple for piece in pieces for triple in piece)])
"""Triples of ontologies with a few terms and any of the axioms that our own has, and some that it has not."""


def source_of_triples(triples: list[ox.Triple], sources: Sources) -> Source:
    """Return triples as an ontology to be exported."""
    graph = ox.NamedNode(GRAPH + "ontology")
    return Source(kg.Graph(in_memory(ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples), sources), Edition.BASE)


def comparable(axiom: Axiom) -> set[str]:
    """Return what an axiom says, in words that do not depend on the order of parts, on groups, on the language or on how a reference is written."""
    notes = tuple(sorted(set(map(_expanded, axiom.annotations)), key=str))
    if axiom.name in {"DisjointClasses", "EquivalentClasses"} and all(isinstance(part, Entity) for part in axiom.parts):
        members = sorted({part.iri for part in axiom.parts if isinstance(part, Entity)})
        pairs = list(combinations(members, 2)) if len(members) > 1 else [(members[0], members[0])]
        return {_plain(make_axiom(axiom.name, (Entity("Class", one), Entity("Class", other)), notes)) for one, other in pairs}
    return {_plain(make_axiom(axiom.name, tuple(map(_sorted, axiom.parts)), notes))}


def bare(axiom: Axiom) -> Axiom:
    """Return an axiom without what is said of it, and its value as text."""
    parts = tuple(ox.Literal(part.value) if isinstance(part, ox.Literal) else part for part in axiom.parts)
    return make_axiom(axiom.name, parts)


def _expanded(note: Annotation) -> Annotation:
    """Return what is said of an axiom with a cross-reference written as an IRI."""
    value = note.value
    if note.property == XREF and isinstance(value, ox.Literal) and value.value.partition(":")[0] in PREFIXES:
        return Annotation(note.property, ox.Literal(expand(value.value)))
    return note


def _sorted(part: Part) -> Part:
    if isinstance(part, Expression) and part.name in {"ObjectIntersectionOf", "ObjectUnionOf"}:
        return Expression(part.name, tuple(sorted(set(part.parts), key=str)))
    return part


def _plain(axiom: Axiom) -> str:
    return re.sub(r'"@en(?=[ )])', '"', axiom.text)


def ontology_of(source: Source) -> Ontology:
    """Return the axioms that a source holds."""
    return read_ontology(source.ontology())
