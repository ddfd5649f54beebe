"""Nanopublications: their form, what they say alone, and that the libraries of their makers take them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.export.loss import Losses
from kg.export.nanopub import CITED, DERIVED, UNUSED, nanopub
from kg.export.records import FOLLOWS, NAMELESS
from kg.export.source import Source
from kg.prefixes import NET
from kg.settings import Sources
from tests.export.conftest import Reader, source_of
from tests.export.edges import EDGES
from tests.export.maven import PATIENCE, jars

NP = "http://www.nanopub.org/nschema#"
R1 = NET + "nanopub/2026-01-02/recommendation/R1"
JUDGE = "org.nanopub:nanopub:1.34"
"""The newest one on Maven Central that runs on Java 17."""


@pytest.fixture
def edges(sources: Sources) -> Source:
    return source_of(EDGES, sources)


def exported(source: Source, folder: Path) -> tuple[Path, Losses]:
    losses = Losses()
    nanopub(source, folder / "net.trig", losses)
    return folder / "net.trig", losses


def graphs(path: Path) -> dict[str, set[ox.Triple]]:
    found: dict[str, set[ox.Triple]] = {}
    for quad in ox.parse(path=path, format=ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, ox.NamedNode), "nothing stands in the default graph"
        found.setdefault(quad.graph_name.value, set()).add(quad.triple)
    return found


def said(triples: set[ox.Triple]) -> set[tuple[str, str, str]]:
    """Return triples in a few characters each."""
    return {(_short(triple.subject), _short(triple.predicate), _short(triple.object)) for triple in triples}


def value(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode | ox.Literal) else str(node)


def _short(node: object) -> str:
    text = value(node)
    text = text.removeprefix(R1).removeprefix(NET)
    return re.split("[/#]", text)[-1] if text.startswith("http://") else text


def one_by_one(path: Path, folder: Path, every: int = 1) -> Iterator[Path]:
    """Write each nanopublication to a file of its own."""
    head, *parts = path.read_text(encoding="utf-8").split("\n@prefix this: ")
    folder.mkdir()
    for number, part in enumerate(parts[::every]):
        one = folder / f"{number}.trig"
        one.write_text(f"{head}\n@prefix this: {part}", encoding="utf-8")
        yield one


def check(found: dict[str, set[ox.Triple]]) -> int:
    """Check what the guidelines call well-formed; return the number of nanopublications."""
    heads = {name: triples for name, triples in found.items() if name.endswith("#Head")}
    for head, triples in heads.items():
        name = head.removesuffix("#Head")
        parts = {"Assertion": "assertion", "Provenance": "provenance", "PublicationInfo": "pubinfo"}
        assert {(value(triple.predicate), value(triple.object)) for triple in triples} == {
            ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", NP + "Nanopublication"),
            *((f"{NP}has{link}", f"{name}#{part}") for link, part in parts.items()),
        }
        assert {value(triple.subject) for triple in triples} == {name}
        assert found[f"{name}#assertion"]
        assert any(value(triple.subject) == f"{name}#assertion" for triple in found[f"{name}#provenance"])
        assert any(value(triple.subject) == name for triple in found[f"{name}#pubinfo"])
        assert sum(len(found[f"{name}#{part}"]) for part in ("Head", *parts.values())) <= 1200, "servers take no more"
    assert len(found) == 4 * len(heads)
    return len(heads)


def test_the_edges_are_well_formed(edges: Source, tmp_path: Path) -> None:
    assert check(graphs(exported(edges, tmp_path)[0])) == 11


def test_a_nanopublication_says_what_who_and_when(edges: Source, tmp_path: Path) -> None:
    found = graphs(exported(edges, tmp_path)[0])
    provenance, info = said(found[f"{R1}#provenance"]), said(found[f"{R1}#pubinfo"])
    assert {triple for triple in provenance if triple[0] == "#assertion"} == {
        ("#assertion", "creator", "NET-KG contributors"),
        ("#assertion", "isPartOf", "dataset"),
        ("#assertion", "generatedAtTime", "2026-01-02T00:00:00Z"),
        ("#assertion", "wasDerivedFrom", "document/new"),
        ("#assertion", "source", "document/new"),
        ("#assertion", "readAt", "https://example.org/new"),
        ("#assertion", "curation", "CurationPrimary"),
        ("#assertion", "rowNumber", "7"),
    }
    assert ("document/new", "pubmed", "https://pubmed.ncbi.nlm.nih.gov/123") in provenance
    assert {triple for triple in info if not triple[0]} == {
        ("", "label", "recommendation R1"),
        ("", "versionInfo", "2026-01-02"),
        ("", "description", "Research material, no medical advice."),
        ("", "isPartOf", "dataset"),
        ("", "hasNanopubType", "Recommendation"),
        ("", "license", "https://creativecommons.org/licenses/by/4.0/"),
        ("", "creator", "NET-KG contributors"),
        ("", "created", "2026-01-02T00:00:00Z"),
    }


def test_an_assertion_can_be_understood_alone(edges: Source, tmp_path: Path) -> None:
    found = graphs(exported(edges, tmp_path)[0])
    assertion, info = said(found[f"{R1}#assertion"]), said(found[f"{R1}#pubinfo"])
    assert {
        ("recommendation/R1", "gist", "Give both."),
        ("recommendation/R1", "population", "population/p-1"),
        ("population/p-1", "label", "neoplasm: tumour; Ki-67 index > 3 and ≤ 20 %"),
        ("population/p-1/1/ki67-2", "minimum", "3"),
        ("population/p-1/1/ki67-2", "minimumIncluded", "false"),
    } <= assertion
    assert not {predicate for subject, predicate, _ in assertion if subject == "recommendation/R1"} & {"source", "readAt", "curation", "rowNumber"}
    assert {("Alpha", "hasLabelFromApi", "α-drug"), ("gist", "hasLabelFromApi", "statement in words")} <= {
        (subject, predicate.rpartition("/")[2], text) for subject, predicate, text in info
    }
    evidence = said(found[R1.replace("recommendation/R1", "evidence/E2") + "#assertion"])
    assert {("comparison/C1", "experimental", "Alpha"), ("trial/T1", "acronym", "ONE")} <= evidence


def test_a_record_without_source_or_known_population_is_valid_too(edges: Source, tmp_path: Path) -> None:
    found = graphs(exported(edges, tmp_path)[0])
    name = R1.replace("R1", "R3")
    assert ("recommendation/R3", "population", "population/p-9") in said(found[f"{name}#assertion"])
    assert not any(triple.predicate.value.endswith("wasDerivedFrom") for triple in found[f"{name}#provenance"])


def test_a_release_without_date_or_licence_is_valid_too(sources: Sources, tmp_path: Path) -> None:
    bare = EDGES[: EDGES.index("g:meta")]
    assert check(graphs(exported(source_of(bare, sources), tmp_path)[0])) == 11


def test_a_node_without_name_is_in_the_report(sources: Sources, tmp_path: Path) -> None:
    more = f"<{NET}graph/data/claims> {{ <{NET}claim/CL1> <{NET}note> [ <{NET}note> 1 ] }}"
    _, losses = exported(source_of(EDGES + more, sources), tmp_path)
    assert [(loss.term, loss.axiom) for loss in losses if loss.reason == NAMELESS] == [(NET + "graph/data/claims", "all: 2 statements")]


def test_what_no_nanopublication_says_is_in_the_report(edges: Source, tmp_path: Path) -> None:
    path, losses = exported(edges, tmp_path)
    everything = {(triple.subject, triple.predicate, triple.object) for triples in graphs(path).values() for triple in triples}
    noted = {(loss.term.removeprefix(NET), loss.reason) for loss in losses}
    assert {("recommendation/R1", DERIVED), ("document/new", CITED), ("graph/data/populations", FOLLOWS)} <= noted
    moved = {NET + name for name in ("source", "readAt", "curation", "rowNumber")}
    for quad in edges.quads():
        graph = str(quad.graph_name)[1:-1]
        if graph.startswith(NET + "graph/data/") and not graph.endswith("mappings") and (quad.subject, quad.predicate, quad.object) not in everything:
            allowed = quad.predicate.value == NET + "allows"
            document = isinstance(quad.subject, ox.NamedNode) and (quad.subject.value.removeprefix(NET), CITED) in noted
            assert allowed or document or quad.predicate.value in moved, quad


@settings(max_examples=50)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.just("\n@prefix this: <http://example.org/> .\n"))
def test_every_text_stays_as_it_is(text: str, sources: Sources, tmp_path: Path) -> None:
    found = graphs(exported(source_of(EDGES.replace('"Give both."', str(ox.Literal(text))), sources), tmp_path)[0])
    assert ("recommendation/R1", "gist", text) in {
        (_short(triple.subject), _short(triple.predicate), value(triple.object)) for triple in found[f"{R1}#assertion"]
    }


def test_a_document_that_nothing_cites_is_in_the_report(sources: Sources, tmp_path: Path) -> None:
    path, losses = exported(source_of(EDGES + f"<{NET}graph/data/documents> {{ <{NET}document/lone> a <{NET}Guideline> }}", sources), tmp_path)
    assert [loss.term for loss in losses if loss.reason == UNUSED] == [NET + "document/lone"]
    assert "lone" not in path.read_text(encoding="utf-8")


def test_the_real_ones_are_well_formed(real: Source, tmp_path: Path) -> None:
    path, _ = exported(real, tmp_path)
    records = real.graph.select(
        f"SELECT DISTINCT ?record WHERE {{ GRAPH ?graph {{ ?record <{NET}rowNumber> ?row }} FILTER(?graph != <{NET}graph/data/documents>) }}"
    )
    assert check(graphs(path)) == len(records)


def test_the_nanopub_package_takes_them(edges: Source, real: Source, tmp_path: Path, reader: Reader) -> None:
    (tmp_path / "real").mkdir()
    files = [*one_by_one(exported(edges, tmp_path)[0], tmp_path / "edges"), *one_by_one(exported(real, tmp_path / "real")[0], tmp_path / "some", every=80)]
    found = reader("nanopubs", *files)
    assert len(found) == len(files)
    assert found[R1] == {"assertion": 36, "provenance": 16, "pubinfo": 14}


def test_the_java_library_takes_all(real: Source, tmp_path: Path) -> None:
    classpath = jars(tmp_path, JUDGE)
    path, _ = exported(real, tmp_path)
    command = ["java", "-cp", classpath, "org.nanopub.CheckNanopub", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.stdout.endswith(f"Summary: {check(graphs(path))} valid (not trusty);\n"), done.stdout + done.stderr
