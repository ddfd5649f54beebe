"""The files of Neo4j's bulk import: nodes and relationships as tables with typed headers, and how to load them.

What is a node, a relationship and a property is as in :mod:`kg.export.property_graph`. A node's label is what it is
(``Drug``, ``Tumour``, ``Recommendation``), a relationship's type the name of its property (``TARGETS``). A property is a
list where one node has several values, and a number where all its values are. There are no blank nodes.

Held in memory: the identifiers of nodes, and the names of properties.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from kg.export.loss import Losses
from kg.export.property_graph import Node, PropertyGraph
from kg.export.source import Source
from kg.files import write_whole
from kg.graph import NOTICE
from kg.prefixes import PREFIXES, compress

XSD = PREFIXES["xsd"]
TYPES = {XSD + "integer": "long", XSD + "decimal": "double", XSD + "double": "double", XSD + "boolean": "boolean"}
"""Datatype → type in a header; all others are text."""
NAMES = {"IAO:0000115": "definition"}
"""Property → its name in Neo4j, where the rule gives none that people would look for."""
FIXED = ("id", "name", "iri")
SEPARATOR = "\x1f"
"""Between the values of a list: a character that no text has."""

IMPORT = (
    "neo4j-admin database import full neo4j --overwrite-destination --multiline-fields=true --array-delimiter=U+001F"
    " --nodes=nodes.csv --relationships=relationships.csv"
)
QUERY = 'neo4j start && cypher-shell --database neo4j "MATCH (d:Drug)-[:TARGETS]->(r:Receptor) RETURN d.name, r.name LIMIT 10"'


def bulk_import(source: Source, folder: Path, losses: Losses) -> None:
    """Write ``nodes.csv``, ``relationships.csv`` and ``README.txt``, the recipe."""
    graph = PropertyGraph(source, losses)
    properties = _properties(source, graph)
    types = _types({(edge.predicate, edge.name) for edge in graph.edges()})
    header = ["id:ID", ":LABEL", "name:string", "iri:string", *(f"{name}:{kind}" for name, kind in properties.values())]
    write_whole(folder / "nodes.csv", _csv(chain([header], (_node(node, properties) for node in graph.nodes()))))
    rows = ((edge.subject, edge.object, types[edge.predicate], edge.predicate, str(edge.inferred).lower()) for edge in graph.edges())
    write_whole(folder / "relationships.csv", _csv(chain([(":START_ID", ":END_ID", ":TYPE", "predicate:string", "inferred:boolean")], rows)))
    write_whole(folder / "README.txt", [_readme(source.version)])


def _properties(source: Source, graph: PropertyGraph) -> dict[str, tuple[str, str]]:
    """Return CURIE of a property → its name and type in Neo4j, sorted by name."""
    several: dict[str, bool] = {}
    for node in graph.nodes():
        for curie, values in node.attributes.items():
            several[curie] = several.get(curie, False) or len(values) > 1
    types: dict[str, set[str]] = {}
    for quad in source.quads():
        kind = TYPES.get(quad.object.datatype.value, "string") if isinstance(quad.object, ox.Literal) else "string"
        types.setdefault(quad.predicate.value, set()).add(kind)
    kinds = {compress(predicate): found.pop() if len(found) == 1 else "string" for predicate, found in types.items()}
    named = sorted((_name(curie), curie) for curie in several)
    taken = [name for name, _ in named] + list(FIXED)
    return {curie: (name if taken.count(name) == 1 else re.sub(r"\W", "_", curie), kinds[curie] + ("[]" if several[curie] else "")) for name, curie in named}


def _name(curie: str) -> str:
    """Return the name of a property: without prefix where it is ours.

    >>> _name("net:populationNote"), _name("skos:exactMatch")
    ('populationNote', 'skos_exactMatch')
    """
    return NAMES.get(curie) or re.sub(r"\W", "_", curie.removeprefix("net:"))


def _types(properties: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return CURIE of a property → type of a relationship; two properties with one name are told apart by their CURIEs.

    >>> _types({("net:targets", "targets"), ("RO:0004026", "disease has location"), ("x:targets", "targets")})
    {'RO:0004026': 'DISEASE_HAS_LOCATION', 'net:targets': 'NET_TARGETS', 'x:targets': 'X_TARGETS'}
    """
    words = {curie: _upper(name.removeprefix("net:")) for curie, name in sorted(properties)}
    shared = list(words.values())
    return {curie: word if shared.count(word) == 1 else _upper(curie) for curie, word in words.items()}


def _upper(name: str) -> str:
    """Return a name in capitals, its words joined by underscores.

    >>> _upper("subPopulationOf"), _upper("is a kind of")
    ('SUB_POPULATION_OF', 'IS_A_KIND_OF')
    """
    return re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).upper()


def _label(category: str) -> str:
    """Return the label of a kind of thing.

    >>> _label("hormonal syndrome")
    'HormonalSyndrome'
    """
    return "".join(word[:1].upper() + word[1:] for word in category.split())


def _node(node: Node, properties: dict[str, tuple[str, str]]) -> list[str]:
    return [node.id, _label(node.category), node.name, node.iri, *(SEPARATOR.join(node.attributes.get(curie, ())) for curie in properties)]


def _csv(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for row in rows:
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _readme(version: str) -> str:
    return f"""NET-KG {version} for Neo4j 5
{NOTICE} Licence: CC BY 4.0.

With Neo4j stopped, in this folder:

{IMPORT}
{QUERY}

The first line replaces the database "neo4j". The second starts the server and asks which drugs target which receptors.
A node has one label, what it is, and the properties of its header. A relationship has its property as a CURIE in
"predicate"; "inferred" is true when a reasoner found it and nobody stated it.
"""
