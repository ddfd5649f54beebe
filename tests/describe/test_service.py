"""The service description and its companions as a server gives them out, without a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
import pytest

import kg
from kg.describe.void import DATASET
from kg.prefixes import GRAPH, NET, expand
from kg.serve.api.describe import DUMPS, examples, service_description, void
from kg.serve.api.export import export
from kg.serve.http.formats import GRAPHS, RESULTS
from kg.serve.settings import ServeSettings
from kg.settings import Sources
from kg.store import graph_counts, in_memory

ENDPOINT = ox.NamedNode("https://example.org/netkg/sparql")
ARGUMENTS: Mapping[str, Any] = {
    "endpoint": ENDPOINT.value,
    "format": "ntriples",
    "limits": ServeSettings().limits(),
    "writable": False,
    "union": True,
}


def read(body: bytes) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}


def values(triples: set[ox.Triple], subject: ox.NamedNode, predicate: str) -> set[str]:
    wanted = ox.NamedNode(expand(predicate))
    return {triple.object.value for triple in triples if triple.subject == subject and triple.predicate == wanted if not isinstance(triple.object, ox.Triple)}


@pytest.fixture(scope="module")
def service(graph: kg.Graph) -> set[ox.Triple]:
    return read(service_description(graph, ARGUMENTS).body)


def test_the_endpoint_names_itself_and_what_it_understands(service: set[ox.Triple]) -> None:
    assert values(service, ENDPOINT, "sd:endpoint") == {ENDPOINT.value}
    assert values(service, ENDPOINT, "rdf:type") == {expand("sd:Service")}
    assert values(service, ENDPOINT, "sd:supportedLanguage") == {expand("sd:SPARQL11Query")}
    assert values(service, ENDPOINT, "sd:feature") == {expand("sd:UnionDefaultGraph")}
    assert values(service, ENDPOINT, "sd:resultFormat") == {*(form.engine.iri for form in RESULTS.values()), *(form.engine.iri for form in GRAPHS.values())}


def test_updates_and_a_plain_default_graph_are_said_when_they_are_so(graph: kg.Graph) -> None:
    found = read(service_description(graph, {**ARGUMENTS, "writable": True, "union": False}).body)
    assert values(found, ENDPOINT, "sd:supportedLanguage") == {expand("sd:SPARQL11Query"), expand("sd:SPARQL11Update")}
    assert values(found, ENDPOINT, "sd:feature") == set()
    assert values(found, DATASET, "sd:defaultGraph") == set()


def test_every_limit_is_told_with_its_unit(service: set[ox.Triple]) -> None:
    limits = {ox.NamedNode(iri) for iri in values(service, ENDPOINT, "schema:additionalProperty")}
    told = {next(iter(values(service, limit, "schema:name"))): float(next(iter(values(service, limit, "schema:value")))) for limit in limits}
    assert told == ServeSettings().limits()
    assert values(service, ox.NamedNode(ENDPOINT.value + "#limit-timeout"), "schema:unitText") == {"seconds"}


def test_each_graph_that_holds_something_is_named_with_its_size(graph: kg.Graph, service: set[ox.Triple]) -> None:
    counts = graph_counts(graph.store)
    assert values(service, DATASET, "sd:namedGraph") == set(counts)
    for name, count in counts.items():
        node = ox.NamedNode(name)
        assert values(service, node, "sd:name") == values(service, node, "sd:graph") == {name}
        assert values(service, node, "void:triples") == {str(count)}
    (default,) = values(service, DATASET, "sd:defaultGraph")
    assert values(service, ox.NamedNode(default), "void:triples") == {str(sum(counts.values()))}


def test_statistics_carry_the_header_and_the_address(graph: kg.Graph) -> None:
    found = read(void(graph, ARGUMENTS).body)
    assert values(found, DATASET, "void:sparqlEndpoint") == {ENDPOINT.value}
    dumps = values(found, DATASET, "void:dataDump")
    assert dumps == {f"https://example.org/netkg/{dump}" for dump in DUMPS}
    assert dumps >= {f"https://example.org/netkg/export/net-kg.{ending}" for ending in ("nq", "trig", "ttl", "owl")}
    for dump in dumps:
        assert export(graph, {"file": dump.rpartition("/")[2]}).body, "each file that is named can be had"
    for name in ("title", "description", "license", "created", "issued", "modified", "creator", "publisher", "source"):
        assert values(found, DATASET, f"dcterms:{name}") >= values_of_ontology(graph, f"dcterms:{name}") != set()
    assert values(found, DATASET, "owl:versionInfo") == {graph.version()}


def values_of_ontology(graph: kg.Graph, predicate: str) -> set[str]:
    triples = graph.sparql(f"CONSTRUCT WHERE {{ <{NET}ontology> ?p ?o }}")
    assert isinstance(triples, list)
    return values(set(triples), ox.NamedNode(NET + "ontology"), predicate)


def test_statistics_of_a_graph_that_can_change_are_counted_again(graph: kg.Graph) -> None:
    stored, live = void(graph, ARGUMENTS), void(graph, {**ARGUMENTS, "writable": True})
    assert stored.body == live.body
    more = ox.Quad(ox.NamedNode(NET + "a"), ox.NamedNode(NET + "b"), ox.Literal("c"), ox.NamedNode(GRAPH + "mine"))
    changed = kg.Graph(in_memory([*graph.store.quads(), more]), graph.sources)
    found = read(void(changed, {**ARGUMENTS, "writable": True}).body)
    assert values(found, ox.NamedNode(GRAPH + "mine"), "void:triples") == {"1"}


def test_an_empty_store_is_described_too(sources: Sources) -> None:
    empty = kg.Graph(in_memory([]), sources)
    arguments = {**ARGUMENTS, "writable": True}
    assert values(read(service_description(empty, arguments).body), DATASET, "sd:namedGraph") == set()
    assert values(read(void(empty, arguments).body), DATASET, "rdf:type") == {expand("void:Dataset")}
    assert read(examples(empty, arguments).body) == set()


def test_examples_are_addressed_to_this_endpoint(graph: kg.Graph) -> None:
    found = read(examples(graph, ARGUMENTS).body)
    targets = {triple.object for triple in found if triple.predicate.value == expand("schema:target")}
    assert targets == {ENDPOINT}
    assert len({triple.subject for triple in found if triple.predicate.value == expand("sh:select")}) == len(graph.queries)


@pytest.mark.parametrize("call", [service_description, void, examples])
def test_every_format_of_graphs_is_given_and_can_be_read(call: Any, graph: kg.Graph) -> None:
    expected = read(call(graph, ARGUMENTS).body)
    for form in GRAPHS.values():
        reply = call(graph, {**ARGUMENTS, "format": form.key})
        assert {quad.triple for quad in ox.parse(reply.body, format=form.engine, base_iri=NET)} == expected
        assert reply.media_type.startswith(form.media_types[0])
