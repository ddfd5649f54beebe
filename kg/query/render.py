"""Rows of a result as text: for people at a terminal, for tables and programs, for documents."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
import textwrap
from collections.abc import Callable
from typing import Any

from kg.graph import NOTICE, Result, display
from kg.terms import plain_label

PIPED_WIDTH = 200
"""Characters of a line that does not go to a terminal."""
ENTRY_WIDTH = 130
"""Characters of a line of an entry: longer lines are hard to read."""
NARROWEST = 18
"""Characters that a column of a table needs at least."""
PLAIN_COLUMNS = ("direction", "aim", "gist")
"""Columns whose values need no name before them."""

FORMS = ("table", "csv", "tsv", "json", "markdown")


def render(result: Result, form: str, *, title: str = "") -> str:
    """Return rows as text of one of :data:`FORMS`."""
    return _RENDERERS[form](result, title)


def _table(result: Result, title: str) -> str:
    """Return a table, or a list of entries when the columns would be too narrow to read."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED_WIDTH
    if result.columns and width // len(result.columns) < NARROWEST:
        return _entries(result, title, min(width, ENTRY_WIDTH))
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left")
    for column in result.columns:
        table.add_column(column, overflow="fold")
    for row in result.rows:
        table.add_row(*(_labelled(cell, result) for cell in row))
    buffer = io.StringIO()
    Console(file=buffer, width=width, markup=False, highlight=False, no_color=True).print(table)
    return f"{buffer.getvalue()}{_caption(result)}\n"


def _entries(result: Result, title: str, width: int) -> str:
    """Return rows as wrapped entries below headings: the values of the first column."""
    names = [f"{column}: " if column not in PLAIN_COLUMNS else "" for column in result.columns]
    lines = [title, "=" * len(title)] if title else []
    heading = None
    for row in result.rows:
        cells = [_labelled(cell, result) for cell in row]
        if cells[0] != heading:
            heading = cells[0]
            lines += ["", heading]
        entry = " · ".join(f"{name}{cell}" for name, cell in zip(names[1:], cells[1:], strict=True) if cell)
        lines += textwrap.wrap(entry, width, initial_indent="  - ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return "\n".join([*lines, "", _caption(result), ""])


def _caption(result: Result) -> str:
    return f"{len(result)} row{'' if len(result) == 1 else 's'}. {NOTICE}"


def _labelled(cell: Any, result: Result) -> str:
    """Return a cell for people: the label, and the identifier beside it unless the label says it."""
    text = display(cell) or ""
    iri = getattr(cell, "value", "")
    label = result.labels.get(iri)
    if not label:
        return text
    if iri in result.values:
        return plain_label(label)
    return label if iri.rpartition("/")[2] in label else f"{label} ({text})"


def _separated(result: Result, _title: str, delimiter: str = ",") -> str:
    buffer = io.StringIO()
    linked = result.linked_columns()
    names = [name for column in result.columns for name in ((column, f"{column}_label") if column in linked else (column,))]
    writer = csv.DictWriter(buffer, names, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(result.records())
    return buffer.getvalue()


def _tsv(result: Result, title: str) -> str:
    return _separated(result, title, "\t")


def _json(result: Result, title: str) -> str:
    document = {"title": title, "notice": NOTICE, "columns": list(result.columns), "rows": result.records()}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _markdown(result: Result, title: str) -> str:
    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")

    lines = [f"## {title}", ""] if title else []
    lines += ["| " + " | ".join(result.columns) + " |", "|" + " --- |" * len(result.columns)]
    lines += ["| " + " | ".join(escaped(_labelled(cell, result)) for cell in row) + " |" for row in result.rows]
    return "\n".join([*lines, "", _caption(result), ""])


_RENDERERS: dict[str, Callable[[Result, str], str]] = {
    "table": _table,
    "csv": _separated,
    "tsv": _tsv,
    "json": _json,
    "markdown": _markdown,
}
