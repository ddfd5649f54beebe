"""The call ``sparql``: a query in, a whole document in the chosen format out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kg.errors import NetKGError, QueryError, StoreError
from kg.graph import Graph
from kg.prefixes import PREFIXES
from kg.serve.calls import Reply
from kg.serve.http.formats import GRAPHS, RESULTS, Format, offers, with_charset
from kg.serve.problem import Problem
from kg.store.base import Dataset, Results


class Sink:
    """Takes what is written, up to a limit.

    :raises Problem: from :meth:`write`, past the limit
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        """Take some bytes."""
        self._size += len(part)
        if self._size > self._limit:
            raise Problem(
                507,
                "the answer is larger than this server gives",
                code="RESULT-LIMIT",
                hint="add a LIMIT, ask for fewer columns, or download the whole graph from /export",
                extra={"limit": self._limit},
            )
        self._parts.append(part)
        return len(part)

    def flush(self) -> None:
        """Do nothing: all is in memory."""

    def body(self) -> bytes:
        """Return what was written."""
        return b"".join(self._parts)


def sparql(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Answer a SPARQL 1.1 query.

    :param arguments: ``query``, ``base`` (may be empty), ``default_graphs`` and ``named_graphs`` (lists, or ``None`` for
        what the query says), ``union`` (whether the default graph is the union of all graphs unless a dataset is
        given), ``solutions``, ``boolean`` and ``graph`` (key of the format for each form of answer, ``None`` when the
        client takes none), ``limit_bytes``
    :raises QueryError: when the query is wrong
    :raises Problem: 406, and 507 when the answer is too large
    """
    failure: Exception
    try:
        return _written(
            graph.store.results(
                arguments["query"],
                base=arguments["base"],
                union=arguments["union"],
                dataset=_dataset(arguments["default_graphs"], arguments["named_graphs"]),
            ),
            arguments,
        )
    except (NetKGError, Problem) as error:
        failure = error
    except SyntaxError as error:
        failure = StoreError(f"the answer of the server behind this one cannot be read: {error}", where=graph.store.location)
    except (RuntimeError, ValueError, OSError) as error:
        failure = QueryError(f"the query cannot be run: {error}")
    # Raised out here, without its frames: they hold solutions, which no other thread may drop.
    raise failure.with_traceback(None)


def _dataset(default: list[str] | None, named: list[str] | None) -> Dataset | None:
    if not default and not named:
        return None
    return Dataset(tuple(default or ()), tuple(named or ()))


def _written(results: Results, arguments: Mapping[str, Any]) -> Reply:
    sink = Sink(arguments["limit_bytes"])
    if isinstance(results, ox.QuerySolutions):
        rows = _chosen(arguments["solutions"], RESULTS)
        results.serialize(sink, rows.engine)  # type: ignore[arg-type] # a sink writes, which is all that is asked of it
        return Reply(with_charset(rows.media_types[0]), sink.body())
    if isinstance(results, ox.QueryBoolean):
        truth = _chosen(arguments["boolean"], RESULTS)
        results.serialize(sink, truth.engine)  # type: ignore[arg-type] # as above
        return Reply(with_charset(truth.media_types[0]), sink.body())
    form = _chosen(arguments["graph"], GRAPHS)
    _write_triples(results, sink, form.engine)
    return Reply(with_charset(form.media_types[0]), sink.body())


def _write_triples(triples: Iterable[ox.Triple], sink: Sink, form: ox.RdfFormat) -> None:
    # owlready2 reads RDF/XML only when properties have the usual prefixes; elsewhere they would be noise.
    prefixes = dict(PREFIXES) if form == ox.RdfFormat.RDF_XML else None
    if isinstance(triples, ox.QueryTriples) and prefixes is None:
        triples.serialize(sink, form)  # type: ignore[arg-type] # as above
    else:
        ox.serialize(triples, sink, form, prefixes=prefixes)  # type: ignore[arg-type] # as above


def _chosen(key: str | None, formats: Mapping[str, Format[Any]]) -> Format[Any]:
    if key is None:
        raise Problem(
            406,
            "the answer does not come in a format that the client takes",
            code="NOT-ACCEPTABLE",
            hint="ask for one of these in the Accept header, or by ?format=",
            extra={"offers": offers(formats.values())},
        )
    return formats[key]
