"""Explain one term or record: where it stands, how it relates, what is said about it, and by whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.errors import UnknownTermError
from kg.graph import Graph, display
from kg.load.columns import KEY_PATTERN
from kg.prefixes import GRAPH, NET, PREFIXES
from kg.store import Rows, select

RDFS = PREFIXES["rdfs"]
STATEMENT_PROPERTIES = ("therapy", "experimental", "comparator")


@dataclass(slots=True)
class Explanation:
    """What the graph says about a term.

    :param paths: labels from the term up to each root
    :param relations: label of the relation → labels of the terms it leads to
    :param incoming: label of the relation → labels of the terms that lead here
    :param statements: kind of statement → (what it says, source, curation)
    :param records: property → values, for a record of a table
    """

    iri: str
    label: str
    definition: str
    definition_sources: list[str]
    comment: str
    synonyms: dict[str, list[str]]
    paths: list[list[str]]
    children: list[str]
    relations: dict[str, list[str]] = field(default_factory=dict)
    incoming: dict[str, list[str]] = field(default_factory=dict)
    mappings: list[str] = field(default_factory=list)
    statements: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    records: dict[str, list[str]] = field(default_factory=dict)


def explain(graph: Graph, name: str) -> Explanation:
    """Return what the graph says about a term, or a record such as ``recommendation/R001``.

    :raises UnknownTermError: when there is neither
    """
    if "/" in name and not name.startswith("http"):
        return _record(graph, NET + name.removeprefix("net:"))
    kinds = ("class", "individual", "object property", "data property", "annotation property")
    for kind in kinds:
        try:
            iri = graph.terms.resolve(name, kind)
        except UnknownTermError:
            continue
        return _term(graph, iri)
    near = [graph.terms.labels[iri] for iri in graph.terms.search(name, limit=5)]
    raise UnknownTermError(f"no term is called {name!r}", hint=f"perhaps: {'; '.join(near)}" if near else "")


def _term(graph: Graph, iri: str) -> Explanation:
    terms = graph.terms
    found = Explanation(
        iri=iri,
        label=terms.labels.get(iri, iri),
        definition=terms.definitions.get(iri, ""),
        definition_sources=_column(graph, f"?a owl:annotatedSource <{iri}> ; owl:annotatedProperty <{PREFIXES['IAO']}0000115> ; oboInOwl:hasDbXref ?v"),
        comment=" ".join(_column(graph, f"<{iri}> rdfs:comment ?v")),
        synonyms=terms.synonyms.get(iri, {}),
        paths=_paths(graph, iri),
        children=sorted(_labels(graph, terms.children.get(iri, set()))),
    )
    edges = f"GRAPH <{GRAPH}edges>"
    found.relations = _grouped(graph, f"{edges} {{ <{iri}> ?p ?v }} FILTER(STRSTARTS(STR(?p), '{NET}'))")
    found.incoming = _grouped(graph, f"{edges} {{ ?v ?p <{iri}> }} FILTER(STRSTARTS(STR(?p), '{NET}'))")
    matches = "skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch"
    rows = _rows(graph, f"SELECT ?p ?v WHERE {{ VALUES ?p {{ {matches} }} <{iri}> ?p ?v }} ORDER BY ?p ?v")
    found.mappings = [f"{display(row[0])} {display(row[1])}" for row in rows]
    found.statements = _statements(graph, iri)
    return found


def _record(graph: Graph, iri: str) -> Explanation:
    if not all(KEY_PATTERN.fullmatch(part) for part in iri.removeprefix(NET).split("/")):
        raise UnknownTermError(f"no record is called {iri.removeprefix(NET)!r}", hint="records are named TABLE/ID, such as recommendation/R001")
    rows = _rows(graph, f"SELECT ?p ?v WHERE {{ <{iri}> ?p ?v }} ORDER BY ?p ?v")
    if not rows.rows:
        raise UnknownTermError(f"no record is called {iri.removeprefix(NET)!r}", hint="records are named TABLE/ID, such as recommendation/R001")
    labels = graph.labels(rows)
    records: dict[str, list[str]] = defaultdict(list)
    for prop, value in rows:
        name = labels.get(getattr(prop, "value", "")) or display(prop) or ""
        records[name].append(labels.get(getattr(value, "value", "")) or display(value) or "")
    label = next((value.value for prop, value in rows if getattr(prop, "value", "") == RDFS + "label" and isinstance(value, ox.Literal)), iri)
    return Explanation(iri, label, "", [], "", {}, [], [], records=dict(records))


def _paths(graph: Graph, iri: str) -> list[list[str]]:
    """Return one path to each root, shortest first at each step."""
    terms = graph.terms
    parents = sorted(parent for parent in terms.parents.get(iri, ()) if parent in terms.labels)
    label = terms.labels.get(iri, iri)
    if not parents:
        return [[label]]
    return [[label, *path] for parent in parents for path in _paths(graph, parent)][:6]


def _labels(graph: Graph, iris: set[str]) -> list[str]:
    return [graph.terms.labels.get(iri, iri) for iri in iris]


def _statements(graph: Graph, iri: str) -> dict[str, list[tuple[str, str, str]]]:
    properties = " ".join(f"net:{name}" for name in STATEMENT_PROPERTIES)
    rows = _rows(
        graph,
        f"""SELECT DISTINCT ?kind ?says ?where ?source ?curation WHERE {{
          VALUES ?link {{ {properties} }} ?s ?link <{iri}> ; a ?type ; rdfs:label ?label ; net:source/rdfs:label ?source ; net:curation/net:code ?curation .
          GRAPH ?g {{ ?s a ?type }} FILTER(STRSTARTS(STR(?g), '{GRAPH}data/'))
          ?type rdfs:label ?kind .
          OPTIONAL {{ ?s net:gist ?gist }} OPTIONAL {{ ?s net:direction/rdfs:label ?direction }} OPTIONAL {{ ?s net:population/rdfs:label ?where }}
          BIND(CONCAT(IF(BOUND(?direction), CONCAT(?direction, ': '), ''), COALESCE(?gist, ?label)) AS ?says)
        }} ORDER BY ?kind ?says ?source""",
    )
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    found["recommendation"], found["regulatory decision"], found["arm comparison"] = [], [], []  # these come first
    for kind, says, where, source, curation in rows:
        text = f"{display(says)}" + (f" [{display(where)}]" if where is not None else "")
        found[display(kind) or ""].append((text, display(source) or "", display(curation) or ""))
    return {kind: statements for kind, statements in found.items() if statements}


def _grouped(graph: Graph, pattern: str) -> dict[str, list[str]]:
    rows = _rows(graph, f"SELECT DISTINCT ?p ?v WHERE {{ {pattern} }} ORDER BY ?p ?v")
    labels = graph.labels(rows)
    grouped: dict[str, list[str]] = defaultdict(list)
    for prop, value in rows:
        grouped[labels.get(getattr(prop, "value", "")) or display(prop) or ""].append(labels.get(getattr(value, "value", "")) or display(value) or "")
    return dict(grouped)


def _column(graph: Graph, pattern: str) -> list[str]:
    return [display(row[0]) or "" for row in _rows(graph, f"SELECT DISTINCT ?v WHERE {{ {pattern} }} ORDER BY ?v")]


def _rows(graph: Graph, sparql: str) -> Rows:
    prologue = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("net", "rdf", "rdfs", "owl", "skos", "oboInOwl"))
    return select(graph.store, prologue + sparql)
