"""The requests that the W3C's tests of the SPARQL 1.1 Protocol describe, in our own words: 20 of queries, 14 of updates."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import pytest

from kg.serve.http.protocol import DIRECT, FORM
from tests.serve.http.conftest import AUTHORIZED
from tests.serving import Served

D1, D2, D3 = (f"http://example.org/data/{number}" for number in (1, 2, 3))
SELECT_TYPES = {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"}
TRUTH_TYPES = {"application/sparql-results+json", "application/sparql-results+xml"}
GRAPH_TYPES = {"application/rdf+xml", "text/turtle", "application/n-triples", "text/html"}

TWO_GRAPHS = f"ASK {{ <{D1}> a ?x . <{D2}> a ?y }}"
NAMED = f"ASK {{ GRAPH ?g {{ ?s a ?x }} FILTER(?g IN (<{D1}>, <{D2}>)) }}"


@dataclass(frozen=True)
class Asked:
    """A request and what comes back.

    :param fields: sent as parameters of the address, or as a form
    :param expected: status class
    :param types: media types of the answer; any when empty
    :param truth: what an ASK must answer
    """

    name: str
    method: str = "GET"
    fields: list[tuple[str, str]] = field(default_factory=list)
    address: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    content_type: str | None = None
    expected: int = 2
    types: frozenset[str] | set[str] = frozenset()
    truth: bool | None = None

    def send(self, client: httpx.Client, path: str) -> httpx.Response:
        """Send the request."""
        headers = {"Content-Type": self.content_type} if self.content_type else {}
        if self.method == "GET":
            return client.request(self.method, f"{path}?{urlencode(self.fields)}", headers=headers)
        body = urlencode(self.fields).encode() if self.body is None else self.body
        return client.request(self.method, f"{path}?{urlencode(self.address)}" if self.address else path, content=body, headers=headers)


def ask_in(*graphs: tuple[str, str], query: str = TWO_GRAPHS) -> list[tuple[str, str]]:
    """Return the fields of a query over some graphs."""
    return [("query", query), *graphs]


QUERIES = [
    Asked("query_get", fields=[("query", "ASK {}")], truth=True),
    Asked("query_post_form", "POST", fields=[("query", "ASK {}")], content_type=FORM, truth=True),
    Asked("query_post_direct", "POST", body=b"ASK {}", content_type=DIRECT["query"], truth=True),
    Asked("query_dataset_default_graphs_get", fields=ask_in(("default-graph-uri", D1), ("default-graph-uri", D2)), truth=True),
    Asked(
        "query_dataset_default_graphs_post",
        "POST",
        body=TWO_GRAPHS.encode(),
        address=[("default-graph-uri", D1), ("default-graph-uri", D2)],
        content_type=DIRECT["query"],
        truth=True,
    ),
    Asked("query_dataset_named_graphs_get", fields=ask_in(("named-graph-uri", D1), ("named-graph-uri", D2), query=NAMED), truth=True),
    Asked("query_dataset_named_graphs_post", "POST", body=NAMED.encode(), address=[("named-graph-uri", D1)], content_type=DIRECT["query"], truth=True),
    Asked(
        "query_dataset_full",
        fields=ask_in(
            ("default-graph-uri", D3), ("named-graph-uri", D1), query=f"ASK {{ <{D3}> a ?x . GRAPH ?g {{ <{D1}> a ?y }} FILTER NOT EXISTS {{ <{D1}> a ?z }} }}"
        ),
        truth=True,
    ),
    Asked(
        "query_multiple_dataset",
        fields=ask_in(("default-graph-uri", D2), query=f"ASK FROM <{D1}> {{ <{D2}> a ?x FILTER NOT EXISTS {{ <{D1}> a ?y }} }}"),
        truth=True,
    ),
    Asked("query_content_type_select", fields=[("query", "SELECT (1 AS ?v) {}")], types=SELECT_TYPES),
    Asked("query_content_type_ask", fields=[("query", "ASK {}")], types=TRUTH_TYPES),
    Asked("query_content_type_describe", fields=[("query", f"DESCRIBE <{D1}>")], types=GRAPH_TYPES),
    Asked("query_content_type_construct", fields=[("query", "CONSTRUCT { <a:a> <a:b> 1 } WHERE {}")], types=GRAPH_TYPES),
    Asked("bad_query_method", "PUT", fields=[("query", "ASK {}")], content_type=FORM, expected=4),
    Asked("bad_multiple_queries", fields=[("query", "ASK {}"), ("query", "SELECT * {}")], expected=4),
    Asked("bad_query_wrong_media_type", "POST", body=b"ASK {}", content_type="text/plain", expected=4),
    Asked("bad_query_missing_form_type", "POST", fields=[("query", "ASK {}")], expected=4),
    Asked("bad_query_missing_direct_type", "POST", body=b"ASK {}", expected=4),
    Asked("bad_query_non_utf8", "POST", body="ASK {}".encode("utf-16"), content_type=f"{DIRECT['query']}; charset=UTF-16", expected=4),
    Asked("bad_query_syntax", fields=[("query", "ASK { WHERE")], expected=4),
]

INSERT = "INSERT DATA {{ GRAPH <http://example.org/{}> {{ <a:s> <a:p> <a:o> }} }}"
COPY = "INSERT {{ GRAPH <http://example.org/{}> {{ ?s a ?type }} }} WHERE {{ {} }}"
UPDATES = [
    Asked("update_post_form", "POST", fields=[("update", INSERT.format("form"))], content_type=FORM),
    Asked("update_post_direct", "POST", body=INSERT.format("direct").encode(), content_type=DIRECT["update"]),
    Asked("update_dataset_default_graph", "POST", fields=[("using-graph-uri", D1), ("update", COPY.format("default", "?s a ?type"))], content_type=FORM),
    Asked(
        "update_dataset_default_graphs",
        "POST",
        fields=[("using-graph-uri", D1), ("using-graph-uri", D2), ("update", COPY.format("defaults", "?s a ?type"))],
        content_type=FORM,
    ),
    Asked(
        "update_dataset_named_graphs",
        "POST",
        fields=[("using-named-graph-uri", D1), ("using-named-graph-uri", D2), ("update", COPY.format("named", "GRAPH ?g { ?s a ?type }"))],
        content_type=FORM,
    ),
    Asked(
        "update_dataset_full",
        "POST",
        body=COPY.format("full", "?s a ?type . GRAPH ?g { ?other a ?kind }").encode(),
        address=[("using-graph-uri", D3), ("using-named-graph-uri", D1)],
        content_type=DIRECT["update"],
    ),
    Asked("update_base_uri", "POST", body=b"INSERT DATA { GRAPH <http://example.org/base> { <> <a:p> <test> } }", content_type=DIRECT["update"]),
    Asked("bad_update_get", fields=[("update", INSERT.format("bad"))], expected=4),
    Asked("bad_multiple_updates", "POST", fields=[("update", INSERT.format("bad"))] * 2, content_type=FORM, expected=4),
    Asked("bad_update_wrong_media_type", "POST", body=INSERT.format("bad").encode(), content_type="text/plain", expected=4),
    Asked("bad_update_missing_form_type", "POST", fields=[("update", INSERT.format("bad"))], expected=4),
    Asked("bad_update_non_utf8", "POST", body=INSERT.format("bad").encode("utf-16"), content_type=f"{DIRECT['update']}; charset=UTF-16", expected=4),
    Asked("bad_update_syntax", "POST", fields=[("update", "INSERT DATA { GRAPH <http://example.org/bad> {")], content_type=FORM, expected=4),
    Asked(
        "bad_update_dataset_conflict",
        "POST",
        fields=[("using-named-graph-uri", D1), ("update", COPY.format("bad", "GRAPH ?g { ?s a ?type }").replace("WHERE", f"USING <{D2}> WHERE"))],
        content_type=FORM,
        expected=4,
    ),
]
WRITTEN = {
    "form": {"a:s"},
    "direct": {"a:s"},
    "default": {D1},
    "defaults": {D1, D2},
    "named": {D1, D2},
    "full": {D3},
    "bad": set(),
}
"""Graph → the subjects that the updates write into it."""


@pytest.fixture(scope="module", autouse=True)
def _data(writable: Served) -> None:
    update = "; ".join(f"INSERT DATA {{ GRAPH <{graph}> {{ <{graph}> a <a:Graph> }} }}" for graph in (D1, D2, D3))
    httpx.post(f"{writable.address}/update", data={"update": update}, headers=AUTHORIZED).raise_for_status()


@pytest.mark.parametrize("asked", QUERIES, ids=lambda asked: asked.name)
@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_queries(client: httpx.Client, asked: Asked, path: str) -> None:
    answer = asked.send(client, path)
    assert answer.status_code // 100 == asked.expected, answer.text
    if asked.types:
        assert answer.headers["content-type"].partition(";")[0] in asked.types
    if asked.truth is not None:
        assert answer.json()["boolean"] is asked.truth
    if asked.expected == 4:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"hint", "detail"} & answer.json().keys()


def test_updates(client: httpx.Client, writer: httpx.Client) -> None:
    for asked in UPDATES:
        answer = asked.send(writer, "/update")
        assert answer.status_code // 100 == asked.expected, (asked.name, answer.text)
    for name, subjects in WRITTEN.items():
        rows = client.get("/sparql", params={"query": f"SELECT ?s {{ GRAPH <http://example.org/{name}> {{ ?s ?p ?o }} }}", "format": "csv"}).text
        assert set(rows.split()[1:]) == subjects, name
    base = client.get("/sparql", params={"query": "SELECT ?s ?o { GRAPH <http://example.org/base> { ?s ?p ?o } }", "format": "csv"}).text
    address = str(client.base_url).rstrip("/")
    assert base.split()[1:] == [f"{address}/sparql,{address}/test"]


@pytest.mark.parametrize("asked", UPDATES, ids=lambda asked: asked.name)
def test_a_read_only_server_does_no_update(reader: httpx.Client, asked: Asked) -> None:
    answer = asked.send(reader, "/update")
    assert answer.status_code == (405 if asked.method == "GET" else 403)
    assert asked.send(reader, "/sparql").status_code // 100 == 4


def test_a_query_at_the_address_of_updates_is_sent_on(client: httpx.Client, writer: httpx.Client) -> None:
    assert "go to /sparql" in writer.post("/update", data={"query": "ASK {}"}).json()["hint"]
    assert "go to /update" in client.post("/sparql", data={"update": "CLEAR ALL"}).json()["hint"]
    assert client.put("/sparql", data={"query": "ASK {}"}).headers["allow"] == "GET, HEAD, POST, OPTIONS"
