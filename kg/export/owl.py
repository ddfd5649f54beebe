"""The ontology in OWL's own syntaxes: functional-style syntax and OWL/XML, after the W3C's specifications of both.

The axioms are sorted by what they are about, so that a change of one term is a change of few lines. All axioms are held
in memory while they are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.export.axioms import OWL, XSD, Annotation, Entity, Expression, Ontology, Part, annotation_text, read_ontology, short
from kg.export.characters import FORBIDDEN, NO_CHARACTER
from kg.export.loss import Losses
from kg.export.rdf import DOCUMENT_PREFIXES
from kg.export.source import Source
from kg.files import write_whole

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


def edition(source: Source, losses: Losses) -> Ontology:
    """Return the edition as axioms, and note what is no axiom."""
    ontology = read_ontology(source.ontology())
    for unread in ontology.unread:
        losses.add(unread.subject, unread.triple, unread.reason)
    return ontology


def functional_syntax(source: Source, path: Path, losses: Losses) -> None:
    """Write functional-style syntax."""
    write_whole(path, _functional_document(edition(source, losses)))


def owlxml(source: Source, path: Path, losses: Losses) -> None:
    """Write OWL/XML."""
    write_whole(path, _xml_document(edition(source, losses), losses))


def _functional_document(ontology: Ontology) -> Iterator[str]:
    for prefix, iri in sorted(DOCUMENT_PREFIXES.items()):
        yield f"Prefix({prefix}:=<{iri}>)\n"
    yield "\nOntology("
    yield " ".join(f"<{iri}>" for iri in (ontology.iri, ontology.version) if iri)
    yield "\n"
    for iri in ontology.imports:
        yield f"Import(<{iri}>)\n"
    for annotation in ontology.annotations:
        yield annotation_text(annotation) + "\n"
    before = ""
    for axiom in ontology.axioms:
        yield f"{axiom.text}\n" if axiom.subject == before else f"\n{axiom.text}\n"
        before = axiom.subject
    yield ")\n"


def _xml_document(ontology: Ontology, losses: Losses) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    names = {"xml:base": ontology.iri, "ontologyIRI": ontology.iri, "versionIRI": ontology.version}
    yield f'<Ontology xmlns="{OWL}"{"".join(f" {name}={_quoted(iri)}" for name, iri in names.items() if iri)}>\n'
    for prefix, iri in sorted(DOCUMENT_PREFIXES.items()):
        yield f"<Prefix name={_quoted(prefix)} IRI={_quoted(iri)}/>\n"
    for iri in ontology.imports:
        yield f"<Import>{_escaped(iri)}</Import>\n"
    for annotation in ontology.annotations:
        if FORBIDDEN.search(annotation_text(annotation)):
            losses.add(ontology.iri, annotation_text(annotation), NO_CHARACTER)
        else:
            yield _annotation(annotation) + "\n"
    for axiom in ontology.axioms:
        if FORBIDDEN.search(axiom.text):
            losses.add(axiom.subject, axiom.text, NO_CHARACTER)
        else:
            yield _element(axiom.name, axiom.parts, axiom.annotations) + "\n"
    yield "</Ontology>\n"


def _element(name: str, parts: Iterable[Part], annotations: Iterable[Annotation] = ()) -> str:
    cardinality = "".join(f' cardinality="{part}"' for part in parts if isinstance(part, int))
    inner = "".join(_part(part) for part in parts if not isinstance(part, int))
    return f"<{name}{cardinality}>{''.join(map(_annotation, annotations))}{inner}</{name}>"


def _annotation(annotation: Annotation) -> str:
    return _element("Annotation", (Entity("AnnotationProperty", annotation.property), annotation.value), annotation.annotations)


def _part(part: Part) -> str:
    match part:
        case Entity():
            return _entity(part.kind, part.iri)
        case Expression("FacetRestriction", (ox.NamedNode() as facet, value)):
            return f"<FacetRestriction facet={_quoted(facet.value)}>{_part(value)}</FacetRestriction>"
        case Expression():
            return _element(part.name, part.parts)
        case ox.NamedNode():
            return _iri(part.value)
        case ox.Literal():
            return _literal(part)
        case _:
            return f'<AnonymousIndividual nodeID="{part}"/>'


@cache
def _entity(kind: str, iri: str) -> str:
    name = short(iri)
    return f"<{kind} IRI={_quoted(iri)}/>" if name.startswith("<") else f"<{kind} abbreviatedIRI={_quoted(name)}/>"


@cache
def _iri(iri: str) -> str:
    name = short(iri)
    return f"<IRI>{_escaped(iri)}</IRI>" if name.startswith("<") else f"<AbbreviatedIRI>{name}</AbbreviatedIRI>"


def _literal(value: ox.Literal) -> str:
    if value.language:
        return f"<Literal xml:lang={_quoted(value.language)}>{_escaped(value.value)}</Literal>"
    datatype = value.datatype.value
    return f"<Literal{'' if datatype == XSD + 'string' else f' datatypeIRI={_quoted(datatype)}'}>{_escaped(value.value)}</Literal>"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'
