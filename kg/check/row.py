"""One row of a table, explained: what is wrong with it, or what it says, becomes, and is cited as."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg.build import read_inputs
from kg.check.mend import Mending, lines_of, mending_of_cell
from kg.check.setting import Setting, setting
from kg.errors import QueryFileError, UsageError
from kg.graph import display
from kg.load import records
from kg.load.columns import Choice, Column, RecordRef, Reference, Scope, TermRef
from kg.load.load import Loaded
from kg.load.reader import CellError, Row, parse_cell, read_lines
from kg.load.report import Report
from kg.load.tables import BY_NAME, DOCUMENT_KINDS, Table
from kg.model.population import Population, describe_population
from kg.prefixes import NET, PREFIXES, compress
from kg.query.catalogue import read_catalogue
from kg.settings import Sources
from kg.terms import Terms, plain_label

_CITATION = {"id", "source", "read_at", "curation"}
"""Columns that the citation shows."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One source of a row.

    :param document: key of its row
    :param text: title, organisation, year, edition
    :param links: where it can be found
    :param replaced_by: keys of later documents
    """

    document: str
    text: str
    links: tuple[str, ...]
    replaced_by: tuple[str, ...]


@dataclass(slots=True)
class RowExplanation:
    """What there is to say of one row.

    :param where: file and line
    :param problems: what is wrong with it; the rest is then left out, but for the words of the cells that are right
    :param words: column → what the cell says
    :param triples: subject first, then property and value of each
    :param setting: where its population sits, when it has one
    :param used_by: table → ids of the rows that refer to it
    :param queries: stored queries that read rows of its table
    """

    name: str
    label: str
    summary: str
    where: str
    problems: list[Mending] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    triples: list[str] = field(default_factory=list)
    setting: Setting | None = None
    used_by: dict[str, list[str]] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    read_at: tuple[str, ...] = ()
    curation: str = ""


def explain_rows(names: list[str] | tuple[str, ...], sources: Sources) -> Iterator[RowExplanation]:
    """Yield what there is to say of some rows, each named ``table:id``; only ontology and tables are read.

    :raises UsageError: when there is no such table or row; the hint names near ones
    :raises OntologyError: when the ontology cannot be read
    """
    places = [_find(name, sources.data) for name in names]
    inputs = read_inputs(sources, lenient=True)
    for table, key in places:
        yield _explain(table, key, sources, inputs.ontology, inputs.terms, inputs.loaded)


def _find(name: str, folder: Path) -> tuple[Table, str]:
    table_name, colon, key = name.partition(":")
    by_path = {table.path: table for table in BY_NAME.values()}
    if not colon and "/" in name:  # as netkg show writes it
        table_name, _, key = name.partition("/")
    table = BY_NAME.get(table_name) or by_path.get(table_name)
    if table is None:
        near = difflib.get_close_matches(table_name, BY_NAME, n=1)
        hint = f"did you mean {near[0]}:{key or 'ID'}?" if near else f"rows are named TABLE:ID, the table one of {', '.join(BY_NAME)}"
        raise UsageError(f"no table is called {table_name!r}", hint=hint)
    keys = [found for _, found in lines_of(folder / f"{table.name}.tsv")]
    if key not in keys:
        near = difflib.get_close_matches(key, keys, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(f'{table.name}:{one}' for one in near)}?" if near else f"see the column id of {table.name}.tsv"
        raise UsageError(f"no row of {table.name}.tsv is called {key!r}", hint=hint)
    return table, key


def _explain(table: Table, key: str, sources: Sources, ontology: list[ox.Triple], terms: Terms, loaded: Loaded) -> RowExplanation:
    path = sources.data / f"{table.name}.tsv"
    row = next((row for row in loaded.rows[table.name] if row.id == key), None)
    lines = {line for line, found in lines_of(path) if found == key}
    found = RowExplanation(f"{table.name}:{key}", "", table.summary, f"{path}:{row.line if row else min(lines)}")
    problems = [problem for problem in loaded.report.problems if problem.file == str(path) and problem.line in {*lines, 0, 1}]
    found.problems = [mending_of_cell(problem, loaded, terms) for problem in problems]
    if row is None:
        found.words = list(_words(_sound_cells(path, min(lines), table, terms), terms))
        return found
    found.label = table.label.format(**row.cells)
    found.words = list(_words(row, terms))
    found.triples = list(_triples(row))
    found.setting = setting(row, ontology, terms, loaded)
    found.used_by = _used_by(row, loaded)
    found.queries = _queries(table, sources)
    documents = {document.id: document for document in loaded.rows["documents"]}
    cited = [row] if table.name == "documents" else [documents[str(source)] for source in row.values.get("source", ())]
    found.citations = [_citation(document) for document in cited]
    found.read_at = tuple(str(address) for address in row.values.get("read_at", ()))
    found.curation = _label(str(row.values["curation"][0]), terms)
    return found


def _sound_cells(path: Path, line: int, table: Table, terms: Terms) -> Row:
    """Return a row with the values of those cells that are right by themselves."""
    cells = dict(zip(table.header, read_lines(path, Report())[line - 1].split("\t"), strict=False))
    row = Row(table, line, cells, {})
    for column in table.columns:
        try:
            values = parse_cell(column, cells.get(column.name, ""), terms)
        except CellError:
            continue
        if values:
            row.values[column.name] = values
    return row


def _words(row: Row, terms: Terms) -> Iterator[tuple[str, str]]:
    """Yield each cell in words."""
    for column in row.table.columns:
        values = row.values.get(column.name)
        if not values or column.name in _CITATION:
            continue
        match column:
            case Scope():
                words = "; ".join(describe_population(value, terms) for value in values if isinstance(value, Population))
            case TermRef() | Choice():
                words = ", ".join(_label(str(value), terms) for value in values)
            case _:
                words = row.cells[column.name]
        yield column.name, words


def _label(iri: str, terms: Terms) -> str:
    return plain_label(terms.labels.get(iri, iri))


def _triples(row: Row) -> Iterator[str]:
    for number, triple in enumerate(records.triples(row)):
        if number == 0:
            yield display(triple.subject if isinstance(triple.subject, ox.NamedNode) else None) or ""
        if triple.object == records.NAMED_INDIVIDUAL or triple.predicate.value == f"{NET}rowNumber":
            continue
        prop = "a" if triple.predicate == records.RDF_TYPE else display(triple.predicate)
        yield f"{prop} {_node(triple.object)}"


def _node(value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """Return a value much as Turtle writes it."""
    if isinstance(value, ox.NamedNode):
        name = display(value) or ""
        return f"<{name}>" if name == value.value else name
    if isinstance(value, ox.Literal) and not value.language and value.datatype.value != f"{records.XSD}string":
        return f'"{value.value}"^^{compress(value.datatype.value)}'
    return str(value)


def _used_by(row: Row, loaded: Loaded) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, rows in loaded.rows.items():
        for other in rows:
            if any(_refers(column, other, row) for column in other.table.columns):
                found.setdefault(name, []).append(other.id)
    return found


def _refers(column: Column, other: Row, row: Row) -> bool:
    values = other.values.get(column.name, ())
    if isinstance(column, Reference):
        return column.table == row.table.name and row.id in values
    return isinstance(column, RecordRef) and f"{row.table.name}:{row.id}" in values


def _queries(table: Table, sources: Sources) -> list[str]:
    """Return the stored queries that name the class of the rows, or a property that no other table has."""
    others = {column.prop for other in BY_NAME.values() if other is not table for column in other.columns}
    names = {table.cls, *(column.prop for column in table.columns if column.prop and column.prop not in others)}
    if table.kind_column:
        names |= set(DOCUMENT_KINDS.values())
    try:
        library = read_catalogue(sources.queries)
    except QueryFileError:
        return []
    return [name for name, stored in library.items() if names & set(re.findall(r"\bnet:([A-Za-z][A-Za-z0-9]*)", stored.sparql))]


def _citation(document: Row) -> Citation:
    cells = document.cells
    edition = f"edition {cells['edition']}" if cells["edition"] else ""
    text = ". ".join(filter(None, (cells["title"], ", ".join(filter(None, (cells["organisation"], cells["issued"], edition))))))
    links = [PREFIXES[prefix] + cells[name] for name, prefix in (("pmid", "PMID"), ("doi", "DOI"), ("nct", "NCT")) if cells[name]]
    later = tuple(str(value) for value in document.values.get("superseded_by", ()))
    if cells["url"] and cells["url"].rstrip("/") not in links:
        links.append(cells["url"])
    return Citation(document.id, text, tuple(links), later)
