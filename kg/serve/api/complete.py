"""What an editor offers while a query is typed: only what exists in this very graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.graph import Graph
from kg.prefixes import NET, PREFIXES, compress
from kg.query.kept import kept, version
from kg.serve.api.answers import as_json
from kg.serve.api.links import labels_of
from kg.serve.calls import Reply
from kg.store import select


def complete(graph: Graph, _arguments: Mapping[str, Any]) -> Reply:
    """Return prefixes, classes that have members, properties that are used, and terms."""
    return as_json(_complete(graph))


@kept
def _complete(graph: Graph) -> dict[str, Any]:
    terms = graph.terms
    own = sorted(iri for iri, kind in terms.kinds.items() if iri.startswith(NET) and kind in ("class", "individual") and iri not in terms.deprecated)
    return {
        "version": version(graph),
        "prefixes": PREFIXES,
        "classes": _used(graph, "SELECT ?x (COUNT(*) AS ?n) WHERE { ?s a ?x } GROUP BY ?x"),
        "properties": _used(graph, "SELECT ?x (COUNT(*) AS ?n) WHERE { ?s ?x ?o } GROUP BY ?x"),
        "terms": [{"iri": iri, "curie": compress(iri), "label": terms.labels.get(iri)} for iri in own],
    }


def _used(graph: Graph, sparql: str) -> list[dict[str, Any]]:
    """Return identifiers with label and count, those used most first."""
    rows = select(graph.store, sparql)
    counts = {used.value: int(count.value) for used, count in rows if isinstance(used, ox.NamedNode) and isinstance(count, ox.Literal)}
    labels = labels_of(graph, counts)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"iri": iri, "curie": compress(iri), "label": labels.get(iri), "count": count} for iri, count in ordered]
