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
from kg.describe.prefixes import PREFIXES_GRAPH
from kg.describe.published import published, stored
from kg.describe.service import Limit, Service
from kg.describe.service import service_description as described_service
from kg.export.artefacts import RDF
from kg.export.dataset.about import Publication, about
from kg.export.dataset.schemaorg import described
from kg.export.document import document
from kg.graph import NOTICE, Graph
from kg.query.kept import kept
from kg.serve.api.answers import NOTED, as_json
from kg.serve.api.export import DOWNLOADS
from kg.serve.calls import Reply
from kg.serve.http.accept import GRAPHS_OFFERED, choose
from kg.serve.http.address import public_base
from kg.serve.http.formats import GRAPHS, RESULTS, offers, with_charset
from kg.serve.http.formats import named as format_named
from kg.serve.http.sparql import not_acceptable
from kg.serve.http.work import reply_response, work
from kg.serve.settings import ServeSettings
from kg.store import graph_counts

DUMPS = tuple(f"export/{name}" for name, download in DOWNLOADS.items() if download.file.form and download.file.media_type in RDF)
"""Addresses of the graph, or a part of it, as a file of RDF, beside the endpoint."""

_about = kept(about)


def service_description(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the description of the SPARQL service.

    :param arguments: ``endpoint``: its public address; ``format``: key of a graph format; ``limits``: name → value;
        ``writable``; ``union``
    """
    known = {item.name: item.metadata for item in fields(ServeSettings)}
    limits = (Limit(name, value, known[name]["unit"], known[name]["about"]) for name, value in arguments["limits"].items())
    formats = (*(form.engine.iri for form in RESULTS.values()), *(form.engine.iri for form in GRAPHS.values()))
    service = Service(arguments["endpoint"], formats, tuple(limits), arguments["writable"], arguments["union"])
    return _reply(described_service(service, graph_counts(graph.store), NOTICE), arguments)


def void(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the statistics of the dataset, with the addresses at which it is served.

    :param arguments: as for :func:`service_description`
    """
    endpoint = arguments["endpoint"]
    dumps = (urljoin(endpoint, dump) for dump in DUMPS)
    return _reply(published(graph, endpoint, dumps, changeable=arguments["writable"]), arguments)


def dataset(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the description of the dataset that search engines read, as JSON-LD.

    :param arguments: ``base``: public address of the server
    """
    base = arguments["base"]
    files = tuple(download.file for download in DOWNLOADS.values())
    return as_json(described(_about(graph), Publication(f"{base}export/", files, f"{base}sparql", base)))


def examples(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the query library and the prefixes, each query addressed to this endpoint.

    :param arguments: as for :func:`service_description`
    """
    endpoint = ox.NamedNode(arguments["endpoint"])
    library = [*stored(graph, EXAMPLES_GRAPH), *stored(graph, PREFIXES_GRAPH)]
    return _reply((ox.Triple(triple.subject, TARGET, endpoint) if triple.predicate == TARGET else triple for triple in library), arguments)


def _reply(triples: Iterable[ox.Triple], arguments: Mapping[str, Any]) -> Reply:
    form = GRAPHS[arguments["format"]]
    return Reply(with_charset(form.media_types[0]), document(triples, form.engine), NOTED)


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
