"""The query library as data, in the form of SIB's SPARQL examples, with default parameters bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.describe.prefixes import ONTOLOGY
from kg.describe.triples import named, node
from kg.prefixes import GRAPH, NET
from kg.query.catalogue import StoredQuery

EXAMPLES_GRAPH = GRAPH + "examples"
ENDPOINT = ox.NamedNode(NET + "sparql")
"""The endpoint of the dataset, wherever it is served."""
TARGET = node("schema:target")


def examples(library: Iterable[tuple[StoredQuery, str]]) -> Iterator[ox.Triple]:
    """Yield a description of each query of the library.

    :param library: stored queries, each with its text for default parameters
    """
    yield from named(ENDPOINT, "sd:Service", "the SPARQL endpoint of NET-KG")
    for query, sparql in library:
        example = ox.NamedNode(f"{NET}query/{query.name}")
        yield from named(example, "sh:SPARQLExecutable", query.title)
        yield ox.Triple(example, node("rdf:type"), node("sh:SPARQLSelectExecutable"))
        yield ox.Triple(example, node("rdfs:comment"), ox.Literal(query.summary, language="en"))
        yield ox.Triple(example, node("sh:select"), ox.Literal(sparql))
        yield ox.Triple(example, node("sh:prefixes"), ONTOLOGY)
        yield ox.Triple(example, TARGET, ENDPOINT)
        for tag in query.tags:
            yield ox.Triple(example, node("schema:keywords"), ox.Literal(tag))
