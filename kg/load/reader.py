"""Read a curated table: UTF-8, tab separated, no quoting, one header line."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.errors import UnknownTermError
from kg.load.columns import (
    ACCESSION_PATTERNS,
    KEY_PATTERN,
    SEPARATOR,
    Accession,
    Axiom,
    Choice,
    Column,
    Integer,
    Key,
    Number,
    PartialDate,
    RecordRef,
    Reference,
    Scope,
    TermRef,
    Url,
    YesNo,
)
from kg.load.report import Problem, Report
from kg.load.tables import BY_NAME, DOCUMENT_KINDS, Table
from kg.model.population import Population, PopulationError, parse
from kg.prefixes import NET, PREFIXES
from kg.terms import Terms

Value = str | Decimal | int | bool | Population
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_IRI_REFUSED = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f]")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
NUMBER_FORM = "digits with a decimal point, no unit; at most 18 digits before it and 18 behind it"
AXIOM_PARTS = 3
MAX_CELL = 20_000
"""Characters; a longer cell is a sign of a broken file."""


class CellError(ValueError):
    """A cell does not fit its column."""

    def __init__(self, message: str, allowed: str = "") -> None:
        super().__init__(message)
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Row:
    """One checked row.

    :param line: in the file, from 1
    :param cells: column → written text, for labels and messages
    :param values: column → typed values; columns with empty cells are left out
    """

    table: Table
    line: int
    cells: dict[str, str]
    values: dict[str, tuple[Value, ...]]

    @property
    def id(self) -> str:
        """The key of the row."""
        return self.cells["id"]

    @property
    def iri(self) -> str:
        """IRI of the record."""
        return record_iri(self.table, self.id)


def record_iri(table: Table, key: str) -> str:
    """Return the IRI of a row."""
    return f"{NET}{table.path}/{key}"


def read_table(path: Path, table: Table, terms: Terms, report: Report) -> Iterator[Row]:
    """Yield the rows that are right by themselves; note what is wrong in ``report``.

    References between tables are checked by :func:`kg.load.check.check_references`.
    """
    seen: dict[str, int] = {}
    for line, cells in _lines(path, table, report):
        report.rows[table.name] = report.rows.get(table.name, 0) + 1
        row = _row(path, table, line, cells, terms, report)
        if row is None:
            continue
        if row.id in seen:
            report.add(Problem(str(path), line, "id", row.id, f"duplicate key, first used in line {seen[row.id]}"))
            continue
        seen[row.id] = line
        yield row


def read_lines(path: Path, report: Report) -> list[str]:
    """Return the lines of a text file, without their ends; nothing when the file cannot be used.

    Notes what is wrong: unreadable, not UTF-8, a byte order mark, carriage returns, a last line that does not end.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        report.add(Problem(str(path), 0, "", "", f"the table cannot be read: {error.strerror}"))
        return []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        report.add(Problem(str(path), line, "", repr(data[error.start : error.end]), "not UTF-8", "a file saved as UTF-8"))
        return []
    if text.startswith("\ufeff"):
        report.add(Problem(str(path), 1, "", "", "the file begins with a byte order mark", "UTF-8 without byte order mark"))
        return []
    if "\r" in text:
        report.add(Problem(str(path), text[: text.index("\r")].count("\n") + 1, "", "", "carriage return", "lines that end in a line feed alone"))
        return []
    *lines, rest = text.split("\n")
    if rest:
        report.add(Problem(str(path), len(lines) + 1, "", rest[:40], "the last line does not end; the file may be truncated"))
    return lines or [rest]


