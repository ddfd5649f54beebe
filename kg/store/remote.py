"""A graph in a SPARQL 1.1 server that the user runs, through SPARQLWrapper."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError, URLError

import pyoxigraph as ox
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from kg.errors import QueryError, StoreError
from kg.store.base import Answer, Rows, graph_counts

TIMEOUT_SECONDS = 60
_VIRTUOSO_BLANK = re.compile(rb'"nodeID://([A-Za-z0-9]+)"')
"""Virtuoso writes blank nodes like addresses, which the result format does not allow."""


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
        """Answer a query; see :meth:`kg.store.base.Store.query`. An update is refused before it is sent."""
        client = self._client(sparql)
        wants_triples = client.queryType in ("CONSTRUCT", "DESCRIBE")
        client.setReturnFormat(TURTLE if wants_triples else JSON)
        body = self._ask(client)
        try:
            if wants_triples:
                return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]
            return _answer(body)
        except (SyntaxError, ValueError) as error:
            reason = _first_line(error)
        # Raised out here, without its cause: the frames of the cause hold solutions, which no other thread may drop.
        raise StoreError(f"the server's answer cannot be read: {reason}", where=self._url)

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements with their graphs, one graph at a time."""
        for graph in graph_counts(self):
            answer = self.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}")
            if isinstance(answer, list):
                yield from (ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(graph)) for triple in answer)

    def _client(self, sparql: str) -> SPARQLWrapper:
        client = SPARQLWrapper(self._url)
        client.setMethod(POST)
        client.setTimeout(TIMEOUT_SECONDS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a query of unknown form: the server says better what is wrong with it
            client.setQuery(sparql)
        if client.isSparqlUpdateRequest():
            raise QueryError("an update is refused: the graph is only read", where=self._url)
        return client

    def _ask(self, client: SPARQLWrapper) -> bytes:
        try:
            with client.query().response as response:
                body: bytes = response.read()
        except QueryBadFormed as error:
            _close(error)
            raise QueryError(f"the server refused the query: {_first_line(error)}", where=self._url) from error
        except (SPARQLWrapperException, URLError, HTTPException, OSError, ValueError) as error:
            _close(error)
            raise StoreError(f"the server did not answer: {_first_line(error)}", where=self._url) from error
        return body


def _answer(body: bytes) -> Answer:
    found = ox.parse_query_results(_VIRTUOSO_BLANK.sub(rb'"\1"', body), format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    return Rows(tuple(variable.value for variable in found.variables), [tuple(solution) for solution in found])


def _close(error: BaseException | None) -> None:
    """Close the connection that an error keeps open; SPARQLWrapper wraps the error that holds it."""
    while error is not None:
        if isinstance(error, HTTPError):
            error.close()
        error = error.__cause__ or error.__context__


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
