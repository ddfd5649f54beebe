"""The released ontology in every syntax of OWL, read by libraries of other makers: as many axioms and triples as we count."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import owlready2
import pyhornedowl
import pyoxigraph as ox
import pytest
import rdflib

from kg.export import FORMATS
from kg.export.axioms import read_ontology
from kg.export.loss import Losses
from kg.export.source import Edition, Source
from kg.graph import Graph
from kg.settings import Sources
from tests.export.conftest import OwlApi, source_of

HEAD = """
@prefix net: <https://w3id.org/net-kg/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix g: <https://w3id.org/net-kg/graph/> .
"""
NAMELESS = "the name of an annotated axiom: OWL gives axioms no names"


def written(name: str, source: Source, folder: Path) -> tuple[Path, Losses]:
    losses = Losses()
    path = folder / f"{source.edition}{FORMATS[name].suffix}"
    FORMATS[name].writer()(source, path, losses)
    return path, losses


@pytest.fixture(scope="module", params=list(Edition))
def edition(request: pytest.FixtureRequest, graph: Graph) -> Source:
    return Source(graph, request.param)


@pytest.fixture(scope="module")
def released(edition: Source, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The edition in every syntax."""
    folder = tmp_path_factory.mktemp("released")
    return {name: written(name, edition, folder)[0] for name in ("owl", "ttl", "ofn", "omn", "owx")}


def without_declared(axioms: Iterable[str]) -> list[str]:
    """Leave out the declarations that Manchester syntax needs for the properties of annotated axioms."""
    return [axiom for axiom in axioms if "Declaration(AnnotationProperty(" not in axiom]


def test_the_owl_api_reads_the_same_in_every_syntax_with_no_network(edition: Source, released: dict[str, Path], owlapi: OwlApi) -> None:
    ours = read_ontology(edition.ontology())
    found = dict(zip(released, owlapi(*released.values()), strict=True))
    assert {name: (answer["axioms"], answer["annotations"], answer["imports"]) for name, answer in found.items() if name != "omn"} == dict.fromkeys(
        ["owl", "ttl", "ofn", "owx"], (len(ours.axioms), len(ours.annotations), 0)
    )
    assert {name: (without_declared(answer["more"]) if name == "omn" else answer["more"], answer["less"]) for name, answer in found.items()} == dict.fromkeys(
        released, ([], [])
    )
    assert len({answer["id"] for answer in found.values()}) == 1


def test_horned_owl_reads_the_same_in_every_syntax(edition: Source, released: dict[str, Path]) -> None:
    ours = read_ontology(edition.ontology())
    names: tuple[Literal["ofn", "omn", "owx"], ...] = ("ofn", "omn", "owx")
    functional, manchester, xml = ({str(part) for part in pyhornedowl.open_ontology_from_file(str(released[name]), name).get_components()} for name in names)
    assert len(functional) == len(ours.axioms) + len(ours.annotations) + 1, "the ontology's own name is a component too"
    assert xml == functional
    assert functional <= manchester
    assert without_declared(manchester - functional) == []


def test_triples_are_counted_the_same_by_all(edition: Source, released: dict[str, Path]) -> None:
    ours = sum(1 for _ in edition.ontology())
    assert len(rdflib.Graph().parse(released["ttl"], format="turtle")) == ours
    assert sum(1 for _ in ox.parse(path=released["owl"], format=ox.RdfFormat.RDF_XML)) == ours


