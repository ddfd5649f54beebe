"""Cohorts as tables: which column means which feature, and reading CSV and Parquet in pieces.

Without a mapping file, columns that are called like a key of a case (``site``, ``ki67``, ``absent`` …) are read as such.
A mapping file says more::

    id: patient
    encoding: latin-1
    delimiter: ";"
    missing: ["", NA, "99"]
    columns:
      ki67: ki67                            # column: key of a case
      tumour_site:
        feature: site
        values: {C25: pancreas, C17.2: ileum, C80: unknown}
      diameter:
        feature: size_mm
        unit: cm
      liver_mets:
        feature: metastases
        flag: liver                         # yes says that it is present, no that it is absent
        yes: ["1", ja]
        no: ["0", nein]
      drugs:
        feature: prior
        separator: ","

Each distinct cell is read once, exactly as a case of that one key; a row with a cell that cannot be read is bad, and the
others are not touched by it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from kg.errors import CaseError, DataError
from kg.match.case import ABSENT, ID, SIZE, CaseReader
from kg.match.document import load_case
from kg.match.formula import literals
from kg.match.kernel import Kernel, Numbers
from kg.match.place import shown
from kg.model.feature import Feature, FeatureKind
from kg.model.population import Absent, Criterion, OneOf, Within
from kg.terms import Terms

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "unknown")
"""Cells that say nothing, unless a mapping file lists others."""
YES, NO = ("yes", "true", "1", "present", "positive"), ("no", "false", "0", "absent", "negative")
DELIMITERS = ",;\t|"
BLOCK_BYTES = 16 * 2**20
"""Bytes of a CSV file that are read at a time; a row must fit into them."""
MOST_CELLS = 200_000
"""Distinct cells of one column that are remembered."""

_PLAIN = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"
"""Numbers that a float tells apart as exactly as a decimal does."""
_KEYS = ("feature", "values", "unit", "missing", "separator", "flag", "yes", "no")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column means.

    :param key: of a case: a feature, or ``absent``, or ``size``
    :param values: code of the source → our name, which may be ``unknown``
    :param unit: of numbers that are written without one
    :param missing: cells that say nothing
    :param separator: between several values in one cell
    :param flag: the value of a set that the column says yes or no of
    """

    name: str
    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    missing: tuple[str, ...] = MISSING
    separator: str = "|"
    flag: str = ""
    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What the columns of a table mean.

    :param id: column with the name of each case; empty when there is none
    :param columns: those that are read
    :param encoding: of a CSV file
    :param delimiter: of a CSV file; empty to find it out
    """

    id: str = ID
    columns: tuple[Column, ...] | None = None
    encoding: str = "utf-8"
    delimiter: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row is bad.

    :param row: number of the row, the first below the header being 1
    :param value: the cell, shortened
    """

    row: int
    id: str
    column: str
    value: str
    reason: str


def read_mapping(path: Path, terms: Terms) -> TableMapping:
    """Return what a mapping file says.

    :raises DataError: when it cannot be read or is not understood
    """
    document = load_case(path)
    where = path.name
    if not isinstance(document, dict):
        raise DataError("a mapping file is a mapping of keys to values", where=where)
    _known(document, ("id", "encoding", "delimiter", "missing", "columns"), where)
    missing = _texts(document.get("missing", MISSING), f"{where}: missing")
    columns = document.get("columns")
    if columns is not None and not isinstance(columns, dict):
        raise DataError("columns is a mapping of column names to features", where=where)
    delimiter = str(document.get("delimiter") or "")
    if len(delimiter) > 1:
        raise DataError(f"the delimiter {shown(delimiter)} is not one character", where=where)
    read = None if columns is None else tuple(_column(str(name), value, missing, terms, where) for name, value in columns.items() if value is not None)
    encoding = str(document.get("encoding") or "utf-8")
    try:
        "".encode(encoding)
    except LookupError as error:
        raise DataError(f"no encoding is called {shown(encoding)}", where=where) from error
    return TableMapping(str(document.get("id") or ID), read, encoding, delimiter, repr(document))


def _known(document: Mapping[Any, Any], allowed: Sequence[str], where: str) -> None:
    for key in document:
        if key not in allowed:
            raise DataError(f"no key is called {shown(key)}", where=where, hint=f"allowed are {', '.join(allowed)}")


