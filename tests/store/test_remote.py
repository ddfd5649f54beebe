"""A graph in a SPARQL server: a small local server gives canned answers, right and wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from kg.errors import QueryError, StoreError
from kg.store import Rows, graph_counts, open_store, select
from kg.store.remote import RemoteStore

JSON = "application/sparql-results+json"
SELECT = "SELECT * WHERE { ?s ?p ?o }"
XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass
class Canned:
    """What the server says next, and what it was asked.

    :param length: the length the server announces, when it is not the true one
    :param hang_up: end the connection without an answer
    :param late: answer only when this is set
    """

    status: int = 200
    body: bytes = b""
    kind: str = JSON
    length: int | None = None
    hang_up: bool = False
    late: threading.Event | None = None
    raw: bytes = b""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""
    replies: list[tuple[str, bytes]] = field(default_factory=list)

    def says(self, document: object) -> None:
        self.body = json.dumps(document).encode()


def handler(canned: Canned) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = parse_qs(asked, keep_blank_values=True).get("query", [asked])[0]
            canned.asked.append((self.path, query, self.headers["Accept"]))
            kind, body = next(((kind, body) for kind, body in canned.replies if kind in query), (canned.kind, canned.body))
            if canned.late is not None:
                canned.late.wait(5)
                return
            if canned.raw:
                self.wfile.write(canned.raw)
            elif not canned.hang_up:
                self.send_response(canned.status)
                self.send_header("Content-Type", kind if "/" in kind else JSON)
                self.send_header("Content-Length", str(len(body) if canned.length is None else canned.length))
                self.end_headers()
                self.wfile.write(body)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the standard library
            """Say nothing."""

    return Handler


@pytest.fixture
def server() -> Iterator[Canned]:
    """A server on this machine that says what it is told to."""
    canned = Canned()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(canned)) as http:
        canned.url = f"http://127.0.0.1:{http.server_address[1]}/sparql"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield canned
        http.shutdown()
        thread.join()


@pytest.fixture
def store(server: Canned) -> RemoteStore:
    """The store behind the common interface."""
    found = open_store(server.url)
    assert isinstance(found, RemoteStore)
    assert found.location == server.url
    return found


def results(*bindings: dict[str, dict[str, str]], columns: tuple[str, ...] = ("s", "o")) -> dict[str, object]:
    return {"head": {"vars": list(columns)}, "results": {"bindings": list(bindings)}}


def test_rows_come_back_with_each_kind_of_term(server: Canned, store: RemoteStore) -> None:
    server.says(
        results(
            {"s": {"type": "uri", "value": "https://example.org/ä"}, "o": {"type": "literal", "value": "כתב 𝔾"}},
            {"s": {"type": "bnode", "value": "b0"}, "o": {"type": "literal", "value": "Tumor", "xml:lang": "de"}},
            {"o": {"type": "literal", "value": "3.1", "datatype": XSD + "decimal"}},
            {"o": {"type": "typed-literal", "value": "3", "datatype": XSD + "integer"}},
        )
    )
    assert store.query(SELECT) == Rows(
        ("s", "o"),
        [
            (ox.NamedNode("https://example.org/ä"), ox.Literal("כתב 𝔾")),
            (ox.BlankNode("b0"), ox.Literal("Tumor", language="de")),
            (None, ox.Literal("3.1", datatype=ox.NamedNode(XSD + "decimal"))),
            (None, ox.Literal("3", datatype=ox.NamedNode(XSD + "integer"))),
        ],
    )


def test_a_blank_node_as_virtuoso_writes_it_is_read(server: Canned, store: RemoteStore) -> None:
    server.says(
        results(
            {"s": {"type": "bnode", "value": "nodeID://b10023"}},
            {"s": {"type": "bnode", "value": "nodeID://b10023"}},
            {"s": {"type": "bnode", "value": "nodeID://b10024"}},
        )
    )
    first, second, third = (row[0] for row in select(store, SELECT))
    assert isinstance(first, ox.BlankNode)
    assert first == second != third


def test_no_rows_are_no_rows(server: Canned, store: RemoteStore) -> None:
    server.says(results())
    assert store.query(SELECT) == Rows(("s", "o"), [])


@pytest.mark.parametrize("truth", [True, False])
def test_an_ask_query_is_answered_by_a_truth_value(truth: bool, server: Canned, store: RemoteStore) -> None:
    server.says({"head": {}, "boolean": truth})
    assert store.query("ASK { ?s ?p ?o }") is truth


def test_a_construct_query_asks_for_turtle_and_gives_triples(server: Canned, store: RemoteStore) -> None:
    server.kind, server.body = "text/turtle", "@prefix e: <https://example.org/> . e:a e:p 'é'@fr .".encode()
    node = ox.NamedNode
    assert store.query("CONSTRUCT WHERE { ?s ?p ?o }") == [
        ox.Triple(node("https://example.org/a"), node("https://example.org/p"), ox.Literal("é", language="fr"))
    ]
    assert "text/turtle" in server.asked[0][2]


def test_the_query_arrives_as_it_was_written(server: Canned, store: RemoteStore) -> None:
    server.says(results())
    query = "PREFIX e: <https://example.org/>\n# a comment\nSELECT * WHERE { ?s e:p 'ü & + % \U0001d53e' }"
    store.query(query)
    assert [(path, text) for path, text, _ in server.asked] == [("/sparql", query)]
    assert "application/sparql-results+json" in server.asked[0][2]


def test_graphs_are_counted(server: Canned, store: RemoteStore) -> None:
    server.says(
        results(
            {"g": {"type": "uri", "value": "https://example.org/g"}, "n": {"type": "literal", "value": "7", "datatype": XSD + "integer"}}, columns=("g", "n")
        )
    )
    assert graph_counts(store) == {"https://example.org/g": 7}


def test_all_statements_come_graph_by_graph(server: Canned, store: RemoteStore) -> None:
    graphs = [{"g": {"type": "uri", "value": f"https://example.org/{name}"}, "n": {"type": "literal", "value": "1"}} for name in ("g", "h")]
    server.says(results(*graphs, columns=("g", "n")))
    server.kind = JSON
    server.replies = [("<https://example.org/g>", b"<a:a> <a:b> 1 ."), ("<https://example.org/h>", b"<a:a> <a:b> 2 .")]
    found = {(str(quad.graph_name), quad.object.value) for quad in store.quads() if isinstance(quad.object, ox.Literal)}
    assert found == {("<https://example.org/g>", "1"), ("<https://example.org/h>", "2")}


@pytest.mark.parametrize("sparql", ["nonsense", "", "SELECT"])
def test_a_query_that_the_server_refuses_is_a_query_error(sparql: str, server: Canned, store: RemoteStore) -> None:
    server.status, server.body = 400, b"Parse error: line 1"
    with pytest.raises(QueryError, match="the server refused the query") as refused:
        store.query(sparql)
    assert refused.value.where == server.url


@pytest.mark.parametrize("sparql", ["INSERT DATA { <a:a> <a:b> 1 }", "DELETE WHERE { ?s ?p ?o }", "PREFIX a: <a:> CLEAR ALL", "# SELECT\nDROP ALL"])
def test_an_update_never_reaches_the_server(sparql: str, server: Canned, store: RemoteStore) -> None:
    with pytest.raises(QueryError):
        store.query(sparql)
    assert server.asked == []


@pytest.mark.parametrize("status", [401, 403, 404, 405, 414, 429, 500, 502, 503])
def test_a_server_that_fails_is_a_store_error(status: int, server: Canned, store: RemoteStore) -> None:
    server.status, server.body = status, b"<html>no</html>"
    with pytest.raises(StoreError, match="the server did not answer") as refused:
        store.query(SELECT)
    assert refused.value.where == server.url
    assert refused.value.exit_status == 3


def _cut(server: Canned) -> None:
    server.says(results({"s": {"type": "uri", "value": "https://example.org/a"}}))
    server.body = server.body[:-20]


def _short(server: Canned) -> None:
    _cut(server)
    server.length = len(server.body) + 20


def _says(document: object) -> Callable[[Canned], None]:
    return lambda server: server.says(document)


def _body(kind: str, body: bytes) -> Callable[[Canned], None]:
    def change(server: Canned) -> None:
        server.kind, server.body = kind, body

    return change


UNREADABLE: dict[str, Callable[[Canned], None]] = {
    "truncated JSON": _cut,
    "HTML instead of results": _body("text/html", b"<!doctype html><title>Welcome</title>"),
    "nothing": _body(JSON, b""),
    "bytes that are not UTF-8": _body(JSON, b'{"head": {"vars": ["\xe4"]}}'),
    "JSON null": _says(None),
    "JSON list": _says([]),
    "JSON text": _says("boolean"),
    "no head": _says({"results": {"bindings": []}}),
    "no results": _says({"head": {"vars": []}}),
    "bindings of another shape": _says({"head": {"vars": ["s"]}, "results": {"bindings": ["s"]}}),
    "bindings that are no list": _says({"head": {"vars": ["s"]}, "results": {"bindings": 7}}),
    "a term without a value": _says(results({"s": {"type": "uri"}})),
    "a term that is text": _says({"head": {"vars": ["s"]}, "results": {"bindings": [{"s": "a"}]}}),
    "a term of unknown type": _says(results({"s": {"type": "sausage", "value": "x"}})),
    "an IRI that is none": _says(results({"s": {"type": "uri", "value": "not an iri"}})),
    "a language that is none": _says(results({"s": {"type": "literal", "value": "x", "xml:lang": "not a language"}})),
    "a truth value that is text": _says({"head": {}, "boolean": "false"}),
}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
def test_the_connection_of_a_refusal_is_closed(status: int, server: Canned, store: RemoteStore) -> None:
    server.status, server.body = status, b"no"
    with pytest.raises((QueryError, StoreError)) as refused:
        store.query(SELECT)
    error: BaseException | None = refused.value
    seen = []
    while error is not None:
        seen += [error.fp.closed] if isinstance(error, HTTPError) and error.fp is not None else []
        error = error.__cause__ or error.__context__
    assert seen == [True]


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_answer_that_cannot_be_read_is_a_store_error(name: str, server: Canned, store: RemoteStore) -> None:
    UNREADABLE[name](server)
    with pytest.raises(StoreError, match="the server's answer cannot be read") as refused:
        store.query(SELECT)
    assert refused.value.where == server.url


def test_broken_turtle_is_a_store_error(server: Canned, store: RemoteStore) -> None:
    server.kind, server.body = "text/turtle", b"<a:a> <a:b> "
    with pytest.raises(StoreError, match="the server's answer cannot be read"):
        store.query("CONSTRUCT WHERE { ?s ?p ?o }")


def test_an_answer_that_ends_early_is_a_store_error(server: Canned, store: RemoteStore) -> None:
    _short(server)
    with pytest.raises(StoreError, match="the server"):
        store.query(SELECT)


def test_a_server_that_hangs_up_is_a_store_error(server: Canned, store: RemoteStore) -> None:
    server.hang_up = True
    with pytest.raises(StoreError, match="the server did not answer"):
        store.query(SELECT)


def test_an_answer_that_is_no_http_is_a_store_error(server: Canned, store: RemoteStore) -> None:
    server.raw = b"SSH-2.0-OpenSSH_9.6\r\n"
    with pytest.raises(StoreError, match="the server did not answer"):
        store.query(SELECT)


def test_a_server_that_is_not_there_is_a_store_error(server: Canned) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(server)) as closed:
        port = closed.server_address[1]
    with pytest.raises(StoreError, match="the server did not answer"):
        open_store(f"http://127.0.0.1:{port}/").query(SELECT)


@pytest.mark.parametrize("url", ["http://", "http://127.0.0.1:notaport/", "http://exa mple/sparql", "http://[::1/"])
def test_an_address_that_is_none_is_a_store_error(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url).query(SELECT)


def test_a_slow_server_is_given_up(server: Canned, store: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.remote.TIMEOUT_SECONDS", 1)
    server.late = threading.Event()
    try:
        with pytest.raises(StoreError, match="timed out"):
            store.query(SELECT)
    finally:
        server.late.set()
