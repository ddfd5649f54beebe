"""Stores in this process: in memory, and embedded on disk (RocksDB, read-only)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import NetKGError, QueryError, StoreError
from kg.sparql import calls_service
from kg.store.base import Answer, Rows

POINTER = "current"
"""File in a store folder that names the generation in use."""
GENERATION = re.compile("graph-([0-9]+)")
"""Name of a folder that holds one generation."""


class LocalStore:
    """A pyoxigraph store behind the common interface."""

    def __init__(self, store: ox.Store, location: str) -> None:
        self._store = store
        self._location = location

    @property
    def location(self) -> str:
        """Folder, or ``memory``."""
        return self._location

    def query(self, sparql: str) -> Answer:
        """Answer a query; see :meth:`kg.store.base.Store.query`.

        A SERVICE clause is refused: a query must not make this machine call another.
        """
        if calls_service(sparql):
            raise QueryError("SERVICE is refused: this store answers from its own statements only")
        failure: NetKGError
        try:
            return _read(self._store.query(sparql, use_default_graph_as_union=True))
        except SyntaxError as error:
            failure = QueryError(f"the query cannot be read: {error}")
        except (RuntimeError, ValueError) as error:
            failure = QueryError(f"the query cannot be run: {error}")
        except OSError as error:
            failure = StoreError(f"the store cannot be read: {error}", where=self._location)
        # Raised out here, without its cause: the frames of the cause hold solutions, which no other thread may drop.
        raise failure

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements with their graphs."""
        return self._store.quads_for_pattern(None, None, None, None)


def _read(result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Answer:
    if isinstance(result, ox.QuerySolutions):
        return Rows(tuple(variable.value for variable in result.variables), [tuple(solution) for solution in result])
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    return list(result)


def read_pointer(folder: Path) -> str:
    """Return the name of the generation in use, or nothing when there is none or the pointer is damaged."""
    try:
        name = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return name if GENERATION.fullmatch(name) else ""


def in_memory(quads: Iterable[ox.Quad], location: str = "memory") -> LocalStore:
    """Return a store in memory that holds the statements.

    :param location: where they come from, for messages
    """
    store = ox.Store()
    store.bulk_extend(quads)
    return LocalStore(store, location)


def open_folder(folder: Path) -> LocalStore:
    """Open the store in a folder for reading; any number of processes may do so at once.

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
        return LocalStore(ox.Store.read_only(str(folder / generation)), str(folder))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"the store cannot be opened: {error}", where=str(folder), hint="build it again: netkg build") from error
