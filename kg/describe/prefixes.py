"""The prefixes of the project as data, so that editors write them for their users."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.describe.triples import named, node
from kg.prefixes import GRAPH, NET, ONTOLOGY_IRI, PREFIXES

PREFIXES_GRAPH = GRAPH + "prefixes"
ONTOLOGY = ox.NamedNode(ONTOLOGY_IRI)
"""Declares the prefixes; each example query points here with ``sh:prefixes``."""


def prefix_declarations() -> Iterator[ox.Triple]:
    """Yield a SHACL declaration for each prefix."""
    yield ox.Triple(ONTOLOGY, node("rdfs:label"), ox.Literal("the NET-KG ontology", language="en"))
    for name, namespace in sorted(PREFIXES.items()):
        declaration = ox.NamedNode(f"{NET}prefix/{name}")
        yield ox.Triple(ONTOLOGY, node("sh:declare"), declaration)
        yield from named(declaration, "sh:PrefixDeclaration", f"prefix {name}")
        yield ox.Triple(declaration, node("sh:prefix"), ox.Literal(name))
        yield ox.Triple(declaration, node("sh:namespace"), ox.Literal(namespace, datatype=node("xsd:anyURI")))
