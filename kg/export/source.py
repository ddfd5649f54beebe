"""What exporters read: the graph of a store, a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

import pyoxigraph as ox

from kg.graph import Graph
from kg.prefixes import GRAPH
from kg.terms import SUBCLASS, Terms


class Edition(StrEnum):
    """Which statements an ontology file holds.

    ``BASE`` is the ontology as edited; ``INFERRED`` adds the superclasses that the reasoner found and the mappings to other
    vocabularies; ``FULL`` adds the curated records too: documents, trials, statements, evidence.
    """

    BASE = "base"
    INFERRED = "inferred"
    FULL = "full"


class Source:
    """A graph to be exported.

    :param edition: for formats that are ontologies
    """

    def __init__(self, graph: Graph, edition: Edition = Edition.INFERRED) -> None:
        self.graph = graph
        self.edition = edition

    @property
    def terms(self) -> Terms:
        """Index of the ontology."""
        return self.graph.terms

    @cached_property
    def version(self) -> str:
        """Version of the graph."""
        return self.graph.version()

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements with their graphs, in the order of the store."""
        return self.graph.store.quads()

    def triples(self) -> Iterator[ox.Triple]:
        """Yield the triples of the edition, in the order of the store; one that stands in several graphs comes several times."""
        return (quad.triple for quad in self.quads() if isinstance(quad.graph_name, ox.NamedNode) and self._belongs(quad.graph_name.value, quad))

    def ontology(self) -> Iterator[ox.Triple]:
        """Yield the triples of the edition, in the order of the store, each once; all are held in memory."""
        return iter(dict.fromkeys(self.triples()))

    def _belongs(self, graph: str, quad: ox.Quad) -> bool:
        part = graph.removeprefix(GRAPH)
        if part == "ontology":
            return True
        if self.edition is Edition.BASE:
            return False
        if part == "inferred":
            return self.edition is Edition.FULL or quad.predicate.value == SUBCLASS
        if part == "data/mappings":
            return True
        return self.edition is Edition.FULL and part.startswith("data/")
