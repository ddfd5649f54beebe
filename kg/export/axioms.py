"""The axioms of an ontology, read from its triples: values that a program can look into, sort and print.

OWL's constructs are told apart as the W3C says (OWL 2 Mapping to RDF Graphs, second edition). An axiom or expression has
the name and the parts that it has in functional-style syntax, so that one shape serves every syntax:

``SubClassOf(net:A ObjectSomeValuesFrom(net:p net:B))`` is ``Axiom("SubClassOf", (Entity("Class", A),
Expression("ObjectSomeValuesFrom", (Entity("ObjectProperty", p), Entity("Class", B)))))``.

What differs: a key is flat, ``HasKey(class, property…)``, its properties tell their kind; a
facet is ``FacetRestriction(NamedNode, Literal)`` within ``DatatypeRestriction``.

Everything is held in memory, as an axiom may be spread over triples that stand anywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import NamedTuple

import pyoxigraph as ox

from kg.export.rdf import DOCUMENT_PREFIXES
from kg.prefixes import PREFIXES, compress
from kg.rdf import stable_blank_nodes

RDF, RDFS, OWL, XSD = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))
KINDS = {
    OWL + "AnnotationProperty": "AnnotationProperty",
    OWL + "ObjectProperty": "ObjectProperty",
    OWL + "DatatypeProperty": "DataProperty",
    RDFS + "Datatype": "Datatype",
    OWL + "Class": "Class",
    OWL + "NamedIndividual": "NamedIndividual",
}
"""RDF type → kind of entity, in the order in which documents name them."""


class Entity(NamedTuple):
    """A named class, datatype, property or individual.

    :param kind: ``Class``, ``Datatype``, ``ObjectProperty``, ``DataProperty``, ``AnnotationProperty`` or ``NamedIndividual``
    """

    kind: str
    iri: str


class Expression(NamedTuple):
    """A class expression, data range, property expression or chain.

    :param name: as in functional-style syntax
    """

    name: str
    parts: tuple[Part, ...]


Part = Entity | Expression | ox.NamedNode | ox.BlankNode | ox.Literal | int
"""What axioms and expressions are made of: also an IRI (of annotations), an anonymous individual, a literal, a cardinality."""


class Annotation(NamedTuple):
    """An annotation of an axiom, of the ontology, or of an annotation.

    :param property: IRI
    """

    property: str
    value: ox.NamedNode | ox.BlankNode | ox.Literal
    annotations: tuple[Annotation, ...] = ()


class Axiom(NamedTuple):
    """One axiom.

    :param name: as in functional-style syntax; ``Declaration`` has the entity as its one part
    :param parts: an annotation assertion has property, subject (IRI or anonymous individual) and value
    :param subject: IRI of the term that it is about, or the name of an anonymous individual; empty when it is about no single one
    :param text: the axiom in functional-style syntax with the project's prefixes
    """

    name: str
    parts: tuple[Part, ...]
    annotations: tuple[Annotation, ...]
    subject: str
    text: str


class Unread(NamedTuple):
    """A triple that is part of no axiom.

    :param subject: IRI or name of the blank node
    :param triple: as a line of N-Triples without its end
    """

    subject: str
    triple: str
    reason: str


class Ontology(NamedTuple):
    """What a document holds.

    :param iri: empty when it has none
    :param version: IRI of the version; empty when it has none
    :param axioms: by subject, its declaration first
    """

    iri: str
    version: str
    imports: tuple[str, ...]
    annotations: tuple[Annotation, ...]
    axioms: tuple[Axiom, ...]
    unread: tuple[Unread, ...]


def read_ontology(triples: Iterable[ox.Triple]) -> Ontology:
    """Return the ontology that triples say, the same in whatever order they come.

    A property that nothing declares is taken for an annotation property, a type that nothing declares for a class, as the
    OWL API does. An axiom annotation may be a named node; its name is noted as unread.
    """
    triples = list(triples)
    reader = _Reader(triples)
    ontology = reader.read()
    shown = reader.anonymous or any("_:" in found.triple for found in ontology.unread)
    return _Reader(stable_blank_nodes(triples)).read() if shown else ontology


def make_axiom(name: str, parts: tuple[Part, ...], annotations: tuple[Annotation, ...] = ()) -> Axiom:
    """Return the axiom with its subject and its text."""
    return Axiom(name, parts, annotations, next(filter(None, map(_named, _about(name, parts))), ""), functional(name, parts, annotations))


def functional(name: str, parts: Iterable[Part], annotations: Iterable[Annotation] = ()) -> str:
    """Return a construct in functional-style syntax."""
    if name == "HasKey":
        first, *keys = parts
        lists = (" ".join(_part(key) for key in keys if _is_data(key) is data) for data in (False, True))
        texts = [_part(first), *(f"({text})" for text in lists)]
    elif name == "Declaration":
        texts = [f"{part.kind}({short(part.iri)})" if isinstance(part, Entity) else _part(part) for part in parts]
    else:
        texts = [_part(part) for part in parts]
    return f"{name}({' '.join([*map(annotation_text, annotations), *texts])})"


def annotation_text(annotation: Annotation) -> str:
    """Return an annotation in functional-style syntax."""
    inner = "".join(f"{annotation_text(nested)} " for nested in annotation.annotations)
    return f"Annotation({inner}{short(annotation.property)} {_part(annotation.value)})"


@cache
def short(iri: str) -> str:
    """Return an IRI as a prefixed name where every reader takes it, else in angle brackets."""
    prefix, _, local = compress(iri).partition(":")
    return f"{prefix}:{local}" if prefix in DOCUMENT_PREFIXES and re.fullmatch("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?", local) else f"<{iri}>"


def literal_text(value: ox.Literal) -> str:
    """Return a literal as functional-style and Manchester syntax write it."""
    quoted = '"' + value.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value.language:
        return f"{quoted}@{value.language}"
    return quoted if value.datatype.value == XSD + "string" else f"{quoted}^^{short(value.datatype.value)}"


def _part(part: Part) -> str:
    match part:
        case Entity():
            return short(part.iri)
        case Expression("FacetRestriction"):
            return " ".join(map(_part, part.parts))
        case Expression():
            return functional(part.name, part.parts)
        case ox.NamedNode():
            return short(part.value)
        case ox.Literal():
            return literal_text(part)
        case _:
            return str(part)


def _about(name: str, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the parts of which one is what an axiom is about: the first that has a name."""
    if name in ABOUT_SECOND:
        return (parts[1],)
    if name == "SubObjectPropertyOf" and isinstance(parts[0], Expression):
        return (parts[1],)
    return parts if name in ABOUT_ANY else (parts[0],)


