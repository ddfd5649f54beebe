"""``netkg push`` into real servers: what arrives is what was sent, however often, and a refusal says where things stand."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.prefixes import GRAPH
from kg.store import LocalStore, graph_counts, in_memory
from kg.store.push import GraphStore, Server, UpdateEndpoint, client, push
from kg.store.remote import RemoteStore
from tests.serve.outside.servers import Outside
from tests.serving import TOKEN, Served
from tests.turtle import quads

MINE = GRAPH + "pushed/"
SMALL = f"""<{MINE}a> {{ :a :knows [ :knows [ :says "x"@en, "ünï\\n\\"quoted\\"" ] ] , :b . :b :weighs 1.5, 2, "2020-02-01"^^xsd:date, true }}
<{MINE}b> {{ :b :knows :c . [] :says "nobody" }}"""


@pytest.fixture
def small() -> LocalStore:
    return in_memory(quads(SMALL))


def check_is_there(remote: RemoteStore, small: LocalStore) -> None:
    counts = {name: count for name, count in graph_counts(remote).items() if name.startswith(MINE)}
    assert counts == graph_counts(small)
    for graph in counts:
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        theirs, ours = remote.query(query), small.query(query)
        assert isinstance(theirs, list)
        assert isinstance(ours, list)
        assert canonical(theirs) == canonical(ours)


def canonical(triples: list[ox.Triple]) -> set[ox.Quad]:
    dataset = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def user(outside: Outside) -> dict[str, str]:
    return {"user": outside.user, "password": outside.user}


@pytest.mark.parametrize("name", ["in_fuseki", "in_virtuoso"])
@pytest.mark.parametrize("size", [1, 1000])
def test_a_graph_store_gets_the_graphs_however_often(name: str, size: int, request: pytest.FixtureRequest, small: LocalStore) -> None:
    outside: Outside = request.getfixturevalue(name)
    with client(**user(outside)) as http:
        target = GraphStore(Server(http), outside.graph_store, upload=size)
        assert push(small, target) == push(small, target) == graph_counts(small)
    check_is_there(RemoteStore(outside.query), small)


@pytest.mark.parametrize("name", ["in_fuseki", "in_virtuoso"])
def test_a_server_without_a_graph_store_gets_updates(name: str, request: pytest.FixtureRequest, small: LocalStore) -> None:
    outside: Outside = request.getfixturevalue(name)
    with client(**user(outside)) as http:
        target = UpdateEndpoint(Server(http, outside.query), outside.update, update=2)
        assert push(small, target) == push(small, target) == graph_counts(small)
    check_is_there(RemoteStore(outside.query), small)


def test_our_own_server_gets_the_graphs(writable_server: Callable[..., Served], small: LocalStore) -> None:
    address = writable_server().address
    with client(token=TOKEN) as http:
        for target in (GraphStore(Server(http), f"{address}/store"), UpdateEndpoint(Server(http, f"{address}/sparql"), f"{address}/update")):
            assert push(small, target) == graph_counts(small)
            check_is_there(RemoteStore(f"{address}/sparql"), small)


def test_our_own_server_refuses_a_wrong_token(writable_server: Callable[..., Served], small: LocalStore) -> None:
    with client(token="wrong") as http, pytest.raises(StoreError, match=r"answered 401.*0 of 2 graphs are complete") as refused:
        push(small, GraphStore(Server(http), writable_server().address + "/store"))
    assert "--token" in refused.value.hint


@pytest.mark.parametrize("password", ["", "wrong"])
def test_virtuoso_refuses_a_wrong_password(password: str, in_virtuoso: Outside, small: LocalStore) -> None:
    with client(user="dba", password=password) as http, pytest.raises(StoreError, match="answered 401"):
        push(small, GraphStore(Server(http), in_virtuoso.graph_store))
