"""CX2, the network format of Cytoscape and NDEx: a list of aspects, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.export.loss import Losses
from kg.export.property_graph import Edge, Node, PropertyGraph
from kg.export.source import Source
from kg.files import write_whole
from kg.graph import NOTICE


def cx2(source: Source, path: Path, losses: Losses) -> None:
    """Write nodes and edges with typed attributes; an attribute is a list when any node has several values of it."""
    write_whole(path, _pieces(source, PropertyGraph(source, losses)))


def _pieces(source: Source, graph: PropertyGraph) -> Iterator[str]:
    several: dict[str, bool] = {}
    numbers: dict[str, int] = {}
    for node in graph.nodes():
        numbers[node.id] = len(numbers)
        for name, values in node.attributes.items():
            several[name] = several.get(name, False) or len(values) > 1
    edges = sum(1 for _ in graph.edges())
    counts = [{"name": "attributeDeclarations", "elementCount": 1}, {"name": "networkAttributes", "elementCount": 1}]
    counts += [{"name": "nodes", "elementCount": len(numbers)}, {"name": "edges", "elementCount": edges}]
    yield "[\n" + _json({"CXVersion": "2.0", "hasFragments": False})
    yield ",\n" + _json({"metaData": counts})
    yield ",\n" + _json({"attributeDeclarations": [_declarations(several)]})
    about = {"name": "NET-KG", "version": source.version, "description": f"Neuroendocrine tumours and their treatment. {NOTICE}"}
    yield ",\n" + _json({"networkAttributes": [about]})
    yield from _aspect("nodes", ({"id": numbers[node.id], "v": _node(node, several)} for node in graph.nodes()))
    yield from _aspect("edges", ({"id": number, **_edge(edge, numbers)} for number, edge in enumerate(graph.edges())))
    yield ",\n" + _json({"status": [{"success": True, "error": ""}]}) + "\n]\n"


def _declarations(several: dict[str, bool]) -> dict[str, object]:
    strings = {"d": "string"}
    nodes = dict.fromkeys(("name", "curie", "iri", "category"), strings)
    nodes |= {name: {"d": "list_of_string"} if many else strings for name, many in sorted(several.items())}
    return {
        "networkAttributes": dict.fromkeys(("name", "version", "description"), strings),
        "nodes": nodes,
        "edges": {"interaction": strings, "predicate": strings, "inferred": {"d": "boolean"}},
    }


def _node(node: Node, several: dict[str, bool]) -> dict[str, object]:
    values: dict[str, object] = {name: list(found) if several[name] else found[0] for name, found in node.attributes.items()}
    return values | {"name": node.name, "curie": node.id, "iri": node.iri, "category": node.category}


def _edge(edge: Edge, numbers: dict[str, int]) -> dict[str, object]:
    values = {"interaction": edge.name, "predicate": edge.predicate, "inferred": edge.inferred}
    return {"s": numbers[edge.subject], "t": numbers[edge.object], "v": values}


def _aspect(name: str, elements: Iterable[dict[str, object]]) -> Iterator[str]:
    yield f',\n{{"{name}": ['
    for number, element in enumerate(elements):
        yield ("," if number else "") + "\n" + _json(element)
    yield "\n]}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
