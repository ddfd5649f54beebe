"""The rows of the tables, read back from a graph."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

import pyoxigraph as ox

from kg.diff.changes import Entry, Value
from kg.load.columns import Accession, Choice, Column, RecordRef, Reference, Url
from kg.load.load import POPULATION_CLASSES
from kg.load.records import BOOLEAN
from kg.load.tables import BY_NAME, DOCUMENT_KINDS, Table
from kg.prefixes import GRAPH, NET, PREFIXES, compress
from kg.store import Row, Store, graph_counts, select
from kg.terms import LABEL, TYPE, Terms

MAPPINGS = "mappings"
POPULATIONS = "populations"
_DATA = GRAPH + "data/"
_MOVES = {NET + "rowNumber"}
"""Properties that change when a row moves."""
_KINDS = {NET + cls: code for code, cls in DOCUMENT_KINDS.items()}
_OWL, _SSSOM = PREFIXES["owl"], PREFIXES["sssom"]
_MAPPING_COLUMNS = {
    _OWL + "annotatedProperty": "predicate_id",
    _SSSOM + "mapping_justification": "mapping_justification",
    _SSSOM + "object_label": "object_label",
    _SSSOM + "object_source_version": "object_source_version",
    _SSSOM + "confidence": "confidence",
    _SSSOM + "comment": "comment",
}

Facts = dict[str, list[tuple[str, ox.NamedNode | ox.Literal]]]
"""Subject → property and value."""


def read_records(store: Store, terms: Terms) -> dict[tuple[str, str], Entry]:
    """Return all rows that a graph holds, tables in the order in which they are declared."""
    present = {graph.removeprefix(_DATA) for graph in graph_counts(store) if graph.startswith(_DATA)}
    others = sorted(present - set(BY_NAME) - {POPULATIONS, POPULATION_CLASSES, MAPPINGS})
    reader = _Reader(terms, _scopes(store))
    found: dict[tuple[str, str], Entry] = {}
    for name in [*(name for name in BY_NAME if name in present), *others]:
        for entry in reader.rows(name, _facts(store, name)):
            found[name, entry.key] = entry
    for entry in reader.mappings(_facts(store, MAPPINGS)):
        found[MAPPINGS, entry.key] = entry
    return found


def _facts(store: Store, name: str) -> Facts:
    found: Facts = defaultdict(list)
    for subject, prop, value in _rows(store, f"SELECT ?s ?p ?v WHERE {{ GRAPH <{_DATA}{name}> {{ ?s ?p ?v }} }}"):
        if isinstance(subject, ox.NamedNode) and isinstance(prop, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            found[subject.value].append((prop.value, value))
    return found


def _scopes(store: Store) -> dict[str, str]:
    """Return population → its cell text."""
    rows = _rows(store, f"SELECT ?s ?v WHERE {{ GRAPH <{_DATA}{POPULATIONS}> {{ ?s <{NET}scope> ?v }} }}")
    return {subject.value: text.value for subject, text in rows if isinstance(subject, ox.NamedNode) and isinstance(text, ox.Literal)}


def _rows(store: Store, sparql: str) -> Iterator[Row]:
    return iter(select(store, sparql))


class _Reader:
    """Turns triples back into cells."""

    def __init__(self, terms: Terms, scopes: Mapping[str, str]) -> None:
        self._terms = terms
        self._scopes = scopes
        self._codes = {iri: code for choices in terms.codes.values() for code, iri in choices.items()}

    def rows(self, name: str, facts: Facts) -> Iterator[Entry]:
        """Yield the rows of one table; one that is no longer declared has properties for columns."""
        table = BY_NAME.get(name)
        order = list(table.header) if table else []
        for subject, pairs in facts.items():
            label = next((value.value for prop, value in pairs if prop == LABEL), subject)
            cells: dict[str, set[Value]] = defaultdict(set)
            if table:
                for column, text in _from_label(table, label):
                    cells[column].add(Value(text, text))
            for prop, value in pairs:
                for column, cell in self._cell(table, prop, value):
                    cells[column].add(cell)
            names = [*order, *sorted(set(cells) - set(order))]
            yield Entry(name, _key(subject), label, {column: frozenset(cells[column]) for column in names})

    def mappings(self, facts: Facts) -> Iterator[Entry]:
        """Yield the rows of the mapping table."""
        for subject, pairs in sorted(facts.items()):
            if not subject.startswith(NET + "mapping/"):
                continue
            ends = {prop: value.value for prop, value in pairs}
            ours, theirs = ends.get(_OWL + "annotatedSource", ""), ends.get(_OWL + "annotatedTarget", "")
            cells = {
                column: frozenset(
                    Value(str(value), compress(value.value) if isinstance(value, ox.NamedNode) else value.value) for prop, value in pairs if prop == key
                )
                for key, column in _MAPPING_COLUMNS.items()
                if key in ends
            }
            yield Entry(MAPPINGS, f"{compress(ours)} {compress(theirs)}", self._terms.labels.get(ours, ours), cells)

    def _cell(self, table: Table | None, prop: str, value: ox.NamedNode | ox.Literal) -> Iterator[tuple[str, Value]]:
        if prop in _MOVES or prop == LABEL:
            return
        if prop == TYPE:
            if table and table.kind_column and value.value in _KINDS:
                yield table.kind_column, Value(str(value), _KINDS[value.value])
            return
        columns = _columns(table) if table else {}
        column = columns.get(prop.removeprefix(NET))
        if column is None and table and prop == NET + "about":
            return  # repeats what other columns say
        yield column.name if column else compress(prop), Value(str(value), self._text(column, value))

    def _text(self, column: Column | None, value: ox.NamedNode | ox.Literal) -> str:
        if isinstance(value, ox.Literal):
            return {"true": "yes", "false": "no"}.get(value.value, value.value) if value.datatype == BOOLEAN else value.value
        iri = value.value
        match column:
            case Reference():
                return _key(iri)
            case RecordRef():
                path, _, key = iri.removeprefix(NET).partition("/")
                return f"{next((table.name for table in BY_NAME.values() if table.path == path), path)}:{key}"
            case Url():
                return iri
            case Accession(prefix=prefix):
                return iri.removeprefix(PREFIXES[prefix])
            case Choice() if iri in self._codes:
                return self._codes[iri]
        return self._scopes.get(iri) or self._terms.labels.get(iri) or compress(iri)


def _key(iri: str) -> str:
    return iri.removeprefix(NET).partition("/")[2]


@cache
def _columns(table: Table) -> dict[str, Column]:
    return {column.prop: column for column in table.columns if column.prop}


def _from_label(table: Table, label: str) -> Iterator[tuple[str, str]]:
    """Yield the cells that only the label of a row carries, such as the title of a document."""
    hidden = {column.name for column in table.columns if not column.prop} - {"id", table.kind_column}
    parts = (f"(?P<{part[1:-1]}>.*)" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", table.label))
    match = re.fullmatch("".join(parts), label, re.DOTALL) if hidden else None
    if match:
        yield from ((name, text) for name, text in match.groupdict().items() if name in hidden)
