"""What every store offers, wherever the graph lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Solutions of a SELECT query.

    :param columns: names of the variables, in order
    :param rows: one tuple per solution; ``None`` where unbound
    """

    columns: tuple[str, ...]
    rows: list[Row]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


Answer = Rows | bool | list[ox.Triple]
"""Of a SELECT, an ASK, and a CONSTRUCT or DESCRIBE query."""


class Store(Protocol):
    """A graph that answers SPARQL 1.1 queries; the default graph is the union of all named graphs."""

    @property
    def location(self) -> str:
        """Folder or address, for messages."""
        ...

    def query(self, sparql: str) -> Answer:
        """Answer a query.

        :raises QueryError: when the query is wrong
        :raises StoreError: when the store cannot answer
        """
        ...

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements with their graphs."""
        ...


def select(store: Store, sparql: str) -> Rows:
    """Answer a SELECT query.

    :raises TypeError: when the query is of another form
    """
    answer = store.query(sparql)
    if not isinstance(answer, Rows):
        raise TypeError("not a SELECT query")
    return answer


def graph_counts(store: Store) -> dict[str, int]:
    """Return graph name → number of triples, sorted by name."""
    rows = select(store, "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g")
    return {graph.value: int(count.value) for graph, count in rows if isinstance(graph, ox.NamedNode) and isinstance(count, ox.Literal)}
