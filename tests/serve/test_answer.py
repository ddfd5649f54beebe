"""The call ``sparql``: forms, formats, datasets, limits, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.graph import Graph
from kg.serve.answer import sparql
from kg.serve.http.formats import GRAPHS, RESULTS
from kg.serve.problem import Problem, problem_of
from kg.settings import Sources
from kg.store import in_memory

EX = "https://example.org/"
SELECT = "SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o"
NAMED = "SELECT ?o WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o"


def quad(value: str, graph: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), ox.Literal(value), ox.NamedNode(EX + graph))


@pytest.fixture
def graph(sources: Sources) -> Graph:
    """Three named graphs with a statement each, and one in the default graph."""
    rest = ox.Quad(ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), ox.Literal("default"))
    return Graph(in_memory([*(quad(name, name) for name in "abc"), rest]), sources)


def arguments(query: str, **given: Any) -> dict[str, Any]:
    usual = {"base": "", "default_graphs": None, "named_graphs": None, "union": True, "limit_bytes": 1 << 20}
    return {"query": query, "solutions": "csv", "boolean": "json", "graph": "ntriples"} | usual | given


def rows(graph: Graph, query: str, **given: Any) -> list[str]:
    return sparql(graph, arguments(query, **given)).body.decode().split()[1:]


@pytest.mark.parametrize(
    ("query", "given", "found"),
    [
        (SELECT, {}, ["a", "b", "c", "default"]),
        (SELECT, {"union": False}, ["default"]),
        (NAMED, {}, ["a", "b", "c"]),
        ("SELECT ?o FROM <https://example.org/a> FROM <https://example.org/b> WHERE { ?s ?p ?o } ORDER BY ?o", {}, ["a", "b"]),
        ("select ?o from named <https://example.org/a> WHERE { ?s ?p ?o }", {}, []),
        ("SELECT ?o FROM <https://example.org/b> FROM NAMED <https://example.org/a> WHERE { GRAPH ?g { ?s ?p ?o } }", {}, ["a"]),
        (SELECT, {"default_graphs": [EX + "a"]}, ["a"]),
        (NAMED, {"default_graphs": [EX + "a"]}, []),
        (SELECT, {"named_graphs": [EX + "a"]}, []),
        (NAMED, {"named_graphs": [EX + "a", EX + "nothing"]}, ["a"]),
        ("SELECT ?o FROM <https://example.org/b> WHERE { ?s ?p ?o }", {"default_graphs": [EX + "a", EX + "c"]}, ["a", "c"]),
        (SELECT.replace("?o", "?from"), {}, ["a", "b", "c", "default"]),
        ("PREFIX from: <x:> SELECT ?o WHERE { ?s ?p ?o FILTER(?o != 'FROM') } ORDER BY ?o # FROM", {}, ["a", "b", "c", "default"]),
    ],
)
def test_what_a_query_is_about(graph: Graph, query: str, given: dict[str, Any], found: list[str]) -> None:
    assert rows(graph, query, **given) == found


@pytest.mark.parametrize("key", RESULTS)
def test_rows_and_truth_values_come_in_each_format(graph: Graph, key: str) -> None:
    found = sparql(graph, arguments(SELECT, solutions=key))
    assert found.media_type.partition(";")[0] == RESULTS[key].media_types[0]
    assert b"default" in found.body
    truth = sparql(graph, arguments("ASK { ?s ?p 'a' }", boolean=key))
    assert truth.media_type.partition(";")[0] == RESULTS[key].media_types[0]
    assert b"true" in truth.body


@pytest.mark.parametrize("key", GRAPHS)
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", f"DESCRIBE <{EX}s>"])
def test_a_graph_comes_in_each_format(graph: Graph, key: str, query: str) -> None:
    found = sparql(graph, arguments(query, graph=key))
    assert found.media_type.partition(";")[0] == GRAPHS[key].media_types[0]
    assert {str(read.object) for read in ox.parse(found.body, GRAPHS[key].engine)} == {'"a"', '"b"', '"c"', '"default"'}


@pytest.mark.parametrize(("query", "form"), [(SELECT, "solutions"), ("ASK {}", "boolean"), ("CONSTRUCT WHERE { ?s ?p ?o }", "graph")])
def test_a_client_that_takes_no_format_of_the_form_is_told_the_offers(graph: Graph, query: str, form: str) -> None:
    with pytest.raises(Problem) as caught:
        sparql(graph, arguments(query, **{form: None}))
    assert caught.value.status == 406
    assert caught.value.extra["offers"]
    others = {"solutions": None, "boolean": None, "graph": None} | {form: arguments("")[form]}
    assert sparql(graph, arguments(query, **others)).body


def test_relative_names_are_read_against_the_base(graph: Graph) -> None:
    assert json.loads(sparql(graph, arguments("ASK { <s> <p> 'a' }", base=EX)).body)["boolean"]
    with pytest.raises(QueryError):
        sparql(graph, arguments("ASK { <s> <p> 'a' }"))


@pytest.mark.parametrize(("query", "key"), [(SELECT, "json"), ("CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml"), ("CONSTRUCT WHERE { ?s ?p ?o }", "turtle")])
def test_an_answer_past_the_limit_is_refused_whole(graph: Graph, query: str, key: str) -> None:
    form = "solutions" if key in RESULTS else "graph"
    size = len(sparql(graph, arguments(query, **{form: key})).body)
    assert len(sparql(graph, arguments(query, **{form: key}, limit_bytes=size)).body) == size
    for limit in (0, 10, size - 1):
        with pytest.raises(Problem) as caught:
            sparql(graph, arguments(query, **{form: key}, limit_bytes=limit))
        assert (caught.value.status, caught.value.code, caught.value.extra) == (507, "RESULT-LIMIT", {"limit": limit})


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT ?s {?s ?p", (1, 17)),
        ("SELECT ?s\nWHERE ?s ?p ?o }", (2, 7)),
        ("SELECT * { ?s no:prefix ?o }", None),
        ("SELECT ?x { ?s ?p ?o } GROUP BY ?s", None),
        ("INSERT DATA { <x:a> <x:b> <x:c> }", None),
        ("", (1, 1)),
    ],
)
def test_a_query_that_cannot_be_read_has_its_place(graph: Graph, query: str, place: tuple[int, int] | None) -> None:
    with pytest.raises(QueryError) as caught:
        sparql(graph, arguments(query))
    assert caught.value.place
    assert place in (None, caught.value.place)
    problem = problem_of(caught.value).document()
    assert (problem["status"], problem["line"], problem["column"]) == (400, *caught.value.place)
    assert "’..=" not in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("given", [{"default_graphs": ["no iri"]}, {"named_graphs": ["<x:a>"]}, {"base": "no iri"}])
def test_a_name_that_is_no_iri_is_refused(graph: Graph, given: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        sparql(graph, arguments(SELECT, **given))


SERVICE = "SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }"


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * WHERE {{ {SERVICE} }}",
        f"SELECT * WHERE {{ {SERVICE.lower()} }}".replace("service", "sErViCe SiLeNt"),
        "SELECT * WHERE { ?s ?p ?g SERVICE ?g { ?s ?p ?o } }",
        "PREFIX s: <http://127.0.0.1:1/> SELECT * WHERE { SERVICE s: { ?s ?p ?o } }",
        # What could hide the keyword: escapes in names and IRIs, quotes and signs in names, comments.
        f"SELECT * WHERE {{ ?s <x:\\u0041#> ?o . {SERVICE} }}",
        f"PREFIX x: <x:> SELECT * WHERE {{ ?s x:it\\'s ?o . {SERVICE} ?s x:it\\'s ?o }}",
        f"PREFIX x: <x:> SELECT * WHERE {{ ?s x:a\\#b ?o . {SERVICE} }}",
        f"SELECT * WHERE {{ ?s ?p ?o FILTER(?o <3 && 4> ?o) {SERVICE} }}",
        f"SELECT * WHERE {{ ?s ?p '''it's \\''' ''' . {SERVICE} }}",
        f"SELECT * WHERE {{ # it's\r {SERVICE} # '\n }}",
        f"PREFIX x: <x:> SELECT * WHERE {{ ?s x: ?o . {SERVICE} }}",
    ],
)
def test_no_query_calls_another_server(graph: Graph, query: str) -> None:
    with pytest.raises(QueryError, match=r"SERVICE is refused|cannot be read"):
        sparql(graph, arguments(query))


@pytest.mark.parametrize("query", ["SELECT ?service WHERE { ?service ?p 'SERVICE' } # SERVICE", "PREFIX service: <x:> ASK { ?s service:service <x:SERVICE> }"])
def test_what_only_looks_like_a_call_is_answered(graph: Graph, query: str) -> None:
    assert sparql(graph, arguments(query)).body


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://10.0.0.1/", "http://169.254.169.254/", "http://[::ffff:127.0.0.1]/"]
)
def test_a_private_address_is_not_called_even_when_it_is_listed(sources: Sources, address: str) -> None:
    graph = Graph(in_memory([], targets=(address,)), sources)
    with pytest.raises(QueryError, match="private"):
        sparql(graph, arguments(f"SELECT * WHERE {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"))


@pytest.mark.parametrize("address", ["https://listed.example/x", "https://listed.example.evil.example/", "https://listed.example", "x"])
def test_only_listed_addresses_are_called(sources: Sources, address: str) -> None:
    graph = Graph(in_memory([], targets=("https://listed.example/sparql", "https://prefix.example/")), sources)
    with pytest.raises(QueryError, match="not listed"):
        sparql(graph, arguments(f"SELECT * WHERE {{ SERVICE <{address}> {{ ?s ?p ?o }} }}", base="https://base.example/"))
