"""Verdicts for a whole table of cases: in pieces, restartable, written all at once.

A run decides piece after piece and keeps each as a file beside the output. When it is interrupted, a later run with the
same input and settings goes on after the last piece. At the end the pieces become the output, whose bytes depend
neither on the size of the pieces nor on interruptions.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

import kg
from kg.errors import DataError, SurroundingsError, UsageError
from kg.files import write_whole
from kg.graph import NOTICE
from kg.match.kernel import CONTRADICTORY, VERDICTS, Codes, Kernel
from kg.match.match import Matcher, is_date, valid
from kg.match.statements import KINDS, Statement
from kg.match.table import Cells, Column, RowError, Table, TableMapping, is_parquet, planned
from kg.match.verdict import Verdict

FORMS = ("wide", "long", "summary")
ROWS = 32768
"""Cases of one piece."""
GROUP = 16384
"""Cases that are written at a time; also the row groups of Parquet, so they are the same whatever the pieces."""
MOST_KEPT = 400_000
"""States and combinations that are kept before the kernel forgets them, which bounds its memory."""
MOST_ERRORS = 100
"""Errors that a report holds; a file holds all."""
CODE = {verdict.value: code for code, verdict in enumerate(VERDICTS)}
_DOES_NOT_APPLY = VERDICTS.index(Verdict.DOES_NOT_APPLY)
_META = b"netkg"


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done.

    :param source: CSV or Parquet file
    :param target: CSV or Parquet file
    :param statements: keys of the statements, in the order of the output
    :param columns: of the source that are read
    :param id_column: with the names of the cases, empty when there is none
    :param unread: columns of the source that are not read
    """

    source: Path
    target: Path
    mapping: TableMapping
    statements: tuple[str, ...]
    columns: tuple[Column, ...]
    id_column: str
    unread: tuple[str, ...]
    form: str
    as_of: str
    rows: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was done.

    :param good: rows with verdicts
    :param bad: rows without
    :param errors: why they have none, the first of many
    :param verdicts: how often each verdict was given
    :param contradictory: cases whose facts contradict each other
    """

    good: int
    bad: int
    errors: tuple[RowError, ...]
    verdicts: dict[str, int]
    contradictory: int


def chosen(matcher: Matcher, wanted: str, as_of: str) -> list[Statement]:
    """Return the statements that are meant.

    :param wanted: kinds or keys, separated by commas; empty for all
    :param as_of: as in :meth:`Matcher.match`
    :raises UsageError: when one is unknown
    """
    current = [statement for statement in matcher.statements if valid(statement, as_of)]
    if not wanted:
        return current
    found: set[str] = set()
    for name in (part.strip() for part in wanted.split(",")):
        hits = {statement.iri for statement in matcher.statements if name in (statement.id, statement.kind, statement.kind.replace(" ", "-"))}
        if not hits:
            raise UsageError(f"no statement and no kind of statement is called {name!r}", hint=f"kinds are {', '.join(KINDS.values())}; keys look like R010")
        found |= hits
    return [statement for statement in current if statement.iri in found]


def planned_job(
    matcher: Matcher, source: Path, target: Path, mapping: TableMapping, *, statements: str = "", form: str = "wide", as_of: str = "", rows: int = ROWS
) -> Job:
    """Look at the source, and return what there is to do.

    :raises DataError: when the source or the mapping is wrong
    :raises UsageError: when something else that was asked for is
    """
    if as_of and not is_date(as_of):
        raise UsageError(f"{as_of!r} is not a date", hint="YYYY, YYYY-MM or YYYY-MM-DD")
    if form not in FORMS:
        raise UsageError(f"no form is called {form!r}", hint=f"forms are {', '.join(FORMS)}")
    if source.resolve() == target.resolve():
        raise UsageError("the answer would take the place of the cases", hint="name another file for it")
    keys = tuple(statement.id for statement in chosen(matcher, statements, as_of))
    names = Table(source, mapping).names
    columns = planned(mapping, names, matcher.terms, str(source))
    if mapping.id not in names and mapping.id != TableMapping().id:
        raise DataError(f"the mapping names the column {mapping.id!r}, which the table does not have", where=str(source))
    id_column = mapping.id if mapping.id in names else ""
    read = {column.name for column in columns} | {id_column}
    return Job(source, target, mapping, keys, columns, id_column, tuple(name for name in names if name not in read), form, as_of, rows)


class Decider:
    """Decides pieces of a table.

    :param matcher: the graph's statements
    """

    def __init__(self, matcher: Matcher, job: Job) -> None:
        by_key = {statement.id: statement for statement in matcher.statements}
        self._kernel = Kernel(matcher.engine, [by_key[key].population.id for key in job.statements])
        self._matcher = matcher
        self._job = job
        self._cells = self._fresh()

    def decide(self, table: pa.Table, numbers: NDArray[np.int64], bad: Sequence[RowError]) -> pa.Table:
        """Return one row per good case: its number, its name, and a code per statement; the errors are in the metadata.

        :param numbers: of the rows
        :param bad: what was wrong with rows that are not in the piece
        """
        if self._kernel.size > MOST_KEPT:
            self._kernel.forget()
            self._cells = self._fresh()
        states, good, names, errors = self._cells.read(table, numbers)
        kept = np.flatnonzero(good)
        codes = self._kernel.decide({key: column[kept] for key, column in states.items()}, len(kept))
        width = codes.shape[1]
        packed = pa.Array.from_buffers(pa.binary(max(width, 1)), len(kept), [None, pa.py_buffer(codes.tobytes() or bytes(len(kept)))])
        found = sorted([*bad, *errors], key=lambda error: error.row)
        notes = {
            "good": len(kept),
            "errors": [asdict(error) for error in found],
            "bad": int(table.num_rows - len(kept)) + len(bad),
            "verdicts": {verdict: int(np.count_nonzero(codes == code)) for verdict, code in CODE.items()},
            "contradictory": int((codes[:, 0] == CONTRADICTORY).sum()) if width else 0,
        }
        piece = pa.table({"row": pa.array(numbers[kept]), "id": names.take(pa.array(kept)), "codes": packed})
        return piece.replace_schema_metadata({_META: json.dumps(notes).encode()})

    def _fresh(self) -> Cells:
        return Cells(self._kernel, self._matcher.terms, self._job.columns, self._job.id_column)


def run(
    matcher: Matcher,
    job: Job,
    *,
    resume: bool = False,
    errors: Path | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
    engine: Callable[[Matcher, Job, Pieces, Callable[[int], None]], None] | None = None,
) -> Report:
    """Decide all cases of a table and write the answer.

    :param resume: go on with what an interrupted run left
    :param errors: CSV file for all that is wrong with bad rows
    :param progress: is told how many rows are done
    :param engine: decides the pieces that are missing; by default this process
    :raises DataError: when the source cannot be read
    :raises UsageError: when there is something to resume, but from other input or settings
    :raises SurroundingsError: when the output cannot be written; an older file is then unchanged
    """
    pieces = Pieces(job, fingerprint(matcher, job))
    try:
        pieces.start(resume=resume)
        (engine or decide_here)(matcher, job, pieces, progress)
        report = _report(pieces)
        if errors:
            write_whole(errors, error_lines(pieces.errors()))
        _write(matcher, job, pieces, report)
    except OSError as error:
        raise SurroundingsError(f"cannot be written: {error.strerror or error}", where=str(job.target)) from error
    pieces.remove()
    return report


def decide_here(matcher: Matcher, job: Job, pieces: Pieces, progress: Callable[[int], None]) -> None:
    """Decide the missing pieces in this process."""
    decider: Decider | None = None
    done = 0
    for number, (table, numbers, bad) in enumerate(Table(job.source, job.mapping).pieces(job.rows)):
        done += table.num_rows + len(bad)
        if not pieces.has(number):
            decider = decider or Decider(matcher, job)
            pieces.add(number, decider.decide(table, numbers, bad))
        progress(done)


def fingerprint(matcher: Matcher, job: Job) -> str:
    """Return a text that is the same for the same input, settings and knowledge."""
    status = job.source.stat()
    by_key = {statement.id: statement for statement in matcher.statements}
    said = {
        "program": kg.__version__,
        "graph": matcher.version,
        "rules": hashlib.sha256(repr(matcher.engine.logic.rules).encode()).hexdigest(),
        "source": [str(job.source.resolve()), status.st_size, status.st_mtime_ns],
        "mapping": [job.mapping.text, repr(job.columns), job.id_column],
        "statements": [[key, by_key[key].population.id] for key in job.statements],
        "rows": job.rows,
    }
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class Pieces:
    """The finished pieces of a run, as files in a folder beside the output.

    :param key: fingerprint of the run
    """

    def __init__(self, job: Job, key: str) -> None:
        self.folder = job.target.with_name(f".{job.target.name}.parts")
        self._key = key

    def start(self, *, resume: bool) -> None:
        """Make the folder, or go on with the one that is there.

        :raises UsageError: when it is of another run
        """
        note = self.folder / "run"
        if resume and note.exists():
            if note.read_text() != self._key:
                raise UsageError(
                    f"{self.folder} is of a run with other input or settings", hint="run again without --resume; it then starts from the beginning"
                )
            return
        self.remove()
        self.folder.mkdir()
        note.write_text(self._key)

    def path(self, number: int) -> Path:
        """Return the file of a piece."""
        return self.folder / f"{number:06}.arrow"

    def has(self, number: int) -> bool:
        """Return whether a piece is finished."""
        return self.path(number).exists()

    def add(self, number: int, piece: pa.Table) -> None:
        """Keep a finished piece."""
        write_piece(self.path(number), piece)

    def read(self) -> Iterator[pa.Table]:
        """Yield the pieces in their order."""
        for path in sorted(self.folder.glob("*.arrow")):
            yield read_piece(path)

    def errors(self) -> Iterator[RowError]:
        """Yield what is wrong with bad rows."""
        for notes in self.notes():
            yield from (RowError(**error) for error in notes["errors"])

    def notes(self) -> Iterator[dict[str, Any]]:
        """Yield what was noted of each piece."""
        for path in sorted(self.folder.glob("*.arrow")):
            with pa.OSFile(str(path), "rb") as source:
                yield json.loads(pa.ipc.open_file(source).schema.metadata[_META])

    def remove(self) -> None:
        """Remove the folder."""
        if self.folder.exists():
            shutil.rmtree(self.folder)


def write_piece(path: Path, piece: pa.Table) -> None:
    """Write a table so that the file is there only when it is whole."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with pa.OSFile(str(fresh), "wb") as sink, pa.ipc.new_file(sink, piece.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(piece)
    fresh.replace(path)


