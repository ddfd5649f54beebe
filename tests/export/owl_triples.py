"""Axioms as triples, after the W3C's mapping: the way that the exporters' reader goes back."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.export.axioms import KINDS, OWL, RDF, RDFS, XSD, Annotation, Axiom, Entity, Expression, Part

Subject = ox.NamedNode | ox.BlankNode
TYPE = ox.NamedNode(RDF + "type")
SAME_WAY = {
    "SubClassOf": RDFS + "subClassOf",
    "EquivalentClasses": OWL + "equivalentClass",
    "DatatypeDefinition": OWL + "equivalentClass",
    "SubObjectPropertyOf": RDFS + "subPropertyOf",
    "SubDataPropertyOf": RDFS + "subPropertyOf",
    "SubAnnotationPropertyOf": RDFS + "subPropertyOf",
    "EquivalentObjectProperties": OWL + "equivalentProperty",
    "EquivalentDataProperties": OWL + "equivalentProperty",
    "InverseObjectProperties": OWL + "inverseOf",
    "ObjectPropertyDomain": RDFS + "domain",
    "ObjectPropertyRange": RDFS + "range",
    "DataPropertyDomain": RDFS + "domain",
    "DataPropertyRange": RDFS + "range",
    "AnnotationPropertyDomain": RDFS + "domain",
    "AnnotationPropertyRange": RDFS + "range",
    "SameIndividual": OWL + "sameAs",
}
"""Axioms that are one triple from the first part to the second."""
DISJOINT = {
    "DisjointClasses": ("disjointWith", "AllDisjointClasses"),
    "DisjointObjectProperties": ("propertyDisjointWith", "AllDisjointProperties"),
    "DisjointDataProperties": ("propertyDisjointWith", "AllDisjointProperties"),
    "DifferentIndividuals": ("differentFrom", "AllDifferent"),
}
WORDS = {
    "SomeValuesFrom": "someValuesFrom",
    "AllValuesFrom": "allValuesFrom",
    "HasValue": "hasValue",
    "MinCardinality": "min",
    "MaxCardinality": "max",
    "ExactCardinality": "",
}


class Mapping:
    """Collects the triples of axioms."""

    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []
        self._count = 0

    def add(self, axioms: Iterable[Axiom]) -> list[ox.Triple]:
        """Return the triples of an ontology."""
        header = ox.NamedNode("https://w3id.org/net-kg/ontology")
        self._say(header, RDF + "type", ox.NamedNode(OWL + "Ontology"))
        for axiom in axioms:
            self._axiom(axiom)
        return self.triples

    def _axiom(self, axiom: Axiom) -> None:
        parts = axiom.parts
        if axiom.name in DISJOINT and len(parts) > 2:
            node = self._blank(OWL + DISJOINT[axiom.name][1])
            self._say(node, OWL + "members", self._list(parts))
            self._annotate(node, axiom.annotations)
        elif axiom.name.startswith("Negative"):
            node = self._blank(OWL + "NegativePropertyAssertion")
            target = "targetValue" if axiom.name == "NegativeDataPropertyAssertion" else "targetIndividual"
            for name, part in zip(("assertionProperty", "sourceIndividual", target), parts, strict=True):
                self._say(node, OWL + name, self._node(part))
            self._annotate(node, axiom.annotations)
        else:
            self._reify(self._main(axiom), "Axiom", axiom.annotations)

    def _main(self, axiom: Axiom) -> ox.Triple:
        """Say the axiom itself, and return its triple."""
        name, parts = axiom.name, axiom.parts
        if name == "Declaration":
            entity = parts[0]
            assert isinstance(entity, Entity)
            kind = next(iri for iri, found in KINDS.items() if found == entity.kind)
            return self._say(ox.NamedNode(entity.iri), RDF + "type", ox.NamedNode(kind))
        if name in SAME_WAY and not (isinstance(parts[0], Expression) and parts[0].name == "ObjectPropertyChain"):
            return self._say(self._subject(parts[0]), SAME_WAY[name], self._node(parts[1]))
        if name in DISJOINT:
            return self._say(self._subject(parts[0]), OWL + DISJOINT[name][0], self._node(parts[1]))
        match name:
            case "SubObjectPropertyOf":
                assert isinstance(parts[0], Expression)
                return self._say(self._subject(parts[1]), OWL + "propertyChainAxiom", self._list(parts[0].parts))
            case "DisjointUnion" | "HasKey":
                return self._say(self._subject(parts[0]), OWL + ("disjointUnionOf" if name == "DisjointUnion" else "hasKey"), self._list(parts[1:]))
            case "ClassAssertion":
                return self._say(self._subject(parts[1]), RDF + "type", self._node(parts[0]))
            case "AnnotationAssertion" | "ObjectPropertyAssertion" | "DataPropertyAssertion":
                assert isinstance(parts[0], Entity)
                return self._say(self._subject(parts[1]), parts[0].iri, self._node(parts[2]))
            case _:
                characteristic = name.removesuffix("ObjectProperty").removesuffix("DataProperty")
                return self._say(self._subject(parts[0]), RDF + "type", ox.NamedNode(f"{OWL}{characteristic}Property"))

    def _annotate(self, node: Subject, annotations: tuple[Annotation, ...]) -> None:
        for annotation in annotations:
            self._reify(self._say(node, annotation.property, annotation.value), "Annotation", annotation.annotations)

    def _reify(self, triple: ox.Triple, kind: str, annotations: tuple[Annotation, ...]) -> None:
        if annotations:
            node = self._blank(OWL + kind)
            for name, value in (("Source", triple.subject), ("Property", triple.predicate), ("Target", triple.object)):
                self._say(node, f"{OWL}annotated{name}", value)
            self._annotate(node, annotations)

    def _say(self, subject: object, predicate: str, value: object) -> ox.Triple:
        triple = ox.Triple(subject, ox.NamedNode(predicate), value)  # type: ignore[arg-type] # the callers give nodes
        self.triples.append(triple)
        return triple

    def _blank(self, kind: str = "") -> ox.BlankNode:
        self._count += 1
        node = ox.BlankNode(f"n{self._count}")
        if kind:
            self._say(node, RDF + "type", ox.NamedNode(kind))
        return node

    def _list(self, parts: Iterable[Part]) -> Subject:
        items = list(parts)
        if not items:
            return ox.NamedNode(RDF + "nil")
        head = self._blank()
        self._say(head, RDF + "first", self._node(items[0]))
        self._say(head, RDF + "rest", self._list(items[1:]))
        return head

    def _subject(self, part: Part) -> Subject:
        node = self._node(part)
        assert not isinstance(node, ox.Literal)
        return node

    def _node(self, part: Part) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if isinstance(part, Entity):
            return ox.NamedNode(part.iri)
        if isinstance(part, Expression):
            return self._expression(part)
        assert not isinstance(part, int)
        return part

    def _expression(self, expression: Expression) -> ox.BlankNode:
        name, parts = expression
        kind, form = ("Data", name.removeprefix("Data")) if name.startswith("Data") else ("Object", name.removeprefix("Object"))
        thing = RDFS + "Datatype" if kind == "Data" else OWL + "Class"
        match form:
            case "IntersectionOf" | "UnionOf" | "OneOf":
                node = self._blank(thing)
                self._say(node, OWL + form[0].lower() + form[1:], self._list(parts))
            case "ComplementOf":
                node = self._blank(thing)
                self._say(node, OWL + ("datatypeComplementOf" if kind == "Data" else "complementOf"), self._node(parts[0]))
            case "InverseOf":
                node = self._blank()
                self._say(node, OWL + "inverseOf", self._node(parts[0]))
            case "typeRestriction":
                node = self._blank(thing)
                self._say(node, OWL + "onDatatype", self._node(parts[0]))
                self._say(node, OWL + "withRestrictions", self._facets(parts[1:]))
            case _:
                node = self._blank(OWL + "Restriction")
                self._restriction(node, kind, form, parts)
        return node

    def _facets(self, parts: tuple[Part, ...]) -> Subject:
        nodes: list[Part] = []
        for part in parts:
            assert isinstance(part, Expression)
            facet, value = part.parts
            assert isinstance(facet, ox.NamedNode)
            node = self._blank()
            self._say(node, facet.value, value)
            nodes.append(node)
        return self._list(nodes)

    def _restriction(self, node: ox.BlankNode, kind: str, form: str, parts: tuple[Part, ...]) -> None:
        number = next((part for part in parts if isinstance(part, int)), None)
        prop, *rest = (part for part in parts if not isinstance(part, int))
        self._say(node, OWL + "onProperty", self._node(prop))
        if form == "HasSelf":
            self._say(node, OWL + "hasSelf", ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean")))
        elif number is None:
            self._say(node, OWL + WORDS[form], self._node(rest[0]))
        else:
            word = f"{WORDS[form]}{'QualifiedCardinality' if rest else 'Cardinality'}"
            self._say(node, OWL + word[0].lower() + word[1:], ox.Literal(str(number), datatype=ox.NamedNode(XSD + "nonNegativeInteger")))
            if rest:
                self._say(node, OWL + ("onDataRange" if kind == "Data" else "onClass"), self._node(rest[0]))
