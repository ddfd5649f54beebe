"""Pushing a graph: batches, refusals, broken answers and passwords, against a server made of a function."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.store import LocalStore, in_memory
from kg.store.push import GraphStore, Password, Server, UpdateEndpoint, batches, push
from tests.turtle import quads

ANSWER = Callable[[httpx.Request], httpx.Response]
URL = "http://server.test/data"
GRAPHS = "<urn:g:1> { :a :p :b } <urn:g:2> { :a :p :b, :c, :d }"

nodes = st.sampled_from([*(ox.NamedNode(f"a:{number}") for number in range(3)), *(ox.BlankNode(f"b{number}") for number in range(6))])
triples = st.lists(st.builds(ox.Triple, nodes, st.just(ox.NamedNode("a:p")), nodes), max_size=30)


class Fake:
    """A graph store in memory that can be told to fail.

    :param fails: graph → answer in place of the right one
    """

    def __init__(self, fails: dict[str, httpx.Response] | None = None, loses: int = 0) -> None:
        self.held: dict[str, list[bytes]] = {}
        self.fails = fails or {}
        self.loses = loses
        self.asked: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        graph = request.url.params["graph"]
        self.asked.append((request.method, graph))
        if graph in self.fails:
            return self.fails[graph]
        lines = request.read().splitlines()
        if request.method == "GET":
            return httpx.Response(200, content=b"\n".join(self.held[graph]), headers={"Content-Type": "application/n-triples"})
        assert request.headers["content-length"] == str(len(request.content))
        assert "transfer-encoding" not in request.headers
        self.held[graph] = (self.held.get(graph, []) if request.method == "POST" else []) + lines[self.loses :]
        return httpx.Response(204)


def server(answer: ANSWER, auth: httpx.Auth | None = None, query_url: str = "") -> Server:
    return Server(httpx.Client(transport=httpx.MockTransport(answer), auth=auth), query_url)


@pytest.fixture
def store() -> LocalStore:
    return in_memory(quads(GRAPHS))


@given(triples, st.integers(1, 8))
def test_batches_hold_all_triples_and_share_no_blank_node(found: list[ox.Triple], size: int) -> None:
    made = list(batches(found, size))
    assert sorted(map(str, found)) == sorted(str(triple) for batch in made for triple in batch)
    assert all(made)
    names = [{node.value for triple in batch for node in (triple.subject, triple.object) if isinstance(node, ox.BlankNode)} for batch in made]
    assert sum(map(len, names)) == len(set().union(*names))


def test_batches_of_plain_triples_have_the_size_that_is_asked_for() -> None:
    plain = [ox.Triple(ox.NamedNode("a:a"), ox.NamedNode("a:p"), ox.NamedNode(f"a:{number}")) for number in range(7)]
    assert [len(batch) for batch in batches(plain, 3)] == [3, 3, 1]


def test_the_smallest_graph_goes_first_and_each_is_read_back(store: LocalStore) -> None:
    fake = Fake()
    told: list[tuple[str, int]] = []
    assert push(store, GraphStore(server(fake), URL), lambda graph, count: told.append((graph, count))) == {"urn:g:1": 1, "urn:g:2": 3}
    assert fake.asked == [("PUT", "urn:g:1"), ("GET", "urn:g:1"), ("PUT", "urn:g:2"), ("GET", "urn:g:2")]
    assert told == [("urn:g:1", 1), ("urn:g:2", 3)]


def test_a_large_graph_is_sent_in_parts_that_add_up(store: LocalStore) -> None:
    fake = Fake()
    push(store, GraphStore(server(fake), URL, upload=2))
    assert [method for method, graph in fake.asked if graph == "urn:g:2"] == ["PUT", "POST", "GET"]


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "--token"), (403, "read-only"), (404, "graph store"), (405, "--update-url"), (413, "limit"), (500, ""), (599, "")]
)
def test_a_refusal_says_why_and_in_which_state_the_server_is(status: int, hint: str, store: LocalStore) -> None:
    fake = Fake({"urn:g:2": httpx.Response(status, text="no\n  thanks")})
    with pytest.raises(StoreError, match=rf"answered {status}: no thanks; 1 of 2 graphs are complete there, urn:g:2 may be missing") as refused:
        push(store, GraphStore(server(fake), URL))
    assert refused.value.where == URL
    assert hint in refused.value.hint


def test_a_server_that_loses_statements_is_found_out(store: LocalStore) -> None:
    with pytest.raises(StoreError, match="urn:g:1 has 0 statements there instead of 1"):
        push(store, GraphStore(server(Fake(loses=1)), URL))


def test_a_graph_that_cannot_be_read_back_is_an_error(store: LocalStore) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"<broken", headers={"Content-Type": "text/turtle"}) if request.method == "GET" else httpx.Response(201)

    with pytest.raises(StoreError, match="cannot be read back") as refused:
        push(store, GraphStore(server(answer), URL))
    assert "--query-url" in refused.value.hint


def test_a_server_that_is_not_there_is_an_error(store: LocalStore) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    with pytest.raises(StoreError, match="did not answer: nobody there; 0 of 2 graphs"):
        push(store, GraphStore(server(answer), URL))


def test_updates_replace_a_graph_in_small_parts(store: LocalStore) -> None:
    held = ox.Store()

    def answer(request: httpx.Request) -> httpx.Response:
        asked = parse_qs(request.read().decode())
        if "update" in asked:
            assert request.url.path == "/update"
            held.update(asked["update"][0])
            return httpx.Response(204)
        found = held.query(asked["query"][0])
        assert isinstance(found, ox.QuerySolutions)
        return httpx.Response(200, content=found.serialize(format=ox.QueryResultsFormat.JSON))

    target = UpdateEndpoint(server(answer, query_url="http://server.test/query"), "http://server.test/update", update=2)
    for _ in range(2):
        push(store, target)
        assert set(held) == set(store.quads())


@pytest.mark.parametrize("body", [b"", b"{}", b'{"results": {"bindings": []}}', b'{"results": {"bindings": [{"n": {"value": "many"}}]}}'])
def test_a_count_that_cannot_be_read_is_an_error(body: bytes, store: LocalStore) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body if request.url.path == "/query" else b"")

    with pytest.raises(StoreError, match="count cannot be read"):
        push(store, GraphStore(server(answer, query_url="http://server.test/query"), URL))


def challenged(scheme: str) -> tuple[ANSWER, list[str]]:
    seen: list[str] = []
    fake = Fake()

    def answer(request: httpx.Request) -> httpx.Response:
        given = request.headers.get("authorization", "")
        seen.append(given.partition(" ")[0])
        if not given:
            return httpx.Response(401, headers={"WWW-Authenticate": scheme})
        return fake(request)

    return answer, seen


@pytest.mark.parametrize(("scheme", "name"), [('Basic realm="x"', "Basic"), ('Digest realm="x", nonce="abc", qop="auth", algorithm=MD5', "Digest")])
def test_a_password_is_sent_in_the_way_that_is_asked_for_and_then_at_once(scheme: str, name: str, store: LocalStore) -> None:
    answer, seen = challenged(scheme)
    push(store, GraphStore(server(answer, Password("me", "secret")), URL))
    assert seen == ["", name, name, name, name]


def test_a_server_that_asks_for_no_password_gets_none(store: LocalStore) -> None:
    fake = Fake()

    def answer(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        return fake(request)

    push(store, GraphStore(server(answer, Password("me", "secret")), URL))
