"""A graph in a SPARQL 1.1 server that the user runs, through SPARQLWrapper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import URLError

import pyoxigraph as ox
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import EndPointInternalError, EndPointNotFound, QueryBadFormed, SPARQLWrapperException

from kg.errors import QueryError, StoreError
from kg.store.base import Answer, Rows, Term, graph_counts

TIMEOUT_SECONDS = 60


class RemoteStore:
    """A SPARQL endpoint behind the common interface.

    The server must answer queries without FROM over the union of its named graphs.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def location(self) -> str:
        """Address of the endpoint."""
        return self._url

    def query(self, sparql: str) -> Answer:
        """Answer a query; see :meth:`kg.store.base.Store.query`."""
        client = SPARQLWrapper(self._url)
        client.setMethod(POST)
        client.setTimeout(TIMEOUT_SECONDS)
        client.setQuery(sparql)
        wants_triples = client.queryType in ("CONSTRUCT", "DESCRIBE")
        client.setReturnFormat(TURTLE if wants_triples else JSON)
        try:
            body: bytes = client.query().response.read()
        except QueryBadFormed as error:
            raise QueryError(f"the server refused the query: {_first_line(error)}", where=self._url) from error
        except (EndPointNotFound, EndPointInternalError, SPARQLWrapperException, URLError, OSError) as error:
            raise StoreError(f"the server did not answer: {_first_line(error)}", where=self._url) from error
        try:
            if wants_triples:
                return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]
            return _answer(json.loads(body))
        except (SyntaxError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"the server's answer cannot be read: {_first_line(error)}", where=self._url) from error

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements with their graphs, one graph at a time."""
        for graph in graph_counts(self):
            answer = self.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}")
            if isinstance(answer, list):
                yield from (ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(graph)) for triple in answer)


def _answer(document: dict[str, Any]) -> Answer:
    if "boolean" in document:
        return bool(document["boolean"])
    columns = tuple(document["head"]["vars"])
    rows = [tuple(_term(binding.get(column)) for column in columns) for binding in document["results"]["bindings"]]
    return Rows(columns, rows)


def _term(value: dict[str, str] | None) -> Term | None:
    if value is None:
        return None
    match value["type"]:
        case "uri":
            return ox.NamedNode(value["value"])
        case "bnode":
            return ox.BlankNode(value["value"])
    if "xml:lang" in value:
        return ox.Literal(value["value"], language=value["xml:lang"])
    if "datatype" in value:
        return ox.Literal(value["value"], datatype=ox.NamedNode(value["datatype"]))
    return ox.Literal(value["value"])


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