def _lines(path: Path, table: Table, report: Report) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of each row whose shape is right."""
    lines = read_lines(path, report)
    if not lines or not _header_is_right(path, table, lines[0], report):
        return
    for number, row in enumerate(lines[1:], start=2):
        cells = row.split("\t")
        if len(cells) != len(table.columns):
            report.add(Problem(str(path), number, "", row[:40], f"{len(cells)} cells", f"{len(table.columns)} cells, separated by tabs"))
            continue
        yield number, cells


def _header_is_right(path: Path, table: Table, line: str, report: Report) -> bool:
    found = line.split("\t")
    if tuple(found) == table.header:
        return True
    missing = [name for name in table.header if name not in found]
    extra = [name for name in found if name not in table.header]
    if missing:
        message = f"column {missing[0]!r} is missing"
    elif extra:
        near = difflib.get_close_matches(extra[0], table.header, n=1)
        message = f"column {extra[0]!r} is not known" + (f"; did you mean {near[0]!r}?" if near else "")
    elif len(found) != len(set(found)):
        message = "a column stands twice"
    else:
        message = "the columns stand in another order"
    report.add(Problem(str(path), 1, "", "", message, " ".join(table.header)))
    return False


def _row(path: Path, table: Table, line: int, cells: list[str], terms: Terms, report: Report) -> Row | None:
    written = dict(zip(table.header, cells, strict=True))
    values: dict[str, tuple[Value, ...]] = {}
    fine = True
    for column in table.columns:
        text = written[column.name]
        try:
            parsed = parse_cell(column, text, terms)
            if table.kind_column == column.name and text not in DOCUMENT_KINDS:
                raise CellError("unknown kind", ", ".join(DOCUMENT_KINDS))
        except CellError as error:
            report.add(Problem(str(path), line, column.name, text[:80], str(error), error.allowed))
            fine = False
            continue
        if parsed:
            values[column.name] = parsed
    row = Row(table, line, written, values)
    return row if _ordered(path, row, report) and fine else None


def _ordered(path: Path, row: Row, report: Report) -> bool:
    for group in row.table.ordered:
        present = [(name, row.values[name][0]) for name in group.columns if name in row.values]
        for (low_name, low), (high_name, high) in pairwise(present):
            if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
                message = f"reversed interval: {low_name} {low} is greater than {high_name} {high}"
                report.add(Problem(str(path), row.line, low_name, str(low), message))
                return False
    return True


def parse_cell(column: Column, text: str, terms: Terms) -> tuple[Value, ...]:
    """Return the typed values of a cell, none when it is empty.

    :raises CellError: when the cell does not fit its column
    """
    if len(text) > MAX_CELL:
        raise CellError(f"{len(text)} characters", f"at most {MAX_CELL}")
    refuse_characters(text)
    if not text:
        if column.required:
            raise CellError("the cell is empty but the column is required")
        return ()
    parts = text.split(SEPARATOR) if column.many else [text]
    if "" in parts or any(part != part.strip() for part in parts):
        raise CellError("empty value in the list", "values separated by ' | '")
    values = tuple(_value(column, part, terms) for part in parts)
    if len(values) != len(set(values)):
        raise CellError("a value stands twice in the list")
    return values


def refuse_characters(text: str) -> None:
    """Refuse text that a file of the graph could not carry.

    :raises CellError: when there is a blank at either end, a control character, or one that XML does not have
    """
    if text != text.strip():
        raise CellError("blank at the beginning or end of the cell")
    for character in text:
        if unicodedata.category(character) == "Cc":
            raise CellError("control character in the cell")
        if character in "\ufffe\uffff":
            raise CellError("character that XML does not have in the cell")


def _value(column: Column, text: str, terms: Terms) -> Value:
    match column:
        case TermRef():
            return _term(column, text, terms)
        case Choice():
            return _choice(column, text, terms)
        case Axiom():
            return _axiom(text, terms)
        case Scope():
            try:
                return parse(text, terms)
            except PopulationError as error:
                raise CellError(str(error)) from error
    return _plain_value(column, text)


def _plain_value(column: Column, text: str) -> Value:
    """Return a value for which the ontology is not needed."""
    match column:
        case Key() | Reference():
            return _matching(KEY_PATTERN, text, "not a key", "letters, digits, dots and hyphens, beginning with a letter or digit")
        case RecordRef():
            return _record(text)
        case Number():
            return _number(column, text)
        case Integer():
            return int(_matching(re.compile("[0-9]{1,12}"), text, "not a whole number", "digits only"))
        case YesNo():
            return _matching(re.compile("yes|no"), text, "neither yes nor no", "yes, no") == "yes"
        case PartialDate():
            return _date(text)
        case Url():
            return _url(text)
        case Accession():
            pattern, form = ACCESSION_PATTERNS[column.prefix]
            message = f"not a well-formed {column.prefix}"
            return _part_of_iri(_matching(pattern, text, message, form), PREFIXES[column.prefix], message, form)
    return text


def _part_of_iri(text: str, base: str, message: str, allowed: str) -> str:
    """Return the text if, behind ``base``, it makes an IRI that the store takes."""
    try:
        ox.NamedNode(base + text)
    except ValueError as error:
        raise CellError(message, allowed) from error
    return text


def _matching(pattern: re.Pattern[str], text: str, message: str, allowed: str) -> str:
    if not pattern.fullmatch(text):
        raise CellError(message, allowed)
    return text


def _term(column: TermRef, text: str, terms: Terms) -> str:
    try:
        iri = terms.resolve(text)
    except UnknownTermError as error:
        raise CellError(error.message, error.hint) from error
    if column.roots and not any(NET + root in terms.ancestors(iri) for root in column.roots):
        labels = [terms.labels.get(NET + root, root) for root in column.roots]
        raise CellError("the term is of the wrong kind", f"a kind of {' or '.join(labels)}")
    return iri


def _record(text: str) -> str:
    table, _, key = text.partition(":")
    if table not in BY_NAME or not KEY_PATTERN.fullmatch(key):
        raise CellError("not a row of a table", f"table:id, the table one of {', '.join(BY_NAME)}")
    return text


def _axiom(text: str, terms: Terms) -> str:
    """Return the triple by compact names."""
    parts = text.split(" ")
    if len(parts) != AXIOM_PARTS:
        raise CellError("not a triple", "Subject property Object, by local names")
    subject, prop, filler = parts
    for name in (subject, filler):
        if NET + name not in terms.kinds:
            raise CellError(f"no term is called {name!r}", "local names of the ontology, such as Insulinoma")
    if prop == "subClassOf":
        return f"net:{subject} rdfs:subClassOf net:{filler}"
    if terms.kinds.get(NET + prop) != "object property":
        raise CellError(f"no relation is called {prop!r}", "subClassOf or a relation of the ontology, such as secretes")
    return f"net:{subject} net:{prop} net:{filler}"


def _choice(column: Choice, text: str, terms: Terms) -> str:
    choices = terms.choices(column.of)
    if text not in choices:
        raise CellError(f"not in the list {column.of}", ", ".join(sorted(choices)))
    return choices[text]


def _number(column: Number, text: str) -> Decimal:
    number = Decimal(_matching(_NUMBER, text, "not a number that the store can hold", NUMBER_FORM))
    if (column.low is not None and number < Decimal(column.low)) or (column.high is not None and number > Decimal(column.high)):
        raise CellError("number out of range", f"{column.low or '…'} to {column.high or '…'}")
    return number


def _date(text: str) -> str:
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, month, day = match.groups()
        date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise CellError("not a date", "YYYY, YYYY-MM or YYYY-MM-DD") from error
    return text


def _url(text: str) -> str:
    message, allowed = "not a web address", "http:// or https:// and a host, without blanks"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or _IRI_REFUSED.search(text):
        raise CellError(message, allowed)
    return _part_of_iri(text, "", message, allowed)
