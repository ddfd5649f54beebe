"""Stores in this process: in memory, and embedded on disk (RocksDB, read-only)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import NetKGError, QueryError, StoreError
from kg.sparql import names_graphs, unreadable
from kg.store.base import Answer, Dataset, Results, read
from kg.store.outside import refuse_calls

POINTER = "current"
"""File in a store folder that names the generation in use."""
LOCK = "build.lock"
"""File in a store folder that is locked by whoever writes to it: a build, or a writable server."""
GENERATION = re.compile("graph-([0-9]+)")
"""Name of a folder that holds one generation."""


class LocalStore:
    """A pyoxigraph store behind the common interface.

    :param targets: addresses that SERVICE may call
    """

    def __init__(self, store: ox.Store, location: str, targets: tuple[str, ...] = ()) -> None:
        self._store = store
        self._location = location
        self._targets = targets

    @property
    def location(self) -> str:
        """Folder, or ``memory``."""
        return self._location

    def query(self, sparql: str) -> Answer:
        """Answer a query; see :meth:`kg.store.base.Store.query`."""
        failure: NetKGError
        try:
            return read(self.results(sparql))
        except (RuntimeError, ValueError) as error:
            failure = QueryError(f"the query cannot be run: {error}")
        except OSError as error:
            failure = StoreError(f"the store cannot be read: {error}", where=self._location)
        # Raised out here, without its cause: the frames of the cause hold solutions, which no other thread may drop.
        raise failure

    def results(self, sparql: str, *, base: str = "", union: bool = True, dataset: Dataset | None = None) -> Results:
        """Begin to answer a query; see :meth:`kg.store.base.Store.results`.

        A SERVICE clause is refused unless its address is listed: a query must not make this machine call another.
        """
        refuse_calls(sparql, "SERVICE", self._targets)
        failure: NetKGError
        try:
            if dataset is not None:
                default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [ox.NamedNode(iri) for iri in dataset.default]
                named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in dataset.named]
                return self._store.query(sparql, base_iri=base or None, default_graph=default, named_graphs=named)
            # The library's union would go before FROM.
            return self._store.query(sparql, base_iri=base or None, use_default_graph_as_union=union and not names_graphs(sparql))
        except SyntaxError as error:
            failure = unreadable(error, sparql)
        except (RuntimeError, ValueError) as error:
            failure = QueryError(f"the query cannot be run: {error}")
        except OSError as error:
            failure = StoreError(f"the store cannot be read: {error}", where=self._location)
        raise failure  # out here for the same reason

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements with their graphs."""
        return self._store.quads_for_pattern(None, None, None, None)


def read_pointer(folder: Path) -> str:
    """Return the name of the generation in use, or nothing when there is none or the pointer is damaged."""
    try:
        name = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return name if GENERATION.fullmatch(name) else ""


def in_memory(quads: Iterable[ox.Quad], location: str = "memory", targets: tuple[str, ...] = ()) -> LocalStore:
    """Return a store in memory that holds the statements.

    :param location: where they come from, for messages
    :param targets: addresses that SERVICE may call
    """
    store = ox.Store()
    store.bulk_extend(quads)
    return LocalStore(store, location, targets)


def open_folder(folder: Path, targets: tuple[str, ...] = ()) -> LocalStore:
    """Open the store in a folder for reading; any number of processes may do so at once.

    :param targets: addresses that SERVICE may call

    :raises StoreError: when there is no store, or it cannot be opened
    """
    try:
        generation = read_pointer(folder)
    except OSError as error:
        raise StoreError(f"the store cannot be opened: {error.strerror}", where=str(folder)) from error
    if not generation:
        if (folder / POINTER).exists():
            raise StoreError("the store cannot be opened: its pointer is damaged", where=str(folder), hint="build it again: netkg build")
        raise StoreError("there is no graph yet", where=str(folder), hint="build it first: netkg build")
    try:
        return LocalStore(ox.Store.read_only(str(folder / generation)), str(folder), targets)
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"the store cannot be opened: {error}", where=str(folder), hint="build it again: netkg build") from error
