"""KGX: nodes and edges in the terms of the Biolink Model, as tab-separated tables or as JSON Lines.

Both hold the same. The tables separate the values of a list by pipes and know neither quotes nor line breaks, so white
space in texts becomes one blank, and a value of a list that has a pipe itself is left out, and reported.

Lines are sorted on disk; held in memory is what :mod:`kg.export.biolink.survey` names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.export.biolink.graph import BiolinkGraph
from kg.export.biolink.slots import EDGE_SLOTS, NODE_SLOTS, Element, Value
from kg.export.loss import Losses
from kg.export.sorting import sorted_lines
from kg.export.source import Source
from kg.files import write_whole

NODES = "net-kg_nodes"
EDGES = "net-kg_edges"
PIPE = "a value of a list that has a pipe itself, by which the tables separate values; JSON Lines carry it"


def tsv(source: Source, folder: Path, losses: Losses) -> None:
    """Write ``net-kg_nodes.tsv`` and ``net-kg_edges.tsv``.

    :raises DataError: when an identifier has no prefix
    """
    graph = BiolinkGraph(source, losses)
    for name, columns, elements in ((NODES, NODE_SLOTS, graph.nodes()), (EDGES, EDGE_SLOTS, graph.edges())):
        write_whole(folder / f"{name}.tsv", _table(columns, elements, losses))


def jsonl(source: Source, folder: Path, losses: Losses) -> None:
    """Write ``net-kg_nodes.jsonl`` and ``net-kg_edges.jsonl``.

    :raises DataError: when an identifier has no prefix
    """
    graph = BiolinkGraph(source, losses)
    for name, columns, elements in ((NODES, NODE_SLOTS, graph.nodes()), (EDGES, EDGE_SLOTS, graph.edges())):
        write_whole(folder / f"{name}.jsonl", sorted_lines(_json(columns, element) for element in elements))


def _json(columns: Iterable[str], element: Element) -> str:
    return json.dumps({column: element[column] for column in columns if column in element}, ensure_ascii=False) + "\n"


def _table(columns: Iterable[str], elements: Iterable[Element], losses: Losses) -> Iterator[str]:
    yield "\t".join(columns) + "\n"
    yield from sorted_lines("\t".join(_cell(element.get(column, ""), column, element, losses) for column in columns) + "\n" for element in elements)


def _cell(value: Value, column: str, element: Element, losses: Losses) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, str):
        return " ".join(value.split())
    kept = []
    for item in value:
        if "|" in item:
            losses.add(str(element.get("iri", element["id"])), f"{column} {item}", PIPE)
        else:
            kept.append(" ".join(item.split()))
    return "|".join(kept)
