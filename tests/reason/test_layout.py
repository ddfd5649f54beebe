"""One layout for the ontology file."""

from __future__ import annotations

import random
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kg.errors import OntologyError, ReasonerError
from kg.rdf import stable_blank_nodes
from kg.reason.layout import lay_out, sort_rdfxml
from kg.settings import Sources
from kg.terms import read_rdf


def test_the_ontology_file_stands_in_the_fixed_layout(sources: Sources, tmp_path: Path) -> None:
    path = tmp_path / "net.owl"
    path.write_bytes(sources.ontology.read_bytes())
    lay_out(path)
    assert path.read_bytes() == sources.ontology.read_bytes()
    assert [found.name for found in tmp_path.iterdir()] == ["net.owl"]


def test_the_order_in_which_a_tool_writes_does_not_matter(sources: Sources, tmp_path: Path) -> None:
    text = sources.ontology.read_bytes()
    root = ET.fromstring(text)  # noqa: S314 - our own file
    for element in (root, *root):
        element[:] = random.Random(7).sample(list(element), len(element))  # noqa: S311 - no secret
    shuffled = ET.tostring(root)
    assert sort_rdfxml(shuffled).encode() == text
    (tmp_path / "shuffled.owl").write_bytes(shuffled)
    assert set(map(str, stable_blank_nodes(read_rdf(tmp_path / "shuffled.owl")))) == set(map(str, stable_blank_nodes(read_rdf(sources.ontology))))


def test_the_order_of_a_list_is_kept() -> None:
    owl, rdf = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    text = f"""<rdf:RDF xmlns:rdf="{rdf}" xmlns:owl="{owl}"><owl:ObjectProperty rdf:about="https://e.org/p"><owl:propertyChainAxiom rdf:parseType="Collection">
    <rdf:Description rdf:about="https://e.org/z"/><rdf:Description rdf:about="https://e.org/a"/></owl:propertyChainAxiom></owl:ObjectProperty></rdf:RDF>"""
    laid_out = sort_rdfxml(text.encode())
    assert laid_out.index("e.org/z") < laid_out.index("e.org/a")


def test_a_broken_file_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "net.owl"
    path.write_text("<rdf:RDF", encoding="utf-8")
    with pytest.raises(ReasonerError):
        lay_out(path)
    assert path.read_text(encoding="utf-8") == "<rdf:RDF"
    with pytest.raises(OntologyError, match="not well formed"):
        sort_rdfxml(b"<rdf:RDF")
