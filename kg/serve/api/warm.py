"""What is worth doing once, before worker processes are forked that all share it."""

from __future__ import annotations

from contextlib import suppress

from kg.errors import NetKGError
from kg.graph import Graph
from kg.serve.api.complete import complete
from kg.serve.api.evidence import approvals, forest
from kg.serve.api.export import shelf
from kg.serve.api.match import derive, features
from kg.serve.api.overview import overview
from kg.serve.api.search import index
from kg.serve.api.stored import described


def warm(graph: Graph) -> None:
    """Work out what the pages ask for again and again; about a second for a graph of a few hundred thousand statements.

    What a graph cannot answer, it will refuse again when somebody asks.
    """
    for prepare in (index, described, shelf):
        prepare(graph)
    for call, arguments in ((overview, {}), (complete, {}), (features, {}), (forest, {}), (approvals, {}), (derive, {"settings": []})):
        with suppress(NetKGError):
            call(graph, arguments)