def read_piece(path: Path) -> pa.Table:
    """Return the table of a file."""
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()


def codes_of(piece: pa.Table, width: int) -> Codes:
    """Return the codes of a piece, one row per case."""
    if not piece.num_rows or not width:
        return np.zeros((piece.num_rows, width), dtype=np.uint8)
    parts = [chunk for chunk in piece.column("codes").chunks if len(chunk)]
    arrays = [np.frombuffer(chunk.buffers()[1], dtype=np.uint8, count=len(chunk) * width, offset=chunk.offset * width) for chunk in parts]
    return np.concatenate(arrays).reshape(-1, width)


def _report(pieces: Pieces) -> Report:
    good = bad = contradictory = 0
    counts: Counter[str] = Counter()
    for notes in pieces.notes():
        good += notes["good"]
        bad += notes["bad"]
        counts.update(notes["verdicts"])
        contradictory += notes["contradictory"]
    return Report(good, bad, tuple(islice(pieces.errors(), MOST_ERRORS)), dict(counts), contradictory)


def about(matcher: Matcher, job: Job, report: Report) -> dict[str, Any]:
    """Return what is said of an answer beside it."""
    by_key = {statement.id: statement for statement in matcher.statements}
    return {
        "notice": NOTICE,
        "graph_version": matcher.version,
        "program_version": kg.__version__,
        "as_of": job.as_of,
        "form": job.form,
        "codes": CODE,
        "good": report.good,
        "bad": report.bad,
        "contradictory": report.contradictory,
        "verdicts": report.verdicts,
        "statements": [_described(by_key[key]) for key in job.statements],
    }


