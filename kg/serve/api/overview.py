"""What is in the graph: counts, sources, themes of the library."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.graph import NOTICE, Graph
from kg.prefixes import NET, PREFIXES
from kg.query.kept import kept, version
from kg.serve.api.answers import as_json
from kg.serve.api.links import href
from kg.serve.api.sources import documents
from kg.serve.calls import Reply
from kg.store import graph_counts, select

COUNTED: dict[str, str] = {
    "Neoplasm": "kinds of tumours",
    "AnatomicalSite": "sites",
    "Drug": "drugs and radioligands",
    "Intervention": "procedures and regimens",
    "MolecularTarget": "molecular targets",
    "Recommendation": "recommendations",
    "RegulatoryDecision": "regulatory decisions",
    "ClinicalTrial": "trials",
    "ArmComparison": "trial comparisons",
    "EvidenceItem": "evidence items",
    "Claim": "public claims checked",
    "Document": "documents cited",
}
"""Class → what is counted: the classes below it, or the individuals of it."""

THEMES: dict[str, str] = {
    "founding question": "The founding question",
    "therapy": "Therapies",
    "evidence": "Evidence",
    "trial": "Trials",
    "disagreement": "Where sources disagree",
    "regulation": "Approvals and licences",
    "safety": "Safety and limits",
    "tumour": "Kinds of tumours",
    "population": "For whom statements hold",
    "grade": "Grade",
    "pathology": "Pathology",
    "staging": "Stage",
    "site": "Sites",
    "receptor": "Receptors",
    "radiopharmaceutical": "Radioligands",
    "molecule": "Molecules",
    "imaging": "Imaging",
    "diagnosis": "Diagnosis",
    "biomarker": "Biomarkers",
    "syndrome": "Syndromes and hormones",
    "genetics": "Hereditary tumours",
    "epidemiology": "Epidemiology",
    "procedure": "Procedures",
    "follow-up": "Follow-up",
    "claim": "Public claims, checked",
    "source": "Documents",
    "curation": "How far rows were checked",
    "coverage": "What is covered and what is not",
    "mapping": "Other vocabularies",
    "search": "Search",
}
"""Tag of a stored query → heading, in the order of the page; others follow under their own names."""


def overview(graph: Graph, _arguments: Mapping[str, Any]) -> Reply:
    """Say what is in the graph."""
    return as_json(_overview(graph))


@kept
def _overview(graph: Graph) -> dict[str, Any]:
    sizes = graph_counts(graph.store)
    return {
        "version": version(graph),
        "built": _built(graph),
        "notice": NOTICE,
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "statements": sum(sizes.values()),
        "graphs": [{"iri": iri, "statements": size} for iri, size in sizes.items()],
        "queries": len(graph.queries),
        "terms": sum(1 for _ in graph.terms.classes()),
        "counts": _counts(graph),
        "sources": _sources(graph),
        "themes": _themes(graph),
    }


def _built(graph: Graph) -> str | None:
    dates = "|".join(f"<{PREFIXES['dcterms']}{name}>" for name in ("modified", "issued", "created"))
    rows = select(graph.store, f"SELECT ?v WHERE {{ <{NET}dataset> {dates} ?v }}")
    return max((cell.value for (cell,) in rows if isinstance(cell, ox.Literal)), default=None)


def _counts(graph: Graph) -> list[dict[str, Any]]:
    values = " ".join(f"<{NET}{name}>" for name in COUNTED)
    rows = select(graph.store, f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE {{ VALUES ?c {{ {values} }} ?s a ?c }} GROUP BY ?c")
    individuals = {cls.value: int(number.value) for cls, number in rows if isinstance(cls, ox.NamedNode) and isinstance(number, ox.Literal)}
    found = []
    for name, words in COUNTED.items():
        iri = NET + name
        count = individuals.get(iri) or len(graph.terms.descendants(iri) - {iri} - graph.terms.deprecated)
        if iri in graph.terms.kinds:
            found.append({"label": words, "iri": iri, "href": href(iri), "count": count})
    return found


def _sources(graph: Graph) -> list[dict[str, Any]]:
    """Return the issuers with the number of their documents, those with most first; documents without issuer come last."""
    counts = Counter(document.issuer for document in documents(graph).values())
    return [{"issuer": issuer or None, "documents": count} for issuer, count in sorted(counts.items(), key=lambda item: (not item[0], -item[1], item[0]))]


def _themes(graph: Graph) -> list[dict[str, Any]]:
    by_tag: dict[str, list[dict[str, str]]] = defaultdict(list)
    for stored in graph.queries.values():
        for tag in stored.tags:
            by_tag[tag].append({"name": stored.name, "title": stored.title, "summary": stored.summary})
    order = [*THEMES, *sorted(by_tag.keys() - THEMES)]
    return [{"tag": tag, "title": THEMES.get(tag, tag.capitalize()), "queries": by_tag[tag]} for tag in order if tag in by_tag]
