"""Cohorts on Spark: the pieces of a table are decided by its workers, with the same kernel and the same result.

The pieces lie beside the output, so that folder and the store must be reachable from all workers. This process cuts the
table up and puts the answer together; everything between is done by the workers.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from kg.errors import SurroundingsError
from kg.match.cohort import Decider, Job, Pieces, read_piece, write_piece
from kg.match.match import Matcher
from kg.match.table import RowError, Table

WAVE = 64
"""Pieces that are cut before the workers are asked, which bounds the space that they take."""
_NUMBER, _ROWS = "__netkg_number", b"rows"

_deciders: dict[tuple[str, str], Decider] = {}
"""Kept by each worker between its tasks."""


def spark_engine(location: str, session: Any = None) -> Callable[[Matcher, Job, Pieces, Callable[[int], None]], None]:
    """Return what decides the missing pieces on Spark.

    :param location: store folder or address, as the workers reach it
    :param session: a Spark session; without it one is taken from the environment, or started here
    :raises SurroundingsError: when Spark is not installed or cannot be started
    """

    def decide(matcher: Matcher, job: Job, pieces: Pieces, progress: Callable[[int], None]) -> None:
        del matcher  # the workers make their own
        spark = session or _session()
        try:
            for wave in _waves(job, pieces):
                if wave.numbers:
                    _decide_wave(spark, location, job, pieces, wave.numbers)
                progress(wave.done)
        finally:
            if session is None:
                spark.stop()

    return decide


class _Wave:
    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.done = 0


def _waves(job: Job, pieces: Pieces) -> Iterator[_Wave]:
    """Cut the table up and yield the numbers of the pieces that are to be decided, some at a time."""
    wave = _Wave()
    for number, (table, numbers, bad) in enumerate(Table(job.source, job.mapping).pieces(job.rows)):
        wave.done += table.num_rows + len(bad)
        if pieces.has(number):
            continue
        read = [name for name in dict.fromkeys([*(column.name for column in job.columns), job.id_column]) if name]
        cut = table.select(read).append_column(_NUMBER, pa.array(numbers)).combine_chunks()
        notes = repr([(error.row, error.id, error.column, error.value, error.reason) for error in bad])
        write_piece(_cut(pieces.folder, number), cut.replace_schema_metadata({_ROWS: notes.encode()}))
        wave.numbers.append(number)
        if len(wave.numbers) == WAVE:
            yield wave
            following = _Wave()
            following.done = wave.done
            wave = following
    yield wave


def _cut(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.cut"


def _decide_wave(spark: Any, location: str, job: Job, pieces: Pieces, numbers: list[int]) -> None:
    folder = str(pieces.folder.resolve())

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from kg.match.spark import decide_cut

        for batch in batches:
            for number in batch.column("number").to_pylist():
                decide_cut(location, job, Path(folder), number)
            yield batch

    frame = spark.createDataFrame([(number,) for number in numbers], "number long").repartitionByRange(min(len(numbers), _cores(spark)), "number")
    try:
        frame.mapInArrow(work, "number long").count()
    except Exception as error:  # Spark wraps whatever a worker raised in kinds of its own
        raise SurroundingsError(f"a worker of Spark failed: {error}", hint="what is finished is kept; run the same again with --resume") from error


def _cores(spark: Any) -> int:
    return max(1, int(spark.sparkContext.defaultParallelism))


def decide_cut(location: str, job: Job, folder: Path, number: int) -> None:
    """Decide one piece; runs in a worker."""
    from ast import literal_eval

    key = (location, repr(job))
    if key not in _deciders:
        from kg.graph import open_graph

        _deciders.clear()
        _deciders[key] = Decider(Matcher(open_graph(location, memory=False)), job)
    source = _cut(folder, number)
    table = read_piece(source)
    bad = [RowError(*error) for error in literal_eval(table.schema.metadata[_ROWS].decode())]
    numbers = table.column(_NUMBER).to_numpy().astype(np.int64)
    write_piece(folder / f"{number:06}.arrow", _deciders[key].decide(table, numbers, bad))
    source.unlink()


def _session() -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SurroundingsError("Spark is not installed", hint="pip install 'net-kg[spark]'") from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # on this machine; a cluster sets its own
    try:
        builder = SparkSession.builder.appName("netkg cohort").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        return builder.getOrCreate()
    except Exception as error:  # Spark raises many kinds when it does not find Java
        raise SurroundingsError(f"Spark cannot be started: {error}", hint="it needs Java 17 or later") from error
