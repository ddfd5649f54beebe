"""A graph in a SPARQL 1.1 server that the user runs, through SPARQLWrapper."""

from __future__ import annotations

import json
import math
import re
import warnings
from collections.abc import Collection, Iterator
from decimal import Decimal
from http.client import HTTPException
from urllib.error import HTTPError, URLError

import pyoxigraph as ox
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from kg.errors import QueryError, StoreError
from kg.store.base import Answer, Dataset, Results, graph_counts, read
from kg.store.outside import refuse_calls

TIMEOUT_SECONDS = 60
_VIRTUOSO_BLANK = re.compile(rb'"nodeID://([A-Za-z0-9]+)"')
"""Virtuoso writes blank nodes like addresses, which the result format does not allow."""
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_WRITTEN_DIFFERENTLY = re.compile(rb"XMLSchema#(?:decimal|boolean)")


class RemoteStore:
    """A SPARQL endpoint behind the common interface.

    The server must answer queries without FROM over the union of its named graphs.

    :param targets: addresses that SERVICE may call; ``None`` leaves that to the server
    :param timeout: seconds that it is given for an answer
    """

    def __init__(self, url: str, *, targets: Collection[str] | None = None, timeout: float | None = None) -> None:
        self._url = url
        self._targets = targets
        self._timeout = timeout

    @property
    def location(self) -> str:
        """Address of the endpoint."""
        return self._url

    def query(self, sparql: str) -> Answer:
        """Answer a query; see :meth:`kg.store.base.Store.query`. An update is refused before it is sent."""
        try:
            return read(self.results(sparql))
        except (SyntaxError, ValueError) as error:
            reason = _first_line(error)
        # Raised out here, without its cause: the frames of the cause hold solutions, which no other thread may drop.
        raise StoreError(f"the server's answer cannot be read: {reason}", where=self._url)

    def results(self, sparql: str, *, base: str = "", union: bool = True, dataset: Dataset | None = None) -> Results:  # noqa: ARG002 - part of the interface
        """Answer a query; see :meth:`kg.store.base.Store.results`.

        The server itself decides whether its default graph is the union of all.
        """
        if self._targets is not None:
            refuse_calls(sparql, "SERVICE", self._targets)
        client = self._client(f"BASE <{ox.NamedNode(base).value}>\n{sparql}" if base else sparql)
        for graph in dataset.default if dataset else ():
            client.addDefaultGraph(graph)
        for graph in dataset.named if dataset else ():
            client.addNamedGraph(graph)
        wants_triples = client.queryType in ("CONSTRUCT", "DESCRIBE")
        client.setReturnFormat(TURTLE if wants_triples else JSON)
        body = self._ask(client)
        try:
            if wants_triples:
                return [_canonical_triple(quad.triple) for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]
            return ox.parse_query_results(_canonical_rows(_VIRTUOSO_BLANK.sub(rb'"\1"', body)), format=ox.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError, AttributeError, KeyError, TypeError) as error:
            reason = _first_line(error)
        raise StoreError(f"the server's answer cannot be read: {reason}", where=self._url)  # out here for the same reason

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements with their graphs, one graph at a time."""
        for graph in graph_counts(self):
            answer = self.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}")
            if isinstance(answer, list):
                yield from (ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(graph)) for triple in answer)

    def _client(self, sparql: str) -> SPARQLWrapper:
        client = SPARQLWrapper(self._url)
        client.setMethod(POST)
        client.setTimeout(max(1, math.ceil(self._timeout or TIMEOUT_SECONDS)))
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


def _canonical(value: str, datatype: str) -> str:
    """Return a number or truth value as the embedded store writes it: servers say 26.0 for 26, and 1 for true.

    >>> _canonical("26.0", _XSD + "decimal"), _canonical("1", _XSD + "boolean"), _canonical("many", _XSD + "decimal")
    ('26', 'true', 'many')
    """
    match datatype.removeprefix(_XSD):
        case "decimal" if _DECIMAL.fullmatch(value):
            number = Decimal(value)
            return format(number.normalize(), "f") if number else "0"
        case "boolean":
            return {"1": "true", "0": "false"}.get(value, value)
    return value


def _canonical_rows(body: bytes) -> bytes:
    """Return a document of rows with its values in canonical form."""
    if not _WRITTEN_DIFFERENTLY.search(body):
        return body
    document = json.loads(body)
    for row in document.get("results", {}).get("bindings", ()):
        for cell in row.values():
            cell["value"] = _canonical(cell["value"], cell.get("datatype", ""))
    return json.dumps(document, ensure_ascii=False).encode()


def _canonical_triple(triple: ox.Triple) -> ox.Triple:
    found = triple.object
    if not isinstance(found, ox.Literal) or found.language:
        return triple
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(_canonical(found.value, found.datatype.value), datatype=found.datatype))


def _close(error: BaseException | None) -> None:
    """Close the connection that an error keeps open; SPARQLWrapper wraps the error that holds it."""
    while error is not None:
        if isinstance(error, HTTPError):
            error.close()
        error = error.__cause__ or error.__context__


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
