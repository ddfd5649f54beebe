"""Checks between rows and between tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kg.load.columns import Column, RecordRef, Reference
from kg.load.reader import Row
from kg.load.report import Problem, Report


def sound_rows(tables: Mapping[str, Sequence[Row]], folder: Path, report: Report) -> dict[str, list[Row]]:
    """Return the rows whose references lead somewhere; note the others.

    A row that refers to a bad row is bad itself, so the check is repeated until nothing changes.
    """
    current = {name: list(rows) for name, rows in tables.items()}
    while True:
        keys = {name: {row.id for row in rows} for name, rows in current.items()}
        kept = {name: [row for row in rows if _references_hold(row, keys, folder, report)] for name, rows in current.items()}
        if all(len(kept[name]) == len(current[name]) for name in current):
            return kept
        current = kept


def _references_hold(row: Row, keys: Mapping[str, set[str]], folder: Path, report: Report) -> bool:
    fine = True
    for column in row.table.columns:
        for table, value in _references(column, row):
            if table == row.table.name and value == row.id:
                report.add(Problem(str(folder / f"{row.table.name}.tsv"), row.line, column.name, str(value), "the row refers to itself"))
                fine = False
            elif value not in keys.get(table, set()):
                file = str(folder / f"{row.table.name}.tsv")
                report.add(Problem(file, row.line, column.name, str(value), f"no such row in {table}.tsv"))
                fine = False
    return fine


def _references(column: Column, row: Row) -> Iterator[tuple[str, str]]:
    """Yield (table, key) of the rows that a column refers to."""
    for value in row.values.get(column.name, ()):
        if isinstance(column, Reference):
            yield column.table, str(value)
        elif isinstance(column, RecordRef):
            table, _, key = str(value).partition(":")
            yield table, key
