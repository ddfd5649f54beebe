"""OBO flat file, format 1.4 (https://owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html): terms and relations.

Identifiers are the CURIEs of the project, their prefixes declared as ``idspace``. There is no ``owl-axioms`` header, which
readers choke on, and no label behind an identifier, so that a changed label changes one line. Two parts of the
format are left alone because its readers do not agree on them:

- Instances: ROBOT (OWL API 4.5) stops at the first one, pronto 2.7 warns of each and fastobo 0.14 fails on their relations.
- Qualifiers that change the meaning of a line, such as ``all_only``, ``cardinality`` and ``gci_relation``: readers that pass
  over them take the line for an existential statement about the whole class.

Data properties are written as metadata tags, the only place for them. The file is made in memory.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox

from kg.export.axioms import Annotation, Axiom, Entity, Expression, annotation_text
from kg.export.flat import (
    COMMENT,
    LANGUAGE,
    NAMELESS,
    NOTES,
    OTHER_LANGUAGE,
    Entries,
    Entry,
    Value,
    construct,
    curie,
    definition,
    existential,
    is_foreign,
    loser,
    name_of,
    names,
    reference,
)
from kg.export.loss import Losses
from kg.export.owl import edition
from kg.export.source import Source
from kg.files import write_whole
from kg.graph import NOTICE
from kg.prefixes import PREFIXES, expand
from kg.terms import LABEL

TAGS = (
    "name",
    "def",
    "comment",
    "subset",
    "synonym",
    "xref",
    "property_value",
    "domain",
    "range",
    "holds_over_chain",
    "is_reflexive",
    "is_symmetric",
    "is_asymmetric",
    "is_transitive",
    "is_functional",
    "is_inverse_functional",
    "is_a",
    "intersection_of",
    "union_of",
    "equivalent_to",
    "disjoint_from",
    "inverse_of",
    "relationship",
    "is_obsolete",
    "replaced_by",
    "consider",
    "is_metadata_tag",
)
"""Tags of a frame in the order in which they are written."""
RANK = {tag: rank for rank, tag in enumerate(TAGS)}
CHARACTERISTICS = {
    "ReflexiveObjectProperty": "is_reflexive",
    "SymmetricObjectProperty": "is_symmetric",
    "AsymmetricObjectProperty": "is_asymmetric",
    "TransitiveObjectProperty": "is_transitive",
    "FunctionalObjectProperty": "is_functional",
    "InverseFunctionalObjectProperty": "is_inverse_functional",
}
LINKS = {
    "SubClassOf": "is_a",
    "SubObjectPropertyOf": "is_a",
    "SubAnnotationPropertyOf": "is_a",
    "EquivalentClasses": "equivalent_to",
    "EquivalentObjectProperties": "equivalent_to",
    "ObjectPropertyDomain": "domain",
    "ObjectPropertyRange": "range",
    "InverseObjectProperties": "inverse_of",
}
"""Axiom between two names → tag in the frame of the first."""
ENDS = {"ObjectPropertyDomain", "ObjectPropertyRange"}
GROUPS = {"DisjointClasses", "DisjointObjectProperties"}
TYPES = {expand("oboInOwl:SubsetProperty"): "subsetdef", expand("oboInOwl:SynonymTypeProperty"): "synonymtypedef"}
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"}
XSD = PREFIXES["xsd"]
STRING = XSD + "string"
DATATYPES = {
    XSD + name
    for name in (
        *("decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger", "long", "int", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "double", "float", "boolean", "hexBinary", "base64Binary", "anyURI"),
        *("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "dateTime", "dateTimeStamp"),
    )
}
"""Datatypes that OWL 2 has (https://www.w3.org/TR/owl2-syntax/, section 4), of those that are XML Schema's; ROBOT stops at others."""

INDIVIDUALS = "OBO's readers do not take instances: ROBOT stops at them, pronto and fastobo fail on them"
DATA_PROPERTY = "OBO has no data properties: it is written as a metadata tag"
ONCE = "there are several domains, ranges or definitions of one kind, and OBO allows one"
DATATYPE = "the value is written as text: OBO's readers know the datatypes of OWL 2 only"
VERSION = "OBO makes the name of the version from those of the ontology and the version"


def obo(source: Source, path: Path, losses: Losses) -> None:
    """Write the edition of the ontology, frame by frame, sorted by identifier."""
    write_whole(path, _Document(source, losses).lines())


class _Document:
    """The frames of a file.

    :raises DataError: when an identifier or a cross-reference has no prefix
    """

    def __init__(self, source: Source, losses: Losses) -> None:
        self._version = source.version
        self._ontology = edition(source, losses)
        self._lose = loser(self._ontology, losses)
        self._prefixes: set[str] = set()
        self._frames: dict[str, set[tuple[int, str]]] = defaultdict(set)
        self._types: dict[str, str] = {}
        entries = Entries(self._ontology, self._lose, {"Class", "ObjectProperty", "AnnotationProperty", "DataProperty"}, INDIVIDUALS, _unwritten)
        self._entries = entries.by_iri
        self._count = Counter((axiom.subject, _once(axiom)) for axiom in entries.rest)
        for axiom in entries.rest:
            if reason := self._axiom(axiom) or (NOTES if axiom.annotations else ""):
                self._lose(axiom, reason)
        for axiom in self._ontology.axioms:
            if axiom.name == "Declaration" and axiom.subject in self._entries and self._entries[axiom.subject].kind == "DataProperty":
                self._lose(axiom, DATA_PROPERTY)
        for entry in self._entries.values():
            self._entry(entry)
        self._header = {f'property_value: {self._id(LANGUAGE)} "en" {self._id(STRING)}'} | {
            f"property_value: {line}" for annotation in self._ontology.annotations if (line := self._about(annotation, losses))
        }
        if self._ontology.version not in ("", f"{self._ontology.iri}/{self._version}"):
            losses.add(self._ontology.iri, f"<{self._ontology.version}>", VERSION)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        frames = [self._frame(iri) for iri in sorted(self._entries, key=lambda iri: (self._is_relation(iri), curie(iri)))]
        types = sorted(f"{tag}: {self._id(iri)} {_quoted(self._entries[iri].label if iri in self._entries else '')}" for iri, tag in self._types.items())
        yield f"format-version: 1.4\ndata-version: {_unquoted(self._version)}\n"
        yield from (f"{line}\n" for line in types)
        yield from (f"idspace: {prefix} {PREFIXES[prefix]}\n" for prefix in sorted(self._prefixes))
        yield from (f"{line}\n" for line in sorted(self._header))
        yield f"remark: {_unquoted(NOTICE)}\nontology: {name_of(self._ontology)}\n"
        yield from frames

    def _frame(self, iri: str) -> str:
        lines = "".join(f"{line}\n" for _, line in sorted(self._frames[iri]))
        return f"\n[{'Typedef' if self._is_relation(iri) else 'Term'}]\nid: {self._id(iri)}\n{lines}"

    def _is_relation(self, iri: str) -> bool:
        return self._entries[iri].kind != "Class"

    def _add(self, iri: str, tag: str, value: str) -> None:
        self._frames[iri].add((RANK[tag], f"{tag}: {value}"))

    def _id(self, iri: str) -> str:
        return self._known(curie(iri))

    def _known(self, identifier: str) -> str:
        """Return an identifier; its prefix will be declared."""
        prefix = identifier.partition(":")[0]
        if prefix in PREFIXES:
            self._prefixes.add(prefix)
        return identifier

    def _entry(self, entry: Entry) -> None:
        iri = entry.iri
        values = list(entry.values)
        for tag, prop, texts in (("name", LABEL, [entry.label] if entry.label else []), ("comment", COMMENT, entry.comments)):
            if len(texts) == 1 and texts[0] == texts[0].strip():
                self._add(iri, tag, _unquoted(texts[0]))
            else:
                values += [(prop, ox.Literal(one), ()) for one in texts]
        if entry.definition:
            self._add(iri, "def", f"{_quoted(entry.definition)} {self._xrefs(entry.definition_xrefs)}")
        for synonym in entry.synonyms:
            kind = [self._id(synonym.type)] if synonym.type else []
            self._add(iri, "synonym", " ".join([_quoted(synonym.text), synonym.scope.upper(), *kind, self._xrefs(synonym.xrefs)]))
            self._types |= {synonym.type: "synonymtypedef"} if synonym.type else {}
        for tag, links in (("subset", entry.subsets), ("replaced_by", entry.replaced_by), ("consider", entry.consider)):
            for link in links:
                self._add(iri, tag, self._id(link))
        self._types |= dict.fromkeys(entry.subsets, "subsetdef")
        for xref in entry.xrefs:
            self._add(iri, "xref", self._known(xref))
        for prop, value, _ in values:
            self._add(iri, "property_value", self._property_value(prop, value))
        self._flags(entry)

    def _flags(self, entry: Entry) -> None:
        if entry.deprecated:
            self._add(entry.iri, "is_obsolete", "true")
        if entry.kind in ("AnnotationProperty", "DataProperty"):
            self._add(entry.iri, "is_metadata_tag", "true")

    def _xrefs(self, xrefs: Iterable[str]) -> str:
        return "[" + ", ".join(re.sub(r"([\\,\]\"])", r"\\\1", self._known(xref)) for xref in xrefs) + "]"

    def _property_value(self, prop: str, value: Value) -> str:
        if isinstance(value, ox.Literal):
            datatype = value.datatype.value if value.datatype.value in DATATYPES else STRING
            return f"{self._id(prop)} {_quoted(value.value)} {self._id(datatype)}"
        return f"{self._id(prop)} {self._known(reference(value))}"

    def _axiom(self, axiom: Axiom) -> str:
        """Write an axiom; return the reason why not."""
        once = _once(axiom)
        if once and self._count[axiom.subject, once] > 1:
            return ONCE
        if self._simple(axiom) or self._composed(axiom):
            return ""
        is_data = axiom.subject in self._entries and self._entries[axiom.subject].kind == "DataProperty"
        return DATA_PROPERTY if is_data else f"OBO's readers have no place for {construct(axiom)}"

    def _simple(self, axiom: Axiom) -> bool:
        """Write an axiom over names only; return whether it is one."""
        match axiom.name, *names(axiom.parts):
            case "SubAnnotationPropertyOf", iri, above if above in TYPES:
                self._types[iri] = TYPES[above]
            case name, one, other if name in LINKS:
                self._add(one, LINKS[name], self._id(other))
            case name, iri if name in CHARACTERISTICS:
                self._add(iri, CHARACTERISTICS[name], "true")
            case name, *members if name in GROUPS and members and self._entries.keys() >= set(members):
                for one, other in combinations(sorted(members), 2):
                    self._add(one, "disjoint_from", self._id(other))
            case _:
                return False
        return True

    def _composed(self, axiom: Axiom) -> bool:
        """Write an axiom with a chain, or with a class expression that OBO has; return whether it is one."""
        match axiom.name, axiom.parts:
            case "SubObjectPropertyOf", (Expression(name="ObjectPropertyChain", parts=(Entity(iri=one), Entity(iri=other))), Entity(iri=iri)):
                self._add(iri, "holds_over_chain", f"{self._id(one)} {self._id(other)}")
            case "EquivalentClasses", (Entity(iri=iri), Expression(name="ObjectUnionOf", parts=parts)) if members := names(parts):
                for member in members:
                    self._add(iri, "union_of", self._id(member))
            case "SubClassOf", (Entity(iri=iri), expression) if pair := existential(expression):
                self._add(iri, "relationship", " ".join(map(self._id, pair)))
            case _ if meaning := definition(axiom):
                self._define(*meaning)
            case _:
                return False
        return True

    def _define(self, iri: str, genera: list[str], restrictions: list[list[str]]) -> None:
        for genus in genera:
            self._add(iri, "intersection_of", self._id(genus))
        for prop, filler in restrictions:
            self._add(iri, "intersection_of", f"{self._id(prop)} {self._id(filler)}")

    def _about(self, annotation: Annotation, losses: Losses) -> str:
        """Return what is said of the ontology as the value of a line, or nothing when it cannot be written."""
        reason = _unwritten(annotation.value, annotation.annotations)
        if reason:
            losses.add(name_of(self._ontology), annotation_text(annotation), reason)
        return "" if reason in (NAMELESS, OTHER_LANGUAGE) else self._property_value(annotation.property, annotation.value)


def _once(axiom: Axiom) -> str:
    """Return what a frame has room for once, if an axiom is such."""
    match axiom.name, axiom.parts:
        case "EquivalentClasses", (_, Expression(name="ObjectIntersectionOf" | "ObjectUnionOf" as name)):
            return name
        case _:
            return axiom.name if axiom.name in ENDS else ""


def _unwritten(value: Value, notes: Sequence[Annotation]) -> str:
    """Return the reason why a value is not written whole, if it is not."""
    if isinstance(value, ox.BlankNode):
        return NAMELESS
    if is_foreign(value):
        return OTHER_LANGUAGE
    if notes:
        return NOTES
    return DATATYPE if isinstance(value, ox.Literal) and not value.language and value.datatype.value not in DATATYPES else ""


def _quoted(text: str) -> str:
    return '"' + _escaped(text).replace('"', '\\"') + '"'


def _unquoted(text: str) -> str:
    return re.sub(r"([{}!])", r"\\\1", _escaped(text))


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in text)
