"""Open two graphs and compare them."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.build import assemble
from kg.diff.answers import answer_changes
from kg.diff.changes import Difference, changes
from kg.diff.files import is_released, open_released
from kg.diff.records import read_records
from kg.diff.terms import read_terms
from kg.errors import StoreError
from kg.graph import Graph
from kg.settings import Sources
from kg.store import LocalStore, in_memory, open_folder, open_store
from kg.store.local import GENERATION, POINTER, read_pointer

SOURCES = "the sources"


def compare(old: Graph, new: Graph) -> Difference:
    """Return all that differs between two graphs, in an order that depends on nothing else.

    What a row says is compared, not where it stands; the stored queries are those beside the new graph.

    :raises StoreError: when a graph cannot be read
    :raises QueryFileError: when a file of the query library is wrong
    """
    return Difference(
        old=old.store.location,
        new=new.store.location,
        records=changes(read_records(old.store, old.terms), read_records(new.store, new.terms)),
        terms=changes(read_terms(old.store, old.terms), read_terms(new.store, new.terms)),
        answers=tuple(answer_changes(old, new)),
    )


def open_build(location: str, sources: Sources) -> Graph:
    """Open a store folder, one generation inside it (``store/graph-3``), a release, a file of one, or a SPARQL endpoint.

    :raises StoreError: when there is none, or it cannot be opened
    :raises DataError: when a released file cannot be parsed
    """
    folder = Path(location).expanduser()
    if is_released(folder):
        return open_released(folder, sources)
    if GENERATION.fullmatch(folder.name) and folder.is_dir() and not (folder / POINTER).exists():
        return Graph(_generation(folder), sources)
    return Graph(open_store(location), sources)


def previous_build(location: str, sources: Sources) -> Graph:
    """Open the build before the one in use; a store keeps it until the next build.

    :raises StoreError: when the location is no folder, or holds one build only
    """
    if location.startswith(("http://", "https://")):
        raise StoreError("a server keeps no earlier build", where=location, hint="name two graphs: netkg diff OLD NEW")
    folder = Path(location).expanduser()
    open_folder(folder)  # says better than we could why there is none
    current = read_pointer(folder)
    others = [path for path in folder.iterdir() if GENERATION.fullmatch(path.name) and path.name != current and _number(path) < _number(folder / current)]
    if not others:
        raise StoreError("the store holds one build only, with none before it", where=location, hint="name two graphs: netkg diff OLD NEW")
    return Graph(_generation(max(others, key=_number)), sources)


def build_of_sources(sources: Sources) -> Graph:
    """Return the graph that ontology and tables make as they stand, in memory; nothing is written.

    :raises DataError: when a row or the ontology is wrong
    :raises ReasonerError: when HermiT cannot be run
    """
    statements, _, _ = assemble(sources)
    return Graph(in_memory(statements, SOURCES), sources)


def _number(path: Path) -> int:
    match = GENERATION.fullmatch(path.name)
    return int(match[1]) if match else 0


def _generation(folder: Path) -> LocalStore:
    try:
        return LocalStore(ox.Store.read_only(str(folder)), str(folder))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"the store cannot be opened: {error}", where=str(folder), hint="build it again: netkg build") from error
