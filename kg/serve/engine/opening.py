"""Open the graph for the workers, without starting a thread in the process that will be forked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import pyoxigraph as ox

from kg.errors import StoreError
from kg.graph import Graph
from kg.prefixes import GRAPH
from kg.settings import default_sources
from kg.store.base import Store
from kg.store.local import LocalStore, in_memory, open_folder, read_pointer

P = ParamSpec("P")
T = TypeVar("T")

MEMORY_STATEMENTS = 5_000_000
"""A graph of at most so many statements is held in memory, which all workers share; a larger one stays on disk."""
GRACE = 5.0
"""Seconds that a server behind this one has beyond the limit, so that it is the limit that ends the work."""
TAG = "written"
"""File in a store folder with the generation and a tag that changes with each write of a server."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A graph that workers can be given.

    :param graph: gives a worker, after the fork, its graph
    :param version: tag of the graph as it stands, the same after a restart
    :param shared: whether the graph lies in memory that all workers share
    """

    graph: Callable[[], Graph]
    version: str
    shared: bool


def open_for_workers(location: str, targets: tuple[str, ...], timeout: float) -> Opened:
    """Open a store folder or a server behind this one.

    :param targets: addresses that SERVICE may call
    :param timeout: seconds that a server behind this one is given
    :raises StoreError: when it cannot be opened
    """
    sources = default_sources()
    if location.startswith(("http://", "https://")):
        from kg.store.remote import RemoteStore  # brings rdflib, which is slow to load

        return Opened(lambda: Graph(RemoteStore(location, targets=targets, timeout=timeout + GRACE), sources), "", shared=False)
    folder = Path(location).expanduser()
    copy, version = _memory_copy(folder, targets)
    if copy is None:
        return Opened(lambda: Graph(open_folder(folder, targets), sources), version, shared=False)
    graph = Graph(copy, sources)
    return Opened(lambda: graph, version, shared=True)


def open_checkpoint(path: str, targets: tuple[str, ...]) -> Graph:
    """Open an immutable copy of a store."""
    return Graph(LocalStore(ox.Store.read_only(path), path, targets), default_sources())


def _memory_copy(folder: Path, targets: tuple[str, ...]) -> tuple[LocalStore | None, str]:
    """Return a copy in memory of the store in a folder, or nothing when it is too large, and the graph's tag.

    The folder is read by a child process: RocksDB starts threads, and a process with threads cannot be forked safely.
    """
    generation = read_pointer(folder)
    if not generation:
        open_folder(folder)  # says what is wrong
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        _dump(folder, generation, into)
    os.close(into)
    copy = None
    with os.fdopen(out, "rb") as stream:
        size, _, version = stream.readline().decode().strip().partition(" ")
        if version and int(size) <= MEMORY_STATEMENTS:
            with suppress(SyntaxError):  # cut off: the child's status says so too
                copy = aside(in_memory, ox.parse(stream, format=ox.RdfFormat.N_QUADS), str(folder), targets)
    if os.waitpid(child, 0)[1]:
        open_folder(folder)  # says what is wrong, unless it was a passing trouble
        raise StoreError("the store cannot be read", where=str(folder), hint="try again, or build it again: netkg build")
    return copy, version


def aside(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do something in a thread that is gone when this returns.

    A thread has a heap of its own. What takes much memory and leaves gaps is done there: in a heap full of gaps each
    allocation searches for long, and each query needs many; with the graph in the same heap a small one takes three
    times as long.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(do, *args, **kwargs).result()


def _dump(folder: Path, generation: str, into: int) -> None:
    """Write the number of statements, the graph's tag and, when they are few enough, the statements; then end this process."""
    status = 1
    try:
        with os.fdopen(into, "wb", buffering=1 << 20) as stream:
            store = ox.Store.read_only(str(folder / generation))
            size = len(store)
            stream.write(f"{size} {version_of(LocalStore(store, str(folder)), folder, generation)}\n".encode())
            if size <= MEMORY_STATEMENTS:
                store.dump(stream, ox.RdfFormat.N_QUADS)
        status = 0
    finally:
        os._exit(status)


def version_of(store: Store, folder: Path, generation: str) -> str:
    """Return a tag of the graph in a folder: the same after a restart, another after a build or a write."""
    digest = hashlib.sha256(generation.encode())
    tag = folder / TAG
    if tag.is_file():
        digest.update(tag.read_bytes())
    described = store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}meta> {{ ?s ?p ?o }} }}")
    for triple in sorted(map(str, described)) if isinstance(described, list) else ():
        digest.update(triple.encode())
    return digest.hexdigest()[:16]
