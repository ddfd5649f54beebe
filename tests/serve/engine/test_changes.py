"""Changes of a store: what they do, and that a failed one does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.serve.engine.changes import graph_store, update
from kg.serve.problem import Problem
from tests.serve.engine import conftest as make
from tests.serve.engine.conftest import EX

G, H = ox.NamedNode(EX + "g"), ox.NamedNode(EX + "h")


def filled() -> ox.Store:
    store = ox.Store()
    store.extend(make.quads(3))
    return store


def lines(store: Iterable[ox.Quad]) -> list[str]:
    return sorted(map(str, store))


def change(store: ox.Store, text: str, targets: tuple[str, ...] = (), **arguments: Any) -> dict[str, bool]:
    found: dict[str, bool] = json.loads(update(store, make.update(text, **arguments).arguments, targets).body)
    return found


def send(store: ox.Store, method: str, graph: str | None, body: str = "", media_type: str = "text/turtle") -> dict[str, bool]:
    found: dict[str, bool] = json.loads(graph_store(store, make.graph_store(method, graph, body, media_type).arguments, ()).body)
    return found


def objects(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> set[str]:
    return {quad.object.value for quad in store.quads_for_pattern(None, None, None, graph) if not isinstance(quad.object, ox.Triple)}


def test_put_replaces_a_graph_and_no_other() -> None:
    store = filled()
    store.add(ox.Quad(G, G, G, H))
    assert send(store, "PUT", G.value, "<a> <b> 'new' .") == {"created": False, "changed": True}
    assert objects(store, G) == {"new"}
    assert objects(store, H) == {G.value}


def test_put_and_post_make_a_graph_that_is_not_there() -> None:
    store = ox.Store()
    assert send(store, "PUT", G.value, "<a> <b> 'new' .")["created"]
    assert send(store, "POST", H.value, "<a> <b> 'new' .")["created"]
    assert not send(store, "POST", H.value, "<a> <b> 'more' .")["created"]
    assert objects(store, H) == {"new", "more"}


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_an_empty_graph_is_a_graph(method: str) -> None:
    store = ox.Store()
    assert send(store, method, G.value)["created"]
    assert store.contains_named_graph(G)


def test_relative_names_are_read_against_the_base() -> None:
    store = ox.Store()
    send(store, "PUT", None, "<a> <b> <c> .")
    assert objects(store, ox.DefaultGraph()) == {EX + "c"}


def test_the_default_graph_can_be_replaced_and_emptied_but_never_is_missing() -> None:
    store = filled()
    assert send(store, "PUT", None, "<a> <b> 'one' .") == {"created": False, "changed": True}
    send(store, "PUT", None, "<a> <b> 'two' .")
    assert objects(store, ox.DefaultGraph()) == {"two"}
    send(store, "DELETE", None)
    send(store, "DELETE", None)
    assert not objects(store, ox.DefaultGraph())
    assert len(store) == 3


def test_blank_nodes_of_two_documents_are_not_the_same() -> None:
    store = ox.Store()
    send(store, "POST", G.value, "_:x <b> 'one' .")
    send(store, "POST", G.value, "_:x <b> 'two' .")
    assert len({quad.subject for quad in store}) == 2
    send(store, "PUT", G.value, "_:x <b> 'one' . _:x <b> 'two' . _:y <b> 'three' .")
    assert len({quad.subject for quad in store}) == 2


@pytest.mark.parametrize(
    "text", ['"quotes \\" and \\\\ and \\n"', '"é \\u0001 \\U0001F600"@en', "'1.10'^^<http://www.w3.org/2001/XMLSchema#decimal>", "<<( <a> <b> <c> )>>"]
)
def test_put_keeps_every_kind_of_term_as_it_is(text: str) -> None:
    put, post = ox.Store(), ox.Store()
    for store, method in ((put, "PUT"), (post, "POST")):
        send(store, method, G.value, f"<a> <b> {text} .")
    assert lines(put) == lines(post)
    assert len(put) == 1


def test_a_graph_can_be_removed_once() -> None:
    store = filled()
    assert send(store, "DELETE", G.value) == {"created": False, "changed": True}
    assert not store.contains_named_graph(G)
    with pytest.raises(Problem) as caught:
        send(store, "DELETE", G.value)
    assert (caught.value.status, caught.value.code) == (404, "NO-GRAPH")


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        ("<a> <b> 'new' . <a> <b> ", "text/turtle", 400),
        ("<a> <b> 'new' . <a b> <b> 'c' .", "text/turtle; charset=utf-8", 400),
        ("<a> <b> 'new' .", "text/html", 415),
        ("<a> <b> 'new' .", "", 415),
        ("<x:a> <x:b> <x:c> <x:other> .", "application/n-quads", 400),
    ],
)
def test_a_body_that_cannot_be_read_changes_nothing(method: str, body: str, media_type: str, status: int) -> None:
    store = filled()
    before = lines(store)
    with pytest.raises(Problem) as caught:
        send(store, method, G.value, body, media_type)
    assert caught.value.status == status
    assert lines(store) == before


def test_a_syntax_error_in_a_body_has_its_place() -> None:
    with pytest.raises(Problem) as caught:
        send(ox.Store(), "PUT", G.value, "<a> <b> <c> .\n<a> b <c> .")
    assert caught.value.extra["line"] == 2
    assert isinstance(caught.value.extra["column"], int)


def test_a_name_that_is_no_iri_and_a_method_that_is_none_are_refused() -> None:
    for method, graph, status in (("PUT", "no iri", 400), ("PATCH", G.value, 405)):
        with pytest.raises(Problem) as caught:
            send(ox.Store(), method, graph)
        assert caught.value.status == status


def test_an_update_is_done_whole() -> None:
    store = filled()
    assert change(store, "PREFIX ex: <h> INSERT DATA { <a> ex: 'x' } ; DELETE WHERE { GRAPH ?g { ?s ?p '1' } }", base=EX) == {"created": False, "changed": True}
    assert objects(store, ox.DefaultGraph()) == {"x"}
    assert objects(store, G) == {"0", "2"}


@pytest.mark.parametrize(
    "text", [f"INSERT DATA {{ <{EX}a> <{EX}b> 'x' }} ; CREATE GRAPH {G}", f"INSERT DATA {{ <{EX}a> <{EX}b> 'x' }} ; CLEAR GRAPH {H}", "CLEAR ALL ; INSERT"]
)
def test_an_update_that_fails_in_the_middle_changes_nothing(text: str) -> None:
    store = filled()
    before = lines(store)
    with pytest.raises(QueryError):
        change(store, text)
    assert lines(store) == before


def test_a_syntax_error_in_an_update_has_its_place() -> None:
    with pytest.raises(QueryError) as caught:
        change(ox.Store(), "INSERT DATA {\n <a> }")
    assert caught.value.place is not None
    assert caught.value.place[0] == 2
    assert "the update cannot be read" in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1/x>",
        "CLEAR ALL ; LOAD <file:///etc/passwd>",
        "PREFIX x: <http://127.0.0.1/> LOAD x:y",
        "LOAD # <https://listed.example/>\n <http://127.0.0.1/>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    ],
)
@pytest.mark.parametrize("targets", [(), ("https://listed.example/", "http://127.0.0.1/x", "file:///etc/passwd", "http://127.0.0.1/")])
def test_nothing_is_loaded_from_where_it_must_not(text: str, targets: tuple[str, ...]) -> None:
    store = filled()
    with pytest.raises(QueryError, match="is refused"):
        change(store, text, targets)
    assert len(store) == 3


@pytest.mark.parametrize("targets", [(), ("http://127.0.0.1/x", "file:///etc/passwd")])
def test_a_silent_load_that_is_refused_loads_nothing_and_the_rest_is_done(targets: tuple[str, ...]) -> None:
    store = filled()
    change(store, "load silent <http://127.0.0.1/x> INTO GRAPH <x:g> ; LOAD SILENT <file:///etc/passwd> ; INSERT DATA { <x:new> <x:p> 1 }", targets)
    assert len(store) == 4


def test_a_form_of_several_files_is_one_change() -> None:
    store = ox.Store()
    part = "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/turtle\r\n\r\n_:b <x:p> %s .\r\n"
    send(store, "POST", G.value, part % "1" + part % "'é'" + "--b--\r\n", 'multipart/form-data; boundary="b"')
    assert len({quad.subject for quad in store}) == 2
    assert {quad.object.value for quad in store} == {"1", "é"}
    for body in (part % "2", part % "2" + part % "oops" + "--b--\r\n", "", part.replace("text/turtle", "image/png") % "2" + "--b--\r\n"):
        with pytest.raises(Problem):
            send(store, "POST", G.value, body, "multipart/form-data; boundary=b")
    with pytest.raises(Problem):
        send(store, "POST", G.value, part % "2" + "--b--\r\n", "multipart/form-data")
    assert len(store) == 2


def test_the_graphs_of_the_request_are_those_of_each_where() -> None:
    store = filled()
    change(
        store,
        "DELETE { ?s ?p ?o } INSERT { ?s ?p 'seen' } WHERE { ?s ?p ?o } ; DELETE WHERE { GRAPH ?g { ?s ?p '1' } }",
        default_graphs=[G.value],
        named_graphs=[H.value],
    )
    assert objects(store, ox.DefaultGraph()) == {"seen"}
    assert objects(store, G) == {"0", "1", "2"}


@pytest.mark.parametrize("text", ["WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "INSERT { ?s ?p ?o } using <x:g> WHERE { ?s ?p ?o }"])
def test_graphs_given_twice_are_refused(text: str) -> None:
    with pytest.raises(QueryError, match="given twice"):
        change(filled(), text, default_graphs=[G.value])
    change(filled(), text)


@pytest.mark.parametrize(
    "text", ["PREFIX with: <x:> INSERT { ?s with:using 'WITH' } WHERE { ?s ?using ?o } # USING", "INSERT DATA { <x:WITH> <x:b> <x:USING> }"]
)
def test_what_only_looks_like_using_is_not_refused(text: str) -> None:
    change(filled(), text, default_graphs=[G.value])


def test_a_graph_of_the_request_that_is_no_iri_is_refused() -> None:
    with pytest.raises(QueryError, match="no IRI"):
        change(filled(), "CLEAR ALL", default_graphs=["no iri"])
