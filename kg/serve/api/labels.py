"""Labels for identifiers in the rows of any query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.graph import Graph
from kg.prefixes import compress
from kg.serve.api.answers import as_json, texts_of
from kg.serve.api.links import href, labels_of
from kg.serve.calls import Reply


def labels(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return CURIE, label and address for each identifier.

    :param arguments: ``iris``
    """
    iris = list(dict.fromkeys(texts_of(arguments, "iris")))
    found = labels_of(graph, iris)
    return as_json(
        {"labels": {iri: {"curie": compress(iri), "label": found.get(iri), "href": href(iri) if iri in found else None} for iri in iris}},
    )
