"""Neo4j's bulk import: the files, and the recipe carried out by Neo4j's own importer."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.export import FORMATS
from kg.export.loss import Losses
from kg.export.property_graph import PropertyGraph
from kg.export.source import Source
from kg.settings import Sources
from tests.export.conftest import SMALL, source_of
from tests.export.maven import PATIENCE, jars

NEO4J = "org.neo4j:neo4j:5.26.30"
OPENED = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")]
"""What Neo4j's own start script asks of Java."""

Import = Callable[..., tuple[str, list[list[str]]]]
"""Folder of an export, queries → what the importer said, and the rows that the queries gave."""


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Import:
    """Carries out the first line of the recipe in README.txt, word by word, and asks the database that it made."""
    java = ["java", "-Xmx1g", *OPENED, "-cp", jars(tmp_path_factory.mktemp("neo4j"), NEO4J)]

    def run(folder: Path, *queries: str) -> tuple[str, list[list[str]]]:
        home = tmp_path_factory.mktemp("home")
        (home / "conf").mkdir()
        (home / "conf" / "neo4j.conf").touch()
        surroundings = os.environ | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
        (line,) = [line for line in (folder / "README.txt").read_text(encoding="utf-8").splitlines() if line.startswith("neo4j-admin ")]
        command = [*java, "org.neo4j.cli.AdminTool", *shlex.split(line)[1:]]
        done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr + done.stdout
        script = Path(__file__).parent / "readers" / "Neo4jCounts.java"
        asked = subprocess.run([*java, script, home, *queries], capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert asked.returncode == 0, asked.stderr + asked.stdout
        return done.stdout, [line.split("\t")[1:] for line in asked.stdout.splitlines() if line.startswith("row\t")]

    return run


def written(source: Source, folder: Path) -> Path:
    path = folder / "neo4j"
    path.mkdir()
    FORMATS["neo4j"].writer()(source, path, Losses())
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_nodes_are_labelled_by_what_they_are_and_typed(small: Source, tmp_path: Path) -> None:
    path = written(small, tmp_path)
    nodes = {row["id:ID"]: row for row in rows(path / "nodes.csv")}
    assert list(nodes["net:Agonist"])[:4] == ["id:ID", ":LABEL", "name:string", "iri:string"]
    assert {name: row[":LABEL"] for name, row in nodes.items()} == {
        "net:Agonist": "Drug",
        "net:Drug": "Drug",
        "net:Receptor": "Receptor",
        "net:document/a": "Document",
        "net:population/p-1": "Population",
        "net:recommendation/R1": "Recommendation",
    }
    assert nodes["net:Agonist"]["definition:string"] == 'One that "binds" & <acts>,\nin two lines.'
    assert nodes["net:Receptor"]["skos_exactMatch:string[]"] == "NCIT:C1\x1fNCIT:C2"
    assert not [cell for row in nodes.values() for cell in row.values() if cell.startswith("_:")], "no blank nodes"


def test_relationships_have_a_type_and_its_property(small: Source, tmp_path: Path) -> None:
    found = rows(written(small, tmp_path) / "relationships.csv")
    assert list(found[0]) == [":START_ID", ":END_ID", ":TYPE", "predicate:string", "inferred:boolean"]
    assert [tuple(row.values()) for row in found] == [
        ("net:Agonist", "net:Drug", "IS_A_KIND_OF", "rdfs:subClassOf", "false"),
        ("net:Agonist", "net:Receptor", "IS_A_KIND_OF", "rdfs:subClassOf", "true"),
        ("net:Agonist", "net:Receptor", "TARGETS", "net:targets", "false"),
        ("net:recommendation/R1", "net:population/p-1", "POPULATION", "net:population", "false"),
        ("net:recommendation/R1", "net:document/a", "SOURCE", "net:source", "false"),
        ("net:recommendation/R1", "net:Agonist", "THERAPY", "net:therapy", "false"),
    ]


def test_numbers_are_numbers_where_all_values_are(sources: Sources, tmp_path: Path) -> None:
    more = """d:evidence { <https://w3id.org/net-kg/evidence/E1> a owl:NamedIndividual , net:EvidenceItem ; net:effect 0.48 ; net:isCurrent true ;
      net:share 5 , 0.5 ; net:mixed 1 . <https://w3id.org/net-kg/evidence/E2> a owl:NamedIndividual , net:EvidenceItem ; net:mixed "about 1" ; net:count 7 .
    }"""
    header = (written(source_of(SMALL + more, sources), tmp_path) / "nodes.csv").read_text(encoding="utf-8").partition("\n")[0].split(",")
    assert {"effect:double", "isCurrent:boolean", "count:long", "mixed:string", "share:string[]"} <= set(header)


def test_two_properties_of_one_name_are_told_apart(sources: Sources, tmp_path: Path) -> None:
    more = """@prefix RO: <http://purl.obolibrary.org/obo/RO_> . g:ontology { RO:1 a owl:ObjectProperty ; rdfs:label "targets"@en . }
      g:edges { net:Agonist RO:1 net:Receptor ; net:name "own name" . }"""
    path = written(source_of(SMALL + more, sources), tmp_path)
    assert {row[":TYPE"] for row in rows(path / "relationships.csv")} >= {"RO_1", "NET_TARGETS"}
    assert "net_name:string" in rows(path / "nodes.csv")[0]


def test_the_recipe_is_two_lines(small: Source, tmp_path: Path) -> None:
    text = (written(small, tmp_path) / "README.txt").read_text(encoding="utf-8")
    assert [line.split()[0] for line in re.findall(r"^neo4j.*$", text, re.MULTILINE)] == ["neo4j-admin", "neo4j"]
    assert "Research material, no medical advice." in text


def test_neo4j_imports_awkward_texts(load: Import, sources: Sources, tmp_path: Path) -> None:
    more = """g:ontology { net:Receptor <http://www.geneontology.org/formats/oboInOwl#hasExactSynonym> "a;b|c, 'd' \\\\ e" , "Ω\\n\\"two\\"" . }
      d:evidence { <https://w3id.org/net-kg/evidence/E1> a owl:NamedIndividual , net:EvidenceItem ; rdfs:label "E"@en ; net:effect 0.48 . }"""
    said, found = load(
        written(source_of(SMALL + more, sources), tmp_path),
        "MATCH (r:Receptor) RETURN r.name, [s IN r.oboInOwl_hasExactSynonym | replace(s, '\\n', '/')], size(r.skos_exactMatch)",
        "MATCH (e:Evidence) WHERE e.effect < 0.5 RETURN e.effect * 2",
        "MATCH (a:Drug {id: 'net:Agonist'})-[r:TARGETS]->(b) RETURN r.predicate, r.inferred, b.id, split(a.definition, '\\n')[1]",
    )
    assert "IMPORT DONE" in said
    assert found == [
        ["Rezeptor für Ω", """[a;b|c, 'd' \\ e, Ω/"two"]""", "2"],
        ["0.96"],
        ["net:targets", "false", "net:Receptor", "in two lines."],
    ]


def test_neo4j_counts_what_we_count(load: Import, real: Source, tmp_path: Path) -> None:
    graph = PropertyGraph(real, Losses())
    path = written(real, tmp_path)
    said, found = load(
        path,
        "MATCH (n) RETURN count(n), count(DISTINCT n.id)",
        "MATCH ()-[r]->() RETURN count(r)",
        "MATCH (d:Drug)-[:TARGETS]->(r:Receptor) RETURN count(*)",
        "MATCH (n) WHERE size(labels(n)) <> 1 RETURN count(n)",
    )
    edges = list(graph.edges())
    kinds = {node.id: node.category for node in graph.nodes()}
    targets = sum(edge.predicate == "net:targets" and (kinds[edge.subject], kinds[edge.object]) == ("drug", "receptor") for edge in edges)
    assert found == [[str(len(graph)), str(len(graph))], [str(len(edges))], [str(targets)], ["0"]]
    assert (f"{len(graph)} nodes", f"{len(edges)} relationships") == tuple(re.findall(r"^ *(\d+ (?:nodes|relationships))$", said, re.MULTILINE))
    assert targets > 100
