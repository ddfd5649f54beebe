"""Any document that describes a situation → a presentation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kg.errors import CaseError
from kg.graph import Graph
from kg.match.document import load_case
from kg.match.fhir import read_fhir
from kg.match.phenopacket import read_phenopacket
from kg.match.presentation import Presentation

_PHENOPACKET = {"metaData", "meta_data", "phenotypicFeatures", "phenotypic_features"}
"""Keys by which a Phenopacket is known, in both spellings of its JSON form."""
_PARTS_OF_PHENOPACKET = {"subject", "diseases"}


def read_presentation(path: Path, graph: Graph) -> Presentation:
    """Return what a file says: a case of our own, a worked case, a Phenopacket v2 or a FHIR R4 bundle, told apart by its content.

    :raises CaseError: when it cannot be read or is not understood
    """
    return presentation_of(load_case(path), graph, where=str(path))


def presentation_of(document: object, graph: Graph, *, where: str = "case") -> Presentation:
    """Return what a document says; see :func:`read_presentation`.

    :param where: name of the document, for errors
    :raises CaseError: when it is not understood
    """
    if isinstance(document, Mapping) and isinstance(document.get("case"), Mapping):
        document = document["case"]  # a worked case, with what must follow beside it
    if isinstance(document, Mapping):
        if "resourceType" in document:
            return read_fhir(document, graph.vocabulary, graph.terms, where=where)
        if _PHENOPACKET & set(document):
            return read_phenopacket(document, graph.vocabulary, graph.terms, where=where)
        if _PARTS_OF_PHENOPACKET & set(document):
            raise CaseError("this looks like a Phenopacket without metaData", where=where, hint="Phenopacket v2 requires metaData")
    return graph.case_reader.read(document, where=where)


def own_case(document: object) -> Mapping[object, object] | None:
    """Return the case in a document of our own format; nothing when it is in another, or no mapping at all."""
    document = _unwrapped(document)
    foreign = _PHENOPACKET | _PARTS_OF_PHENOPACKET | {"resourceType"}
    return document if isinstance(document, Mapping) and not foreign & set(document) else None


def _unwrapped(document: object) -> object:
    """Return what a worked case wraps, with what must follow beside it; anything else as it is."""
    return document["case"] if isinstance(document, Mapping) and isinstance(document.get("case"), Mapping) else document