def _texts(value: object, where: str) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(one, list | dict) for one in values):
        raise DataError("this is a list of texts", where=where)
    return tuple("" if one is None else str(one).lower() if isinstance(one, bool) else str(one) for one in values)


def _column(name: str, value: object, missing: tuple[str, ...], terms: Terms, where: str) -> Column:
    place = f"{where}: columns.{name}"
    settings = value if isinstance(value, dict) else {"feature": value}
    _known(settings, _KEYS, place)
    key = settings.get("feature")
    if not isinstance(key, str) or not (key in terms.features or key in (ABSENT, SIZE)):
        raise DataError(f"no feature is called {shown(key)}", where=place, hint=f"allowed are {', '.join([*terms.features, SIZE, ABSENT])}")
    values = settings.get("values") or {}
    if not isinstance(values, dict):
        raise DataError("values is a mapping of codes to our names", where=place)
    ours = {str(code): _texts(ours, place)[0] or "unknown" for code, ours in values.items()}
    flag = str(settings.get("flag") or "")
    if flag and (key not in terms.features or terms.features[key].kind is not FeatureKind.SET):
        raise DataError(f"{key} is no set, and no value of it has a flag of its own", where=place)
    if settings.get("unit") and (key not in terms.features or terms.features[key].kind is not FeatureKind.NUMBER):
        raise DataError(f"{key} is no number and has no unit", where=place)
    own = _texts(settings["missing"], place) if "missing" in settings else missing
    yes, no = (_texts(settings.get(word, default), place) for word, default in (("yes", YES), ("no", NO)))
    return Column(name, key, ours, str(settings.get("unit") or ""), own, str(settings.get("separator") or "|"), flag, yes, no)


def planned(mapping: TableMapping, names: Sequence[str], terms: Terms, where: str) -> tuple[Column, ...]:
    """Return the columns of a table that are read.

    :param names: of all columns of the table
    :raises DataError: when a column is there twice, is missing, or a single value is stated by two
    """
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise DataError(f"the column {shown(twice[0])} is there twice", where=where)
    columns = mapping.columns
    if columns is None:
        columns = tuple(Column(name, name) for name in names if name in terms.features or name in (ABSENT, SIZE))
        if not columns:
            raise DataError("no column is called like a feature", where=where, hint="say what the columns mean in a file: --mapping FILE")
    for column in columns:
        if column.name not in names:
            raise DataError(f"the mapping names the column {shown(column.name)}, which the table does not have", where=where)
    stated: dict[str, str] = {}
    for column in columns:
        key = "size_mm" if column.key == SIZE else column.key
        if key == ABSENT or terms.features[key].kind is FeatureKind.SET:
            continue
        if key in stated:
            raise DataError(f"{key} is stated by two columns, {shown(stated[key])} and {shown(column.name)}", where=where)
        stated[key] = column.name
    return columns