def _named(part: Part) -> str:
    match part:
        case Entity():
            return part.iri
        case ox.NamedNode():
            return part.value
        case ox.BlankNode() | Expression("ObjectInverseOf"):
            return _part(part)
        case _:
            return ""


ABOUT_SECOND = {
    "AnnotationAssertion",
    "ClassAssertion",
    "ObjectPropertyAssertion",
    "DataPropertyAssertion",
    "NegativeObjectPropertyAssertion",
    "NegativeDataPropertyAssertion",
}
"""Axioms that name what they are about after a property or class."""
ABOUT_ANY = {"EquivalentClasses", "DisjointClasses"}
"""Axioms whose first part may be an expression while another has a name."""

NO_AXIOM = "a triple that is part of no OWL axiom"
NAMED = "the name of an annotated axiom: OWL gives axioms no names"

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Subject = ox.NamedNode | ox.BlankNode

_DATATYPES = {RDFS + "Literal", RDF + "PlainLiteral", RDF + "XMLLiteral", RDF + "langString", RDF + "HTML", OWL + "real", OWL + "rational"}
_OBJECT_PROPERTIES = {OWL + "topObjectProperty", OWL + "bottomObjectProperty"}
_DATA_PROPERTIES = {OWL + "topDataProperty", OWL + "bottomDataProperty"}
_CHARACTERISTICS = {f"owl:{name}Property": name for name in ("InverseFunctional", "Reflexive", "Irreflexive", "Symmetric", "Asymmetric", "Transitive")}
_STRUCTURE = {
    *("rdf:first", "rdf:rest", "rdf:langRange"),
    *(XSD + name for name in ("length", "minLength", "maxLength", "pattern", "totalDigits", "fractionDigits")),
    *(XSD + name for name in ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")),
    *(f"owl:{name}" for name in ("intersectionOf", "unionOf", "complementOf", "oneOf", "datatypeComplementOf", "onDatatype", "withRestrictions")),
    *(f"owl:{name}" for name in ("onProperty", "someValuesFrom", "allValuesFrom", "hasValue", "hasSelf", "onClass", "onDataRange")),
    *(f"owl:{name}" for name in ("cardinality", "minCardinality", "maxCardinality")),
    *(f"owl:{name}" for name in ("qualifiedCardinality", "minQualifiedCardinality", "maxQualifiedCardinality")),
    *("owl:members", "owl:distinctMembers", "owl:sourceIndividual", "owl:assertionProperty", "owl:targetIndividual", "owl:targetValue"),
}
"""Predicates that make up expressions and lists, and are no axioms of their own."""
_REIFIED = ("owl:annotatedSource", "owl:annotatedProperty", "owl:annotatedTarget")
_NEGATIVE = ("owl:sourceIndividual", "owl:assertionProperty", "owl:targetIndividual", "owl:targetValue")
_MEMBERS = ("owl:members", "owl:distinctMembers")
_AXIOM_NODES = {
    "owl:Axiom": _REIFIED,
    "owl:Annotation": _REIFIED,
    "owl:AllDisjointClasses": _MEMBERS,
    "owl:AllDisjointProperties": _MEMBERS,
    "owl:AllDifferent": _MEMBERS,
    "owl:NegativePropertyAssertion": _NEGATIVE,
}
"""Types of nodes that stand for an axiom or an annotation → their predicates; all others of such a node are annotations."""
_EXPRESSION_NODES = {"owl:Class", "owl:Restriction", "rdfs:Datatype", "owl:ObjectProperty", "rdf:List"}


class _UnreadableError(Exception):
    """What stands here is no OWL expression."""


class _Reader:
    """Reads the triples of one document."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.anonymous = False
        self._by: dict[Subject, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self._by[triple.subject][_key(triple.predicate.value)].append(triple.object)  # type: ignore[index] # RDF 1.2 has no triples as subjects
        self._kinds: dict[str, list[str]] = defaultdict(list)
        self._types: dict[Subject, set[str]] = {}
        self._annotated: dict[tuple[Node, str, Node], list[Subject]] = defaultdict(list)
        self._used: set[tuple[Node, str]] = set()
        self._trail: list[tuple[Node, str]] = []
        for subject, about in self._by.items():
            self._look(subject, about)

    def _look(self, subject: Subject, about: dict[str, list[Node]]) -> None:
        types = {_key(found.value) for found in about.get("rdf:type", ()) if isinstance(found, ox.NamedNode)}
        self._types[subject] = types
        if isinstance(subject, ox.NamedNode):
            self._kinds[subject.value] = [kind for name, kind in KINDS.items() if _key(name) in types]
        if types & {"owl:Axiom", "owl:Annotation"} and all(len(about.get(key, ())) == 1 for key in _REIFIED):
            source, prop, target = (about[key][0] for key in _REIFIED)
            if isinstance(prop, ox.NamedNode):
                self._annotated[source, _key(prop.value), target].append(subject)

    def read(self) -> Ontology:
        """Return what the document holds."""
        iri = version = ""
        header: tuple[Annotation, ...] = ()
        imports: list[str] = []
        axioms: list[Axiom] = []
        unread: list[Unread] = []
        for subject, about in self._by.items():
            if "owl:Ontology" in self._types[subject]:
                iri = subject.value if isinstance(subject, ox.NamedNode) else ""
                version = next((value.value for value in about.get("owl:versionIRI", ()) if isinstance(value, ox.NamedNode)), "")
                imports = sorted(value.value for value in about.get("owl:imports", ()) if isinstance(value, ox.NamedNode))
                header = self._annotations(subject, ("owl:versionIRI", "owl:imports"))
                continue
            for key, value, found in self._statements(subject, about):
                self._trail.clear()
                try:
                    axioms += found()
                    self._used.update(self._trail)
                except _UnreadableError:
                    unread.append(_unread(subject, key, value, NO_AXIOM))
        unread += self._left_over()
        axioms.sort(key=lambda axiom: (axiom.subject, axiom.name != "Declaration", axiom.name, axiom.text))
        return Ontology(iri, version, tuple(imports), header, tuple(axioms), tuple(sorted(unread)))

    def _statements(self, subject: Subject, about: dict[str, list[Node]]) -> Iterator[tuple[str, Node, Callable[[], Iterable[Axiom]]]]:
        """Yield the triples that stand for axioms, each with what reads it."""
        node = next((name for name in _AXIOM_NODES if name in self._types[subject]), "")
        if node:
            if _AXIOM_NODES[node] is not _REIFIED:
                yield "rdf:type", ox.NamedNode(_iri(node)), partial(self._node_axioms, node, subject)
            return
        for key, values in about.items():
            if not _is_structure(subject, key):
                for value in values:
                    yield key, value, partial(self._axioms, subject, key, value)

    def _left_over(self) -> Iterator[Unread]:
        """Yield what makes up expressions that no axiom uses, and annotations of axioms that are not there."""
        for subject, about in self._by.items():
            if self._types[subject] & {"owl:Axiom", "owl:Annotation"}:
                if (subject, _REIFIED[0]) not in self._used:
                    yield from (_unread(subject, key, value, NO_AXIOM) for key, values in about.items() for value in values)
                elif isinstance(subject, ox.NamedNode):
                    yield from (_unread(subject, "rdf:type", value, NAMED) for value in about["rdf:type"])
                continue
            unused = [key for key in about if (subject, key) not in self._used and _is_structure(subject, key)]
            yield from (_unread(subject, key, value, NO_AXIOM) for key in unused for value in about[key])

    # -- annotations

    def _annotations(self, node: Subject, skipped: Iterable[str]) -> tuple[Annotation, ...]:
        """Return the annotations that hang on the node of an ontology, axiom or annotation."""
        found = [
            Annotation(_iri(key), self._value(value), annotations)
            for key, values in self._by[node].items()
            if key != "rdf:type" and key not in skipped
            for value in values
            for annotations in self._annotations_of(node, key, value)
        ]
        return tuple(sorted(found, key=annotation_text))

    def _annotations_of(self, subject: Node, key: str, value: Node) -> Iterator[tuple[Annotation, ...]]:
        """Yield what annotates a triple: once for each node that does, or nothing once."""
        nodes = self._annotated.get((subject, key, value), ())
        for node in nodes:
            self._used.add((node, _REIFIED[0]))
            yield self._annotations(node, _REIFIED)
        if not nodes:
            yield ()

    def _value(self, node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if isinstance(node, ox.Triple):
            raise _UnreadableError
        if isinstance(node, ox.BlankNode):
            self.anonymous = True
        return node

    # -- axioms

    def _axioms(self, subject: Subject, key: str, value: Node) -> Iterator[Axiom]:
        """Yield the axioms that one triple stands for: none when it only types an expression, several when it is annotated in several ways."""
        found = self._axiom(subject, key, value)
        if found is not None:
            for annotations in self._annotations_of(subject, key, value):
                yield make_axiom(*found, annotations)

    def _axiom(self, subject: Subject, key: str, value: Node) -> tuple[str, tuple[Part, ...]] | None:
        match key:
            case "rdf:type":
                return self._type_axiom(subject, value)
            case "rdfs:subClassOf" | "owl:equivalentClass" | "owl:disjointWith" | "owl:disjointUnionOf" | "owl:hasKey":
                return self._class_axiom(subject, key, value)
            case "owl:sameAs":
                return "SameIndividual", (self._individual(subject), self._individual(value))
            case "owl:differentFrom":
                return "DifferentIndividuals", (self._individual(subject), self._individual(value))
            case "owl:propertyChainAxiom":
                chain = Expression("ObjectPropertyChain", tuple(map(self._object_property, self._list(value))))
                return "SubObjectPropertyOf", (chain, self._object_property(subject))
            case "rdfs:subPropertyOf" | "owl:equivalentProperty" | "owl:propertyDisjointWith" | "owl:inverseOf" | "rdfs:domain" | "rdfs:range":
                return self._property_axiom(subject, key, value)
            case _:
                return self._assertion(subject, key, value)

    def _class_axiom(self, subject: Subject, key: str, value: Node) -> tuple[str, tuple[Part, ...]]:
        match key:
            case "rdfs:subClassOf":
                return "SubClassOf", (self._class(subject), self._class(value))
            case "owl:equivalentClass" if self._is_data_range(subject):
                return "DatatypeDefinition", (self._data_range(subject), self._data_range(value))
            case "owl:equivalentClass":
                return "EquivalentClasses", (self._class(subject), self._class(value))
            case "owl:disjointWith":
                return "DisjointClasses", (self._class(subject), self._class(value))
            case "owl:disjointUnionOf":
                return "DisjointUnion", (self._class(subject), *map(self._class, self._list(value)))
            case _:
                return "HasKey", (self._class(subject), *map(self._property, self._list(value)))

    def _type_axiom(self, subject: Subject, value: Node) -> tuple[str, tuple[Part, ...]] | None:
        name = _key(value.value) if isinstance(value, ox.NamedNode) else ""
        if isinstance(subject, ox.NamedNode) and _iri(name) in KINDS:
            return "Declaration", (Entity(KINDS[_iri(name)], subject.value),)
        if isinstance(subject, ox.BlankNode) and name in _EXPRESSION_NODES:
            return None
        if isinstance(subject, ox.BlankNode) and name == "owl:NamedIndividual":
            raise _UnreadableError
        if name == "owl:FunctionalProperty":
            prop = self._property(subject)
            return ("FunctionalDataProperty" if _is_data(prop) else "FunctionalObjectProperty"), (prop,)
        if name in _CHARACTERISTICS:
            return f"{_CHARACTERISTICS[name]}ObjectProperty", (self._object_property(subject),)
        if name.startswith(("owl:", "rdf:", "rdfs:")) and name not in {"owl:Thing", "owl:Nothing"}:
            raise _UnreadableError
        return "ClassAssertion", (self._class(value), self._individual(subject))

    def _property_axiom(self, subject: Subject, key: str, value: Node) -> tuple[str, tuple[Part, ...]]:
        first = self._property(subject)
        kind = "Data" if _is_data(first) else "Annotation" if isinstance(first, Entity) and first.kind == "AnnotationProperty" else "Object"
        if kind == "Annotation":
            names = {"rdfs:subPropertyOf": "SubAnnotationPropertyOf", "rdfs:domain": "AnnotationPropertyDomain", "rdfs:range": "AnnotationPropertyRange"}
            if key not in names or not isinstance(value, ox.NamedNode):
                raise _UnreadableError
            return names[key], (first, Entity(kind + "Property", value.value) if key == "rdfs:subPropertyOf" else value)
        match key:
            case "rdfs:domain":
                return f"{kind}PropertyDomain", (first, self._class(value))
            case "rdfs:range":
                return f"{kind}PropertyRange", (first, self._data_range(value) if kind == "Data" else self._class(value))
            case _:
                name = {
                    "rdfs:subPropertyOf": f"Sub{kind}PropertyOf",
                    "owl:equivalentProperty": f"Equivalent{kind}Properties",
                    "owl:propertyDisjointWith": f"Disjoint{kind}Properties",
                    "owl:inverseOf": "InverseObjectProperties",
                }[key]
                second = self._data_property(value) if kind == "Data" else self._object_property(value)
                if kind == "Data" and key == "owl:inverseOf":
                    raise _UnreadableError
                return name, (first, second)

    def _assertion(self, subject: Subject, key: str, value: Node) -> tuple[str, tuple[Part, ...]]:
        iri = _iri(key)
        kinds = self._kinds.get(iri, ())
        if isinstance(value, ox.Literal) and ("DataProperty" in kinds or iri in _DATA_PROPERTIES):
            return "DataPropertyAssertion", (Entity("DataProperty", iri), self._individual(subject), value)
        if not isinstance(value, ox.Literal) and ("ObjectProperty" in kinds or iri in _OBJECT_PROPERTIES):
            return "ObjectPropertyAssertion", (Entity("ObjectProperty", iri), self._individual(subject), self._individual(value))
        if kinds and "AnnotationProperty" not in kinds:
            raise _UnreadableError
        self._value(subject)
        return "AnnotationAssertion", (Entity("AnnotationProperty", iri), subject, self._value(value))

    def _node_axioms(self, kind: str, node: Subject) -> Iterator[Axiom]:
        """Yield the axiom that a node of its own stands for."""
        axiom = self._node_axiom(kind, node)
        self._trail += ((node, key) for key in _AXIOM_NODES[kind])
        yield make_axiom(*axiom, self._annotations(node, _AXIOM_NODES[kind]))

    def _node_axiom(self, kind: str, node: Subject) -> tuple[str, tuple[Part, ...]]:
        if kind == "owl:NegativePropertyAssertion":
            individual, prop = self._individual(self._one(node, "owl:sourceIndividual")), self._property(self._one(node, "owl:assertionProperty"))
            if _is_data(prop):
                return "NegativeDataPropertyAssertion", (prop, individual, self._literal(self._one(node, "owl:targetValue")))
            return "NegativeObjectPropertyAssertion", (prop, individual, self._individual(self._one(node, "owl:targetIndividual")))
        members = list(self._list(self._one(node, "owl:distinctMembers" if "owl:distinctMembers" in self._by[node] else "owl:members")))
        if kind == "owl:AllDisjointClasses":
            return "DisjointClasses", tuple(map(self._class, members))
        if kind == "owl:AllDifferent":
            return "DifferentIndividuals", tuple(map(self._individual, members))
        properties = tuple(map(self._property, members))
        return f"Disjoint{'Data' if all(map(_is_data, properties)) else 'Object'}Properties", properties

    # -- expressions

    def _one(self, node: Node, key: str) -> Node:
        """Return the only value, and note that the triple is read.

        :raises _UnreadableError: when there is not just one
        """
        values = self._by[node].get(key, []) if isinstance(node, ox.NamedNode | ox.BlankNode) and node in self._by else []
        if len(values) != 1:
            raise _UnreadableError
        self._trail.append((node, key))
        return values[0]

    def _has(self, node: Node, key: str) -> bool:
        return isinstance(node, ox.BlankNode) and node in self._by and key in self._by[node]

    def _list(self, head: Node) -> Iterator[Node]:
        seen: set[Node] = set()
        while head != _NIL:
            if head in seen:
                raise _UnreadableError
            seen.add(head)
            yield self._one(head, "rdf:first")
            head = self._one(head, "rdf:rest")

    def _class(self, node: Node) -> Part:
        if isinstance(node, ox.NamedNode):
            return Entity("Class", node.value)
        if not isinstance(node, ox.BlankNode):
            raise _UnreadableError
        for key, name in _OPERATORS.items():
            if self._has(node, f"owl:{key}"):
                operands = tuple(map(self._class, self._list(self._one(node, f"owl:{key}"))))
                return operands[0] if len(operands) == 1 else Expression(f"Object{name}", operands)
        if self._has(node, "owl:complementOf"):
            return Expression("ObjectComplementOf", (self._class(self._one(node, "owl:complementOf")),))
        if self._has(node, "owl:oneOf"):
            return Expression("ObjectOneOf", tuple(map(self._individual, self._list(self._one(node, "owl:oneOf")))))
        return self._restriction(node)

    def _restriction(self, node: Node) -> Expression:
        prop = self._property(self._one(node, "owl:onProperty"))
        data = _is_data(prop)
        kind, filler = ("Data", self._data_range) if data else ("Object", self._class)
        for key in ("someValuesFrom", "allValuesFrom"):
            if self._has(node, f"owl:{key}"):
                return Expression(f"{kind}{key[0].upper()}{key[1:]}", (prop, filler(self._one(node, f"owl:{key}"))))
        if self._has(node, "owl:hasValue"):
            value = self._one(node, "owl:hasValue")
            return Expression(f"{kind}HasValue", (prop, self._literal(value) if data else self._individual(value)))
        if self._has(node, "owl:hasSelf"):
            self._one(node, "owl:hasSelf")
            return Expression("ObjectHasSelf", (prop,))
        for key, name in _CARDINALITIES.items():
            if self._has(node, f"owl:{key}"):
                number = self._number(self._one(node, f"owl:{key}"))
                if "ualified" not in key:
                    return Expression(f"{kind}{name}", (number, prop))
                return Expression(f"{kind}{name}", (number, prop, filler(self._one(node, "owl:onDataRange" if data else "owl:onClass"))))
        raise _UnreadableError

    def _is_data_range(self, node: Node) -> bool:
        if isinstance(node, ox.NamedNode):
            return (
                node.value.startswith(XSD)
                or node.value in _DATATYPES
                or ("Datatype" in self._kinds.get(node.value, ()) and "Class" not in self._kinds[node.value])
            )
        return isinstance(node, ox.BlankNode) and "rdfs:Datatype" in self._types.get(node, ())

    def _data_range(self, node: Node) -> Part:
        if isinstance(node, ox.NamedNode):
            return Entity("Datatype", node.value)
        if not isinstance(node, ox.BlankNode):
            raise _UnreadableError
        for key, name in _OPERATORS.items():
            if self._has(node, f"owl:{key}"):
                operands = tuple(map(self._data_range, self._list(self._one(node, f"owl:{key}"))))
                return operands[0] if len(operands) == 1 else Expression(f"Data{name}", operands)
        if self._has(node, "owl:datatypeComplementOf"):
            return Expression("DataComplementOf", (self._data_range(self._one(node, "owl:datatypeComplementOf")),))
        if self._has(node, "owl:oneOf"):
            return Expression("DataOneOf", tuple(map(self._literal, self._list(self._one(node, "owl:oneOf")))))
        facets: list[Part] = []
        for facet in self._list(self._one(node, "owl:withRestrictions")):
            for key in self._by[facet] if isinstance(facet, ox.BlankNode) else ():
                facets.append(Expression("FacetRestriction", (ox.NamedNode(_iri(key)), self._literal(self._one(facet, key)))))
        return Expression("DatatypeRestriction", (self._data_range(self._one(node, "owl:onDatatype")), *sorted(facets, key=_part)))

    def _property(self, node: Node) -> Part:
        """Return a property of the kind that is declared; one that nothing declares is an annotation property."""
        if isinstance(node, ox.NamedNode):
            kinds = self._kinds.get(node.value, ())
            if "ObjectProperty" in kinds or node.value in _OBJECT_PROPERTIES:
                return Entity("ObjectProperty", node.value)
            if "DataProperty" in kinds or node.value in _DATA_PROPERTIES:
                return Entity("DataProperty", node.value)
            return Entity("AnnotationProperty", node.value)
        return self._object_property(node)

    def _object_property(self, node: Node) -> Part:
        if isinstance(node, ox.NamedNode):
            return Entity("ObjectProperty", node.value)
        return Expression("ObjectInverseOf", (self._object_property(self._one(node, "owl:inverseOf")),))

    def _data_property(self, node: Node) -> Part:
        if isinstance(node, ox.NamedNode):
            return Entity("DataProperty", node.value)
        raise _UnreadableError

    def _individual(self, node: Node) -> Part:
        if isinstance(node, ox.NamedNode):
            return Entity("NamedIndividual", node.value)
        if not isinstance(node, ox.BlankNode) or self._types.get(node, set()) & _EXPRESSION_NODES:
            raise _UnreadableError
        self.anonymous = True
        return node

    def _number(self, node: Node) -> int:
        if isinstance(node, ox.Literal) and node.value.isdecimal():
            return int(node.value)
        raise _UnreadableError

    def _literal(self, node: Node) -> ox.Literal:
        if isinstance(node, ox.Literal):
            return node
        raise _UnreadableError


_NIL = ox.NamedNode(RDF + "nil")
_OPERATORS = {"intersectionOf": "IntersectionOf", "unionOf": "UnionOf"}
_CARDINALITIES = {
    "minCardinality": "MinCardinality",
    "maxCardinality": "MaxCardinality",
    "cardinality": "ExactCardinality",
    "minQualifiedCardinality": "MinCardinality",
    "maxQualifiedCardinality": "MaxCardinality",
    "qualifiedCardinality": "ExactCardinality",
}


def _is_structure(subject: Subject, key: str) -> bool:
    return key in _STRUCTURE or (key == "owl:inverseOf" and isinstance(subject, ox.BlankNode))


def _is_data(part: Part) -> bool:
    return isinstance(part, Entity) and part.kind == "DataProperty"


@cache
def _key(iri: str) -> str:
    """Return an IRI of RDF, RDFS or OWL as prefixed name, others as they are."""
    return next((f"{prefix}:{iri.removeprefix(PREFIXES[prefix])}" for prefix in ("owl", "rdf", "rdfs") if iri.startswith(PREFIXES[prefix])), iri)


def _iri(key: str) -> str:
    prefix, _, local = key.partition(":")
    return PREFIXES[prefix] + local if prefix in {"owl", "rdf", "rdfs"} else key


def _unread(subject: Subject, key: str, value: Node, reason: str) -> Unread:
    name = subject.value if isinstance(subject, ox.NamedNode) else str(subject)
    return Unread(name, f"{subject} {ox.NamedNode(_iri(key))} {value}", reason)
