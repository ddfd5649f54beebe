"""What a writer does to a store; each change is one transaction."""

from __future__ import annotations

import email
import email.message
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryError
from kg.serve.calls import Reply
from kg.serve.problem import Problem
from kg.sparql import unreadable, using
from kg.store.outside import refuse_calls, without_silent_loads

FORM = "multipart/form-data"


def update(store: ox.Store, arguments: Mapping[str, Any], targets: tuple[str, ...]) -> Reply:
    """Do a SPARQL 1.1 update; all of it or nothing.

    :param arguments: ``update``, ``base`` (may be empty), ``default_graphs`` and ``named_graphs`` (of the protocol: lists or ``None``)
    :param targets: addresses that LOAD and SERVICE may call
    :raises QueryError: when it is wrong
    """
    text: str = arguments["update"]
    if arguments["default_graphs"] or arguments["named_graphs"]:
        text = using(text, arguments["default_graphs"] or (), arguments["named_graphs"] or ())
    text = without_silent_loads(text, targets)
    for keyword in ("LOAD", "SERVICE"):
        refuse_calls(text, keyword, targets)
    try:
        store.update(text, base_iri=arguments["base"] or None)
    except SyntaxError as error:
        raise unreadable(error, text, "update") from None
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(f"the update cannot be done: {error}") from None
    return _reply(created=False, changed=True)


def graph_store(store: ox.Store, arguments: Mapping[str, Any], _targets: tuple[str, ...]) -> Reply:
    """Do what a request of the Graph Store Protocol asks; all of it or nothing.

    :param arguments: ``method`` (PUT, POST or DELETE), ``graph`` (``None`` for the default graph), ``body``, ``media_type`` (a form of
        several files with its boundary) and ``base``
    :raises Problem: 404 when there is no such graph, 415 and 400 when the body cannot be read
    """
    name = arguments["graph"]
    graph = _node(name) if name is not None else ox.DefaultGraph()
    known = isinstance(graph, ox.DefaultGraph) or store.contains_named_graph(graph)
    match arguments["method"]:
        case "DELETE":
            if not known:
                raise no_graph(str(name))
            store.clear_graph(graph) if isinstance(graph, ox.DefaultGraph) else store.remove_graph(graph)
        case "PUT":
            _put(store, graph, arguments)
        case "POST":
            store.extend(_quads(graph, arguments))
            if not known:
                store.add_graph(graph)
        case method:
            raise Problem(405, "the graph store does not know this method", detail=method, code="METHOD")
    return _reply(created=not known, changed=True)


def no_graph(name: str) -> Problem:
    """Return what is said about a graph that is not there."""
    return Problem(404, "there is no such graph", detail=name, code="NO-GRAPH")


def _put(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph, arguments: Mapping[str, Any]) -> None:
    # As text, because an update is the one thing in the library that removes and adds in a single transaction.
    triples = ox.serialize((quad.triple for quad in _quads(graph, arguments)), format=ox.RdfFormat.N_TRIPLES) or b""
    data = triples.decode()
    if isinstance(graph, ox.DefaultGraph):
        store.update(f"CLEAR DEFAULT ; INSERT DATA {{ {data} }}")
    else:
        store.update(f"CLEAR SILENT GRAPH {graph} ; CREATE SILENT GRAPH {graph} ; INSERT DATA {{ GRAPH {graph} {{ {data} }} }}")


def _quads(graph: ox.NamedNode | ox.DefaultGraph, arguments: Mapping[str, Any]) -> Iterator[ox.Quad]:
    media_type: str = arguments["media_type"]
    if media_type.startswith(FORM):
        for part_type, part in _parts(media_type, arguments["body"]):
            yield from _read(graph, part_type, part, arguments["base"])
    else:
        yield from _read(graph, media_type, arguments["body"], arguments["base"])


def _parts(media_type: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a form, each with its media type."""
    try:
        form = email.message_from_bytes(b"Content-Type: " + media_type.encode() + b"\r\n\r\n" + body)
    except RecursionError:  # forms in forms in forms
        form = email.message.Message()
    if not form.is_multipart() or form.defects:
        raise Problem(400, "the form cannot be read", detail="it is not divided as its Content-Type says", code="DATA")
    for part in form.get_payload():
        if not isinstance(part, email.message.Message) or not isinstance(content := part.get_payload(decode=True), bytes):
            raise Problem(400, "the form cannot be read", detail="a part of it is a form itself", code="DATA")
        yield part.get_content_type(), content


def _read(graph: ox.NamedNode | ox.DefaultGraph, media_type: str, body: bytes, base: str) -> Iterator[ox.Quad]:
    form = ox.RdfFormat.from_media_type(media_type.partition(";")[0].strip())
    if form is None:
        raise Problem(415, "a graph in this format cannot be read", detail=media_type, code="MEDIA-TYPE", hint="send Turtle, for instance")
    try:
        # Blank nodes get new names: those of the document are its own.
        parsed = ox.parse(body, form, base_iri=base or None, without_named_graphs=True, rename_blank_nodes=True)
        for quad in parsed:
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
    except (SyntaxError, ValueError) as error:
        place = {"line": error.lineno, "column": error.offset} if isinstance(error, SyntaxError) and error.lineno else {}
        raise Problem(400, "the graph cannot be read", detail=str(error), code="DATA", extra=place) from None


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise Problem(400, "the name of the graph is no IRI", detail=iri, code="USAGE") from None


def _reply(*, created: bool, changed: bool) -> Reply:
    return Reply("application/json", json.dumps({"created": created, "changed": changed}).encode())
