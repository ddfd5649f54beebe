"""What a change of the graph changes in the answers of the stored queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import NetKGError, StoreError
from kg.graph import Graph, Result, display
from kg.query.catalogue import StoredQuery
from kg.terms import plain_label

SHOWN_COLUMNS = 3
"""Columns by which a row is named."""
NOTHING = "(empty)"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A stored query whose answer, with its default parameters, is another one.

    :param columns: names of the first columns
    :param gained: the first columns of rows that are new, as people read them
    :param lost: those of rows that are gone; where a new row begins like a lost one, both go on with what differs
    :param failure: why one of the graphs cannot answer at all
    """

    query: str
    title: str
    columns: tuple[str, ...]
    gained: tuple[tuple[str, ...], ...] = ()
    lost: tuple[tuple[str, ...], ...] = ()
    failure: str = ""


def answer_changes(old: Graph, new: Graph) -> Iterator[AnswerChange]:
    """Yield the stored queries that two graphs answer differently, by name.

    :raises QueryFileError: when a file of the library is wrong
    :raises StoreError: when a graph cannot be read
    """
    for stored in new.queries.values():
        before, after = (_answer(graph, stored) for graph in (old, new))
        columns = tuple(stored.columns)[:SHOWN_COLUMNS]
        if isinstance(before, str) or isinstance(after, str):
            if before != after:
                failure = f"the old graph does not answer: {before}" if isinstance(before, str) else f"the new graph does not answer: {after}"
                yield AnswerChange(stored.name, stored.title, columns, failure=failure)
            continue
        gained, lost = _missing(after, before), _missing(before, after)
        if gained or lost:
            yield AnswerChange(stored.name, stored.title, columns, *_named(gained, lost, tuple(stored.columns)))


def _answer(graph: Graph, stored: StoredQuery) -> Result | str:
    """Return the rows, or why there are none: an older graph need not know the terms of a newer query."""
    try:
        return graph.select(stored.bound({}, graph.terms))
    except StoreError:
        raise
    except NetKGError as error:
        return error.message


def _missing(here: Result, there: Result) -> list[Words]:
    """Return the rows that one answer has and the other does not, in their order."""
    left = Counter(map(_key, there.rows))
    found = []
    for row in here.rows:
        if left[_key(row)]:
            left[_key(row)] -= 1
        else:
            found.append(tuple(_words(cell, here) for cell in row))
    return found


def _key(row: tuple[object, ...]) -> Words:
    return tuple("" if cell is None else str(cell) for cell in row)


def _words(cell: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None, result: Result) -> str:
    text = display(cell) or ""
    if not isinstance(cell, ox.NamedNode) or "/" in text:
        return text  # a record is named by its key
    label = result.labels.get(cell.value, text)
    return plain_label(label) if cell.value in result.values else label


def _named(gained: list[Words], lost: list[Words], columns: Words) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """Return the first columns of the rows; of a new row that looks like a lost one there, also the columns that differ."""
    waiting: dict[Words, list[int]] = defaultdict(list)
    for position, row in enumerate(lost):
        waiting[row[:SHOWN_COLUMNS]].append(position)
    new, gone = [], [row[:SHOWN_COLUMNS] for row in lost]
    for row in gained:
        head = row[:SHOWN_COLUMNS]
        if waiting[head]:
            position = waiting[head].pop(0)
            other = lost[position]
            differing = [place for place, column in enumerate(columns) if row[place] != other[place]]
            new.append(head + tuple(f"{columns[place]}: {row[place] or NOTHING}" for place in differing))
            gone[position] = head + tuple(f"{columns[place]}: {other[place] or NOTHING}" for place in differing)
        else:
            new.append(head)
    return tuple(new), tuple(gone)