def test_owlready_opens_the_released_file_with_no_network(edition: Source, released: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("asks the network")

    monkeypatch.setattr(socket, "socket", refuse)
    world = owlready2.World()
    ontology = world.get_ontology(f"file://{released['owl']}").load()
    assert len(ontology.graph) == sum(1 for _ in edition.ontology())
    assert ontology.imported_ontologies == []


def test_only_the_names_of_mappings_are_left_out(graph: Graph, tmp_path: Path) -> None:
    for name in ("ofn", "omn", "owx"):
        assert not len(written(name, Source(graph, Edition.BASE), tmp_path)[1])
        reasons = written(name, Source(graph, Edition.FULL), tmp_path)[1].by_reason()
        assert set(reasons) <= {NAMELESS}


def test_functional_syntax_to_the_letter(small: Source, tmp_path: Path) -> None:
    text = written("ofn", small, tmp_path)[0].read_text(encoding="utf-8")
    assert text[text.index("Ontology(") :] == (
        "Ontology(\n"
        "\n"
        "Declaration(Class(net:Agonist))\n"
        'AnnotationAssertion(IAO:0000115 net:Agonist "One that \\"binds\\" & <acts>,\nin two lines."@en)\n'
        'AnnotationAssertion(rdfs:label net:Agonist "agonist"@en)\n'
        "SubClassOf(net:Agonist ObjectSomeValuesFrom(net:targets net:Receptor))\n"
        "SubClassOf(net:Agonist net:Drug)\n"
        "SubClassOf(net:Agonist net:Receptor)\n"
        "SubClassOf(net:Agonist owl:Thing)\n"
        "\n"
        "Declaration(Class(net:Drug))\n"
        'AnnotationAssertion(rdfs:label net:Drug "drug"@en)\n'
        "\n"
        "Declaration(Class(net:Receptor))\n"
        'AnnotationAssertion(rdfs:label net:Receptor "Rezeptor für Ω"@en)\n'
        "AnnotationAssertion(skos:exactMatch net:Receptor NCIT:C1)\n"
        "AnnotationAssertion(skos:exactMatch net:Receptor NCIT:C2)\n"
        "\n"
        "Declaration(ObjectProperty(net:targets))\n"
        'AnnotationAssertion(rdfs:label net:targets "targets"@en)\n'
        ")\n"
    )


def test_a_frame_of_manchester_syntax_to_the_letter(small: Source, tmp_path: Path) -> None:
    text = written("omn", small, tmp_path)[0].read_text(encoding="utf-8")
    assert text[text.index("Class: net:Agonist") : text.index("Class: net:Drug")] == (
        "Class: net:Agonist\n"
        "    Annotations:\n"
        '        IAO:0000115 "One that \\"binds\\" & <acts>,\nin two lines."@en,\n'
        '        rdfs:label "agonist"@en\n'
        "    SubClassOf:\n"
        "        net:targets some net:Receptor,\n"
        "        net:Drug,\n"
        "        net:Receptor,\n"
        "        owl:Thing\n"
        "\n"
    )


def test_what_is_no_axiom_is_named(sources: Sources, tmp_path: Path) -> None:
    triples = """g:ontology {
      net:C a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty net:p ] ; owl:intersectionOf ( net:C ) .
      net:p a owl:ObjectProperty . net:D a owl:Class . net:m a owl:Axiom ; owl:annotatedSource net:C ; owl:annotatedProperty rdfs:label ;
      owl:annotatedTarget "c" ; rdfs:comment "why" . net:C rdfs:label "c" . net:p rdfs:domain net:C ; net:p "not a literal's place" . }"""
    path, losses = written("ofn", source_of(HEAD + triples, sources, Edition.BASE), tmp_path)
    assert losses.by_reason() == {"a triple that is part of no OWL axiom": 6, NAMELESS: 1}
    assert 'AnnotationAssertion(Annotation(rdfs:comment "why") rdfs:label net:C "c")\n' in path.read_text(encoding="utf-8")


def test_a_character_that_xml_forbids_is_named(sources: Sources, tmp_path: Path) -> None:
    source = source_of(HEAD + 'g:ontology { net:C a owl:Class ; rdfs:label "a\\u0008b" ; rdfs:comment "c" . }', sources, Edition.BASE)
    path, losses = written("owx", source, tmp_path)
    assert [(loss.term, loss.axiom, loss.reason) for loss in losses] == [
        ("https://w3id.org/net-kg/C", 'AnnotationAssertion(rdfs:label net:C "a\x08b")', "a character that XML has no place for")
    ]
    assert len(pyhornedowl.open_ontology_from_file(str(path), "owx").get_axioms()) == 2


def test_what_manchester_syntax_cannot_say_is_named(sources: Sources, tmp_path: Path) -> None:
    triples = """g:ontology {
      net:C a owl:Class . net:p a owl:ObjectProperty . net:d a owl:DatatypeProperty . [ owl:inverseOf net:p ] rdfs:domain net:C .
      <https://example.org/x> rdfs:label "no entity" .
      net:d rdfs:range [ a rdfs:Datatype ; owl:onDatatype xsd:decimal ; owl:withRestrictions ( [ xsd:totalDigits 2 ] ) ] .
      [] a owl:Axiom ; owl:annotatedSource net:C ; owl:annotatedProperty <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ;
         owl:annotatedTarget owl:Class ; rdfs:comment "declared" . }"""
    _, losses = written("omn", source_of(HEAD + triples, sources, Edition.BASE), tmp_path)
    assert {(loss.axiom, loss.reason) for loss in losses} == {
        ("ObjectPropertyDomain(ObjectInverseOf(net:p) net:C)", "Manchester syntax has no place for an axiom about something that has no name"),
        ('AnnotationAssertion(rdfs:label <https://example.org/x> "no entity")', "Manchester syntax has no place for an annotation of what is no entity"),
        ('DataPropertyRange(net:d DatatypeRestriction(xsd:decimal xsd:totalDigits "2"^^xsd:integer))', "Manchester syntax has no place for this facet"),
        ('Declaration(Annotation(rdfs:comment "declared") Class(net:C))', "Manchester syntax has no place for an annotation of a declaration"),
    }
