"""A query with a time limit, from Python: in a process of its own, which can be stopped while the query runs."""

from __future__ import annotations

import faulthandler
import marshal
import os
import resource
import select
import signal
import time

import pyoxigraph as ox

from kg.errors import NetKGError, QueryError
from kg.store.base import Answer, Results, Store, read

ROWS, TRIPLES, WRONG, FAILED = b"R", b"T", b"W", b"F"
"""What the process writes first: rows or a truth value, triples, an error of the query, or another."""


def query_within(store: Store, sparql: str, seconds: float) -> Answer:
    """Answer a query in at most so many seconds; see :meth:`kg.store.base.Store.query`.

    :raises QueryError: also when it takes longer; it is then stopped, and no process is left
    """
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        _answer_into(into, store, sparql)
    os.close(into)
    try:
        written = _all_within(out, seconds)
    finally:
        os.close(out)
        os.kill(child, signal.SIGKILL)  # it has nothing more to say
        os.waitpid(child, 0)
    kind, body = written[:1], written[1:]
    if kind == ROWS:
        return read(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))
    if kind == TRIPLES:
        return [quad.triple for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES)]
    if kind == WRONG:
        message, hint, place = marshal.loads(body)  # noqa: S302 - from our own process
        raise QueryError(message, hint=hint, place=place)
    if kind == FAILED:
        raise QueryError(f"the query cannot be run: {body.decode()}")
    raise QueryError("the query brought down the process that worked on it", hint="write it with fewer nested groups, brackets and property paths")


def _all_within(descriptor: int, seconds: float) -> bytes:
    deadline = time.monotonic() + seconds
    parts: list[bytes] = []
    while select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(descriptor, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)
    raise QueryError(f"the query took longer than {seconds:g} seconds and was stopped", hint="narrow it down, or give it more time")


def _answer_into(into: int, store: Store, sparql: str) -> None:
    """Write the answer, and end this process: nothing of its parent's must run in it."""
    try:
        faulthandler.disable()  # a crash is told by the parent, in a sentence
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with os.fdopen(into, "wb") as stream:
            try:
                written = _serialised(store.results(sparql))
            except QueryError as error:
                written = WRONG + marshal.dumps((error.message, error.hint, error.place))
            except (NetKGError, OSError, RuntimeError, ValueError, MemoryError) as error:
                written = FAILED + str(error).encode()
            stream.write(written)
    finally:
        os._exit(0)


def _serialised(results: Results) -> bytes:
    if isinstance(results, ox.QuerySolutions | ox.QueryBoolean):
        return ROWS + (results.serialize(format=ox.QueryResultsFormat.JSON) or b"")
    return TRIPLES + (ox.serialize(results, format=ox.RdfFormat.N_TRIPLES) or b"")
