"""Triples with terms written as CURIEs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox

from kg.prefixes import expand


@cache
def node(curie: str) -> ox.NamedNode:
    """Return the IRI of a CURIE as a node."""
    return ox.NamedNode(expand(curie))


def named(subject: ox.NamedNode, kind: str, label: str) -> Iterator[ox.Triple]:
    """Yield type and label of a resource.

    :param kind: its class, as a CURIE
    """
    yield ox.Triple(subject, node("rdf:type"), node(kind))
    yield ox.Triple(subject, node("rdfs:label"), ox.Literal(label, language="en"))


def number(subject: ox.NamedNode, predicate: str, value: int) -> ox.Triple:
    """Return a triple with a whole number; the predicate is a CURIE."""
    return ox.Triple(subject, node(predicate), ox.Literal(str(value), datatype=node("xsd:integer")))
