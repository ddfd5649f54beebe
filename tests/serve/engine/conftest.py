"""Small stores, and pools over them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.build import _replace
from kg.serve.calls import Reply
from kg.serve.engine.job import Job
from kg.serve.engine.pool import Pool
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings

EX = "https://example.org/"
SIZE = 300
"""Statements of the small graph: three of them joined without a condition take longer than any test waits."""
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?c) != STR(?l)) }"
SMALL = "ASK { ?s ?p ?o }"
DEEP = "SELECT * WHERE " + "{" * 30_000 + "}" * 30_000
GREEDY = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"


def quads(size: int = SIZE) -> list[ox.Quad]:
    node = ox.NamedNode
    return [ox.Quad(node(f"{EX}s{number}"), node(EX + "p"), ox.Literal(str(number)), node(EX + "g")) for number in range(size)]


def sparql(query: str = SMALL, *, client: str = "", timeout: float | None = None, **arguments: Any) -> Job:
    given = {
        "query": query,
        "base": "",
        "default_graphs": None,
        "named_graphs": None,
        "union": True,
        "solutions": "csv",
        "boolean": "csv",
        "graph": "ntriples",
        "limit_bytes": 1 << 24,
    }
    return Job("sparql", given | arguments, client, timeout)


def update(text: str, **arguments: Any) -> Job:
    return Job("update", {"update": text, "base": "", "default_graphs": None, "named_graphs": None} | arguments)


def graph_store(method: str, graph: str | None, body: str = "", media_type: str = "text/turtle") -> Job:
    return Job("graph-store", {"method": method, "graph": graph, "body": body.encode(), "media_type": media_type, "base": EX})


async def problem_of(reply: Awaitable[Reply]) -> Problem:
    with pytest.raises(Problem) as caught:
        await reply
    return caught.value


@asynccontextmanager
async def running(location: Path | str, **settings: Any) -> AsyncIterator[Pool]:
    pool = Pool(str(location), ServeSettings(**settings))
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()
        assert not ours()


_before: set[int] = set()


@pytest.fixture(autouse=True)
def processes_of_others() -> None:
    """Remember the processes that other tests of this run have started: their servers live on."""
    _before.clear()
    _before.update(descendants(os.getpid()))


def ours() -> set[int]:
    """Return all processes below this one that the test has started."""
    return descendants(os.getpid()) - _before.union(*(descendants(pid) for pid in _before))


def descendants(pid: int) -> set[int]:
    """Return all processes below one, those that ended and wait to be noticed left out."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if state not in "ZX":
                parents[int(entry.name)] = int(parent)
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small graph. Read it only."""
    folder = tmp_path_factory.mktemp("engine") / "store"
    _replace(folder, quads())
    return folder
