"""Clients of other projects against our server, as they are: SPARQLWrapper, rdflib's store, curl, SIB's editor."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from typing import Any

import httpx
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, POST, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

import kg
from kg.prefixes import NET, PREFIXES
from kg.store import graph_counts
from tests.describe.editor import CLASSES, DECLARED, EXAMPLES

LABEL = rdflib.URIRef(PREFIXES["rdfs"] + "label")
EVEROLIMUS = rdflib.URIRef(NET + "Everolimus")
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
ONE_LABEL = f"SELECT ?label WHERE {{ <{EVEROLIMUS}> <{LABEL}> ?label }}"


@pytest.fixture
def wrapper(server: str) -> SPARQLWrapper:
    return SPARQLWrapper(f"{server}/sparql")


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_gets_rows(method: str, wrapper: SPARQLWrapper, graph: kg.Graph) -> None:
    wrapper.setMethod(method)
    wrapper.setQuery(COUNT)
    wrapper.setReturnFormat(JSON)
    answer: Any = wrapper.queryAndConvert()
    assert answer["results"]["bindings"][0]["n"]["value"] == str(sum(graph_counts(graph.store).values()))
    wrapper.setReturnFormat(XML)
    document: Any = wrapper.queryAndConvert()
    assert document.getElementsByTagName("literal")[0].firstChild.data == answer["results"]["bindings"][0]["n"]["value"]
    wrapper.setReturnFormat(CSV)
    text: Any = wrapper.queryAndConvert()
    assert text.decode().split() == ["n", answer["results"]["bindings"][0]["n"]["value"]]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper's own use of rdflib
def test_sparqlwrapper_gets_truth_values_and_graphs(wrapper: SPARQLWrapper) -> None:
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(f"ASK {{ <{EVEROLIMUS}> ?p ?o }}")
    truth: Any = wrapper.queryAndConvert()
    assert truth["boolean"] is True
    wrapper.setReturnFormat(TURTLE)
    wrapper.setQuery(f"CONSTRUCT WHERE {{ <{EVEROLIMUS}> <{LABEL}> ?o }}")
    turtle: Any = wrapper.queryAndConvert()
    assert str(rdflib.Graph().parse(data=turtle, format="turtle").value(EVEROLIMUS, LABEL)) == "everolimus"
    wrapper.setReturnFormat(XML)
    wrapper.setQuery(f"DESCRIBE <{EVEROLIMUS}>")
    described: Any = wrapper.queryAndConvert()
    assert (EVEROLIMUS, LABEL, rdflib.Literal("everolimus", lang="en")) in described


def test_sparqlwrapper_is_told_of_a_wrong_query(wrapper: SPARQLWrapper) -> None:
    wrapper.setQuery("SELECT WHERE {")
    with pytest.raises(QueryBadFormed) as refused:
        wrapper.query()
    cause = refused.value.__cause__ or refused.value.__context__
    if cause is not None:
        cause.close()  # type: ignore[attr-defined] # an HTTPError keeps its connection


def test_rdflib_reads_the_server_as_a_store(server: str) -> None:
    remote = rdflib.Graph(SPARQLStore(f"{server}/sparql"))
    assert remote.value(EVEROLIMUS, LABEL) == rdflib.Literal("everolimus", lang="en")
    rows = list(remote.query(ONE_LABEL))
    assert [str(label) for (label,) in rows] == ["everolimus"]  # type: ignore[misc] # rows of a SELECT
    assert (EVEROLIMUS, LABEL, None) in remote


def curl(*arguments: str) -> str:
    command = shutil.which("curl")
    if command is None:
        pytest.skip("needs curl")
    return subprocess.run([command, "--silent", "--show-error", "--fail", "--max-time", "60", *arguments], capture_output=True, text=True, check=True).stdout


def test_curl_asks_in_all_three_ways(server: str) -> None:
    endpoint = f"{server}/sparql"
    ways = (
        ["--get", "--data-urlencode", f"query={ONE_LABEL}", endpoint],
        ["--data-urlencode", f"query={ONE_LABEL}", endpoint],
        ["--header", "Content-Type: application/sparql-query", "--data", ONE_LABEL, endpoint],
    )
    for way in ways:
        assert list(csv.reader(io.StringIO(curl("--header", "Accept: text/csv", *way)))) == [["label"], ["everolimus"]]


def test_curl_gets_the_descriptions(server: str) -> None:
    service = rdflib.Graph().parse(data=curl("--header", "Accept: text/turtle", f"{server}/sparql"), format="turtle")
    endpoint = rdflib.URIRef(f"{server}/sparql")
    assert (endpoint, rdflib.URIRef(PREFIXES["sd"] + "endpoint"), endpoint) in service
    for address in ("/.well-known/void", "/void.ttl"):
        statistics = rdflib.Graph().parse(data=curl("--header", "Accept: text/turtle", f"{server}{address}"), format="turtle")
        assert (rdflib.URIRef(NET + "dataset"), rdflib.URIRef(PREFIXES["void"] + "sparqlEndpoint"), endpoint) in statistics
    examples = rdflib.Graph().parse(data=curl(f"{server}/.well-known/sparql-examples?format=turtle"), format="turtle")
    assert set(examples.objects(None, rdflib.URIRef(PREFIXES["schema"] + "target"))) == {endpoint}


@pytest.mark.parametrize("query", [CLASSES, EXAMPLES, DECLARED], ids=["classes", "examples", "prefixes"])
def test_an_editor_in_a_browser_completes_against_it(query: str, server: str) -> None:
    headers = {"Accept": "application/sparql-results+json", "Origin": "https://example.org"}
    answer = httpx.get(f"{server}/sparql", params={"ac": "1", "query": query}, headers=headers, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert len(answer.json()["results"]["bindings"]) > 50


@pytest.mark.parametrize("address", ["/.well-known/void", "/.well-known/sparql-examples"])
def test_descriptions_are_negotiated(address: str, server: str) -> None:
    assert httpx.get(server + address, headers={"Accept": "application/ld+json"}, timeout=60).headers["content-type"] == "application/ld+json"
    assert (
        httpx.get(server + address, headers={"Accept": "application/n-triples;q=0.5, application/rdf+xml"}, timeout=60).headers["content-type"]
        == "application/rdf+xml"
    )
    refused = httpx.get(server + address, headers={"Accept": "image/png"}, timeout=60)
    assert refused.status_code == 406
    assert "text/turtle" in refused.text
    first = httpx.get(server + address, timeout=60)
    assert httpx.get(server + address, headers={"If-None-Match": first.headers["etag"]}, timeout=60).status_code == 304
