"""The documents of the graph as citations with links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.graph import Graph
from kg.prefixes import NET, compress
from kg.query.kept import kept
from kg.serve.api.links import href, local, outward, title
from kg.store import select
from kg.terms import LABEL

_ADDRESSES = ("doi", "pubmed", "registration", "webAddress")
"""Properties that lead to a document, the one to follow first."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document.

    :param url: where it can be read; empty when it is known by its title only
    :param numbers: CURIEs such as ``PMID:28076709``
    :param issuer: who issued it; empty when that is not stated
    """

    iri: str
    label: str
    url: str
    numbers: tuple[str, ...]
    issuer: str
    issued: str

    def data(self) -> dict[str, Any]:
        """Return the citation as a page needs it."""
        return {
            "iri": self.iri,
            "label": self.label,
            "href": href(self.iri),
            "url": self.url or None,
            "numbers": [{"curie": number, "url": outward(number)} for number in self.numbers],
            "issuer": self.issuer or None,
            "issued": self.issued or None,
        }


@kept
def documents(graph: Graph) -> dict[str, Source]:
    """Return all documents by IRI."""
    wanted = {LABEL: "label"} | {NET + name: name for name in (*_ADDRESSES, "organisation", "issued")}
    rows = select(
        graph.store,
        f"SELECT ?d ?p ?v WHERE {{ VALUES ?p {{ {' '.join(f'<{iri}>' for iri in wanted)} }} ?d a <{NET}Document> ; ?p ?v }} ORDER BY ?d ?p ?v",
    )
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for document, prop, value in rows:
        if isinstance(document, ox.NamedNode) and isinstance(prop, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            found[document.value][wanted[prop.value]].append(value.value)
    return {iri: _source(iri, values) for iri, values in found.items()}


def _source(iri: str, values: dict[str, list[str]]) -> Source:
    addresses = [address for name in _ADDRESSES for address in values[name]]
    numbers = [compress(address) for name in _ADDRESSES[:-1] for address in values[name]]
    label = next(iter(values["label"]), local(iri))
    return Source(iri, title(iri, label), next(iter(addresses), ""), tuple(numbers), next(iter(values["organisation"]), ""), next(iter(values["issued"]), ""))


def cited(graph: Graph, iris: Iterable[str]) -> list[dict[str, Any]]:
    """Return citations of documents, those that the graph knows."""
    known = documents(graph)
    return [known[iri].data() for iri in sorted(set(iris)) if iri in known]
