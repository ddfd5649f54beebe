"""The W3C's three tests of service descriptions: RDF comes back, names the endpoint, and uses the vocabulary rightly."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.conformance.client import Endpoint, send
from tests.conformance.compare import Statements, statements

SD = "http://www.w3.org/ns/sparql-service-description#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

FORMATS = {"text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES, "application/rdf+xml": ox.RdfFormat.RDF_XML}

LANGUAGES = {f"{SD}SPARQL10Query", f"{SD}SPARQL11Query", f"{SD}SPARQL11Update"}
FEATURES = {f"{SD}{name}" for name in ("DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery")}
DOMAINS = {
    **dict.fromkeys(("endpoint", "feature", "defaultEntailmentRegime", "supportedLanguage", "languageExtension", "propertyFeature"), "Service"),
    **dict.fromkeys(("defaultDataset", "availableGraphs", "resultFormat", "inputFormat", "extensionFunction", "extensionAggregate"), "Service"),
    **dict.fromkeys(("defaultGraph", "namedGraph"), "Dataset"),
    **dict.fromkeys(("name", "entailmentRegime", "supportedEntailmentProfile", "graph"), "NamedGraph"),
}
"""Property → the class of what it describes, as far as the vocabulary says."""


def described(endpoint: Endpoint, accept: str = "text/turtle") -> Statements:
    answer = send(endpoint.query_url, headers={"Accept": accept})
    assert answer.status == 200, answer.text
    assert answer.media_type == accept
    return statements(answer.body, FORMATS[accept], endpoint.query_url)


def values(graph: Statements, name: str) -> set[str]:
    return {quad.object.value for quad in graph.quads if quad.predicate.value == SD + name}  # type: ignore[union-attr]


@pytest.mark.parametrize("accept", FORMATS)
def test_returns_rdf(accept: str, writable: Endpoint) -> None:
    assert described(writable, accept).quads


def test_returns_rdf_to_a_client_that_does_not_say_what_it_wants(read_only: Endpoint) -> None:
    answer = send(read_only.query_url)
    assert answer.status == 200
    assert answer.media_type in FORMATS


@pytest.mark.parametrize("which", ["writable", "read_only"])
def test_has_endpoint_triple(which: str, request: pytest.FixtureRequest) -> None:
    endpoint: Endpoint = request.getfixturevalue(which)
    graph = described(endpoint)
    (service,) = {quad.subject for quad in graph.quads if quad.predicate == TYPE and quad.object.value == f"{SD}Service"}  # type: ignore[union-attr]
    assert ox.Quad(service, ox.NamedNode(f"{SD}endpoint"), ox.NamedNode(endpoint.query_url)) in graph.quads


@pytest.mark.parametrize("which", ["writable", "read_only"])
def test_conforms_to_schema(which: str, request: pytest.FixtureRequest) -> None:
    graph = described(request.getfixturevalue(which))
    used = {quad.predicate.value.removeprefix(SD) for quad in graph.quads if quad.predicate.value.startswith(SD)}
    assert used <= set(DOMAINS)
    for quad in graph.quads:
        name = quad.predicate.value.removeprefix(SD)
        if quad.predicate.value.startswith(SD):
            kind = DOMAINS[name]
            allowed = {kind, "Graph", "Dataset"} if kind == "Dataset" else {kind}
            assert any(ox.Quad(quad.subject, TYPE, ox.NamedNode(SD + one)) in graph.quads for one in allowed), f"{name} of something that is no {kind}"
            assert name == "name" or not isinstance(quad.object, ox.Literal), quad
    assert values(graph, "supportedLanguage") <= LANGUAGES
    assert values(graph, "feature") <= FEATURES
    assert len(values(graph, "defaultDataset")) == 1


def test_says_what_it_can_do_and_no_more(writable: Endpoint, read_only: Endpoint) -> None:
    assert f"{SD}SPARQL11Query" in values(described(read_only), "supportedLanguage")
    assert f"{SD}SPARQL11Update" not in values(described(read_only), "supportedLanguage")
    assert f"{SD}SPARQL11Update" in values(described(writable), "supportedLanguage")
    assert f"{SD}BasicFederatedQuery" not in values(described(read_only), "feature")
    assert f"{SD}UnionDefaultGraph" in values(described(read_only), "feature")
    assert f"{SD}UnionDefaultGraph" not in values(described(writable), "feature")


def test_every_result_format_it_names_can_be_had(read_only: Endpoint) -> None:
    known = {"http://www.w3.org/ns/formats/" + name: accept for name, accept in NAMED.items()}
    named = values(described(read_only), "resultFormat")
    assert {f"http://www.w3.org/ns/formats/{name}" for name in ("SPARQL_Results_JSON", "SPARQL_Results_XML", "Turtle")} <= named
    for iri in named & set(known):
        text = "ASK {}" if "Results" in iri else "CONSTRUCT { <a:a> <a:b> 1 } {}"
        text = "SELECT (1 AS ?a) {}" if iri.endswith(("CSV", "TSV")) else text
        answer = read_only.query(text, known[iri])
        assert (answer.status, answer.media_type) == (200, known[iri])


NAMED = {
    "SPARQL_Results_JSON": "application/sparql-results+json",
    "SPARQL_Results_XML": "application/sparql-results+xml",
    "SPARQL_Results_CSV": "text/csv",
    "SPARQL_Results_TSV": "text/tab-separated-values",
    "Turtle": "text/turtle",
    "N-Triples": "application/n-triples",
    "N-Quads": "application/n-quads",
    "TriG": "application/trig",
    "RDF_XML": "application/rdf+xml",
    "JSON-LD": "application/ld+json",
    "N3": "text/n3",
}
