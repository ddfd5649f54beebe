"""The call ``graph``: a whole graph of the store, for the Graph Store Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.graph import Graph
from kg.serve.answer import sparql
from kg.serve.calls import Reply
from kg.serve.problem import Problem


def read(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return a graph.

    :param arguments: ``graph`` (an IRI, or ``None`` for the default graph), ``form`` (key of a graph format), ``limit_bytes``
    :raises Problem: 404 when there is no such graph
    """
    pattern = "{ ?s ?p ?o }"
    if arguments["graph"] is not None:
        name = _node(arguments["graph"])
        pattern = f"{{ GRAPH {name} {{ ?s ?p ?o }} }}"
        if not graph.store.query(f"ASK {{ GRAPH {name} {{ }} }}"):
            raise Problem(404, "there is no such graph", code="NO-GRAPH", detail=arguments["graph"])
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {pattern}"
    formats = {"solutions": None, "boolean": None, "graph": arguments["form"], "limit_bytes": arguments["limit_bytes"]}
    return sparql(graph, {"query": query, "base": "", "default_graphs": None, "named_graphs": None, "union": False} | formats)


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise Problem(400, "the name of the graph is no IRI", code="PROTOCOL", detail=str(error)) from None
