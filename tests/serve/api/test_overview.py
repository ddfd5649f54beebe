"""What is in the graph, what an editor offers, labels."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

import kg
from kg.errors import UsageError
from kg.graph import NOTICE, Graph
from kg.prefixes import NET, PREFIXES
from kg.serve.api.overview import COUNTED, THEMES
from kg.serve.api.warm import warm
from kg.serve.calls import call
from kg.settings import Sources
from kg.store import graph_counts, in_memory
from tests.serve.api.conftest import Ask


def test_the_overview_counts_what_there_is(graph: kg.Graph, ask: Ask) -> None:
    found = ask("overview")
    assert found["version"] == graph.version()
    assert found["notice"] == NOTICE
    assert found["statements"] == sum(graph_counts(graph.store).values())
    assert found["queries"] == len(graph.queries)
    counts = {item["iri"].removeprefix(NET): item["count"] for item in found["counts"]}
    assert counts.keys() == COUNTED.keys()
    assert counts["ClinicalTrial"] == len(graph.select(f"SELECT DISTINCT ?t WHERE {{ ?t a <{NET}ClinicalTrial> }}"))
    assert counts["Drug"] == len(graph.terms.descendants(f"{NET}Drug")) - 1
    assert sum(source["documents"] for source in found["sources"]) == counts["Document"]


def test_every_question_has_a_theme_with_a_human_title(graph: kg.Graph, ask: Ask) -> None:
    themes = ask("overview")["themes"]
    assert {query["name"] for theme in themes for query in theme["queries"]} == graph.queries.keys()
    assert {theme["tag"] for theme in themes} <= THEMES.keys()
    assert all(theme["queries"] for theme in themes)


def test_completion_offers_only_what_exists(graph: kg.Graph, ask: Ask) -> None:
    found = ask("complete")
    assert found["prefixes"] == PREFIXES
    assert all(item["count"] > 0 for item in [*found["classes"], *found["properties"]])
    targets = next(item for item in found["properties"] if item["curie"] == "net:targets")
    assert targets["count"] == len(graph.select(f"SELECT ?s ?o WHERE {{ ?s <{NET}targets> ?o }}"))
    terms = {item["iri"] for item in found["terms"]}
    assert f"{NET}Everolimus" in terms
    assert not terms & graph.terms.deprecated


def test_labels_are_given_with_addresses_for_what_is_ours_and_known(ask: Ask) -> None:
    iris = [f"{NET}Everolimus", f"{NET}recommendation/R012", f"{NET}Nothing", "http://example.org/x", "no iri", "<>", PREFIXES["rdfs"] + "label"]
    found = ask("labels", iris=iris)["labels"]
    assert list(found) == iris
    assert found[iris[0]] == {"curie": "net:Everolimus", "label": "everolimus", "href": "term/Everolimus"}
    assert found[iris[1]]["href"] == "term/recommendation/R012"
    assert all(found[iri]["href"] is None for iri in iris[2:])
    assert ask("labels", iris=[]) == {"labels": {}}
    with pytest.raises(UsageError):
        ask("labels", iris=[1])


def test_a_thousand_labels_are_given_at_once(ask: Ask, graph: kg.Graph) -> None:
    iris = [row[0].value for row in graph.sparql("SELECT DISTINCT ?s WHERE { ?s ?p ?o FILTER(isIRI(?s)) } LIMIT 1200")]  # type: ignore[union-attr] # names only
    assert len(ask("labels", iris=iris)["labels"]) == 1200


@pytest.fixture
def empty(sources: Sources) -> Graph:
    return Graph(in_memory([]), sources)


def test_an_empty_graph_is_described_too(empty: Graph) -> None:
    for name, arguments in (
        ("overview", {}),
        ("complete", {}),
        ("stored", {}),
        ("features", {}),
        ("search", {"q": "everolimus"}),
        ("labels", {"iris": [f"{NET}x"]}),
        ("forest", {}),
        ("approvals", {}),
    ):
        assert json.loads(call(name)(empty, arguments).body) is not None
    assert json.loads(call("overview")(empty, {}).body)["statements"] == 0
    warm(empty)


def test_a_graph_of_others_is_described_too(sources: Sources) -> None:
    one = ox.Quad(ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/p"), ox.Literal("b"))
    foreign = Graph(in_memory([one]), sources)
    assert json.loads(call("overview")(foreign, {}).body)["statements"] in (0, 1)
    assert json.loads(call("term")(foreign, {"name": "http://example.org/a"}).body)["properties"][0]["values"][0]["value"] == "b"


def test_answers_are_worked_out_once_for_a_graph(empty: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    first = call("overview")(empty, {}).body
    monkeypatch.setattr(empty.store, "query", None)
    assert call("overview")(empty, {}).body == first


def test_warming_up_prepares_what_pages_ask_for(graph: kg.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    warm(graph)
    monkeypatch.setattr(graph.store, "query", None)
    for name, arguments in (("overview", {}), ("complete", {}), ("features", {}), ("stored", {}), ("search", {"q": "everolimus"})):
        assert call(name)(graph, arguments).body
