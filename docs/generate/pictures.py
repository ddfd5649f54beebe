"""The pictures of the data model, drawn from the graph itself."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

import kg
from docs.generate.trees import Node, draw
from kg.errors import UnknownTermError
from kg.plot.sheet import FIXED_SPACE
from kg.prefixes import GRAPH, NET, compress, sparql_prologue
from kg.store import select

STATEMENT = NET + "recommendation/R012"
"""The record that the pages explain."""
SHOWN = ("therapy", "combination", "aim", "direction", "jurisdiction", "population", "source", "issued", "readAt", "curation")
"""Properties of the record, in the order of reading."""
NAMED = 6
"""Classes of a branch that are named."""
MAKERS = {
    "as edited": ("ontology",),
    "what follows from it": ("inferred", "edges", "relations"),
    "made from the tables": ("data/",),
    "about the graph itself": ("meta", "void", "examples", "prefixes"),
}
"""Where a named graph comes from → how the names of such graphs begin."""


def pictures(graph: kg.Graph) -> Iterator[tuple[str, bytes]]:
    """Yield name and SVG of each picture.

    :raises UnknownTermError: when the record that is shown is not in the graph
    """
    yield "statement", draw(statement(graph), "A statement", "One recommendation with its properties and their values.")
    yield "population", draw(population(graph), "A population", "The population of the same recommendation: one alternative and its criteria.")
    yield "branches", draw(branches(graph), "The branches of the ontology", "The top classes with the classes directly below them.")
    yield "graphs", draw(graphs(graph), "The named graphs", "Named graphs by origin, with the number of their statements.")


def statement(graph: kg.Graph) -> Node:
    """Return the record with its properties."""
    said = _said(graph, STATEMENT)
    if not said:
        raise UnknownTermError(f"the record that the pages explain is not in the graph: {compress(STATEMENT)}")
    children = [Node("", _name(graph, value), f"net:{name}") for name in SHOWN for value in said.get(NET + name, ())]
    return Node(compress(STATEMENT), "net:Recommendation", children=children)


def population(graph: kg.Graph) -> Node:
    """Return the population of the record: alternatives, criteria, and what each requires."""
    found = _said(graph, STATEMENT)[NET + "population"][0].value
    alternatives = [_alternative(graph, value.value) for value in _said(graph, found)[NET + "alternative"]]
    return Node("net:population/…", "all who are in any one of its alternatives", children=alternatives)


def _alternative(graph: kg.Graph, iri: str) -> Node:
    criteria = sorted((value.value for value in _said(graph, iri)[NET + "criterion"]), key=lambda name: int(name.rpartition("-")[2]))
    return Node("alternative", "all criteria hold", "net:alternative", [_criterion(graph, name) for name in criteria])


def _criterion(graph: kg.Graph, iri: str) -> Node:
    said = _said(graph, iri)
    values = [Node("", _name(graph, value), f"net:{name}") for name in ("requires", "excludes", "minimum", "maximum") for value in said.get(NET + name, ())]
    return Node(_name(graph, said[NET + "restricts"][0]), "", "net:criterion", values)


def branches(graph: kg.Graph) -> Node:
    """Return the top classes of the ontology with what lies directly below."""
    terms = graph.terms
    return Node("ontology", f"{len(list(terms.classes())):,} classes", children=[_branch(graph, top) for top in tops(graph)])


def _branch(graph: kg.Graph, top: str) -> Node:
    terms = graph.terms
    below = sorted(terms.labels[child] for child in terms.children.get(top, ()) if not (terms.parents[child] - {top}) & (terms.descendants(top) - {child}))
    names = ", ".join(below[:NAMED]) + (" …" if len(below) > NAMED else "")
    return Node(terms.labels[top], f"{len(terms.descendants(top)) - 1} below", children=[Node("", names)] if below else [])


def tops(graph: kg.Graph) -> list[str]:
    """Return the classes of ours that have no class of ours above them, by label."""
    terms = graph.terms
    found = [iri for iri in terms.classes() if not any(parent.startswith(NET) for parent in terms.parents.get(iri, ()))]
    return sorted(found, key=lambda iri: terms.labels[iri])


def graphs(graph: kg.Graph) -> Node:
    """Return the named graphs by origin, with their sizes."""
    rows = graph.select("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g").rows
    sizes = {name.value.removeprefix(GRAPH): int(count.value) for name, count in rows if isinstance(name, ox.NamedNode) and isinstance(count, ox.Literal)}
    groups = [_group(maker, {name: size for name, size in sizes.items() if name.startswith(names)}) for maker, names in MAKERS.items()]
    return Node("default graph", "the union of all", children=groups)


def _group(maker: str, sizes: dict[str, int]) -> Node:
    return Node(maker, f"{sum(sizes.values()):,} statements", children=[Node("", " · ".join(f"{name}{FIXED_SPACE}{size:,}" for name, size in sizes.items()))])


def _said(graph: kg.Graph, iri: str) -> dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]]:
    """Return property → values of a record, sorted."""
    found: dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]] = {}
    for predicate, value in select(graph.store, sparql_prologue() + f"SELECT DISTINCT ?p ?o WHERE {{ <{iri}> ?p ?o }} ORDER BY ?p ?o"):
        if isinstance(predicate, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal):
            found.setdefault(predicate.value, []).append(value)
    return found


def _name(graph: kg.Graph, value: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    if not isinstance(value, ox.NamedNode):
        return value.value
    labels = graph.labels(select(graph.store, f"SELECT ?x WHERE {{ VALUES ?x {{ <{value.value}> }} }}"))
    return labels.get(value.value, compress(value.value))
