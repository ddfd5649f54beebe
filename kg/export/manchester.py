"""The ontology in Manchester syntax, after the W3C's note (OWL 2 Manchester Syntax, second edition).

The syntax goes by entities: each has a frame with all that is said of it, and a frame declares its entity. What is used
and declared nowhere gets a frame too. What has no entity to stand under has no place: an annotation of an IRI that
names no entity, the domain of an inverse property. Superclasses of a class expression stand under the expression, as the
OWL API and Protégé write and read them, and keys have commas between them, as every reader wants; the note knows
neither.

All axioms are held in memory while they are sorted into frames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.export.axioms import OWL, RDF, RDFS, XSD, Annotation, Axiom, Entity, Expression, Ontology, Part, literal_text, short
from kg.export.loss import Losses
from kg.export.owl import edition
from kg.export.rdf import DOCUMENT_PREFIXES
from kg.export.source import Source
from kg.files import write_whole

NO_FRAME = "Manchester syntax has no place for an axiom about something that has no name"
NO_ENTITY = "Manchester syntax has no place for an annotation of what is no entity"
NO_DECLARATION = "Manchester syntax has no place for an annotation of a declaration"
NO_FACET = "Manchester syntax has no place for this facet"
TOO_FEW = "Manchester syntax wants at least two here"

FRAMES = {
    "AnnotationProperty": "AnnotationProperty",
    "Datatype": "Datatype",
    "ObjectProperty": "ObjectProperty",
    "DataProperty": "DataProperty",
    "Class": "Class",
    "NamedIndividual": "Individual",
}
"""Kind of entity → keyword of its frame, in the order of the document."""
SECTIONS = {
    "SubClassOf": "SubClassOf",
    "EquivalentClasses": "EquivalentTo",
    "DisjointUnion": "DisjointUnionOf",
    "HasKey": "HasKey",
    "SubObjectPropertyOf": "SubPropertyOf",
    "EquivalentObjectProperties": "EquivalentTo",
    "InverseObjectProperties": "InverseOf",
    "ObjectPropertyDomain": "Domain",
    "ObjectPropertyRange": "Range",
    "SubDataPropertyOf": "SubPropertyOf",
    "EquivalentDataProperties": "EquivalentTo",
    "DataPropertyDomain": "Domain",
    "DataPropertyRange": "Range",
    "DatatypeDefinition": "EquivalentTo",
    "SubAnnotationPropertyOf": "SubPropertyOf",
    "AnnotationPropertyDomain": "Domain",
    "AnnotationPropertyRange": "Range",
}
"""Axiom → section of the frame of its first part."""
EITHER_WAY = {"EquivalentClasses", "EquivalentObjectProperties", "InverseObjectProperties"}
"""Axioms that say the same with their two parts exchanged."""
TOGETHER = {
    "EquivalentClasses": "EquivalentClasses",
    "DisjointClasses": "DisjointClasses",
    "EquivalentObjectProperties": "EquivalentProperties",
    "EquivalentDataProperties": "EquivalentProperties",
    "DisjointObjectProperties": "DisjointProperties",
    "DisjointDataProperties": "DisjointProperties",
    "SameIndividual": "SameIndividual",
    "DifferentIndividuals": "DifferentIndividuals",
}
"""Axiom → keyword of the frame that stands on its own."""
ALONE = {"SubPropertyChain", "HasKey", "DisjointUnionOf"}
"""Sections that hold one item; a second one needs a second section."""
FACETS = {
    XSD + "minInclusive": ">=",
    XSD + "maxInclusive": "<=",
    XSD + "minExclusive": ">",
    XSD + "maxExclusive": "<",
    XSD + "length": "length",
    XSD + "minLength": "minLength",
    XSD + "maxLength": "maxLength",
    XSD + "pattern": "pattern",
    RDF + "langRange": "langRange",
}
BUILT_IN = (OWL, RDF, RDFS, XSD)
"""Namespaces whose names need no declaration."""

Frame = tuple[str, str]
"""Kind of entity and its name as written."""


class _NoPlaceError(Exception):
    """The syntax has no place for it; the message says why."""


def manchester(source: Source, path: Path, losses: Losses) -> None:
    """Write Manchester syntax."""
    write_whole(path, _document(edition(source, losses), losses))


def _document(ontology: Ontology, losses: Losses) -> Iterator[str]:
    for prefix, iri in sorted(DOCUMENT_PREFIXES.items()):
        yield f"Prefix: {prefix}: <{iri}>\n"
    yield "\nOntology:"
    yield "".join(f" <{iri}>" for iri in (ontology.iri, ontology.version) if iri)
    yield "\n"
    for iri in ontology.imports:
        yield f"Import: <{iri}>\n"
    yield from _section("Annotations", [_annotation(annotation) for annotation in ontology.annotations])
    frames = _Frames(ontology, losses)
    for kind, keyword in FRAMES.items():
        for name in sorted(name for found, name in frames.sections if found == kind):
            yield f"\n{keyword}: {name}\n"
            sections = frames.sections[kind, name]
            for section in sorted(sections, key=lambda section: (section != "Annotations", section)):
                yield from _section(section, sections[section])
    for expression, supers in sorted(frames.general.items()):
        yield f"\nClass: {expression}\n"
        yield from _section("SubClassOf", supers)
    for text in frames.alone:
        yield f"\n{text}\n"


def _section(name: str, items: list[str]) -> Iterator[str]:
    if name in ALONE:
        yield from (f"    {name}:\n        {item}\n" for item in items)
    elif items:
        yield f"    {name}:\n        " + ",\n        ".join(items) + "\n"


class _Frames:
    """Sorts the axioms into frames.

    :ivar sections: frame → section → items
    :ivar general: class expression → its superclasses
    :ivar alone: frames that stand on their own
    """

    def __init__(self, ontology: Ontology, losses: Losses) -> None:
        self.sections: dict[Frame, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.general: dict[str, list[str]] = defaultdict(list)
        self.alone: list[str] = []
        self._kinds: dict[str, str] = {}
        for axiom in ontology.axioms:
            if axiom.name != "AnnotationAssertion":
                self._declare(axiom.parts)
            self._declare(Entity("AnnotationProperty", iri) for iri in _properties(axiom.annotations))
            if axiom.name == "AnnotationAssertion":
                self._declare(axiom.parts[:1])
        self._declare(Entity("AnnotationProperty", iri) for iri in _properties(ontology.annotations))
        for axiom in ontology.axioms:
            try:
                self._place(axiom, losses)
            except _NoPlaceError as reason:
                losses.add(axiom.subject, axiom.text, str(reason))

    def _declare(self, parts: Iterable[Part]) -> None:
        for part in parts:
            if isinstance(part, Expression):
                self._declare(part.parts)
            elif isinstance(part, Entity):
                self._kinds.setdefault(part.iri, part.kind)
                if not part.iri.startswith(BUILT_IN):
                    _ = self.sections[part.kind, short(part.iri)]

    def _place(self, axiom: Axiom, losses: Losses) -> None:
        parts = axiom.parts
        match axiom.name:
            case "Declaration":
                if axiom.annotations:
                    losses.add(axiom.subject, axiom.text, NO_DECLARATION)
            case "AnnotationAssertion":
                prop, subject, value = parts
                self._item(self._frame_of(subject), "Annotations", axiom, f"{_part(prop)} {_part(value)}")
            case "ClassAssertion":
                self._item(_frame(parts[1]), "Types", axiom, _part(parts[0]))
            case "ObjectPropertyAssertion" | "DataPropertyAssertion" | "NegativeObjectPropertyAssertion" | "NegativeDataPropertyAssertion":
                sign = "not " if axiom.name.startswith("Negative") else ""
                self._item(_frame(parts[1]), "Facts", axiom, f"{sign}{_named(parts[0])} {_part(parts[2])}")
            case name if name in SECTIONS and self._in_frame(axiom):
                pass
            case name if name in TOGETHER:
                self.alone.append(f"{TOGETHER[name]}:\n    {_annotations(axiom.annotations)}{', '.join(map(_operand, _several(parts)))}")
            case name if name.endswith("Property") and len(parts) == 1:
                self._item(_frame(parts[0]), "Characteristics", axiom, name.removesuffix("DataProperty").removesuffix("ObjectProperty"))
            case _:
                raise _NoPlaceError(NO_FRAME)

    def _in_frame(self, axiom: Axiom) -> bool:
        """Put an axiom under its first part or, where that says the same, its second; return whether one of them has a name.

        A property chain stands under its super-property, superclasses of an expression under the expression.
        """
        parts = axiom.parts
        if isinstance(parts[0], Expression) and parts[0].name == "ObjectPropertyChain":
            self._item(_frame(parts[1]), "SubPropertyChain", axiom, " o ".join(map(_part, _several(parts[0].parts))))
            return True
        if isinstance(parts[0], Expression) and axiom.name == "SubClassOf":
            self.general[_part(parts[0])].append(_annotations(axiom.annotations) + _part(parts[1]))
            return True
        if axiom.name in EITHER_WAY and not isinstance(parts[0], Entity):
            parts = parts[::-1]
        if not isinstance(parts[0], Entity) or parts[0].iri.startswith(BUILT_IN):
            return False
        self._item(_frame(parts[0]), SECTIONS[axiom.name], axiom, ", ".join(map(_operand if parts[2:] else _part, parts[1:])))
        return True

    def _item(self, frame: Frame, section: str, axiom: Axiom, text: str) -> None:
        self.sections[frame][section].append(_annotations(axiom.annotations) + text)

    def _frame_of(self, subject: Part) -> Frame:
        """Return the frame in which an annotation stands: that of a declared or used entity of this name."""
        if isinstance(subject, ox.NamedNode):
            if subject.value not in self._kinds:
                raise _NoPlaceError(NO_ENTITY)
            return self._kinds[subject.value], short(subject.value)
        return _frame(subject)


def _properties(annotations: Iterable[Annotation]) -> Iterator[str]:
    for annotation in annotations:
        yield annotation.property
        yield from _properties(annotation.annotations)


def _several(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    if not parts[1:]:
        raise _NoPlaceError(TOO_FEW)
    return parts


def _frame(part: Part) -> Frame:
    match part:
        case Entity():
            return part.kind, short(part.iri)
        case ox.BlankNode():
            return "NamedIndividual", str(part)
        case _:
            raise _NoPlaceError(NO_FRAME)


def _named(part: Part) -> str:
    if isinstance(part, Entity):
        return short(part.iri)
    raise _NoPlaceError(NO_FRAME)


def _annotation(annotation: Annotation) -> str:
    return f"{_annotations(annotation.annotations)}{short(annotation.property)} {_part(annotation.value)}"


def _annotations(annotations: tuple[Annotation, ...]) -> str:
    return f"Annotations: {', '.join(map(_annotation, annotations))} " if annotations else ""


def _part(part: Part) -> str:
    match part:
        case Entity():
            return short(part.iri)
        case ox.NamedNode():
            return f"<{part.value}>"  # the OWL API takes no prefixed name for the value of an annotation
        case ox.Literal():
            return literal_text(part)
        case Expression():
            return _expression(part)
        case _:
            return str(part)


def _operand(part: Part) -> str:
    """Return what stands beside others: a class expression or data range of several words in brackets."""
    text = _part(part)
    plain = not isinstance(part, Expression) or part.name in {"ObjectInverseOf", "ObjectOneOf", "DataOneOf", "DatatypeRestriction"}
    return text if plain else f"({text})"


def _expression(expression: Expression) -> str:
    name, parts = expression
    form = name.removeprefix("Object").removeprefix("Data")
    match form:
        case "IntersectionOf" | "UnionOf":
            return (" and " if form == "IntersectionOf" else " or ").join(map(_operand, parts))
        case "ComplementOf":
            return f"not {_operand(parts[0])}"
        case "OneOf":
            return "{" + ", ".join(map(_part, parts)) + "}"
        case "InverseOf":
            return f"inverse {_part(parts[0])}"
        case "SomeValuesFrom" | "AllValuesFrom" | "HasValue":
            word = {"SomeValuesFrom": "some", "AllValuesFrom": "only", "HasValue": "value"}[form]
            return f"{_operand(parts[0])} {word} {_operand(parts[1])}"
        case "HasSelf":
            return f"{_operand(parts[0])} Self"
        case "MinCardinality" | "MaxCardinality" | "ExactCardinality":
            word = {"MinCardinality": "min", "MaxCardinality": "max", "ExactCardinality": "exactly"}[form]
            return " ".join([_operand(parts[1]), word, str(parts[0]), *map(_operand, parts[2:])])
        case _:
            return _restricted(expression)


def _restricted(expression: Expression) -> str:
    """Return a datatype with its facets."""
    datatype, *facets = expression.parts
    texts = []
    for facet in facets:
        name, value = facet.parts if isinstance(facet, Expression) else (facet, facet)
        if not isinstance(name, ox.NamedNode) or name.value not in FACETS:
            raise _NoPlaceError(NO_FACET)
        texts.append(f"{FACETS[name.value]} {_part(value)}")
    return f"{_part(datatype)}[{', '.join(texts)}]"
