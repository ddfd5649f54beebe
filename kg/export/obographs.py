"""OBO Graphs JSON (https://github.com/geneontology/obographs): nodes with what is said of them, edges, logical definitions.

After the project's mapping from OWL (README-owlmapping.md there): identifiers are IRIs; superclasses, existential restrictions,
facts and types of individuals are edges; what is said of an axiom is the ``meta`` of its edge or value. Every node has a
``meta``, which some readers take for granted. One node, edge or definition on a line, sorted, so that a changed term changes
few lines. The document is made in memory.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from kg.export.axioms import Annotation, Axiom, Entity, Expression, annotation_text
from kg.export.flat import (
    COMMENT,
    CONSIDER,
    KINDS,
    LANGUAGE,
    NAMELESS,
    NOTES,
    OTHER_LANGUAGE,
    REPLACED_BY,
    TEXT,
    Entries,
    Entry,
    Value,
    construct,
    definition,
    existential,
    is_foreign,
    loser,
    name_of,
    names,
)
from kg.export.loss import Losses
from kg.export.owl import edition
from kg.export.source import Source
from kg.files import write_whole
from kg.graph import NOTICE

Json = dict[str, object]
_text = json.JSONEncoder(ensure_ascii=False).encode

TYPES = {
    "Class": {"type": "CLASS"},
    "NamedIndividual": {"type": "INDIVIDUAL"},
    "ObjectProperty": {"type": "PROPERTY", "propertyType": "OBJECT"},
    "AnnotationProperty": {"type": "PROPERTY", "propertyType": "ANNOTATION"},
    "DataProperty": {"type": "PROPERTY", "propertyType": "DATA"},
}
EDGES = {
    "SubClassOf": "is_a",
    "SubObjectPropertyOf": "subPropertyOf",
    "SubAnnotationPropertyOf": "subPropertyOf",
    "SubDataPropertyOf": "subPropertyOf",
    "InverseObjectProperties": "inverseOf",
}
"""Axiom between two names → predicate of the edge."""
ENDS = {
    "ObjectPropertyDomain": "domainClassIds",
    "DataPropertyDomain": "domainClassIds",
    "ObjectPropertyRange": "rangeClassIds",
}
LISTS = ("nodes", "edges", "equivalentNodesSets", "logicalDefinitionAxioms", "domainRangeAxioms", "propertyChainAxioms")

DATATYPE = "the value is written as text: OBO Graphs has no datatypes"
OTHER_KIND = "OBO Graphs has no datatypes"


def obographs(source: Source, path: Path, losses: Losses) -> None:
    """Write the edition of the ontology as one graph.

    :raises DataError: when a cross-reference has no prefix
    """
    write_whole(path, _Document(source, losses).parts())


class _Document:
    """The parts of a graph, each a list of lines."""

    def __init__(self, source: Source, losses: Losses) -> None:
        self._ontology = edition(source, losses)
        self._lose = loser(self._ontology, losses)
        self._lists: dict[str, list[str]] = {name: [] for name in LISTS}
        self._ends: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        self._facts: dict[str, list[Json]] = defaultdict(list)
        self._about = [_property(LANGUAGE, ox.Literal("en")), _property(COMMENT, ox.Literal(NOTICE))]
        for annotation in self._ontology.annotations:
            reason = _unwritten(annotation.value, annotation.annotations)
            if reason:
                losses.add(name_of(self._ontology), annotation_text(annotation), reason)
            if reason in ("", DATATYPE):
                self._about.append(_property(*annotation))
        entries = Entries(self._ontology, self._lose, KINDS, OTHER_KIND, _unwritten)
        for axiom in entries.rest:
            if reason := self._axiom(axiom):
                self._lose(axiom, reason)
        for iri, ends in self._ends.items():
            self._add("domainRangeAxioms", {"predicateId": iri} | {name: sorted(values, key=_text) for name, values in sorted(ends.items())})
        for entry in entries.by_iri.values():
            self._add("nodes", self._node(entry))

    def parts(self) -> Iterator[str]:
        """Yield the text of the file."""
        version = {"version": self._ontology.version} if self._ontology.version else {}
        meta = {"basicPropertyValues": sorted(self._about, key=_text)} | version
        yield f'{{"graphs": [{{\n"id": {_text(name_of(self._ontology))},\n"meta": {_text(meta)}'
        for name, lines in self._lists.items():
            yield f',\n"{name}": [\n'
            yield ",\n".join(sorted(lines))
            yield "\n]"
        yield "\n}]}\n"

    def _add(self, name: str, item: Json) -> None:
        self._lists[name].append(_text(item))

    def _edge(self, axiom: Axiom, subject: str, predicate: str, target: str) -> None:
        self._add("edges", {"sub": subject, "pred": predicate, "obj": target} | _meta(axiom.annotations))

    def _axiom(self, axiom: Axiom) -> str:
        """Write an axiom; return what of it is lost, and why."""
        if axiom.name in ENDS and (pair := names(axiom.parts)):
            self._ends[pair[0]][ENDS[axiom.name]].append(pair[1])
            return NOTES if axiom.annotations else ""
        if axiom.name == "DataPropertyAssertion":
            return self._value(axiom)
        if self._simple(axiom) or self._composed(axiom):
            return _unwritten_notes(axiom.annotations)
        return f"OBO Graphs has no place for {construct(axiom)}"

    def _value(self, axiom: Axiom) -> str:
        match axiom.parts:
            case (Entity(iri=prop), Entity(iri=iri), ox.Literal() as value):
                self._facts[iri].append(_property(prop, value, axiom.annotations))
                return _unwritten(value, axiom.annotations)
            case _:
                return NAMELESS

    def _simple(self, axiom: Axiom) -> bool:
        """Write an axiom over names only; return whether it is one."""
        match axiom.name, *names(axiom.parts):
            case name, one, other if name in EDGES:
                self._edge(axiom, one, EDGES[name], other)
            case "ClassAssertion", cls, iri:
                self._edge(axiom, iri, "type", cls)
            case "ObjectPropertyAssertion", prop, iri, other:
                self._edge(axiom, iri, prop, other)
            case "EquivalentClasses", *members if members:
                self._add("equivalentNodesSets", {"representativeNodeId": min(members), "nodeIds": sorted(members)} | _meta(axiom.annotations))
            case _:
                return False
        return True

    def _composed(self, axiom: Axiom) -> bool:
        """Write an axiom with a chain or class expression that OBO Graphs has; return whether it is one."""
        match axiom.name, axiom.parts:
            case "SubObjectPropertyOf", (Expression(name="ObjectPropertyChain", parts=parts), Entity(iri=iri)) if chain := names(parts):
                self._add("propertyChainAxioms", {"predicateId": iri, "chainPredicateIds": chain} | _meta(axiom.annotations))
            case "SubClassOf", (Entity(iri=iri), Expression(name="ObjectHasValue", parts=parts)) if pair := names(parts):
                self._edge(axiom, iri, *pair)
            case "SubClassOf", (Entity(iri=iri), Expression(name="ObjectAllValuesFrom", parts=parts)) if pair := names(parts):
                self._ends[pair[0]]["allValuesFromEdges"].append({"sub": iri, "pred": pair[0], "obj": pair[1]} | _meta(axiom.annotations))
            case "SubClassOf", (Entity(iri=iri), expression) if pair := existential(expression):
                self._edge(axiom, iri, *pair)
            case _ if meaning := definition(axiom):
                iri, genera, restrictions = meaning
                pairs = [{"propertyId": prop, "fillerId": filler} for prop, filler in sorted(restrictions)]
                item: Json = {"definedClassId": iri, "genusIds": sorted(genera), "restrictions": pairs}
                self._add("logicalDefinitionAxioms", item | _meta(axiom.annotations))
            case _:
                return False
        return True

    def _node(self, entry: Entry) -> Json:
        values = [*self._facts[entry.iri], *(_property(*said) for said in entry.values)]
        for prop, links in ((REPLACED_BY, entry.replaced_by), (CONSIDER, entry.consider)):
            values += [_property(prop, ox.NamedNode(link)) for link in links]
        meta: Json = {
            "definition": {"val": entry.definition, "xrefs": entry.definition_xrefs} if entry.definition else None,
            "comments": sorted(entry.comments),
            "subsets": sorted(entry.subsets),
            "synonyms": [
                {"pred": f"has{synonym.scope.title()}Synonym", "val": synonym.text, "xrefs": synonym.xrefs}
                | ({"synonymType": synonym.type} if synonym.type else {})
                for synonym in sorted(entry.synonyms)
            ],
            "xrefs": [{"val": xref} for xref in sorted(entry.xrefs)],
            "basicPropertyValues": sorted(values, key=_text),
            "deprecated": entry.deprecated,
        }
        label = {"lbl": entry.label} if entry.label else {}
        return {"id": entry.iri} | label | TYPES[entry.kind] | {"meta": {name: value for name, value in meta.items() if value}}


def _property(prop: str, value: Value, notes: Sequence[Annotation] = ()) -> Json:
    return {"pred": prop, "val": value.value} | _meta(notes)


def _meta(notes: Sequence[Annotation]) -> Json:
    """Return what is said of an axiom, as a part of its edge or value."""
    return {"meta": {"basicPropertyValues": [_property(*note) for note in notes]}} if notes else {}


def _unwritten(value: Value, notes: Sequence[Annotation]) -> str:
    """Return the reason why a value is not written whole, if it is not."""
    if isinstance(value, ox.BlankNode):
        return NAMELESS
    if is_foreign(value):
        return OTHER_LANGUAGE
    return DATATYPE if isinstance(value, ox.Literal) and value.datatype.value not in TEXT else _unwritten_notes(notes)


def _unwritten_notes(notes: Sequence[Annotation]) -> str:
    return next(filter(None, (_unwritten(note.value, note.annotations) for note in notes)), "")
