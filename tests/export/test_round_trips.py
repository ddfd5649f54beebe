"""What is written and read again by another library is what was there, but for what the loss report names."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pyhornedowl
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings

from kg.export import FORMATS
from kg.export.axioms import Annotation, Axiom, read_ontology
from kg.export.loss import Losses
from kg.export.source import Source
from kg.graph import Graph
from kg.prefixes import GRAPH
from kg.settings import Sources
from kg.store import in_memory
from tests.export.conftest import OwlApi
from tests.export.ontologies import ONTOLOGIES
from tests.export.owl_triples import Mapping


def source(triples: list[ox.Triple], sources: Sources) -> Source:
    graph = ox.NamedNode(GRAPH + "ontology")
    return Source(Graph(in_memory(ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples), sources))


def written(name: str, origin: Source, folder: Path) -> tuple[Path, set[str]]:
    """Write a format and return the file with the axioms that it left out."""
    losses = Losses()
    path = folder / f"o{FORMATS[name].suffix}"
    FORMATS[name].writer()(origin, path, losses)
    return path, {loss.axiom for loss in losses}


def named(axiom: Axiom) -> tuple[object, ...]:
    """Return an axiom without the order of its annotations."""

    def plain(annotations: tuple[Annotation, ...]) -> frozenset[object]:
        return frozenset((annotation.property, annotation.value, plain(annotation.annotations)) for annotation in annotations)

    return axiom.name, axiom.parts, plain(axiom.annotations)


@given(ONTOLOGIES)
def test_the_triples_of_axioms_are_read_as_these_axioms(axioms: list[Axiom]) -> None:
    triples = Mapping().add(axioms)
    found = read_ontology(triples)
    assert found.unread == ()
    assert {named(axiom) for axiom in found.axioms} == {named(axiom) for axiom in axioms}
    assert read_ontology(reversed(triples)) == found


@pytest.mark.parametrize("name", ["ttl", "owl"])
@settings(max_examples=40, derandomize=True)  # a reader's own fault must not appear by chance
@given(ONTOLOGIES)
def test_rdf_comes_back_triple_by_triple(name: str, sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, axioms: list[Axiom]) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    origin = source(Mapping().add(axioms), sources)
    path, lost = written(name, origin, tmp_path)
    assert not lost
    found = rdflib.Graph().parse(path, format={"ttl": "turtle", "owl": "xml"}[name]).serialize(format="nt")
    datasets = [
        ox.Dataset(ox.parse(found, ox.RdfFormat.N_TRIPLES)),
        ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in origin.ontology()),
    ]
    for dataset in datasets:
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert datasets[0] == datasets[1]


@pytest.mark.parametrize("name", ["ofn", "owx"])  # its reader of Manchester syntax takes the complement of a data range for a class
@settings(max_examples=40, derandomize=True)  # a reader's own fault must not appear by chance
@given(ONTOLOGIES)
def test_horned_owl_reads_as_many_axioms(name: Literal["ofn", "owx"], sources: Sources, tmp_path: Path, axioms: list[Axiom]) -> None:
    path, lost = written(name, source(Mapping().add(axioms), sources), tmp_path)
    assert not lost
    found = pyhornedowl.open_ontology_from_file(str(path), name)
    assert len(found.get_components()) == len(axioms) + 1, "the ontology's own name is a component too"


@settings(max_examples=40, derandomize=True)  # a reader's own fault must not appear by chance
@given(ONTOLOGIES)
def test_the_owl_api_reads_functional_and_xml_syntax_as_the_same(owlapi: OwlApi, sources: Sources, tmp_path: Path, axioms: list[Axiom]) -> None:
    origin = source(Mapping().add(axioms), sources)
    functional, xml = (written(name, origin, tmp_path) for name in ("ofn", "owx"))
    one, two = owlapi(functional[0], xml[0])
    assert one["axioms"] == len(axioms)
    assert two == {**one, "format": two["format"]}
    assert functional[1] == xml[1] == set()


@settings(max_examples=40, derandomize=True)  # a reader's own fault must not appear by chance
@given(ONTOLOGIES)
def test_the_owl_api_reads_manchester_syntax_as_what_it_can_carry(owlapi: OwlApi, sources: Sources, tmp_path: Path, axioms: list[Axiom]) -> None:
    origin = source(Mapping().add(axioms), sources)
    path, lost = written("omn", origin, tmp_path)
    carried = [axiom for axiom in read_ontology(origin.ontology()).axioms if axiom.text not in lost]
    assert len(carried) == len(axioms) - len(lost)
    expected, _ = written("ofn", source(Mapping().add(carried), sources), tmp_path)
    _, found = owlapi(expected, path)
    assert not found.get("error"), found["error"]
    assert found["less"] == []
    assert [text for text in found["more"] if "Declaration(" not in text] == []
