"""Downloads: the graph in the formats that are asked for most, the tables and the queries, each with its size and checksum.

A file is made when somebody first asks for it, once for a graph, and shared by all workers. Each is a job of its own, so
that the time limit holds for one file and never for all of them. What other formats there are, a release has.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kg.errors import UnknownTermError
from kg.export import FORMATS
from kg.export.artefacts import ARCHIVE, COMPANIONS, Artefact, File, archive
from kg.export.source import Edition
from kg.graph import NOTICE, Graph
from kg.match.place import shown
from kg.query.kept import kept, version
from kg.serve.api.answers import NOTED, TEXT, as_json, text_of
from kg.serve.api.shared import SharedFile
from kg.serve.calls import Reply
from kg.serve.http.formats import with_charset
from kg.settings import Sources

SUMS = "SHA256SUMS"
OFFERED = ("nq", "trig", "ttl", "owl", "obo", "obographs", "jsonld", "csv", "graphml", "sssom", "bibtex", "csl")
"""Formats on offer, of those that there are; ontologies in the edition with the superclasses that the reasoner found."""
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Download:
    """One file on offer.

    :param write: writes it; what it cannot carry is told by ``netkg export``
    """

    file: File
    write: Callable[[Graph, Path], object]

    @property
    def media_type(self) -> str:
        """Media type as it stands in an answer."""
        return with_charset(self.file.media_type)


def _tables(graph: Graph, path: Path) -> None:
    archive(sorted([*graph.sources.data.glob("*.tsv"), *graph.sources.data.glob("README.md")]), graph.sources.root, path)


def _queries(graph: Graph, path: Path) -> None:
    archive(sorted(graph.sources.queries.glob("*.rq")), graph.sources.root, path)


def _copied(where: Callable[[Sources], Path], graph: Graph, path: Path) -> None:
    path.write_bytes(where(graph.sources).read_bytes())


def _artefact(name: str) -> Download:
    entry = FORMATS[name]
    artefact = Artefact(entry, Edition.INFERRED if entry.editions else None)
    return Download(artefact.file, artefact.write)


DOWNLOADS: dict[str, Download] = {
    one.file.name: one
    for one in (
        *(_artefact(name) for name in OFFERED if name in FORMATS),
        *(Download(file, partial(_copied, where)) for file, where in COMPANIONS.items()),
        Download(File("data.zip", "", "the curated tables, tab-separated, each row cited", ARCHIVE), _tables),
        Download(File("queries.zip", "", "the query library, SPARQL", ARCHIVE), _queries),
    )
}
"""Files on offer, by name."""


def export(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return a file.

    :param arguments: ``file``: its name
    :raises UnknownTermError: when no file has that name
    """
    name = _name(arguments)
    body = shelf(graph).files[name].content(partial(_made, graph, name))
    return Reply(DOWNLOADS[name].media_type, body, (*NOTED, ("Content-Disposition", f'attachment; filename="{name}"')))


def facts(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return size and checksum of a file, and what it is, as JSON.

    :param arguments: ``file``: its name
    :raises UnknownTermError: when no file has that name
    """
    name = _name(arguments)
    summary = shelf(graph).files[name].summary(partial(_made, graph, name))
    file = DOWNLOADS[name].file
    found = {"file": name, "href": f"export/{name}", "about": file.title, "bytes": summary.size, "sha256": summary.sha256.hex()}
    return as_json(found | {"media_type": DOWNLOADS[name].media_type, "version": version(graph)})


def listed(files: list[dict[str, Any]]) -> Reply:
    """Return the list of all files.

    :param files: the facts of each
    """
    versions = {file.pop("version") for file in files}
    return as_json({"notice": NOTICE, "version": max(versions), "licence": LICENCE, "files": files})


def sums(files: list[dict[str, Any]]) -> Reply:
    """Return the checksums of all files, for ``sha256sum -c``.

    :param files: the facts of each
    """
    text = "".join(f"{file['sha256']}  {file['file']}\n" for file in files)
    return Reply(TEXT, text.encode(), (*NOTED, ("Content-Disposition", f'attachment; filename="{SUMS}"')))


@dataclass(frozen=True)
class Shelf:
    """The files of a graph, and a folder in which they are written before they are shared."""

    files: dict[str, SharedFile]
    folder: Path


@kept
def shelf(_graph: Graph) -> Shelf:
    """Return the files of a graph; opened before worker processes are forked, they are shared by them.

    The process that opened the shelf removes its folder when it ends, whatever happened to its workers.
    """
    found = Shelf({name: SharedFile() for name in DOWNLOADS}, Path(tempfile.mkdtemp(prefix="netkg-downloads-")))
    weakref.finalize(found, _removed, found.folder, os.getpid())
    return found


def _removed(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _made(graph: Graph, name: str) -> bytes:
    """Return a file; nobody else makes the same one meanwhile."""
    folder = shelf(graph).folder / name
    shutil.rmtree(folder, ignore_errors=True)  # left by a worker that was stopped
    folder.mkdir()
    try:
        with _scratch(folder):
            DOWNLOADS[name].write(graph, folder / name)
        return (folder / name).read_bytes()
    finally:
        shutil.rmtree(folder)


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """Have all temporary files made in a folder: a worker can be stopped at any time, and does one job at a time."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _name(arguments: Mapping[str, Any]) -> str:
    name = text_of(arguments, "file")
    if name not in DOWNLOADS:
        raise UnknownTermError(f"no download is called {shown(name)}", hint=f"there are {', '.join([*DOWNLOADS, SUMS])}")
    return name
