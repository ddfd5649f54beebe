"""RDF as it is: nothing is lost, but for characters that RDF/XML has no place for. Sorted, so that the same graph gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyoxigraph as ox

from kg.export.characters import NOT_KEPT, UNSAFE
from kg.export.loss import Losses
from kg.export.sorting import sorted_lines
from kg.export.source import Source
from kg.files import whole_file, write_whole
from kg.prefixes import PREFIXES

DOCUMENT_PREFIXES = {name: iri for name, iri in PREFIXES.items() if re.fullmatch("[A-Za-z][A-Za-z0-9]*", name)}
"""Prefixes of the written documents: those without a dot, which every reader takes."""


def ntriples(source: Source, path: Path, _losses: Losses) -> None:
    """Write all statements without their graphs."""
    write_whole(path, sorted_lines(f"{quad.triple} .\n" for quad in source.quads()))


def nquads(source: Source, path: Path, _losses: Losses) -> None:
    """Write all statements with their graphs."""
    write_whole(path, sorted_lines(f"{quad} .\n" for quad in source.quads()))


def trig(source: Source, path: Path, _losses: Losses) -> None:
    """Write all statements, graph by graph and subject by subject."""
    by_graph = sorted_lines(f"{quad.graph_name}\t{quad} .\n" for quad in source.quads())
    _write(path, (line.partition("\t")[2] for line in by_graph), ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG)


def turtle(source: Source, path: Path, _losses: Losses) -> None:
    """Write the edition of the ontology, subject by subject."""
    _write(path, _lines_of(source.triples()), ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE)


def rdfxml(source: Source, path: Path, losses: Losses) -> None:
    """Write the edition of the ontology, subject by subject."""
    _write(path, _lines_of(_for_xml(source.triples(), losses)), ox.RdfFormat.N_TRIPLES, ox.RdfFormat.RDF_XML)


def _for_xml(triples: Iterable[ox.Triple], losses: Losses) -> Iterator[ox.Triple]:
    """Leave out what the serialiser would write so that readers refuse or change it."""
    for triple in triples:
        if isinstance(triple.object, ox.Literal) and UNSAFE.search(triple.object.value):
            losses.add(str(triple.subject).strip("<>"), str(triple), NOT_KEPT)
        else:
            yield triple


def _lines_of(triples: Iterable[ox.Triple]) -> Iterator[str]:
    return sorted_lines(f"{triple} .\n" for triple in triples)


def _write(path: Path, lines: Iterable[str], read: ox.RdfFormat, written: ox.RdfFormat) -> None:
    """Write sorted lines in another format, a piece at a time."""
    statements = ox.parse(BufferedReader(_Lines(lines), 1 << 16), read)
    with whole_file(path) as stream:
        sink = _SortedPrefixes(stream)
        if written.supports_datasets:
            ox.serialize(statements, cast("IO[bytes]", sink), written, prefixes=DOCUMENT_PREFIXES)
        else:
            ox.serialize((quad.triple for quad in statements), cast("IO[bytes]", sink), written, prefixes=DOCUMENT_PREFIXES)
        sink.finish()


class _SortedPrefixes:
    """Passes a document on with its first lines, the prefixes, sorted: the serialiser's order changes from run to run."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head: bytes | None = b""

    def write(self, data: bytes) -> int:
        """Take a piece of the document."""
        if self._head is None:
            return self._stream.write(data)
        self._head += data
        *lines, last = self._head.split(b"\n")
        if any(not line.startswith(b"@prefix ") for line in lines):
            self.finish()
        else:
            self._head = b"".join(sorted(line + b"\n" for line in lines)) + last
        return len(data)

    def finish(self) -> None:
        """Write what is held back."""
        lines = (self._head or b"").splitlines(keepends=True)
        count = next((number for number, line in enumerate(lines) if not line.startswith(b"@prefix ")), len(lines))
        self._stream.writelines([*sorted(lines[:count]), *lines[count:]])
        self._head = None

    def flush(self) -> None:
        """Flush what was passed on."""
        self._stream.flush()


class _Lines(RawIOBase):
    """Lines as a file that can be read once."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override] # typeshed's buffer type has no name
        """Fill the buffer with what comes next."""
        while len(self._left) < len(buffer) and (line := next(self._lines, "")):
            self._left += line.encode()
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
