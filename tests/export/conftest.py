"""A small graph that holds one of everything, and the real one; readers of other makers to judge what is written.

Readers that are light are imported by the tests. Heavy ones stand in an environment of their own, so that their many
dependencies touch nothing here: ``$NETKG_READERS`` names its interpreter. ROBOT, and the OWL API in it, come from Maven
Central.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import kg
from kg.export.source import Edition, Source
from kg.settings import Sources
from kg.store import in_memory
from tests.conftest import ROOT
from tests.export.maven import PATIENCE, jars

SMALL = """
@prefix net: <https://w3id.org/net-kg/> .
@prefix g: <https://w3id.org/net-kg/graph/> .
@prefix d: <https://w3id.org/net-kg/graph/data/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix IAO: <http://purl.obolibrary.org/obo/IAO_> .
g:ontology {
  net:Drug a owl:Class ; rdfs:label "drug"@en .
  net:Agonist a owl:Class ; rdfs:label "agonist"@en ; rdfs:subClassOf net:Drug ; IAO:0000115 "One that \\"binds\\" & <acts>,\\nin two lines."@en ;
    rdfs:subClassOf [ a owl:Restriction ; owl:onProperty net:targets ; owl:someValuesFrom net:Receptor ] .
  net:Receptor a owl:Class ; rdfs:label "Rezeptor für Ω"@en ;
    skos:exactMatch <http://purl.obolibrary.org/obo/NCIT_C1> , <http://purl.obolibrary.org/obo/NCIT_C2> .
  net:targets a owl:ObjectProperty ; rdfs:label "targets"@en .
}
g:edges { net:Agonist net:targets net:Receptor . }
g:inferred { net:Agonist rdfs:subClassOf owl:Thing , net:Receptor , net:Drug . }
d:documents { <https://w3id.org/net-kg/document/a> a owl:NamedIndividual , net:Guideline ;
    rdfs:label "A & B: 50 % {of} all [a]"@en ; net:issued "2024-03"^^xsd:gYearMonth . }
d:recommendations { <https://w3id.org/net-kg/recommendation/R1> a owl:NamedIndividual , net:Recommendation ; rdfs:label "recommendation R1"@en ;
  net:therapy net:Agonist ; net:source <https://w3id.org/net-kg/document/a> ; net:population <https://w3id.org/net-kg/population/p-1> . }
d:populations { <https://w3id.org/net-kg/population/p-1> a owl:NamedIndividual , net:Population ; rdfs:label "any"@en ;
    net:alternative <https://w3id.org/net-kg/population/p-1/1> .
  <https://w3id.org/net-kg/population/p-1/1> a owl:NamedIndividual , net:PopulationAlternative ; rdfs:label "one"@en ; net:allows net:Drug . }
g:meta { net:dataset owl:versionInfo "2026-01-01" . }
"""


def source_of(text: str, sources: Sources, edition: Edition = Edition.INFERRED) -> Source:
    """Return a graph written in TriG as something to export."""
    return Source(kg.Graph(in_memory(ox.parse(text, ox.RdfFormat.TRIG)), sources), edition)


@pytest.fixture
def small(sources: Sources) -> Source:
    return source_of(SMALL, sources)


@pytest.fixture(scope="session")
def real(graph: kg.Graph) -> Source:
    return Source(graph)


ROBOT = "org.obolibrary.robot:robot-command:1.9.8"
WARNING = re.compile(r"[-\d]{10} [:,\d]{12} (WARN|ERROR|FATAL) |WARNING: |SEVERE: ")
NOISE = re.compile(r"CommandManager - Subcommand Timing|CURIEShortFormProvider - Unable to find namespace for")
"""Lines of ROBOT's log that look like warnings and say nothing of the files: how long it took, and how a report shortens names."""

Reader = Callable[..., dict[str, Any]]
"""Name of a script in ``tests/export/readers``, its arguments → the JSON that it printed."""
Robot = Callable[..., str]
"""A command of ROBOT with its arguments → all it said."""
OwlApi = Callable[..., list[dict[str, Any]]]
"""Files of ontologies → what the OWL API read in each, and what each has more and less than the first."""
NO_NETWORK = ["-Dhttp.proxyHost=127.0.0.1", "-Dhttp.proxyPort=9", "-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=9"]
"""Java asks for every address at a port that nobody serves."""


@pytest.fixture(scope="session")
def reader() -> Reader:
    """Reads files with libraries of the readers' environment; a script that fails, fails the test with what it said."""
    python = Path(os.environ.get("NETKG_READERS", ROOT / ".venv-readers" / "bin" / "python"))
    if not python.exists():
        pytest.skip(f"no environment with the heavy readers at {python}; NETKG_READERS names another")

    def read(name: str, *args: str | Path) -> dict[str, Any]:
        script = Path(__file__).parent / "readers" / f"{name}.py"
        done = subprocess.run([python, script, *args], capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr + done.stdout
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return read


@pytest.fixture(scope="session")
def robot_classpath(tmp_path_factory: pytest.TempPathFactory) -> str:
    return jars(tmp_path_factory.mktemp("robot"), ROBOT)


@pytest.fixture(scope="session")
def robot(robot_classpath: str) -> Robot:
    """Runs a command of ROBOT; one that ends badly, or warns, fails the test with what it said."""

    def run(*args: str | Path) -> str:
        command = ["java", "-Xmx3g", "-cp", robot_classpath, "org.obolibrary.robot.CommandLineInterface", "-v", *args]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        said = done.stderr + done.stdout
        assert done.returncode == 0, said
        assert not [line for line in said.splitlines() if WARNING.match(line) and not NOISE.search(line)], said
        return said

    return run


@pytest.fixture(scope="session")
def owlapi(robot_classpath: str) -> Iterator[OwlApi]:
    """Reads ontologies with the OWL API, in one process for all tests, with no network."""
    command = ["java", "-Xmx3g", *NO_NETWORK, "-cp", robot_classpath, str(Path(__file__).parent / "readers" / "OwlApi.java")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8") as java:

        def read(*paths: Path) -> list[dict[str, Any]]:
            assert java.stdin is not None
            assert java.stdout is not None
            java.stdin.write("\t".join(map(str, paths)) + "\n")
            java.stdin.flush()
            found: list[dict[str, Any]] = json.loads(java.stdout.readline())
            return found

        yield read
        java.communicate()
