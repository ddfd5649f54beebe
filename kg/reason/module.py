"""The part of the ontology on which classes of presentations and terms depend.

The closed lists of the information side (jurisdictions, endpoints, units …) are nominals that every tableau of
HermiT would have to carry along. They share no axiom with classes of presentations or with the terms, apart from the
disjointness of the lists themselves, so leaving them out changes no subsumption between the classes that stay.
A test holds the two classifications equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pyoxigraph as ox

from kg.prefixes import PREFIXES
from kg.terms import Terms

RDF, OWL = PREFIXES["rdf"], PREFIXES["owl"]
_LISTS = (ox.NamedNode(OWL + "oneOf"), ox.NamedNode(OWL + "distinctMembers"))


def reasoning_module(triples: Sequence[ox.Triple], terms: Terms) -> list[ox.Triple]:
    """Return the triples without annotations and without the closed lists that no feature uses."""
    ranges = {feature.range for feature in terms.features.values()}
    dropped: set[str] = {f"<{iri}>" for cls, codes in terms.codes.items() if cls not in ranges for iri in codes.values()}
    annotations = {iri for iri, kind in terms.kinds.items() if kind == "annotation property"}
    by_subject: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        by_subject[str(triple.subject)].append(triple)
    for subject, about in list(by_subject.items()):
        for triple in about:
            if triple.predicate in _LISTS:
                cells = _cells(str(triple.object), by_subject)
                if any(str(cell.object) in dropped for node in cells for cell in by_subject[node]):
                    dropped |= {subject, *cells}
    return [
        triple for triple in triples if triple.predicate.value not in annotations and str(triple.subject) not in dropped and str(triple.object) not in dropped
    ]


def _cells(head: str, by_subject: dict[str, list[ox.Triple]]) -> list[str]:
    cells = []
    rest = ox.NamedNode(RDF + "rest")
    while head != f"<{RDF}nil>":
        cells.append(head)
        head = next(str(triple.object) for triple in by_subject[head] if triple.predicate == rest)
    return cells
