"""Curated tables → checked rows → triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import TableError
from kg.load import populations, records
from kg.load.check import sound_rows
from kg.load.columns import Scope
from kg.load.mappings import MAPPINGS, VERIFIED, read_mappings
from kg.load.reader import Row, read_table
from kg.load.report import Problem, Report
from kg.load.tables import TABLES
from kg.model.population import Population
from kg.prefixes import GRAPH
from kg.terms import Terms

POPULATION_CLASSES = "population-classes"
"""Name of the graph that holds the defined classes of all populations."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the tables hold, checked.

    :param rows: table → rows, in the order of the files
    :param populations: identifier → population, over all tables
    :param mappings: triples of the mapping table
    """

    rows: dict[str, list[Row]]
    populations: dict[str, Population]
    mappings: list[ox.Triple]
    report: Report


def load(folder: Path, terms: Terms, *, lenient: bool = False) -> Loaded:
    """Read and check all tables in a folder.

    :param lenient: keep the good rows and list the bad ones, instead of refusing everything
    :raises TableError: when a row is wrong and ``lenient`` is false; the message lists the problems
    """
    report = Report()
    read = {table.name: list(read_table(folder / f"{table.name}.tsv", table, terms, report)) for table in TABLES}
    rows = sound_rows(read, folder, report)
    mappings = list(read_mappings(folder / MAPPINGS, terms, report))
    _refuse_strangers(folder, report)
    if report.problems and not lenient:
        raise TableError(
            f"{len(report.problems)} problem(s) in the curated tables; nothing was written\n{report.summary()}",
            hint="mend the rows, or load the good ones only with --lenient",
        )
    for name, kept in rows.items():
        report.loaded[name] = len(kept)
    return Loaded(rows, populations_of(row for kept in rows.values() for row in kept), mappings, report)


def quads(loaded: Loaded, terms: Terms) -> Iterator[ox.Quad]:
    """Yield the statements of all tables, each in the graph of its table, and the defined classes of the populations."""
    for name, rows in loaded.rows.items():
        graph = data_graph(name)
        for row in rows:
            for triple in records.triples(row):
                yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)
    for population in loaded.populations.values():
        for triple in populations.defined_class(population, terms):
            yield ox.Quad(triple.subject, triple.predicate, triple.object, data_graph(POPULATION_CLASSES))
    for triple in loaded.mappings:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, data_graph("mappings"))


def descriptions(loaded: Loaded, terms: Terms) -> Iterator[ox.Quad]:
    """Yield the plain triples of the populations; ``terms`` should know the hierarchy that the reasoner found."""
    for population in loaded.populations.values():
        for triple in populations.description(population, terms):
            yield ox.Quad(triple.subject, triple.predicate, triple.object, data_graph("populations"))


def data_graph(name: str) -> ox.NamedNode:
    """Return the graph of a table."""
    return ox.NamedNode(f"{GRAPH}data/{name}")


def populations_of(rows: Iterable[Row]) -> dict[str, Population]:
    """Return the populations of some rows by identifier, sorted."""
    found = {population.id: population for row in rows for population in _populations(row)}
    return dict(sorted(found.items()))


def _populations(row: Row) -> Iterator[Population]:
    for column in row.table.columns:
        if isinstance(column, Scope):
            for value in row.values.get(column.name, ()):
                if isinstance(value, Population):
                    yield value


def _refuse_strangers(folder: Path, report: Report) -> None:
    known = {f"{table.name}.tsv" for table in TABLES} | {MAPPINGS, VERIFIED}
    for path in sorted(folder.glob("*.tsv")):
        if path.name not in known:
            report.add(Problem(str(path), 0, "", "", "no such table is declared", ", ".join(sorted(known))))
