"""One layout for the ontology file, so that a change of one term is a change of few lines.

The OWL API writes the axioms of an entity together, but in an order that differs from run to run.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from kg.errors import OntologyError
from kg.files import write_whole
from kg.prefixes import PREFIXES
from kg.reason.hermit import rewrite

RDF = f"{{{PREFIXES['rdf']}}}"
OWL = f"{{{PREFIXES['owl']}}}"
_ORDER = ("Ontology", "AnnotationProperty", "ObjectProperty", "DatatypeProperty", "Class", "NamedIndividual")
"""Sections of the file; what belongs to no entity comes last."""


def lay_out(path: Path) -> None:
    """Write an ontology file anew in the fixed layout, all at once.

    :raises OntologyError: when the file is not well formed
    :raises ReasonerError: when the OWL API cannot be started or refuses the file
    :raises SurroundingsError: when the file cannot be written
    """
    with TemporaryDirectory(prefix="netkg-") as folder:
        nested = Path(folder) / "nested.owl"
        rewrite(path, nested)
        text = sort_rdfxml(nested.read_bytes())
    write_whole(path, [text])


def sort_rdfxml(data: bytes) -> str:
    """Return nested RDF/XML with its elements in a fixed order; what it says stays the same.

    :raises OntologyError: when it is not well formed
    """
    for prefix, iri in PREFIXES.items():
        if re.fullmatch("[a-zA-Z]+", prefix):
            ET.register_namespace(prefix, iri)
    ET.register_namespace("obo", "http://purl.obolibrary.org/obo/")
    try:
        root = ET.fromstring(data)  # noqa: S314 - the file is our own, just written by the OWL API
    except ET.ParseError as error:
        raise OntologyError(f"is not well formed: {error}") from error
    for element in root:
        _sort(element)
    root[:] = sorted(root, key=_place)
    root.attrib.pop("{http://www.w3.org/XML/1998/namespace}base", None)
    ET.indent(root, space="  ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _sort(element: ET.Element) -> None:
    """Sort the children at every level, but for collections, whose order is part of what they say."""
    for child in element:
        _sort(child)
    if element.get(f"{RDF}parseType") != "Collection":
        element[:] = sorted(element, key=_text)
    if element.text is not None and not element.text.strip():
        element.text = None
    for child in element:
        child.tail = None


def _text(element: ET.Element) -> tuple[str, str]:
    return element.tag, ET.tostring(element, encoding="unicode").strip()


def _place(element: ET.Element) -> tuple[int, str, int, str]:
    """Return the sort key of a top-level element: entities by name within their section, each before its axiom annotations."""
    element.tail = None
    name = element.tag.removeprefix(OWL)
    about = element.get(f"{RDF}about")
    if name == "Axiom":
        source = element.find(f"{OWL}annotatedSource")
        subject = "" if source is None else source.get(f"{RDF}resource", "")
        return len(_ORDER), subject, 1, _text(element)[1]
    if about is None or name not in _ORDER:
        return len(_ORDER) + 1, about or "", 0, _text(element)[1]
    return _ORDER.index(name), about, 0, ""
