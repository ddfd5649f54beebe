"""Terms of pyoxigraph as terms of rdflib."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import rdflib
from rdflib.term import Node

from kg.prefixes import PREFIXES

PLAIN = PREFIXES["xsd"] + "string"
"""Two equal plain strings differ in rdflib when only one of them names this datatype."""


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Dataset:
    """Return an rdflib dataset with the same statements."""
    dataset = rdflib.Dataset(default_union=True)
    for quad in quads:
        graph = dataset.graph(rdflib.URIRef(quad.graph_name.value)) if isinstance(quad.graph_name, ox.NamedNode) else dataset.default_graph
        graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
    return dataset


def node(term: object) -> Node:
    """Return one term."""
    match term:
        case ox.NamedNode():
            return rdflib.URIRef(term.value)
        case ox.BlankNode():
            return rdflib.BNode(term.value)
        case ox.Literal() if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        case ox.Literal() if term.datatype.value == PLAIN:
            return rdflib.Literal(term.value)
        case ox.Literal():
            return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
    raise TypeError(f"no counterpart of {term!r} in rdflib")
