"""Requests that want the server to call another one, or to read a file: nothing is ever called."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conformance.client import send
from tests.conftest import BuiltGraph
from tests.serve.abuse.target import Target, problem
from tests.serving import TOKEN, Serve


class Listener:
    """Waits for connections that should never come.

    :param callers: those that came
    """

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.callers = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.callers += 1
            connection.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that nobody may call; after the test nobody has."""
    listener = Listener()
    yield listener
    listener.close()
    assert listener.callers == 0


HOSTS = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "0.0.0.0", "[::ffff:127.0.0.1]", "[::]", "user@127.0.0.1"]  # noqa: S104 - asked for, not bound

SERVICES = [
    "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ service<{url}>{{}} }}",
    "SELECT * {{ SERVICE#comment\n<{url}> {{ ?s ?p ?o }} }}",
    "PREFIX s: <{url}> SELECT * {{ SERVICE s: {{ ?s ?p ?o }} }}",
    "BASE <{url}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?g {{ <{url}> }} SERVICE ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(IRI('{url}') AS ?g) SERVICE SILENT ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\u0053ERVICE <{url}> {{ ?s ?p ?o }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE <{url}> {{}} }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }} }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
]


@pytest.mark.parametrize("query", SERVICES)
def test_service_is_refused(query: str, target: Target, listener: Listener) -> None:
    answer = target.query(query.format(url=f"http://127.0.0.1:{listener.port}/sparql"))
    assert 400 <= answer.status < 500
    assert problem(answer)


@pytest.mark.parametrize("host", HOSTS)
def test_service_is_refused_however_this_machine_is_called(host: str, target: Target, listener: Listener) -> None:
    answer = target.query(f"SELECT * {{ SERVICE SILENT <http://{host}:{listener.port}/> {{ ?s ?p ?o }} }}")
    assert 400 <= answer.status < 500


def test_the_word_service_elsewhere_is_no_harm(target: Target) -> None:
    answer = target.query("# SERVICE <http://a>\nSELECT ?service { BIND('SERVICE <http://b> {}' AS ?service) FILTER(?service != <http://c/SERVICE>) }")
    assert answer.status in {200, 400}
    assert b"refused" not in answer.body


def test_listing_a_private_address_does_not_open_it(serve: Serve, built: BuiltGraph, listener: Listener) -> None:
    url = f"http://127.0.0.1:{listener.port}/sparql"
    served = serve(built.folder, "--service-targets", url)
    target = Target(served.address, served.process.pid)
    answer = target.query(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}")
    assert 400 <= answer.status < 600
    assert problem(answer)


@pytest.mark.parametrize("graph", ["http://127.0.0.1:{port}/a.ttl", "file:///etc/passwd", "ftp://127.0.0.1:{port}/a"])
def test_a_graph_that_is_not_there_is_empty_and_not_fetched(graph: str, target: Target, listener: Listener) -> None:
    iri = graph.format(port=listener.port)
    for query in ("SELECT * FROM <iri> { ?s ?p ?o }", "SELECT * FROM NAMED <iri> { GRAPH ?g { ?s ?p ?o } }"):
        answer = target.query(query.replace("iri", iri), "text/csv")
        assert answer.status == 200
        assert len(answer.body.splitlines()) == 1
    for name in ("default-graph-uri", "named-graph-uri"):
        answer = target.get(f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}&{name}={quote(iri)}", Accept="text/csv")
        assert answer.status == 200
        assert len(answer.body.splitlines()) == 1


LOADS = [
    "LOAD <{url}>",
    "LOAD SILENT <{url}>",
    "LOAD <{url}> INTO GRAPH <a:a>",
    "INSERT DATA {{ <a:a> <a:a> <a:a> }} ; LOAD SILENT <{url}>",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
    "DELETE {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
]


def test_an_update_fetches_nothing_and_reads_no_file(serve: Serve, listener: Listener, tmp_path: Path) -> None:
    secret = tmp_path / "secret.nt"
    secret.write_text("<a:secret> <a:secret> <a:secret> .")
    served = serve(tmp_path / "store", "--writable", "--token", TOKEN)
    target = Target(served.address, served.process.pid)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
    for url in (f"http://127.0.0.1:{listener.port}/a.ttl", secret.as_uri(), str(secret)):
        for update in LOADS:
            send(f"{served.address}/update", "POST", body=update.format(url=url).encode(), headers=headers)
    assert b"false" in target.query("ASK { { <a:secret> ?p ?o } UNION { GRAPH ?g { <a:secret> ?p ?o } } }").body


def test_an_rdf_xml_entity_of_a_file_is_not_read(serve: Serve, tmp_path: Path) -> None:
    served = serve(tmp_path / "store", "--writable", "--token", TOKEN)
    document = (
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:a='http://a/'>"
        b"<rdf:Description rdf:about='http://a/s'><a:p>&e;</a:p></rdf:Description></rdf:RDF>"
    )
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/rdf+xml"}
    send(f"{served.address}/store", "PUT", [("default", "")], document, headers)
    assert b"root:" not in send(f"{served.address}/store", "GET", [("default", "")]).body


def test_entities_that_grow_are_refused(serve: Serve, tmp_path: Path) -> None:
    served = serve(tmp_path / "store", "--writable", "--token", TOKEN, "--timeout", "5", "--memory-bytes", str(400 * 2**20))
    entities = "<!ENTITY a0 '0123456789'>" + "".join(f"<!ENTITY a{i + 1} '{f'&a{i};' * 10}'>" for i in range(12))
    document = (
        f"<?xml version='1.0'?><!DOCTYPE a [{entities}]>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:a='http://a/'>"
        "<rdf:Description rdf:about='http://a/s'><a:p>&a12;</a:p></rdf:Description></rdf:RDF>"
    ).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/rdf+xml"}
    answer = send(f"{served.address}/store", "PUT", [("default", "")], document, headers)
    assert answer.status >= 400
    assert Target(served.address, served.process.pid).works()
