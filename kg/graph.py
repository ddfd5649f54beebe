"""The graph as a Python object: open it, ask it, carry it into rdflib or pandas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.prefixes import GRAPH, NET, PREFIXES, compress
from kg.query.catalogue import StoredQuery, find, read_catalogue
from kg.settings import Sources, default_sources, default_store
from kg.store import Answer, LocalStore, Rows, Store, Term, in_memory, open_store, select
from kg.store.limited import query_within
from kg.terms import Terms

if TYPE_CHECKING:
    import owlready2
    import pandas
    import rdflib

    from kg.match.case import CaseReader
    from kg.match.match import Match, Matcher
    from kg.match.vocabulary import Vocabulary

NOTICE = "Research material, no medical advice."


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of a query, with a label for each identifier.

    :param columns: names, in order
    :param rows: RDF terms; ``None`` where there is no value
    :param labels: IRI → label, for the IRIs in the rows that have one
    :param values: the IRIs among them that are values of closed lists, whose labels say all
    """

    columns: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]
    labels: dict[str, str]
    values: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.rows)

    def records(self) -> list[dict[str, str | None]]:
        """Return the rows as dictionaries: CURIEs for identifiers, beside each a ``…_label``; numbers as written."""
        linked = self.linked_columns()
        return [self._record(row, linked) for row in self.rows]

    def linked_columns(self) -> set[str]:
        """Return the columns that hold at least one identifier with a label."""
        return {
            column
            for position, column in enumerate(self.columns)
            for row in self.rows
            if isinstance(cell := row[position], ox.NamedNode) and cell.value in self.labels
        }

    def dataframe(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame, numbers as numbers.

        :raises ImportError: when pandas is not installed (``pip install 'net-kg[pandas]'``)
        """
        import pandas as pd

        linked = self.linked_columns()
        names = [name for column in self.columns for name in ((column, f"{column}_label") if column in linked else (column,))]
        frame = pd.DataFrame(self.records(), columns=names)
        for position, column in enumerate(self.columns):
            cells = [row[position] for row in self.rows if row[position] is not None]
            if cells and all(_is_number(cell) for cell in cells):
                frame[column] = pd.to_numeric(frame[column])
        return frame

    def _record(self, row: tuple[Term | None, ...], linked: set[str]) -> dict[str, str | None]:
        record: dict[str, str | None] = {}
        for column, cell in zip(self.columns, row, strict=True):
            record[column] = display(cell)
            if column in linked:
                record[f"{column}_label"] = self.labels.get(cell.value) if isinstance(cell, ox.NamedNode) else None
        return record


def display(cell: Term | None) -> str | None:
    """Return a term as people write it: CURIE, or text without its datatype."""
    if cell is None:
        return None
    if isinstance(cell, ox.NamedNode):
        return compress(cell.value)
    return cell.value if isinstance(cell, ox.Literal) else str(cell)


def _is_number(cell: Term | None) -> bool:
    numeric = {PREFIXES["xsd"] + name for name in ("decimal", "integer", "double", "float")}
    return isinstance(cell, ox.Literal) and cell.datatype.value in numeric


class Graph:
    """A store together with the ontology's index and the query library."""

    def __init__(self, store: Store, sources: Sources) -> None:
        self.store = store
        self.sources = sources

    @cached_property
    def terms(self) -> Terms:
        """Index of the ontology as it stands in the store, with the superclasses that the reasoner found."""
        subclass = f"<{PREFIXES['rdfs']}subClassOf>"
        answer = self.store.query(
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ GRAPH <{GRAPH}ontology> {{ ?s ?p ?o }} }}"
            f" UNION {{ GRAPH <{GRAPH}inferred> {{ ?s {subclass} ?o }} BIND({subclass} AS ?p) }} }}"
        )
        if not isinstance(answer, list):
            raise TypeError("CONSTRUCT gave no triples")
        return Terms.from_triples(answer)

    @cached_property
    def queries(self) -> dict[str, StoredQuery]:
        """The query library by name."""
        return read_catalogue(self.sources.queries)

    def query(self, name: str, *, timeout: float | None = None, **params: str) -> Result:
        """Run a stored query.

        :param name: as listed by :attr:`queries`
        :param timeout: seconds that it may take
        :param params: values of its parameters, written as on the command line
        :raises UsageError: when the name, a parameter or a value is unknown
        :raises QueryError: when it takes too long
        """
        return self.select(find(self.sources.queries, name).bound(params, self.terms), timeout=timeout)

    def select(self, sparql: str, *, timeout: float | None = None) -> Result:
        """Run a SELECT query and look up the labels of the identifiers in its rows.

        :param timeout: seconds that it may take
        :raises TypeError: when the query is of another form
        """
        answer = self.sparql(sparql, timeout=timeout)
        if not isinstance(answer, Rows):
            raise TypeError("not a SELECT query")
        return self.result(answer)

    def sparql(self, sparql: str, *, timeout: float | None = None) -> Answer:
        """Run any SPARQL 1.1 query: rows, a truth value, or triples.

        :param timeout: seconds that it may take; it runs in a process of its own then, which is ended when they are over
        :raises QueryError: when the query is wrong, or takes too long
        """
        return self.store.query(sparql) if timeout is None else query_within(self.store, sparql, timeout)

    def result(self, rows: Rows) -> Result:
        """Return rows together with the labels of their identifiers."""
        values = {iri for choices in self.terms.codes.values() for iri in choices.values()}
        return Result(rows.columns, rows.rows, self.labels(rows), frozenset(values))

    def labels(self, rows: Rows) -> dict[str, str]:
        """Return IRI → label for the IRIs in some rows."""
        iris = sorted({cell.value for row in rows for cell in row if isinstance(cell, ox.NamedNode)})
        found: dict[str, str] = {}
        for start in range(0, len(iris), 500):
            found |= self._labels_of(iris[start : start + 500])
        return found

    def _labels_of(self, iris: Iterable[str]) -> dict[str, str]:
        values = " ".join(str(ox.NamedNode(iri)) for iri in iris)
        answer = select(self.store, f"SELECT ?s ?l WHERE {{ VALUES ?s {{ {values} }} ?s <{PREFIXES['rdfs']}label> ?l }}")
        return {subject.value: label.value for subject, label in answer if isinstance(subject, ox.NamedNode) and isinstance(label, ox.Literal)}

    def version(self) -> str:
        """Return the version of the graph: that of its ontology."""
        rows = select(self.store, f"SELECT ?v WHERE {{ <{NET}dataset> <{PREFIXES['owl']}versionInfo> ?v }}")
        return next((cell.value for (cell,) in rows if isinstance(cell, ox.Literal)), "unknown")

    @cached_property
    def matcher(self) -> Matcher:
        """The graph's statements, ready to be matched with any number of cases."""
        from kg.match.match import Matcher

        return Matcher(self)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What codes of other vocabularies mean in ours, by the graph's mappings."""
        from kg.match.vocabulary import Vocabulary

        return Vocabulary.from_graph(self)

    @cached_property
    def case_reader(self) -> CaseReader:
        """Reads cases in our own format against this graph."""
        from kg.match.case import CaseReader

        return CaseReader(self.terms, self.vocabulary)

    def match(self, case: object, *, as_of: str = "") -> Match:
        """Say which therapies suit a situation, with reasons.

        :param case: a mapping such as ``{"site": "pancreas", "grade": "G2"}``, a Phenopacket or FHIR bundle as
            mappings, or the path of a file that holds one of them
        :param as_of: consider only what had been published, and not replaced, at this date
        :raises CaseError: when the case is not understood
        """
        from kg.match.read import presentation_of, read_presentation

        presentation = read_presentation(Path(case), self) if isinstance(case, str | Path) else presentation_of(case, self)
        return self.matcher.match(presentation, as_of)

    def rdflib(self) -> rdflib.Dataset:
        """Return a copy of the graph as an rdflib dataset whose default graph is the union."""
        from kg.convert import to_rdflib

        return to_rdflib(self.store.quads())


def open_graph(location: str | Path | None = None, *, memory: bool = True) -> Graph:
    """Open a graph for reading.

    :param location: store folder or address of a SPARQL endpoint; default ``$NETKG_STORE`` or the per-user folder
    :param memory: copy a folder's graph into memory first: it takes two seconds, and each query is then two to three
        times faster. A server's graph is never copied.
    :raises StoreError: when there is none, or it cannot be opened
    """
    store = open_store(str(location or default_store()))
    if memory and isinstance(store, LocalStore):
        store = in_memory(store.quads(), store.location)
    return Graph(store, default_sources())


def ontology() -> owlready2.Ontology:
    """Return the ontology as owlready2 sees it, in a world of its own.

    owlready2 holds decimals as floats: for entailment at exact limits use :mod:`kg.reason`.
    """
    import owlready2

    world: Any = owlready2.World()
    path = default_sources().ontology
    return world.get_ontology(path.resolve().as_uri()).load()