class Table:
    """A CSV or Parquet file, read in pieces.

    :raises DataError: when it cannot be opened or read
    """

    def __init__(self, path: Path, mapping: TableMapping) -> None:
        self.path = path
        self._mapping = mapping
        self._ragged: list[RowError] = []
        try:
            if is_parquet(path):
                self.names = [str(name) for name in pq.read_schema(path).names]
            else:
                self.names = self._header()
        except (OSError, pa.ArrowException, UnicodeError, csv.Error) as error:
            raise self._refused(error) from error

    def pieces(self, rows: int) -> Iterator[tuple[pa.Table, NDArray[np.int64], list[RowError]]]:
        """Yield so many rows at a time with their numbers, and what was wrong with rows that are left out of the piece.

        :raises DataError: when the file cannot be read on
        """
        ahead: list[pa.RecordBatch] = []
        count, first, reported = 0, 0, 0
        try:
            for batch in self._batches(rows):
                ahead.append(batch)
                count += batch.num_rows
                while count >= rows:
                    table = pa.Table.from_batches(ahead)
                    numbers, first, bad = self._numbered(first, rows, reported)
                    reported += len(bad)
                    yield table.slice(0, rows), numbers, bad
                    rest = table.slice(rows)
                    ahead, count = rest.to_batches(), rest.num_rows
        except (OSError, pa.ArrowException, UnicodeError) as error:
            raise self._refused(error) from error
        numbers, first, bad = self._numbered(first, count, reported)
        bad = self._ragged[reported:]
        if count or bad:
            table = pa.Table.from_batches(ahead) if ahead else pa.table({name: pa.array([], pa.string()) for name in self.names})
            yield table, numbers, bad

    def _numbered(self, first: int, count: int, reported: int) -> tuple[NDArray[np.int64], int, list[RowError]]:
        """Return the numbers of the next rows, of which those that are ragged are skipped."""
        numbers = np.arange(first + 1, first + count + 1, dtype=np.int64)
        bad: list[RowError] = []
        for error in self._ragged[reported:]:
            if not count or error.row > numbers[-1]:
                break
            numbers[numbers >= error.row] += 1
            bad.append(error)
        return numbers, int(numbers[-1]) if count else first, bad

    def _batches(self, rows: int) -> Iterator[pa.RecordBatch]:
        if is_parquet(self.path):
            with pq.ParquetFile(self.path) as file:
                yield from file.iter_batches(batch_size=rows)
            return
        if not self._has_rows():
            return
        read = pcsv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, encoding=self._mapping.encoding)
        parse = pcsv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=self._left_out)
        convert = pcsv.ConvertOptions(column_types=dict.fromkeys(self.names, pa.string()), strings_can_be_null=False, check_utf8=True)
        with pcsv.open_csv(self.path, read, parse, convert) as stream:
            yield from stream

    def _left_out(self, row: Any) -> str:
        number = int(row.number) - 1  # the header is row 1
        reason = f"the row has {row.actual_columns} cells, and the header {row.expected_columns}"
        self._ragged.append(RowError(number, "", "", shown(row.text)[1:-1], reason))
        return "skip"

    def _header(self) -> list[str]:
        encoding = "utf-8-sig" if self._mapping.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else self._mapping.encoding
        with self.path.open(encoding=encoding, newline="") as stream:
            line = stream.readline(BLOCK_BYTES)
        if not line.strip():
            raise DataError("is empty: there is no header", where=str(self.path))
        self._delimiter = self._mapping.delimiter or max(DELIMITERS, key=line.count)
        return next(csv.reader(io.StringIO(line), delimiter=self._delimiter))

    def _has_rows(self) -> bool:
        with self.path.open("rb") as stream:
            stream.readline()
            return bool(stream.read(1))

    def _refused(self, error: Exception) -> DataError:
        text = str(error)
        hint = ""
        if "UTF8" in text or isinstance(error, UnicodeError):
            text, hint = f"is not {self._mapping.encoding} text", "name the encoding in the mapping file: encoding: latin-1"
        elif "straddling" in text:
            text, hint = f"has a row of more than {BLOCK_BYTES // 2**20} MiB", "a quotation mark that is never closed makes one row of the rest"
        elif isinstance(error, OSError) and error.strerror:
            text = error.strerror
        return DataError(f"cannot be read: {text}", where=str(self.path), hint=hint)


