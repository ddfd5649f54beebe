"""What the graph says of one identifier, as RDF: a symmetric concise bounded description."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

import pyoxigraph as ox

from kg.graph import Graph
from kg.prefixes import PREFIXES
from kg.serve.api.answers import NOTED
from kg.serve.calls import Reply
from kg.serve.http.formats import GRAPHS, Format, with_charset

RDF_FORMS = ("turtle", "ntriples", "jsonld", "rdfxml", "trig", "nquads", "n3")
"""Keys of the formats, the one we like best first."""
_DEPTH = 5
"""How far blank nodes are followed."""
_INCOMING = 500
"""Statements that lead here, at most: everything leads to ``owl:Class``."""


def concise(graph: Graph, iri: str, form: str) -> Reply:
    """Return all statements about an identifier, those that lead to it, and what they say of nodes without name."""
    found = _triples(graph, iri)
    chosen = GRAPHS[form]
    return Reply(with_charset(chosen.media_types[0]), written(found, chosen), NOTED)


def written(statements: Iterable[ox.Triple] | Iterable[ox.Quad], form: Format[ox.RdfFormat]) -> bytes:
    """Return statements as text, graph by graph, sorted, and with the prefixes that occur: the same ones give the same bytes."""
    lines = sorted_lines(statements)
    if form.key in ("trig", "nquads"):
        lines.sort(key=_graph)
    text = b"".join(lines)
    if form.key in ("nquads", "ntriples"):
        return text
    used = {name: address for name, address in PREFIXES.items() if name.isalnum() and f"<{address}".encode() in text}
    body = ox.serialize(ox.parse(text, format=ox.RdfFormat.N_QUADS), format=form.engine, prefixes=used) or b""
    head = list(takewhile(lambda line: line.startswith(b"@prefix"), body.splitlines(keepends=True)))
    return b"".join(sorted(head)) + body[sum(map(len, head)) :]


def sorted_lines(statements: Iterable[ox.Triple] | Iterable[ox.Quad]) -> list[bytes]:
    """Return statements as lines of N-Quads, or N-Triples, sorted."""
    return sorted((ox.serialize(statements, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))


def _graph(line: bytes) -> bytes:
    return line.rsplit(b" ", 2)[1]


def _triples(graph: Graph, iri: str) -> set[ox.Triple]:
    node = ox.NamedNode(iri)
    found = set(_constructed(graph, f"CONSTRUCT {{ {node} ?p ?o }} WHERE {{ {node} ?p ?o }}"))
    nameless = f"{node} ?q ?b0 FILTER(ISBLANK(?b0))"
    if any(isinstance(triple.object, ox.BlankNode) for triple in found):
        for depth in range(_DEPTH):
            chain = "".join(f" ?b{step} ?r{step} ?b{step + 1} FILTER(ISBLANK(?b{step + 1}))" for step in range(depth))
            more = _constructed(graph, f"CONSTRUCT {{ ?b{depth} ?p ?o }} WHERE {{ {nameless}{chain} ?b{depth} ?p ?o }}")
            if not more:
                break
            found.update(more)
    found.update(
        _constructed(
            graph, f"CONSTRUCT {{ ?s ?p {node} }} WHERE {{ {{ SELECT ?s ?p WHERE {{ ?s ?p {node} FILTER(!ISBLANK(?s)) }} ORDER BY ?s ?p LIMIT {_INCOMING} }} }}"
        )
    )
    return found


def _constructed(graph: Graph, sparql: str) -> list[ox.Triple]:
    answer = graph.store.query(sparql)
    return answer if isinstance(answer, list) else []
