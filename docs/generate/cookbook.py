"""The cookbook: each stored query with its parameters, its text and its first rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

import kg
from docs.generate.markdown import code, fence, plain, table
from kg.graph import Result, display
from kg.query.catalogue import StoredQuery

FOLDER = "cookbook"
ROWS = 5
"""Rows that are shown of an answer."""
LONGEST = 90
"""Characters of a cell that are shown."""


def cookbook(graph: kg.Graph) -> Iterator[tuple[str, str]]:
    """Yield path and Markdown of each page."""
    yield f"{FOLDER}/index.md", _index(graph)
    for stored in graph.queries.values():
        yield f"{FOLDER}/{stored.name}.md", page(stored, graph.query(stored.name))


def page(stored: StoredQuery, answer: Result) -> str:
    """Return the page of one query."""
    shown = min(ROWS, len(answer))
    return "\n".join(
        (
            f"# {plain(stored.title)}\n",
            f"{plain(stored.summary)}\n",
            fence("text", _command(stored)),
            _parameters(stored),
            f"## Answer\n\n{len(answer)} rows{' with the defaults' if stored.params else ''}; the first {shown}, long cells cut:\n",
            table([code(column) for column in answer.columns], _rows(answer)),
            "## Columns\n",
            table(("column", "what"), [(code(name), plain(meaning)) for name, meaning in stored.columns.items()]),
            "## Query\n",
            fence("sparql", stored.sparql),
        )
    )


def _command(stored: StoredQuery) -> str:
    settings = "".join(f" -p '{param.name}={param.default}'" for param in stored.params)
    return f"netkg query {stored.name}{settings}"


def _parameters(stored: StoredQuery) -> str:
    if not stored.params:
        return "It has no parameters.\n"
    rows = [(code(param.name), code(param.type), code(param.default), plain(param.help)) for param in stored.params]
    return "## Parameters\n\n" + table(("name", "type", "default", "what"), rows)


def _rows(answer: Result) -> Iterator[list[str]]:
    for row in answer.rows[:ROWS]:
        yield [
            plain(answer.labels.get(cell.value, "") if isinstance(cell, ox.NamedNode) else "", LONGEST) or plain(display(cell) or "", LONGEST) for cell in row
        ]


def _index(graph: kg.Graph) -> str:
    themes: dict[str, list[StoredQuery]] = defaultdict(list)
    for stored in graph.queries.values():
        themes[stored.tags[0]].append(stored)
    lines = [
        "# Cookbook\n\nEvery question of the library with its parameters, its text and the first rows of its answer. Ask one with "
        "`netkg query NAME`, in Python with `kg.open().query(NAME)`, or from a server at `/query/NAME`.\n"
    ]
    for theme, found in sorted(themes.items()):
        rows = [(f"[{plain(stored.title)}]({stored.name}.md)", plain(stored.summary)) for stored in found]
        lines.append(f"## {theme.capitalize()}\n\n{table(('question', 'what it answers'), rows)}")
    return "\n".join(lines)
