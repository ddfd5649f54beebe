"""Answers that are worked out once for a graph and kept as long as it lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from kg.graph import Graph

T = TypeVar("T")


def kept(function: Callable[[Graph], T]) -> Callable[[Graph], T]:
    """Return the function with its result kept for each graph; a graph never changes, a new one takes its place."""
    results: WeakKeyDictionary[Graph, T] = WeakKeyDictionary()

    @wraps(function)
    def once(graph: Graph) -> T:
        if graph not in results:
            results[graph] = function(graph)
        return results[graph]

    return once


@kept
def version(graph: Graph) -> str:
    """Return the version of the graph."""
    return graph.version()
