"""The W3C's Protocol tests over a real connection: against a writable server, and against one that is read-only."""

from __future__ import annotations

import pytest

from tests.conformance.checks import protocol_faults
from tests.conformance.client import Endpoint, send
from tests.conformance.protocol import TESTS


@pytest.mark.parametrize("name", TESTS)
def test_protocol(name: str, writable: Endpoint) -> None:
    assert protocol_faults(writable, TESTS[name]) == []


UPDATES = [name for name, steps in TESTS.items() if steps[0].to == "update"]


@pytest.mark.parametrize("name", UPDATES)
def test_a_read_only_server_refuses_every_update(name: str, read_only: Endpoint) -> None:
    step = TESTS[name][0]
    headers = {"Content-Type": step.media_type} if step.media_type else {}
    for address in (read_only.update_url, read_only.query_url):
        answer = send(f"{address}?{step.query}" if step.query else address, step.method, body=step.body, headers=headers)
        assert 400 <= answer.status < 500, answer.text


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_read_only_server_refuses_to_change_a_graph(method: str, read_only: Endpoint) -> None:
    body = None if method == "DELETE" else b"<a:a> <a:b> <a:c> ."
    assert read_only.graph(method, "http://example.org/new", body, "text/turtle").status in {403, 405}
    assert read_only.graph("GET", "http://example.org/new").status in {403, 404}


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer "}])
def test_only_the_holder_of_the_token_writes(given: dict[str, str], writable: Endpoint) -> None:
    writable.clear()
    other = Endpoint(writable.query_url, writable.update_url, writable.store_url, given)
    assert other.update("INSERT DATA { <a:a> <a:b> <a:c> }").status in {401, 403}
    for method in ("PUT", "POST", "DELETE"):
        assert other.graph(method, "http://example.org/new", None if method == "DELETE" else b"<a:a> <a:b> <a:c> .", "text/turtle").status in {401, 403}
    assert b"true" in other.query("ASK { FILTER NOT EXISTS { ?s ?p ?o } FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }", "application/sparql-results+json").body
