"""What the endpoint tells about itself: service description, VoID, and example queries with prefixes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.describe.examples import EXAMPLES_GRAPH, TARGET
from kg.describe.header import HEADER_GRAPH
from kg.describe.prefixes import PREFIXES_GRAPH
from kg.describe.service import Limit, Service
from kg.describe.service import service_description as described_service
from kg.describe.triples import named, node, number
from kg.describe.void import DATASET, VOID_GRAPH, describe
from kg.graph import NOTICE, Graph
from kg.serve.api.answers import NOTED
from kg.serve.api.concise import written
from kg.serve.calls import Reply
from kg.serve.http.accept import GRAPHS_OFFERED, choose
from kg.serve.http.address import public_base
from kg.serve.http.formats import GRAPHS, RESULTS, offers, with_charset
from kg.serve.http.formats import named as format_named
from kg.serve.http.sparql import not_acceptable
from kg.serve.http.work import reply_response, work
from kg.serve.settings import ServeSettings
from kg.store import graph_counts

DUMPS = ("export/graph.nq", "export/graph.trig")
"""Addresses of the whole graph as a file, beside the endpoint."""
_COUNTED_AFRESH = 2_000_000
"""Statements up to which a graph that can change is counted again for each version."""


def service_description(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the description of the SPARQL service.

    :param arguments: ``endpoint``: its public address; ``format``: key of a graph format; ``limits``: name → value;
        ``writable``; ``union``
    """
    about = {item.name: item.metadata for item in fields(ServeSettings)}
    limits = (Limit(name, value, about[name]["unit"], about[name]["about"]) for name, value in arguments["limits"].items())
    formats = (*(form.engine.iri for form in RESULTS.values()), *(form.engine.iri for form in GRAPHS.values()))
    service = Service(arguments["endpoint"], formats, tuple(limits), arguments["writable"], arguments["union"])
    return _reply(described_service(service, graph_counts(graph.store), NOTICE), arguments)


def void(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the statistics of the dataset, with the addresses at which it is served.

    :param arguments: as for :func:`service_description`
    """
    endpoint = ox.NamedNode(arguments["endpoint"])
    found = set(_stored(graph, HEADER_GRAPH))
    found.update(_statistics(graph, changeable=arguments["writable"]))
    found.update(named(DATASET, "void:Dataset", "the NET-KG dataset"))
    found.add(ox.Triple(DATASET, node("void:sparqlEndpoint"), endpoint))
    found.update(ox.Triple(DATASET, node("void:dataDump"), ox.NamedNode(urljoin(endpoint.value, dump))) for dump in DUMPS)
    return _reply(found, arguments)


def examples(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the query library and the prefixes, each query addressed to this endpoint.

    :param arguments: as for :func:`service_description`
    """
    endpoint = ox.NamedNode(arguments["endpoint"])
    stored = [*_stored(graph, EXAMPLES_GRAPH), *_stored(graph, PREFIXES_GRAPH)]
    return _reply((ox.Triple(triple.subject, TARGET, endpoint) if triple.predicate == TARGET else triple for triple in stored), arguments)


def _statistics(graph: Graph, *, changeable: bool) -> Iterable[ox.Triple]:
    """Return the statistics as they were stored with the graph, or new ones for a graph that may have changed since."""
    counts = graph_counts(graph.store)
    if not changeable and VOID_GRAPH in counts:
        return _stored(graph, VOID_GRAPH)
    if sum(counts.values()) <= _COUNTED_AFRESH:
        own = ox.NamedNode(VOID_GRAPH)
        return describe([quad for quad in graph.store.quads() if quad.graph_name != own])
    subsets = [ox.Triple(DATASET, node("void:subset"), ox.NamedNode(name)) for name in counts]
    return [*subsets, *(number(ox.NamedNode(name), "void:triples", count) for name, count in counts.items())]


def _stored(graph: Graph, name: str) -> list[ox.Triple]:
    answer = graph.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
    return answer if isinstance(answer, list) else []


def _reply(triples: Iterable[ox.Triple], arguments: Mapping[str, Any]) -> Reply:
    form = GRAPHS[arguments["format"]]
    return Reply(with_charset(form.media_types[0]), written(triples, form), NOTED)


async def well_known_void(request: Request) -> Response:
    """Answer with VoID in the format that the client likes."""
    return await _answer(request, "void", _format(request))


async def void_turtle(request: Request) -> Response:
    """Answer with VoID in Turtle."""
    return await _answer(request, "void", "turtle")


async def well_known_examples(request: Request) -> Response:
    """Answer with example queries and prefixes in the format that the client likes."""
    return await _answer(request, "examples", _format(request))


def _format(request: Request) -> str:
    """Return the key of the graph format that a request wants.

    :raises Problem: when there is none
    """
    wanted = request.query_params.get("format")
    choice = choose(request.headers.get("accept", ""), GRAPHS_OFFERED)
    form = format_named(wanted, GRAPHS) if wanted else choice and choice[0]
    if not form:
        raise not_acceptable(offers(GRAPHS.values()))
    return form


async def _answer(request: Request, call: str, form: str) -> Response:
    settings: ServeSettings = request.app.state.settings
    arguments = {"endpoint": public_base(request.scope) + "sparql", "format": form, "union": settings.union}
    arguments |= {"writable": settings.writable, "limits": settings.limits()}
    return await reply_response(request, await work(request, call, arguments))


routes: list[BaseRoute] = [
    Route("/.well-known/void", well_known_void, name="void"),
    Route("/void.ttl", void_turtle, name="void-turtle"),
    Route("/.well-known/sparql-examples", well_known_examples, name="examples"),
]
