"""A small document of RDF, made in memory: sorted, and with the prefixes that occur, so that the same statements give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

import pyoxigraph as ox

from kg.prefixes import PREFIXES

_LINES = (ox.RdfFormat.N_QUADS, ox.RdfFormat.N_TRIPLES)


def document(statements: Iterable[ox.Triple] | Iterable[ox.Quad], form: ox.RdfFormat) -> bytes:
    """Return statements as text, graph by graph and subject by subject."""
    lines = sorted((ox.serialize(statements, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    if form.supports_datasets:
        lines.sort(key=_graph)
    text = b"".join(lines)
    if form in _LINES:
        return text
    used = {name: address for name, address in PREFIXES.items() if name.isalnum() and f"<{address}".encode() in text}
    body = ox.serialize(ox.parse(text, format=ox.RdfFormat.N_QUADS), format=form, prefixes=used) or b""
    head = list(takewhile(lambda line: line.startswith(b"@prefix"), body.splitlines(keepends=True)))
    return b"".join(sorted(head)) + body[sum(map(len, head)) :]


def _graph(line: bytes) -> bytes:
    return line.rsplit(b" ", 2)[1]
