"""Downloads: the whole graph, the ontology, the tables and the queries, each with its size and checksum."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kg.errors import UnknownTermError
from kg.graph import NOTICE, Graph
from kg.match.place import shown
from kg.prefixes import GRAPH
from kg.query.kept import kept, version
from kg.serve.api.answers import NOTED, TEXT, as_json, text_of
from kg.serve.api.concise import sorted_lines, written
from kg.serve.api.shared import SharedFile
from kg.serve.calls import Reply
from kg.serve.http.formats import GRAPHS, with_charset

SUMS = "SHA256SUMS"
_OLDEST = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an archive: the same files give the same archive."""


@dataclass(frozen=True, slots=True)
class Download:
    """One file on offer.

    :param make: returns its content
    """

    name: str
    media_type: str
    about: str
    make: Callable[[Graph], bytes]


def _nquads(graph: Graph) -> bytes:
    return b"".join(sorted_lines(graph.store.quads()))


def _trig(graph: Graph) -> bytes:
    return written(graph.store.quads(), GRAPHS["trig"])


def _ontology_turtle(graph: Graph) -> bytes:
    answer = graph.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}ontology> {{ ?s ?p ?o }} }}")
    return written(answer if isinstance(answer, list) else [], GRAPHS["turtle"])


def _ontology_file(graph: Graph) -> bytes:
    return graph.sources.ontology.read_bytes()


def _archive(files: Iterable[Path], root: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(str(path.relative_to(root)), _OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def _queries(graph: Graph) -> bytes:
    return _archive(graph.sources.queries.glob("*.rq"), graph.sources.root)


def _tables(graph: Graph) -> bytes:
    return _archive([*graph.sources.data.glob("*.tsv"), *graph.sources.data.glob("README.md")], graph.sources.root)


def _sums(graph: Graph) -> bytes:
    return "".join(f"{shelf(graph)[name].summary(partial(DOWNLOADS[name].make, graph)).sha256.hex()}  {name}\n" for name in DOWNLOADS if name != SUMS).encode()


DOWNLOADS: dict[str, Download] = {
    one.name: one
    for one in (
        Download("graph.nq", GRAPHS["nquads"].media_types[0], "the whole graph with its named graphs, N-Quads, sorted", _nquads),
        Download("graph.trig", GRAPHS["trig"].media_types[0], "the same, TriG", _trig),
        Download("ontology.ttl", with_charset(GRAPHS["turtle"].media_types[0]), "the ontology, Turtle", _ontology_turtle),
        Download("ontology.owl", GRAPHS["rdfxml"].media_types[0], "the ontology as edited, RDF/XML", _ontology_file),
        Download("data.zip", "application/zip", "the curated tables, tab-separated, each row cited", _tables),
        Download("queries.zip", "application/zip", "the query library, SPARQL", _queries),
        Download(SUMS, TEXT, "checksums of all of them; check with: sha256sum -c SHA256SUMS", _sums),
    )
}
"""Files on offer, by name."""


def export(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return a file, or the list of all with sizes and checksums.

    :param arguments: ``file``: its name; without one the list
    :raises UnknownTermError: when no file has that name
    """
    name = text_of(arguments, "file")
    if not name:
        return as_json({"notice": NOTICE, "version": version(graph), "licence": "https://creativecommons.org/licenses/by/4.0/", "files": _listed(graph)})
    if name not in DOWNLOADS:
        raise UnknownTermError(f"no download is called {shown(name)}", hint=f"there are {', '.join(DOWNLOADS)}")
    body = shelf(graph)[name].content(partial(DOWNLOADS[name].make, graph))
    return Reply(DOWNLOADS[name].media_type, body, (*NOTED, ("Content-Disposition", f'attachment; filename="{name}"')))


@kept
def shelf(_graph: Graph) -> dict[str, SharedFile]:
    """Return the files of a graph; opened before worker processes are forked, they are shared by them."""
    return {name: SharedFile() for name in DOWNLOADS}


def _listed(graph: Graph) -> list[dict[str, Any]]:
    found = []
    for name, download in DOWNLOADS.items():
        summary = shelf(graph)[name].summary(partial(download.make, graph))
        facts = {"bytes": summary.size, "sha256": summary.sha256.hex(), "media_type": download.media_type}
        found.append({"file": name, "href": f"export/{name}", "about": download.about} | facts)
    return found
