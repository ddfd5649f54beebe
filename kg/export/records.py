"""The curated records of a graph, one at a time, and what one must know of others to read them alone.

Held in memory: the index of the ontology, and the last few thousand descriptions that were looked up. The records
themselves are sorted as text, which spills to disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import pyoxigraph as ox

from kg.export.loss import Losses
from kg.export.sorting import sorted_lines
from kg.export.source import Source
from kg.load.tables import DOCUMENT_KINDS
from kg.prefixes import GRAPH, NET, PREFIXES
from kg.store import select
from kg.terms import LABEL, TYPE

Value = ox.NamedNode | ox.Literal

DATA = GRAPH + "data/"
RELATIONS = GRAPH + "relations"
META = GRAPH + "meta"
DATASET = NET + "dataset"
NOT_RECORDS = (DATA + "mappings", DATA + "population-classes")
"""Graphs among the data that hold no records."""
DISAGREES = NET + "disagreesWith"
ALLOWS = NET + "allows"
NAMED_INDIVIDUAL = ox.NamedNode(PREFIXES["owl"] + "NamedIndividual")
DOCUMENTS = {NET + name for name in ("Document", *DOCUMENT_KINDS.values())}
"""Classes of documents."""
PARTS = {NET + "PopulationAlternative", NET + "PopulationCriterion"}
"""Classes of the parts of a population; they are read with their population."""
KEPT = 8192
"""Descriptions that are kept for the next record."""

FOLLOWS = "the values that a population admits follow from its criteria"
OTHER_GRAPH = "it holds no curated records"
NAMELESS = "a node without a name is no record and no value"


@dataclass(frozen=True, slots=True)
class Record:
    """What the curated tables say of one thing.

    :param values: IRI of a property → its values, sorted
    """

    iri: str
    values: dict[str, tuple[Value, ...]]

    @property
    def types(self) -> tuple[str, ...]:
        """Classes as given, without the one that all records share."""
        return tuple(value.value for value in self.values.get(TYPE, ()) if value != NAMED_INDIVIDUAL)

    def texts(self, prop: str) -> tuple[str, ...]:
        """Return the values of one of our properties: IRIs and lexical forms."""
        return tuple(value.value for value in self.values.get(NET + prop, ()))

    def text(self, prop: str) -> str:
        """Return the first value of one of our properties, or nothing."""
        return next(iter(self.texts(prop)), "")


class Records:
    """The records of a graph.

    :param source: the graph
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.find = lru_cache(KEPT)(self._find)
        """Return the record of that IRI; one without values where there is no IRI, or the tables say nothing of it."""
        self.label = lru_cache(KEPT)(self._label)
        """Return the label of a term, record or value; ``None`` where it has none."""

    def __iter__(self) -> Iterator[Record]:
        """Yield all records, sorted by IRI: documents and populations too, but not the parts of populations or what follows from them."""
        lines = sorted_lines(f"{quad.triple} .\n" for quad in self._source.quads() if _is_kept(quad) and quad.predicate.value != ALLOWS)
        for _, group in groupby(lines, key=lambda line: line[: line.index(" ")]):
            quads = list(ox.parse("".join(group), ox.RdfFormat.N_TRIPLES))
            record = _record(str(quads[0].subject)[1:-1], ((quad.predicate.value, quad.object) for quad in quads))
            if not PARTS.intersection(record.types):
                yield record

    def about_dataset(self) -> Record:
        """Return what the graph says of itself: title, licence, version, dates; without values where it says nothing."""
        rows = select(self._source.graph.store, f"SELECT ?p ?o WHERE {{ GRAPH <{META}> {{ <{DATASET}> ?p ?o }} }}")
        return _record(DATASET, ((str(predicate)[1:-1], value) for predicate, value in rows))

    def is_used(self, iri: str, props: Collection[str]) -> bool:
        """Say whether one of these properties leads to that thing."""
        values = " ".join(f"<{prop}>" for prop in props)
        return bool(select(self._source.graph.store, f"SELECT ?record WHERE {{ VALUES ?prop {{ {values} }} ?record ?prop <{iri}> }} LIMIT 1").rows)

    def note_left_out(self, losses: Losses) -> None:
        """Note, graph by graph, how many statements no record holds, and why."""
        found: Counter[tuple[str, str, str]] = Counter()
        for quad in self._source.quads():
            if not _is_kept(quad):
                found[_graph(quad), "all", NAMELESS if of_records(quad) else OTHER_GRAPH] += 1
            elif quad.predicate.value == ALLOWS:
                found[_graph(quad), "net:allows", FOLLOWS] += 1
        for (graph, which, reason), count in found.items():
            losses.add(graph, f"{which}: {count:,} statements", reason)

    def text(self, iri: str) -> str:
        """Return the label as text; the end of the IRI where there is none."""
        label = self.label(iri)
        return label.value if label is not None else iri.removeprefix(NET)

    def _find(self, iri: str) -> Record:
        if not iri:  # what a record does not name
            return Record(iri, {})
        rows = select(
            self._source.graph.store,
            f"SELECT ?p ?o WHERE {{ GRAPH ?g {{ {ox.NamedNode(iri)} ?p ?o }} FILTER(?p != <{ALLOWS}>) "
            f'FILTER((STRSTARTS(STR(?g), "{DATA}") && ?g NOT IN ({", ".join(f"<{graph}>" for graph in NOT_RECORDS)})) '
            f"|| (?g = <{RELATIONS}> && ?p = <{DISAGREES}>)) }}",
        )
        return _record(iri, ((str(predicate)[1:-1], value) for predicate, value in rows))

    def _label(self, iri: str) -> ox.Literal | None:
        rows = select(self._source.graph.store, f"SELECT DISTINCT ?label WHERE {{ {ox.NamedNode(iri)} <{LABEL}> ?label }}")
        return min((label for (label,) in rows if isinstance(label, ox.Literal)), key=str, default=None)


def _record(iri: str, pairs: Iterator[tuple[str, object]]) -> Record:
    values: dict[str, set[Value]] = {}
    for predicate, value in pairs:
        if isinstance(value, ox.NamedNode | ox.Literal):
            values.setdefault(predicate, set()).add(value)
    return Record(iri, {predicate: tuple(sorted(found, key=str)) for predicate, found in sorted(values.items())})


def of_records(quad: ox.Quad) -> bool:
    """Say whether a statement stands in a graph that holds records."""
    graph = _graph(quad)
    return graph.startswith(DATA) and graph not in NOT_RECORDS


def _is_kept(quad: ox.Quad) -> bool:
    if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, Value):
        return False
    return of_records(quad) or (_graph(quad) == RELATIONS and quad.predicate.value == DISAGREES)


def _graph(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
