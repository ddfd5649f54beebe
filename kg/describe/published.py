"""The statistics of a dataset together with its header and the addresses at which it can be had."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.describe.header import HEADER_GRAPH
from kg.describe.triples import named, node, number
from kg.describe.void import DATASET, VOID_GRAPH, describe
from kg.graph import Graph
from kg.store import graph_counts

_COUNTED_AFRESH = 2_000_000
"""Statements up to which a graph without statistics of its own is counted."""


def published(graph: Graph, endpoint: str, dumps: Iterable[str], *, changeable: bool = False) -> set[ox.Triple]:
    """Return the description of a dataset in VoID.

    :param endpoint: address of its SPARQL endpoint
    :param dumps: addresses of files that hold it, or parts of it, as RDF
    :param changeable: whether the graph may have changed since its own statistics were made
    """
    found = {*stored(graph, HEADER_GRAPH), *_statistics(graph, changeable=changeable), *named(DATASET, "void:Dataset", "the NET-KG dataset")}
    found.add(ox.Triple(DATASET, node("void:sparqlEndpoint"), ox.NamedNode(endpoint)))
    found.update(ox.Triple(DATASET, node("void:dataDump"), ox.NamedNode(dump)) for dump in dumps)
    return found


def stored(graph: Graph, name: str) -> list[ox.Triple]:
    """Return the triples of a named graph."""
    answer = graph.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
    return answer if isinstance(answer, list) else []


def _statistics(graph: Graph, *, changeable: bool) -> Iterable[ox.Triple]:
    """Return the statistics as they were stored with the graph, or new ones for a graph that has none or may have changed since."""
    counts = graph_counts(graph.store)
    if not changeable and VOID_GRAPH in counts:
        return stored(graph, VOID_GRAPH)
    if sum(counts.values()) <= _COUNTED_AFRESH:
        own = ox.NamedNode(VOID_GRAPH)
        return describe([quad for quad in graph.store.quads() if quad.graph_name != own])
    subsets = [ox.Triple(DATASET, node("void:subset"), ox.NamedNode(name)) for name in counts]
    return [*subsets, *(number(ox.NamedNode(name), "void:triples", count) for name, count in counts.items())]
