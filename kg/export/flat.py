"""What OBO and OBO Graphs share: formats that know terms with names, texts and links, and only some of the axioms of OWL.

Rules for both, after OBO's own mapping to OWL (https://owlcollab.github.io/oboformat/doc/obo-syntax.html, section 5):

- One label and one definition for each entity, and texts in English only. Of two labels neither is written: choosing
  one would be a guess. That the texts are English is said once for the file, as ``dcterms:language``.
- Cross-references are CURIEs of the project's prefixes, or web addresses. The targets of SKOS matches are
  cross-references too, beside the match itself.
- An axiom that is not written whole is a loss, even if the greater part of it is written; the reason says so.

The edition's axioms are held in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.errors import DataError
from kg.export.axioms import OWL, RDF, RDFS, XSD, Annotation, Axiom, Entity, Expression, Ontology, Part
from kg.export.loss import Losses
from kg.prefixes import ONTOLOGY_IRI, PREFIXES, compress, expand
from kg.terms import DEFINITION, LABEL, SYNONYM_SCOPES

COMMENT = RDFS + "comment"
DEPRECATED = OWL + "deprecated"
REPLACED_BY = expand("IAO:0100001")
CONSIDER = expand("oboInOwl:consider")
XREF = expand("oboInOwl:hasDbXref")
SUBSET = expand("oboInOwl:inSubset")
SYNONYM_TYPE = expand("oboInOwl:hasSynonymType")
LANGUAGE = expand("dcterms:language")
MATCHES = {PREFIXES["skos"] + f"{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}
THING = Entity("Class", OWL + "Thing")
ENGLISH = ("", "en")
TEXT = {XSD + "string", RDF + "langString"}
TRUE = ox.Literal(True)
KINDS = ("Class", "ObjectProperty", "AnnotationProperty", "DataProperty", "NamedIndividual")
"""Kinds of entity; what is declared to be several things is the first of them here."""

SEVERAL_LABELS = "there are several labels, and the format allows one"
SEVERAL_DEFINITIONS = "there are several definitions, and the format allows one"
OTHER_LANGUAGE = "the text is not in English, and the format has no languages"
NOTES = "the axiom is written without what is said of it"
NAMELESS = "its value has no name"
UNDECLARED = "it is about something that is declared to be neither class, property nor individual"
PUN = "the name stands for something else already"
ABOVE_ALL = "everything is below owl:Thing"
IMPORT = "the file stands alone"

Value = ox.NamedNode | ox.BlankNode | ox.Literal
Lose = Callable[[Axiom, str], None]
"""Notes the loss of an axiom, with the reason."""
Unwritten = Callable[[Value, Sequence[Annotation]], str]
"""A value and what is said of it → the reason why a format does not write it whole; nothing when it does."""


@dataclass(frozen=True, slots=True, order=True)
class Synonym:
    """Another name.

    :param scope: exact, broad, narrow or related
    :param type: IRI of its type; empty where it has none
    :param xrefs: CURIEs or web addresses
    """

    text: str
    scope: str
    type: str
    xrefs: tuple[str, ...]


@dataclass(slots=True)
class Entry:
    """What is said of one entity by annotations.

    :param kind: one of :data:`KINDS`
    :param xrefs: CURIEs or web addresses
    :param subsets: IRIs, as ``replaced_by`` and ``consider``
    :param values: all else, each with what is said of it
    """

    iri: str
    kind: str
    label: str = ""
    definition: str = ""
    definition_xrefs: tuple[str, ...] = ()
    comments: list[str] = field(default_factory=list)
    synonyms: list[Synonym] = field(default_factory=list)
    xrefs: set[str] = field(default_factory=set)
    subsets: list[str] = field(default_factory=list)
    replaced_by: list[str] = field(default_factory=list)
    consider: list[str] = field(default_factory=list)
    deprecated: bool = False
    values: list[tuple[str, Value, Sequence[Annotation]]] = field(default_factory=list)


def loser(ontology: Ontology, losses: Losses) -> Lose:
    """Return what notes losses of axioms."""
    return lambda axiom, reason: losses.add(axiom.subject or name_of(ontology), axiom.text, reason)


def name_of(ontology: Ontology) -> str:
    """Return the IRI of an ontology."""
    return ontology.iri or ONTOLOGY_IRI


def is_text(value: Value) -> bool:
    """Return whether a value is text that says something, and not a number, a date or a name."""
    return isinstance(value, ox.Literal) and value.datatype.value in TEXT and value.value != ""


def is_foreign(value: Value) -> bool:
    """Return whether a value is text in another language than that of the file."""
    return isinstance(value, ox.Literal) and (value.language or "") not in ENGLISH


def curie(iri: str) -> str:
    """Return the CURIE of an IRI.

    :raises DataError: when no prefix fits
    """
    short = compress(iri)
    if short == iri or short.endswith(":"):
        raise DataError("has no CURIE", where=iri, hint="add its prefix to kg/prefixes.py")
    return short


def reference(value: Value) -> str:
    """Return a cross-reference as a CURIE, or as a web address where no prefix fits.

    :raises DataError: when it is neither
    """
    written = value.value
    short = compress(written) if "://" in written else written
    if short.endswith(":"):
        short = written
    prefix, _, local = short.partition(":")
    if not local or any(character.isspace() for character in short) or prefix not in {*PREFIXES, "http", "https"}:
        raise DataError("is no identifier with a known prefix", where=written, hint="add its prefix to kg/prefixes.py, or correct the cross-reference")
    return short


def names(parts: Iterable[Part]) -> list[str]:
    """Return the IRIs of some parts of an axiom, or nothing if one of them has no name."""
    parts = list(parts)
    found = [part.iri for part in parts if isinstance(part, Entity)]
    return found if len(found) == len(parts) else []


def existential(part: Part) -> list[str]:
    """Return property and filler of an existential restriction between names, or nothing if a part is none."""
    return names(part.parts) if isinstance(part, Expression) and part.name == "ObjectSomeValuesFrom" else []


def definition(axiom: Axiom) -> tuple[str, list[str], list[list[str]]] | None:
    """Return class, genera and restrictions of an axiom that says: the class is what is all of these."""
    match axiom.name, axiom.parts:
        case "EquivalentClasses", (Entity(iri=iri), Expression(name="ObjectIntersectionOf", parts=members)):
            genera = [member.iri for member in members if isinstance(member, Entity)]
            restrictions = [pair for member in members if (pair := existential(member))]
            return (iri, genera, restrictions) if len(genera) + len(restrictions) == len(members) else None
        case _:
            return None


def construct(axiom: Axiom) -> str:
    """Return the name of what makes an axiom more than a flat format says; the same for the same cause."""
    if axiom.name == "SubClassOf" and isinstance(axiom.parts[0], Expression):
        return "general class inclusions"
    return min(_constructs(axiom.parts) - {"ObjectIntersectionOf", "ObjectSomeValuesFrom", "ObjectPropertyChain"}, default=axiom.name)


def _constructs(parts: Iterable[Part]) -> set[str]:
    return {found for part in parts if isinstance(part, Expression) for found in (part.name, *_constructs(part.parts))}


class Entries:
    """The entities of an ontology, by IRI, with what is said of them.

    :param kinds: kinds of entity that the format has
    :param other: reason why the others are left out, and everything that is said of them
    :param unwritten: why a value among the others is not written whole
    """

    def __init__(self, ontology: Ontology, lose: Lose, kinds: Collection[str], other: str, unwritten: Unwritten) -> None:
        self._lose, self._other, self._unwritten = lose, other, unwritten
        self.rest: list[Axiom] = []
        """The axioms that are no annotations, and whose subject is not left out."""
        declared: dict[str, set[str]] = defaultdict(set)
        for axiom in ontology.axioms:
            if axiom.name == "Declaration" and isinstance(entity := axiom.parts[0], Entity):
                declared[entity.iri].add(entity.kind)
        kind_of = {iri: next((kind for kind in KINDS if kind in found), "") for iri, found in declared.items()}
        self._left_out = {iri for iri, kind in kind_of.items() if kind not in kinds}
        self.by_iri = {iri: Entry(iri, kind) for iri, kind in sorted(kind_of.items()) if kind in kinds}
        self._labels: dict[str, list[Axiom]] = defaultdict(list)
        self._definitions: dict[str, list[Axiom]] = defaultdict(list)
        for axiom in ontology.axioms:
            self._sort(axiom)
        self._single(self._labels, SEVERAL_LABELS)
        self._single(self._definitions, SEVERAL_DEFINITIONS)
        for iri in ontology.imports:
            lose(Axiom("Import", (), (), "", f"Import(<{iri}>)"), IMPORT)

    def _sort(self, axiom: Axiom) -> None:
        match axiom.name, axiom.parts:
            case "AnnotationAssertion", (Entity(iri=prop), ox.NamedNode(value=subject), value) if subject in self.by_iri:
                self._annotation(self.by_iri[subject], prop, value, axiom)
            case _ if axiom.subject in self._left_out:
                self._lose(axiom, self._other)
            case "Declaration", (Entity(kind, iri),):
                if kind != self.by_iri[iri].kind:
                    self._lose(axiom, PUN)
            case ("SubClassOf", (_, above)) | ("ClassAssertion", (above, _)) if above == THING:
                self._lose(axiom, ABOVE_ALL)
            case _ if axiom.subject and axiom.subject not in self.by_iri:
                self._lose(axiom, UNDECLARED)
            case _:
                self.rest.append(axiom)

    def _annotation(self, entry: Entry, prop: str, value: Part, axiom: Axiom) -> None:
        if not isinstance(value, ox.NamedNode | ox.Literal):
            self._lose(axiom, NAMELESS)
        elif is_foreign(value):
            self._lose(axiom, OTHER_LANGUAGE)
        elif prop in (LABEL, DEFINITION) and is_text(value):
            (self._labels if prop == LABEL else self._definitions)[entry.iri].append(axiom)
        elif prop in SYNONYM_SCOPES and is_text(value):
            self._synonym(entry, SYNONYM_SCOPES[prop], value, axiom)
        elif self._plain(entry, prop, value):
            self._whole(axiom)
        else:
            self._value(entry, prop, value, axiom)

    def _plain(self, entry: Entry, prop: str, value: Value) -> bool:
        """Take an annotation that has a place of its own, without what is said of it."""
        links = {SUBSET: entry.subsets, REPLACED_BY: entry.replaced_by, CONSIDER: entry.consider}
        if prop in links and isinstance(value, ox.NamedNode):
            links[prop].append(value.value)
        elif prop == XREF:
            entry.xrefs.add(reference(value))
        elif prop == COMMENT and is_text(value):
            entry.comments.append(value.value)
        elif prop == DEPRECATED and value == TRUE:
            entry.deprecated = True
        else:
            return False
        return True

    def _value(self, entry: Entry, prop: str, value: Value, axiom: Axiom) -> None:
        entry.values.append((prop, value, axiom.annotations))
        if prop in MATCHES and isinstance(value, ox.NamedNode):
            entry.xrefs.add(reference(value))
        if reason := self._unwritten(value, axiom.annotations):
            self._lose(axiom, reason)

    def _synonym(self, entry: Entry, scope: str, value: Value, axiom: Axiom) -> None:
        types = [note.value.value for note in axiom.annotations if note.property == SYNONYM_TYPE and isinstance(note.value, ox.NamedNode)]
        kind = types[0] if len(types) == 1 else ""
        self._whole(axiom, but=[XREF, *([SYNONYM_TYPE] if kind else [])])
        entry.synonyms.append(Synonym(value.value, scope, kind, _references([axiom])))

    def _whole(self, axiom: Axiom, but: Collection[str] = ()) -> None:
        """Note a loss where more is said of an axiom than by some properties."""
        if any(note.property not in but or note.annotations for note in axiom.annotations):
            self._lose(axiom, NOTES)

    def _single(self, found: dict[str, list[Axiom]], reason: str) -> None:
        """Take the only text of its kind; one that stands in several axioms is one."""
        for iri, axioms in found.items():
            texts = {part.value for axiom in axioms if isinstance(part := axiom.parts[-1], ox.Literal)}
            for axiom in axioms:
                if len(texts) > 1:
                    self._lose(axiom, reason)
                else:
                    self._whole(axiom, but=[XREF] if found is self._definitions else [])
            if len(texts) > 1:
                continue
            if found is self._definitions:
                self.by_iri[iri].definition, self.by_iri[iri].definition_xrefs = texts.pop(), _references(axioms)
            else:
                self.by_iri[iri].label = texts.pop()


def _references(axioms: Iterable[Axiom]) -> tuple[str, ...]:
    return tuple(sorted({reference(note.value) for axiom in axioms for note in axiom.annotations if note.property == XREF}))
