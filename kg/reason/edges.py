"""Existential axioms as direct triples, so that ``?drug net:targets ?receptor`` just works.

For ``Drug SubClassOf targets some Receptor`` the edge is ``Drug targets Receptor``. Edges are inherited by
subclasses, lifted to super-properties and followed along property chains. They are not lifted to superclasses
of the filler: ``rdfs:subClassOf*`` in the query does that. Of two fillers, the more general is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.prefixes import PREFIXES
from kg.rdf import reachable

RDF, RDFS, OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
Edge = tuple[str, str, str]


def direct_edges(triples: Iterable[ox.Triple], superclasses: Iterable[tuple[str, str]]) -> list[ox.Triple]:
    """Return the edges, sorted.

    :param triples: the asserted ontology
    :param superclasses: (class, superclass) pairs, asserted and inferred
    """
    axioms = _Axioms(triples)
    parents: dict[str, set[str]] = defaultdict(set)
    for child, parent in [*superclasses, *axioms.subclasses()]:
        parents[child].add(parent)
    above = {child: reachable(child, parents) for child in list(parents)}
    edges = set(axioms.existentials())
    while True:
        grown = edges | set(_lifted(edges, axioms.super_properties)) | set(_inherited(edges, above)) | set(_chained(edges, axioms.chains))
        if grown == edges:
            break
        edges = grown
    edges = _most_specific(edges, above)
    node = ox.NamedNode
    return [ox.Triple(node(subject), node(prop), node(filler)) for subject, prop, filler in sorted(edges)]


def _most_specific(edges: set[Edge], above: dict[str, set[str]]) -> set[Edge]:
    """Drop an edge when another leads from the same subject to a subclass of its filler."""
    fillers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for subject, prop, filler in edges:
        fillers[subject, prop].add(filler)
    return {
        (subject, prop, filler)
        for subject, prop, filler in edges
        if not any(filler in above.get(other, ()) and other not in above.get(filler, ()) for other in fillers[subject, prop] if other != filler)
    }


def _lifted(edges: set[Edge], super_properties: dict[str, set[str]]) -> Iterator[Edge]:
    for subject, prop, filler in edges:
        for above in super_properties.get(prop, ()):
            yield subject, above, filler


def _inherited(edges: set[Edge], above: dict[str, set[str]]) -> Iterator[Edge]:
    by_subject: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, prop, filler in edges:
        by_subject[subject].append((prop, filler))
    for child, ancestors in above.items():
        for ancestor in ancestors:
            for prop, filler in by_subject.get(ancestor, ()):
                yield child, prop, filler


def _chained(edges: set[Edge], chains: list[tuple[str, str, str]]) -> Iterator[Edge]:
    by_subject: dict[tuple[str, str], list[str]] = defaultdict(list)
    for subject, prop, filler in edges:
        by_subject[subject, prop].append(filler)
    for first, second, result in chains:
        for subject, prop, middle in edges:
            if prop == first:
                for filler in by_subject.get((middle, second), ()):
                    yield subject, result, filler


class _Axioms:
    """Reads the axioms that matter out of triples."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.objects: dict[tuple[str, str], list[str]] = defaultdict(list)
        subjects: set[str] = set()
        for triple in triples:
            if isinstance(triple.object, ox.Literal):
                continue
            subject, filler = str(triple.subject), str(triple.object)
            self.objects[subject, triple.predicate.value].append(filler)
            subjects.add(subject)
        self.classes = sorted(name for name in subjects if f"<{OWL}Class>" in self.objects.get((name, RDF + "type"), ()) and name.startswith("<"))
        self.super_properties: dict[str, set[str]] = {}
        self.chains: list[tuple[str, str, str]] = []
        for name in sorted(subjects):
            for parent in self.objects.get((name, RDFS + "subPropertyOf"), ()):
                self.super_properties.setdefault(_bare(name), set()).add(_bare(parent))
            for head in self.objects.get((name, OWL + "propertyChainAxiom"), ()):
                first, second = self._list(head)
                self.chains.append((_bare(first), _bare(second), _bare(name)))

    def subclasses(self) -> Iterator[tuple[str, str]]:
        """Yield asserted (class, superclass) pairs of named classes."""
        for name in self.classes:
            for parent in self._superclass_expressions(name):
                if parent.startswith("<"):
                    yield _bare(name), _bare(parent)

    def existentials(self) -> Iterator[Edge]:
        """Yield (class, property, filler) of each existential or has-value restriction on a class."""
        for name in self.classes:
            for expression in self._superclass_expressions(name):
                for prop in self.objects.get((expression, OWL + "onProperty"), ()):
                    for kind in ("someValuesFrom", "hasValue"):
                        for filler in self.objects.get((expression, OWL + kind), ()):
                            if filler.startswith("<"):
                                yield _bare(name), _bare(prop), _bare(filler)

    def _superclass_expressions(self, name: str) -> Iterator[str]:
        yield from self.objects.get((name, RDFS + "subClassOf"), ())
        for meaning in self.objects.get((name, OWL + "equivalentClass"), ()):
            yield meaning
            for head in self.objects.get((meaning, OWL + "intersectionOf"), ()):
                yield from self._list(head)

    def _list(self, head: str) -> list[str]:
        members = []
        while head != f"<{RDF}nil>":
            members += self.objects[head, RDF + "first"]
            head = self.objects[head, RDF + "rest"][0]
        return members


def _bare(node: str) -> str:
    return node.removeprefix("<").removesuffix(">")