def _described(statement: Statement) -> dict[str, Any]:
    return {
        "id": statement.id,
        "kind": statement.kind,
        "gist": statement.gist,
        "population": statement.population.text,
        "direction": statement.direction,
        "curation": statement.curation,
        "sources": [{"iri": source.iri, "title": source.title, "url": source.url} for source in statement.sources],
    }


def _write(matcher: Matcher, job: Job, pieces: Pieces, report: Report) -> None:
    """Write the answer, and beside a CSV file what is to be said of it."""
    said = json.dumps(about(matcher, job, report), ensure_ascii=False)
    fresh = job.target.with_name(f".{job.target.name}.new")
    schema = _FORMS[job.form](_empty(len(job.statements)), job).schema.with_metadata({_META: said.encode()})
    groups = (_FORMS[job.form](piece, job).replace_schema_metadata(schema.metadata) for piece in _regrouped(pieces.read()))
    try:
        if is_parquet(job.target):
            with pq.ParquetWriter(fresh, schema, compression="zstd") as writer:
                for group in groups:
                    writer.write_table(group, row_group_size=max(group.num_rows, 1))
        else:
            plain = pa.schema([_undictionaried(field) for field in schema])
            with pa.OSFile(str(fresh), "wb") as sink, pcsv.CSVWriter(sink, plain) as writer:
                for group in groups:
                    writer.write_table(group.replace_schema_metadata(None).cast(plain))
            write_whole(job.target.with_name(f"{job.target.name}.json"), [json.dumps(json.loads(said), ensure_ascii=False, indent=2), "\n"])
        fresh.replace(job.target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _undictionaried(field: pa.Field) -> pa.Field:
    return pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field.remove_metadata()


def _empty(width: int) -> pa.Table:
    return pa.table({"row": pa.array([], pa.int64()), "id": pa.array([], pa.string()), "codes": pa.array([], pa.binary(max(width, 1)))})


def _regrouped(pieces: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the cases of all pieces in groups of the same size."""
    waiting: list[pa.Table] = []
    count = 0
    for piece in pieces:
        waiting.append(piece.replace_schema_metadata(None))
        count += piece.num_rows
        while count >= GROUP:
            table = pa.concat_tables(waiting)
            yield table.slice(0, GROUP)
            waiting, count = [table.slice(GROUP)], count - GROUP
    if count:
        yield pa.concat_tables(waiting)


def _wide(piece: pa.Table, job: Job) -> pa.Table:
    """Return one row per case and one column of codes per statement."""
    codes = np.ascontiguousarray(codes_of(piece, len(job.statements)).T.astype(np.int8))
    columns = [piece.column("row"), piece.column("id"), *(pa.array(column) for column in codes)]
    return pa.table(columns, names=["row", "id", *job.statements])


def _long(piece: pa.Table, job: Job) -> pa.Table:
    """Return one row per case and statement that applies or may apply; of a contradictory case one row without a statement."""
    codes = codes_of(piece, len(job.statements))
    contradictory = (codes == CONTRADICTORY).any(axis=1)
    wanted = (codes != _DOES_NOT_APPLY) & ~contradictory[:, None]
    if codes.shape[1]:
        wanted[contradictory, 0] = True
    cases, statements = np.nonzero(wanted)
    verdicts = codes[cases, statements]
    names = pa.DictionaryArray.from_arrays(pa.array(statements.astype(np.int32), mask=verdicts == CONTRADICTORY), pa.array(job.statements, pa.string()))
    words = pa.DictionaryArray.from_arrays(pa.array(verdicts.astype(np.int8)), pa.array([verdict.value for verdict in VERDICTS]))
    taken = pa.array(cases)
    return pa.table({"row": piece.column("row").take(taken), "id": piece.column("id").take(taken), "statement": names, "verdict": words})


def _summary(piece: pa.Table, job: Job) -> pa.Table:
    """Return one row per case with the number of statements of each verdict."""
    codes = codes_of(piece, len(job.statements))
    counts = {verdict.value: pa.array((codes == code).sum(axis=1, dtype=np.int32)) for code, verdict in enumerate(VERDICTS)}
    return pa.table({"row": piece.column("row"), "id": piece.column("id"), **counts})


_FORMS: dict[str, Callable[[pa.Table, Job], pa.Table]] = {"wide": _wide, "long": _long, "summary": _summary}


def error_lines(errors: Iterable[RowError]) -> Iterator[str]:
    """Yield the lines of a CSV file of bad rows."""
    yield "row,id,column,value,reason\n"
    for error in errors:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow([error.row, error.id, error.column, error.value, error.reason])
        yield buffer.getvalue()