def is_parquet(path: Path) -> bool:
    """Return whether the name is that of a Parquet file."""
    return path.suffix.lower() in (".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class _Cell:
    """What one distinct cell says: criteria by feature, or why it cannot be read."""

    criteria: Mapping[str, tuple[Criterion, ...]]
    reason: str = ""


_NOTHING = _Cell({})


class Cells:
    """Turns the cells of some columns into states of the kernel; distinct cells are read once.

    :param columns: what is read
    :param id_column: column with the names of the cases, empty when there is none
    """

    def __init__(self, kernel: Kernel, terms: Terms, columns: Sequence[Column], id_column: str) -> None:
        self._kernel = kernel
        self._terms = terms
        self._reader = CaseReader(terms)
        self._columns = columns
        self._id = id_column
        self._cells: list[dict[object, _Cell]] = [{} for _ in columns]
        self._ends = {column.name: _ends(kernel, terms.features[column.key]) for column in columns if _is_number(column, terms)}

    def read(self, table: pa.Table, numbers: NDArray[np.int64]) -> tuple[dict[str, Numbers], NDArray[np.bool_], pa.Array, list[RowError]]:
        """Return for some rows the states by feature, which rows are good, the names of the cases, and why the others are bad.

        :param numbers: of the rows
        """
        count = table.num_rows
        good = np.ones(count, dtype=np.bool_)
        names = _text_column(table, self._id) if self._id in table.column_names else pa.array([None] * count, pa.string())
        errors: list[RowError] = []
        found: dict[str, list[tuple[list[tuple[Criterion, ...]], Numbers]]] = {}
        for place, column in enumerate(self._columns):
            cells, codes, values = self._distinct(place, column, table)
            bad = np.array([bool(cell.reason) for cell in cells], dtype=np.bool_)
            if bad.any():
                rows = np.flatnonzero(bad[codes])
                good[rows] = False
                for row in rows.tolist():
                    code = codes[row]
                    errors.append(RowError(int(numbers[row]), names[row].as_py() or "", column.name, _short(values[code]), cells[code].reason))
            for key in {key for cell in cells for key in cell.criteria}:
                found.setdefault(key, []).append(([cell.criteria.get(key, ()) for cell in cells], codes))
        states = {}
        for key, sources in found.items():
            states[key], clashes = self._states(key, sources)
            for row, label in clashes:
                if good[row]:
                    good[row] = False
                    reason = f"{label} is stated both as absent and as present"
                    errors.append(RowError(int(numbers[row]), names[row].as_py() or "", key, label, reason))
        return states, good, names, sorted(errors, key=lambda error: error.row)

    def _states(self, key: str, sources: Sequence[tuple[list[tuple[Criterion, ...]], Numbers]]) -> tuple[Numbers, list[tuple[int, str]]]:
        """Return the states of one feature that one or several columns describe."""
        if len(sources) == 1:
            criteria, codes = sources[0]
            return np.array([self._kernel.number(key, one) if one else 0 for one in criteria], dtype=np.int32)[codes], []
        stacked = np.stack([codes for _, codes in sources], axis=1)
        distinct, inverse = np.unique(stacked, axis=0, return_inverse=True)
        inverse = inverse.reshape(-1)
        states, clashes = [], []
        for number, members in enumerate(distinct.tolist()):
            merged = tuple(dict.fromkeys(one for (criteria, _), member in zip(sources, members, strict=True) for one in criteria[member]))
            clash = _clash(merged)
            if clash:
                clashes += [(row, self._terms.labels.get(clash, clash)) for row in np.flatnonzero(inverse == number).tolist()]
            states.append(self._kernel.number(key, merged) if merged and not clash else 0)
        return np.array(states, dtype=np.int32)[inverse], clashes

    def _distinct(self, place: int, column: Column, table: pa.Table) -> tuple[list[_Cell], Numbers, list[object]]:
        """Return the distinct cells of a column, the number of each row's cell, and what stands in each distinct cell."""
        chunked = table.column(column.name)
        array = chunked.combine_chunks() if isinstance(chunked, pa.ChunkedArray) else chunked
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_nested(array.type):
            array = pa.array([_joined(column, value) for value in array.to_pylist()], pa.string())
        encoded = array.dictionary_encode(null_encoding="encode")
        codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
        dictionary = encoded.dictionary
        if column.name in self._ends and len(dictionary) > 2 * len(self._ends[column.name]):
            return self._numbers(place, column, dictionary, codes)
        values = dictionary.to_pylist()
        return [self._cell(place, column, value) for value in values], codes, values

    def _numbers(self, place: int, column: Column, dictionary: pa.Array, codes: Numbers) -> tuple[list[_Cell], Numbers, list[object]]:
        """Read a column of many different numbers: those between the same two ends are alike, so one of them is read."""
        ends = self._ends[column.name]
        numeric = pa.types.is_floating(dictionary.type) or pa.types.is_integer(dictionary.type)
        if pa.types.is_string(dictionary.type) or pa.types.is_large_string(dictionary.type):
            plain = pc.fill_null(pc.match_substring_regex(dictionary, _PLAIN), False).to_numpy(zero_copy_only=False)
            written = pc.if_else(pa.array(plain), dictionary, pa.scalar("-1", dictionary.type))
            numbers = pc.cast(written, pa.float64()).to_numpy(zero_copy_only=False)
        elif numeric:
            numbers = pc.fill_null(pc.cast(dictionary, pa.float64(), safe=False), -1.0).to_numpy(zero_copy_only=False)
        else:
            numbers = np.full(len(dictionary), -1.0)
        feature = self._terms.features[column.key]
        low = float(feature.low) if feature.low is not None else 0.0
        high = min(float(feature.high), 1e9) if feature.high is not None else 1e9
        usual = (numbers >= low) & (numbers <= high)
        if column.missing != MISSING:
            usual &= np.array([value is None or _written(value) not in column.missing for value in dictionary.to_pylist()])
        segments = 2 * np.searchsorted(ends, numbers) + np.isin(numbers, ends)
        keys = np.where(usual, segments, -1 - np.arange(len(numbers)))
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        values = [dictionary[int(one)].as_py() for one in first]
        return [self._cell(place, column, value) for value in values], inverse.reshape(-1).astype(np.int32)[codes], values

    def _cell(self, place: int, column: Column, value: object) -> _Cell:
        cells = self._cells[place]
        key = (type(value), value)
        if key not in cells:
            if len(cells) >= MOST_CELLS:
                cells.clear()
            cells[key] = self._parsed(column, value)
        return cells[key]

    def _parsed(self, column: Column, value: object) -> _Cell:
        if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - not a number
            return _NOTHING
        text = _written(value)
        if text in column.missing:
            return _NOTHING
        text = column.values.get(text, text)
        if text in column.missing or text.casefold() == "unknown":
            return _NOTHING
        try:
            document = self._document(column, text)
            facts = self._reader.read(document, where="").facts
        except CaseError as error:
            return _Cell({}, error.message + (f" ({error.hint})" if error.hint else ""))
        by_feature: dict[str, list[Criterion]] = {}
        for fact in facts:
            by_feature.setdefault(fact.criterion.feature.key, []).append(fact.criterion)
        return _Cell({key: tuple(criteria) for key, criteria in by_feature.items()})

    def _document(self, column: Column, text: str) -> dict[str, object]:
        """Return the cell as a case of one key."""
        key = column.key
        if column.flag:
            word = text.casefold()
            if word in (one.casefold() for one in column.yes):
                return {key: [column.flag]}
            if word in (one.casefold() for one in column.no):
                return {key: {ABSENT: [column.flag]}}
            raise CaseError(f"{shown(text)} is neither yes nor no", hint=f"yes: {', '.join(column.yes)}; no: {', '.join(column.no)}")
        if key == SIZE or (key in self._terms.features and self._terms.features[key].kind is FeatureKind.NUMBER):
            return {key: f"{text} {column.unit}" if column.unit and re.search(r"[0-9\])]$", text) else text}
        members = [column.values.get(part.strip(), part.strip()) for part in text.split(column.separator)]
        if len(members) == 1:
            truth = {"true": True, "false": False}.get(text.casefold())
            return {key: text if truth is None else truth}
        return {key: [member for member in members if member]}


def _joined(column: Column, value: object) -> str | None:
    """Return a cell of several values as text; one of none says nothing."""
    if isinstance(value, list):
        return column.separator.join(_written(one) for one in value if one is not None) or None
    return None if value is None else str(value)


def _is_number(column: Column, terms: Terms) -> bool:
    """Return whether numbers of the column can be told apart by the ends of intervals alone."""
    return column.key in terms.features and terms.features[column.key].kind is FeatureKind.NUMBER and not column.unit and not column.values


def _ends(kernel: Kernel, feature: Feature) -> NDArray[np.float64]:
    """Return the ends of all intervals of a feature that a population or a rule names."""
    logic = kernel.engine.logic
    formulas = [*(rule.formula for rule in logic.rules)]
    found: set[Decimal | None] = {feature.low, feature.high}
    for literal in (literal for formula in formulas for literal, _ in literals(formula)):
        if isinstance(literal, Within) and literal.feature.key == feature.key:
            found |= {literal.interval.low, literal.interval.high}
    for population in logic.populations.values():
        for criterion in (one for alternative in population.alternatives for one in alternative.criteria):
            if isinstance(criterion, Within) and criterion.feature.key == feature.key:
                found |= {criterion.interval.low, criterion.interval.high}
    return np.array(sorted(float(end) for end in found if end is not None), dtype=np.float64)


def _clash(criteria: Sequence[Criterion]) -> str:
    """Return a value that is said to be both present and absent."""
    present = {value for one in criteria if isinstance(one, OneOf) for value in one.values}
    return next((one.value for one in criteria if isinstance(one, Absent) and one.value in present), "")


def _written(value: object) -> str:
    """Return a cell as text; numbers in their shortest form."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{Decimal(repr(value)):f}" if abs(value) < float("inf") else repr(value)  # noqa: PLR2004
        case Decimal():
            return f"{value:f}"
    return str(value).strip()


def _short(value: object) -> str:
    text = _written(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004


def _text_column(table: pa.Table, name: str) -> pa.Array:
    column = table.column(name)
    array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return pc.cast(array, pa.string())
