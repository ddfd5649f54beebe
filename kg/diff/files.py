"""Graphs read back from released files, to be compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import DataError, SurroundingsError
from kg.export.dataset.about import NAME
from kg.graph import Graph
from kg.prefixes import GRAPH
from kg.settings import Sources
from kg.store import in_memory

MANIFEST = "manifest.json"
DATASETS = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG}
"""End of a file's name, which names the format in a manifest too → format that knows graphs."""
ONTOLOGIES = {".owl": ox.RdfFormat.RDF_XML, ".ttl": ox.RdfFormat.TURTLE}
"""End of a file's name → format of an ontology: it has the terms, and no rows."""
_ONTOLOGY = ox.NamedNode(GRAPH + "ontology")


def is_released(path: Path) -> bool:
    """Say whether a path is a release, or a file of one that can be compared."""
    return path.suffix in (DATASETS | ONTOLOGIES) if path.is_file() else (path / MANIFEST).is_file()


def open_released(path: Path, sources: Sources) -> Graph:
    """Return the graph of a release, or of a file of one, in memory.

    :raises DataError: when the file cannot be parsed, or the release holds no file of its whole graph
    :raises SurroundingsError: when it cannot be read
    """
    file = path if path.is_file() else _dataset(path)
    try:
        return Graph(in_memory(_statements(file), str(path)), sources)
    except OSError as error:
        raise SurroundingsError(f"cannot be read: {error.strerror or error}", where=str(file)) from error
    except (SyntaxError, ValueError) as error:
        raise DataError(f"this is no {file.suffix[1:]} file: {error}", where=str(file)) from error


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a release, or nothing when the folder holds none.

    :raises DataError: when it cannot be read as one
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError("the manifest is not JSON", where=str(path)) from error
    if not isinstance(document, dict) or document.get("name") != NAME or not isinstance(document.get("files"), list):
        raise DataError("this is not the manifest of a release of NET-KG", where=str(path))
    return document


def _dataset(folder: Path) -> Path:
    listed = (read_manifest(folder) or {})["files"]
    found: list[Path] = sorted(folder / entry["file"] for entry in listed if f".{entry.get('format', '')}" in DATASETS)
    if not found:
        raise DataError("the release holds no file of its whole graph", where=str(folder), hint=f"one that ends in {' or '.join(DATASETS)}")
    return found[0]


def _statements(file: Path) -> Iterator[ox.Quad]:
    for quad in ox.parse(path=file, format=(DATASETS | ONTOLOGIES)[file.suffix]):
        yield quad if file.suffix in DATASETS else ox.Quad(quad.subject, quad.predicate, quad.object, _ONTOLOGY)
