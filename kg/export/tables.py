"""Nodes, edges and attributes as tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from kg.export.loss import Losses
from kg.export.property_graph import Node, PropertyGraph
from kg.export.source import Source
from kg.files import whole_file, write_whole

if TYPE_CHECKING:
    import pyarrow

NODES = ("id", "name", "category", "definition", "iri")
EDGES = ("subject", "predicate", "object", "name", "inferred")
ATTRIBUTES = ("id", "property", "value")
DEFINITION = "IAO:0000115"
BLOCK = 50_000
"""Rows of a Parquet file that are written together."""


def csv_folder(source: Source, folder: Path, losses: Losses) -> None:
    """Write ``nodes.csv``, ``edges.csv`` and ``attributes.csv``, one row for each value."""
    graph = PropertyGraph(source, losses)
    for name, header, rows in _tables(graph):
        write_whole(folder / f"{name}.csv", _csv(header, rows))


def parquet_folder(source: Source, folder: Path, losses: Losses) -> None:
    """Write ``nodes.parquet``, ``edges.parquet`` and ``attributes.parquet``, with the same columns as the CSV files.

    :raises ImportError: when pyarrow is not installed (``pip install 'net-kg[cohort]'``)
    """
    import pyarrow as pa
    from pyarrow import parquet

    graph = PropertyGraph(source, losses)
    for name, header, rows in _tables(graph):
        schema = pa.schema([(column, pa.bool_() if column == "inferred" else pa.string()) for column in header])
        with whole_file(folder / f"{name}.parquet") as stream, parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
            for batch in _batches(rows, schema):
                writer.write_table(batch)


def _tables(graph: PropertyGraph) -> Iterator[tuple[str, tuple[str, ...], Iterable[tuple[object, ...]]]]:
    yield "nodes", NODES, (_node(node) for node in graph.nodes())
    yield "edges", EDGES, ((edge.subject, edge.predicate, edge.object, edge.name, edge.inferred) for edge in graph.edges())
    yield "attributes", ATTRIBUTES, ((node.id, name, value) for node in graph.nodes() for name, values in node.attributes.items() for value in values)


def _node(node: Node) -> tuple[str, ...]:
    return node.id, node.name, node.category, next(iter(node.attributes.get(DEFINITION, ())), ""), node.iri


def _csv(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for row in chain([header], rows):
        writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _batches(rows: Iterable[tuple[object, ...]], schema: pyarrow.Schema) -> Iterator[pyarrow.Table]:
    import pyarrow as pa

    rest = iter(rows)
    while block := list(islice(rest, BLOCK)):
        columns = [pa.array(column, type=field.type) for column, field in zip(zip(*block, strict=True), schema, strict=True)]
        yield pa.Table.from_arrays(columns, schema=schema)
