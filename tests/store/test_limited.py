"""Queries with a time limit from Python and from the command line."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.build import _replace
from kg.cli.main import netkg
from kg.errors import QueryError
from kg.graph import Graph
from kg.settings import Sources
from kg.store import LocalStore, Rows, Store, in_memory, open_folder

EX = "https://example.org/"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?c) != STR(?l)) }"
DEEP = "SELECT * WHERE " + "{" * 30_000 + "}" * 30_000


def quads() -> list[ox.Quad]:
    node = ox.NamedNode
    return [ox.Quad(node(f"{EX}s{number}"), node(EX + "p"), ox.Literal(str(number)), node(EX + "g")) for number in range(300)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store folder."""
    _replace(tmp_path / "store", quads())
    return tmp_path / "store"


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, folder: Path) -> LocalStore:
    """The same graph in memory and on disk."""
    return in_memory(quads()) if request.param == "memory" else open_folder(folder)


def children() -> str:
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()


def test_within_its_time_each_form_of_query_has_the_usual_answer(store: LocalStore, sources: Sources) -> None:
    graph = Graph(store, sources)
    for query in ("SELECT ?s ?x WHERE { ?s ?p ?o } ORDER BY ?s LIMIT 5", "ASK { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p '7' }"):
        assert graph.sparql(query, timeout=60) == graph.sparql(query)
    assert len(graph.select("SELECT ?s WHERE { ?s ?p ?o }", timeout=60)) == 300


def test_past_its_time_a_query_is_stopped_and_nothing_is_left(store: LocalStore, sources: Sources) -> None:
    before, threads = children(), threading.active_count()
    start = time.monotonic()
    with pytest.raises(QueryError, match=r"took longer than 0\.2 seconds and was stopped"):
        Graph(store, sources).sparql(ENDLESS, timeout=0.2)
    assert time.monotonic() - start < 5
    assert children() == before
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("query", "message"), [("SELECT ?s", "cannot be read"), (DEEP, "brought down"), ("SELECT * { SERVICE <http://127.0.0.1/> {} }", "refused")]
)
def test_an_error_is_the_usual_one(store: Store, sources: Sources, query: str, message: str) -> None:
    before = children()
    with pytest.raises(QueryError, match=message) as caught:
        Graph(store, sources).sparql(query, timeout=60)
    if message == "cannot be read":
        assert caught.value.place == (1, 10)
    assert children() == before


def test_the_parent_goes_on_with_the_same_store(store: LocalStore, sources: Sources) -> None:
    graph = Graph(store, sources)
    with pytest.raises(QueryError):
        graph.sparql(ENDLESS, timeout=0.1)
    answer = graph.sparql("SELECT ?s WHERE { ?s ?p ?o }")
    assert isinstance(answer, Rows)
    assert len(answer) == 300


@pytest.mark.parametrize("arguments", [["sparql", ENDLESS], ["sparql", "ASK {}"]])
def test_the_command_takes_a_limit(folder: Path, arguments: list[str]) -> None:
    ran = CliRunner().invoke(netkg, [*arguments, "--timeout", "0.5", "--store", str(folder)])
    if ENDLESS in arguments:
        assert isinstance(ran.exception, QueryError)
        assert "took longer than 0.5 seconds" in ran.exception.message
    else:
        assert ran.output == "true\n"
