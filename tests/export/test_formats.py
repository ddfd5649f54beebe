"""Each format, read back by a library that others use."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import networkx as nx
import pandas as pd
import pyoxigraph as ox
import pytest
import rdflib
import yaml

from kg.export import FORMATS
from kg.export.loss import Losses
from kg.export.property_graph import PropertyGraph
from kg.export.source import Edition, Source
from kg.graph import Graph
from kg.prefixes import PREFIXES, converter
from kg.settings import Sources
from kg.store import in_memory
from tests.export.conftest import SMALL, Reader, source_of

RDF = {"nt": ox.RdfFormat.N_TRIPLES, "nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG, "ttl": ox.RdfFormat.TURTLE, "owl": ox.RdfFormat.RDF_XML}


def written(name: str, source: Source, folder: Path) -> tuple[Path, Losses]:
    losses = Losses()
    path = folder / name
    if FORMATS[name].is_folder:
        path.mkdir()
    FORMATS[name].writer()(source, path, losses)
    return path, losses


@pytest.mark.parametrize("name", ["nq", "trig"])
def test_datasets_lose_nothing(name: str, real: Source, tmp_path: Path) -> None:
    path, losses = written(name, real, tmp_path)
    assert set(ox.parse(path=path, format=RDF[name])) == set(real.quads())
    assert not len(losses)


def test_triples_lose_their_graphs_only(real: Source, tmp_path: Path) -> None:
    path, _ = written("nt", real, tmp_path)
    assert {quad.triple for quad in ox.parse(path=path, format=RDF["nt"])} == {quad.triple for quad in real.quads()}


@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize("name", ["ttl", "owl"])
def test_ontologies_hold_their_edition(name: str, edition: Edition, sources: Sources, tmp_path: Path) -> None:
    source = source_of(SMALL, sources, edition)
    path, _ = written(name, source, tmp_path)
    found = ox.Dataset(ox.parse(path=path, format=RDF[name]))
    wanted = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in source.ontology())
    for dataset in (found, wanted):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert found == wanted
    subjects = {str(quad.subject) for quad in found}
    assert ("<https://w3id.org/net-kg/recommendation/R1>" in subjects) is (edition is Edition.FULL)
    assert "<https://w3id.org/net-kg/dataset>" not in subjects, "what describes the dataset is no part of the ontology"


def test_rdflib_reads_the_ontology(real: Source, tmp_path: Path) -> None:
    turtle, _ = written("ttl", real, tmp_path)
    xml, _ = written("owl", real, tmp_path)
    count = sum(1 for _ in real.ontology())
    assert len(rdflib.Graph().parse(turtle, format="turtle")) == count
    assert len(rdflib.Graph().parse(xml, format="xml")) == count


def test_the_nodes_and_edges_are_what_the_graph_says(small: Source) -> None:
    losses = Losses()
    graph = PropertyGraph(small, losses)
    assert {node.id: node.name for node in graph.nodes()} == {
        "net:Agonist": "agonist",
        "net:Drug": "drug",
        "net:Receptor": "Rezeptor für Ω",
        "net:document/a": "A & B: 50 % {of} all [a]",
        "net:population/p-1": "any",
        "net:recommendation/R1": "recommendation R1",
    }
    assert [(edge.subject, edge.predicate, edge.object, edge.name, edge.inferred) for edge in graph.edges()] == [
        ("net:Agonist", "rdfs:subClassOf", "net:Drug", "is a kind of", False),
        ("net:Agonist", "rdfs:subClassOf", "net:Receptor", "is a kind of", True),
        ("net:Agonist", "net:targets", "net:Receptor", "targets", False),
        ("net:recommendation/R1", "net:population", "net:population/p-1", "net:population", False),
        ("net:recommendation/R1", "net:source", "net:document/a", "net:source", False),
        ("net:recommendation/R1", "net:therapy", "net:Agonist", "net:therapy", False),
    ]
    assert {loss.term.rpartition("/")[2] for loss in losses} >= {"1", "Agonist"}


def test_every_edge_of_the_real_graph_joins_two_nodes(real: Source) -> None:
    graph = PropertyGraph(real, Losses())
    identifiers = {node.id for node in graph.nodes()}
    assert len(identifiers) == len(graph)
    ends = [end for edge in graph.edges() for end in (edge.subject, edge.object)]
    assert set(ends) <= identifiers
    assert all(converter().expand(identifier) or identifier.startswith("net:") for identifier in identifiers)


def test_csv_and_parquet_say_the_same_and_pandas_reads_them(small: Source, tmp_path: Path) -> None:
    folder, _ = written("csv", small, tmp_path)
    columns, _ = written("parquet", small, tmp_path)
    for name in ("nodes", "edges", "attributes"):
        rows = pd.read_csv(folder / f"{name}.csv", keep_default_na=False)
        assert len(rows)
        pd.testing.assert_frame_equal(rows, pd.read_parquet(columns / f"{name}.parquet"), check_dtype=False)
    with (folder / "nodes.csv").open(encoding="utf-8", newline="") as stream:
        nodes = list(csv.DictReader(stream))
    assert {"definition": 'One that "binds" & <acts>,\nin two lines.', "id": "net:Agonist"}.items() <= nodes[0].items()


def test_networkx_reads_graphml(small: Source, tmp_path: Path) -> None:
    path, _ = written("graphml", small, tmp_path)
    found = nx.read_graphml(path)
    graph = PropertyGraph(small, Losses())
    assert set(found) == {node.id for node in graph.nodes()}
    assert found.number_of_edges() == sum(1 for _ in graph.edges())
    assert found.nodes["net:Agonist"]["IAO:0000115"] == 'One that "binds" & <acts>,\nin two lines.'
    assert found.nodes["net:Receptor"]["skos:exactMatch"] == "NCIT:C1 | NCIT:C2"


def test_cx2_declares_every_attribute_and_counts_what_it_holds(small: Source, tmp_path: Path) -> None:
    path, _ = written("cx2", small, tmp_path)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document[0] == {"CXVersion": "2.0", "hasFragments": False}
    assert document[-1] == {"status": [{"success": True, "error": ""}]}
    aspects = {name: elements for part in document[1:-1] for name, elements in part.items()}
    assert {item["name"]: item["elementCount"] for item in aspects.pop("metaData")} == {name: len(elements) for name, elements in aspects.items()}
    declared = aspects["attributeDeclarations"][0]
    kinds = {"string": str, "boolean": bool, "list_of_string": list}
    for part in ("nodes", "edges"):
        for element in aspects[part]:
            for name, value in element["v"].items():
                assert isinstance(value, kinds[declared[part][name]["d"]])
    numbers = {node["id"] for node in aspects["nodes"]}
    assert all({edge["s"], edge["t"]} <= numbers for edge in aspects["edges"])


def test_ndex2_reads_cx2(real: Source, reader: Reader, tmp_path: Path) -> None:
    path, _ = written("cx2", real, tmp_path)
    graph = PropertyGraph(real, Losses())
    found = reader("cx2", path, "net:Everolimus")
    assert (found["nodes"], found["edges"]) == (len(graph), sum(1 for _ in graph.edges()))
    assert found["one"]["name"] == "everolimus"
    assert found["one"]["category"] == "drug"


@pytest.mark.parametrize("name", ["ttl", "owl", "ofn", "omn", "owx", "obo", "obographs", "csv", "graphml", "cx2", "kgx-jsonl", "neo4j"])
def test_one_changed_definition_changes_a_few_lines(name: str, real: Source, sources: Sources, tmp_path: Path) -> None:
    term = ox.NamedNode("https://w3id.org/net-kg/Everolimus")
    definitions = {PREFIXES["IAO"] + "0000115", PREFIXES["skos"] + "definition"}
    changed = (
        ox.Quad(quad.subject, quad.predicate, ox.Literal("Something else.", language="en"), quad.graph_name)
        if quad.subject == term and quad.predicate.value in definitions
        else quad
        for quad in real.quads()
    )
    other = Source(Graph(in_memory(changed), sources))
    lines: list[Counter[str]] = []
    for number, source in enumerate((real, other)):
        (tmp_path / str(number)).mkdir()
        path, _ = written(name, source, tmp_path / str(number))
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        lines.append(Counter(line for file in files for line in file.read_text(encoding="utf-8").splitlines()))
    assert 1 <= (lines[0] - lines[1]).total() <= 4
    assert 1 <= (lines[1] - lines[0]).total() <= 4


def test_the_mapping_set_is_that_of_the_table(real: Source, sources: Sources, tmp_path: Path) -> None:
    path, _ = written("sssom", real, tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    head = yaml.safe_load("\n".join(line.removeprefix("#") for line in lines if line.startswith("#")))
    table = (sources.data / "mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if not line.startswith("#")]) == len([line for line in table if not line.startswith("#")])
    rows = list(csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t"))
    assert rows == sorted(rows, key=lambda row: tuple(row.values()))
    known = set(head["curie_map"]) | {"skos", "semapv"}
    assert {row[slot].partition(":")[0] for row in rows for slot in ("subject_id", "predicate_id", "object_id", "mapping_justification")} <= known
    assert head["mapping_set_version"] == real.version


def test_citations_name_each_document_once_and_escape_what_tex_reads(small: Source, real: Source, tmp_path: Path) -> None:
    path, _ = written("bibtex", small, tmp_path)
    assert path.read_text(encoding="utf-8") == "@techreport{a,\n  title = {{A \\& B: 50 \\% \\{of\\} all}},\n  year = {2024},\n  month = {03},\n}\n\n"
    items = json.loads(written("csl", small, tmp_path)[0].read_text(encoding="utf-8"))
    assert items == [{"id": "a", "type": "report", "title": "A & B: 50 % {of} all", "issued": {"date-parts": [[2024, 3]]}}]
    (tmp_path / "real").mkdir()
    everything = json.loads(written("csl", real, tmp_path / "real")[0].read_text(encoding="utf-8"))
    keys = [item["id"] for item in everything]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", ["owl", "graphml"])
def test_xml_names_the_characters_that_it_cannot_hold(name: str, sources: Sources, tmp_path: Path) -> None:
    text = SMALL + 'g:ontology { net:Odd a owl:Class ; rdfs:label "odd" ; IAO:0000115 "one\\rtwo" , "three\\u000Bfour" , "five\\nsix" . }'
    path, losses = written(name, source_of(text, sources), tmp_path)
    assert {loss.term for loss in losses if loss.reason.startswith("a carriage return")} == {"https://w3id.org/net-kg/Odd"}
    if name == "owl":
        found = rdflib.Graph().parse(path, format="xml").objects(rdflib.URIRef("https://w3id.org/net-kg/Odd"), rdflib.URIRef(PREFIXES["IAO"] + "0000115"))
        assert [str(value) for value in found] == ["five\nsix"]
        assert sum("\\r" in loss.axiom or "\\u000B" in loss.axiom for loss in losses) == 2
    else:
        assert nx.read_graphml(path).nodes["net:Odd"]["IAO:0000115"] == "five\nsix | one\ufffdtwo | three\ufffdfour"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_order_of_the_store_makes_no_difference(name: str, small: Source, sources: Sources, tmp_path: Path) -> None:
    reversed_graph = in_memory(reversed(list(small.quads())))
    paths = []
    for number, source in enumerate((small, Source(Graph(reversed_graph, sources)))):
        (tmp_path / str(number)).mkdir()
        paths.append(written(name, source, tmp_path / str(number))[0])
    one, two = ([path.read_bytes() for path in (sorted(path.iterdir()) if path.is_dir() else [path])] for path in paths)
    assert one == two


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_an_empty_graph_can_be_exported(name: str, sources: Sources, tmp_path: Path) -> None:
    path, losses = written(name, source_of("", sources), tmp_path)
    assert path.exists()
    assert not len(losses)
