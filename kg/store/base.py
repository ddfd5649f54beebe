"""What every store offers, wherever the graph lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


Results = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]
"""The same before it is read: solutions and triples may be found only while one goes through them."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a query is about, instead of what it says itself.

    :param default: graphs whose union is the default graph
    :param named: graphs that GRAPH can reach
    """

    default: tuple[str, ...]
    named: tuple[str, ...]


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

    def results(self, sparql: str, *, base: str = "", union: bool = True, dataset: Dataset | None = None) -> Results:
        """Begin to answer a query.

        :param base: for relative IRIs in the query
        :param union: whether the default graph is the union of all graphs where neither the query nor ``dataset`` says otherwise
        :param dataset: goes before what the query says
        :raises QueryError: when the query is wrong
        :raises StoreError: when the store cannot answer
        """
        ...

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements with their graphs."""
        ...


def read(results: Results) -> Answer:
    """Go through all solutions or triples."""
    if isinstance(results, ox.QuerySolutions):
        return Rows(tuple(variable.value for variable in results.variables), [tuple(solution) for solution in results])
    return bool(results) if isinstance(results, ox.QueryBoolean) else list(results)


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
