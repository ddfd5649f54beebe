"""The graph as nodes with attributes and edges between them, for tools that know nothing of RDF.

A node is a term of the ontology, a value of a closed list, a population, a document or a curated record. An edge is a
statement between two of them: what the tables say, the hierarchy, and the existential axioms as direct relations. The
inner parts of a population (its alternatives and criteria) are no nodes: its scope is an attribute, in the tables' own
words. Mappings to other vocabularies are attributes too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

import pyoxigraph as ox

from kg.export.loss import Losses
from kg.export.sorting import sorted_lines
from kg.export.source import Source
from kg.files import write_whole
from kg.prefixes import GRAPH, NET, PREFIXES, compress
from kg.query.kinds import kind_of
from kg.terms import LABEL, SUBCLASS, TYPE

KEPT_GRAPHS = ("ontology", "inferred", "edges", "relations", "data/")
"""Parts of the dataset that say something of the field; the others describe the dataset."""
INNER = {NET + name for name in ("PopulationAlternative", "PopulationCriterion", "Presentation")}
"""Classes whose members are parts of a population, or stand for one in OWL."""
OWL = PREFIXES["owl"]
SCHEMA_TYPES = {OWL + name for name in ("AnnotationProperty", "ObjectProperty", "DatatypeProperty", "Ontology", "Axiom", "Restriction", "AllDifferent")}
NODE_TYPES = {OWL + "Class", OWL + "NamedIndividual"}
MATCHES = {PREFIXES["skos"] + f"{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}
PRESENTATION = NET + "presentation/"
DEFINES = NET + "definesClass"

PARTS = "a part of a population; its whole scope is an attribute of the population"
EXPRESSION = "a class expression; existential ones are edges, others have no counterpart"
OUTSIDE = "its end is no node of the graph"


@dataclass(frozen=True, slots=True)
class Node:
    """One thing.

    :param id: CURIE
    :param name: label
    :param category: what it is, in a word
    :param attributes: CURIE of a property → its values as text
    """

    iri: str
    id: str
    name: str
    category: str
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One statement between two nodes, by their CURIEs.

    :param name: label of the property
    :param inferred: whether the reasoner found it and nobody stated it
    """

    subject: str
    predicate: str
    object: str
    name: str
    inferred: bool


class PropertyGraph:
    """Nodes and edges, each sorted, read anew from a sorted file each time: their memory does not grow with the statements.

    :param losses: is told what is neither node, attribute nor edge
    """

    def __init__(self, source: Source, losses: Losses) -> None:
        self._source = source
        self._losses = losses
        kinds = source.terms.kinds
        self._names = {TYPE: "is a", SUBCLASS: "is a kind of"} | {
            iri: label for iri, label in source.terms.labels.items() if kinds.get(iri, "").endswith("property")
        }
        self._ids: dict[str, str] = {}
        folder = mkdtemp(prefix="netkg-nodes-")
        finalize(self, rmtree, folder)
        self._file = Path(folder) / "statements.nq"
        write_whole(self._file, sorted_lines(f"{quad} .\n" for quad in self._kept()))
        self._first_pass()

    def __len__(self) -> int:
        return len(self._ids)

    def nodes(self) -> Iterator[Node]:
        """Yield the nodes, sorted by identifier."""
        for subject, quads in self._nodes():
            yield self._node(subject, quads)

    def edges(self) -> Iterator[Edge]:
        """Yield the edges, sorted by subject, each once; stated ones before inferred ones."""
        for subject, quads in self._nodes():
            yield from self._edges(subject, quads)

    def attribute_names(self) -> list[str]:
        """Return the CURIEs of all properties that are attributes, sorted."""
        return sorted({name for node in self.nodes() for name in node.attributes})

    def _first_pass(self) -> None:
        """Learn which subjects are nodes."""
        for subject, lines in self._subjects():
            types = {line.split(" ", 3)[2][1:-1] for line in lines if line.startswith(f"<{subject}> <{TYPE}> <")}
            if types & INNER:
                self._losses.add(subject, f"{len(lines)} statements", PARTS)
            elif types & NODE_TYPES and not types & SCHEMA_TYPES and not subject.startswith(PRESENTATION):
                self._ids[subject] = compress(subject)

    def _kept(self) -> Iterator[ox.Quad]:
        return (quad for quad in self._source.quads() if isinstance(quad.subject, ox.NamedNode) and _graph(quad).startswith(KEPT_GRAPHS))

    def _subjects(self) -> Iterator[tuple[str, list[str]]]:
        """Yield all subjects, sorted, with the lines of what is said of them."""
        with self._file.open(encoding="utf-8", newline="\n") as stream:
            for subject, lines in groupby(stream, key=lambda line: line[1 : line.index(">")]):
                yield subject, list(lines)

    def _nodes(self) -> Iterator[tuple[str, list[ox.Quad]]]:
        """Yield the nodes, sorted, with what is said of them."""
        for subject, lines in self._subjects():
            if subject in self._ids:
                yield subject, list(ox.parse("".join(lines), ox.RdfFormat.N_QUADS))

    def _node(self, subject: str, quads: list[ox.Quad]) -> Node:
        attributes: dict[str, set[str]] = {}
        for quad in quads:
            if (text := self._attribute(quad)) is not None:
                attributes.setdefault(compress(quad.predicate.value), set()).add(text)
        kept = {name: tuple(sorted(values)) for name, values in sorted(attributes.items())}
        label = next((quad.object.value for quad in quads if quad.predicate.value == LABEL and isinstance(quad.object, ox.Literal)), "")
        return Node(subject, self._ids[subject], label, kind_of(self._source.graph, subject), kept)

    def _attribute(self, quad: ox.Quad) -> str | None:
        """Return the value of a statement that is an attribute."""
        if isinstance(quad.object, ox.Literal):
            return None if quad.predicate.value == LABEL else quad.object.value
        if isinstance(quad.object, ox.NamedNode) and quad.predicate.value != TYPE and not quad.object.value.startswith(NET):
            return compress(quad.object.value)
        return None

    def _edges(self, subject: str, quads: list[ox.Quad]) -> Iterator[Edge]:
        found: dict[tuple[str, str], bool] = {}
        for quad in quads:
            if isinstance(quad.object, ox.BlankNode):
                self._losses.add(subject, f"{compress(quad.predicate.value)} of a class expression", EXPRESSION)
            elif isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(NET):
                self._edge(subject, quad, found)
        for (predicate, target), inferred in sorted(found.items()):
            yield Edge(self._ids[subject], compress(predicate), self._ids[target], self._names.get(predicate, compress(predicate)), inferred)

    def _edge(self, subject: str, quad: ox.Quad, found: dict[tuple[str, str], bool]) -> None:
        predicate, target = quad.predicate.value, str(quad.object)[1:-1]
        if target in self._ids:
            key = (predicate, target)
            found[key] = found.get(key, True) and _graph(quad) == "inferred"
        elif not target.startswith(NET + "population/") and predicate != DEFINES:
            self._losses.add(subject, f"{compress(predicate)} {compress(target)}", OUTSIDE)


def _graph(quad: ox.Quad) -> str:
    return quad.graph_name.value.removeprefix(GRAPH) if isinstance(quad.graph_name, ox.NamedNode) else ""
