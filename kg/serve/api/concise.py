"""What the graph says of one identifier, as RDF: a symmetric concise bounded description."""

from __future__ import annotations

import pyoxigraph as ox

from kg.export.document import document
from kg.graph import Graph
from kg.serve.api.answers import NOTED
from kg.serve.calls import Reply
from kg.serve.http.formats import GRAPHS, with_charset

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
    return Reply(with_charset(chosen.media_types[0]), document(found, chosen.engine), NOTED)


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
