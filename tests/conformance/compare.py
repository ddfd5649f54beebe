"""Results of queries as data that can be compared, whatever their blank nodes are called.

Numbers and truth values are compared by value: ``1.0`` is ``1`` when both are decimals. The store keeps the value of
such literals, not their spelling.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
ROW = "urn:row:"
"""Namespace of the statements that stand for the rows of a table."""

XSD = "http://www.w3.org/2001/XMLSchema#"
BOOLEANS = {"1": "true", "0": "false"}

Node = ox.NamedNode | ox.BlankNode | ox.Literal
Row = Mapping[str, Node]


@dataclass(frozen=True)
class Statements:
    """A graph or a dataset."""

    quads: frozenset[ox.Quad]


@dataclass(frozen=True)
class Table:
    """The rows of a SELECT query.

    :param ordered: whether their order counts
    """

    variables: frozenset[str]
    rows: Sequence[Row]
    ordered: bool = False


Result = bool | Table | Statements


def same(found: Result, wanted: Result) -> bool:
    """Tell whether two results say the same."""
    match found, wanted:
        case Statements(), Statements():
            return len(found.quads) == len(wanted.quads) and _canonical(found.quads) == _canonical(wanted.quads)
        case Table(), Table():
            if found.variables != wanted.variables or len(found.rows) != len(wanted.rows):
                return False
            ordered = wanted.ordered
            return _canonical(_described(found.rows, ordered=ordered)) == _canonical(_described(wanted.rows, ordered=ordered))
        case _:
            return found is wanted


def _canonical(quads: Iterable[ox.Quad]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(quad.subject, quad.predicate, _by_value(quad.object), quad.graph_name) for quad in quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def _by_value(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
    if not isinstance(node, ox.Literal) or not node.datatype.value.startswith(XSD):
        return node
    kind = node.datatype.value.removeprefix(XSD)
    try:
        if kind in {"integer", "decimal"}:
            return ox.Literal(str(Decimal(node.value).normalize()), datatype=node.datatype)
        if kind in {"float", "double"}:
            return ox.Literal(repr(float(node.value)), datatype=node.datatype)
    except (InvalidOperation, ValueError):  # an ill-typed literal stands for itself
        return node
    return ox.Literal(BOOLEANS.get(node.value, node.value), datatype=node.datatype) if kind == "boolean" else node


def _described(rows: Sequence[Row], *, ordered: bool) -> Iterable[ox.Quad]:
    """Describe rows as statements: a node for each row, equal rows joined with their number."""
    distinct: Counter[tuple[tuple[str, Node], ...]] = Counter()
    for number, row in enumerate(rows):
        cells = tuple(sorted(row.items()))
        distinct[(*cells, ("#", ox.Literal(number))) if ordered else cells] += 1
    for cells, count in distinct.items():
        node = ox.BlankNode()
        yield ox.Quad(node, ox.NamedNode(ROW + "#count"), ox.Literal(count))
        for name, value in cells:
            yield ox.Quad(node, ox.NamedNode(ROW + name), value)


def statements(data: bytes, format_: ox.RdfFormat, base: str | None = None) -> Statements:
    """Read RDF."""
    return Statements(frozenset(ox.parse(data, format=format_, base_iri=base)))


def solutions(data: bytes, format_: ox.QueryResultsFormat) -> Table | bool:
    """Read the answer to a SELECT or ASK query."""
    result = ox.parse_query_results(data, format=format_)
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    names = [variable.value for variable in result.variables]
    rows = [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in result]
    return Table(frozenset(names), rows)


def csv_table(data: bytes) -> Table:
    """Read CSV, which keeps the text of values only."""
    header, *lines = csv.reader(io.StringIO(data.decode(), newline=""))
    rows: list[Row] = [
        {name: ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.Literal(cell) for name, cell in zip(header, line, strict=True) if cell} for line in lines
    ]
    return Table(frozenset(header), rows)


def described_result(data: bytes, format_: ox.RdfFormat, base: str) -> Result:
    """Read an expected result written as RDF: a result set in the vocabulary of the tests, or a graph."""
    read = statements(data, format_, base)
    index: dict[tuple[Node, str], list[Node]] = {}
    for quad in read.quads:
        index.setdefault((quad.subject, quad.predicate.value), []).append(quad.object)  # type: ignore[arg-type]
    subjects = {subject for subject, _ in index}
    for subject in subjects:
        if booleans := index.get((subject, RS + "boolean")):
            return booleans[0].value == "true"
    for subject in subjects:
        if variables := index.get((subject, RS + "resultVariable")):
            nodes = index.get((subject, RS + "solution"), [])
            ordered = any((node, RS + "index") in index for node in nodes)
            if ordered:
                nodes = sorted(nodes, key=lambda node: int(index[node, RS + "index"][0].value))
            rows = [
                {index[binding, RS + "variable"][0].value: index[binding, RS + "value"][0] for binding in index.get((node, RS + "binding"), [])}
                for node in nodes
            ]
            return Table(frozenset(variable.value for variable in variables), rows, ordered)
    return read
