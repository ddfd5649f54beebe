"""What other vocabularies define: their terms that are used here, and the labels of the Relation Ontology."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.check.rules import Finding
from kg.prefixes import NET, compress
from kg.terms import Terms

TERMS = Path(__file__).parent / "outside-terms.tsv"
"""Every term of another vocabulary that the ontology may use, with the release in which it was read."""
RELATIONS = "Relation Ontology"
"""Begins the third column of what ``scripts/list-relations`` wrote: all relations, not the used ones only (CC0)."""


@dataclass(frozen=True, slots=True)
class OutsideTerm:
    """A class or property of another vocabulary.

    :param read_in: vocabulary and release
    """

    iri: str
    label: str
    read_in: str


@cache
def outside_terms() -> tuple[OutsideTerm, ...]:
    """Return the terms of other vocabularies, sorted by IRI."""
    lines = TERMS.read_text(encoding="utf-8").splitlines()[1:]
    return tuple(OutsideTerm(*line.split("\t")) for line in lines)


def unknown_terms(terms: Terms) -> Iterator[Finding]:
    """Yield classes and properties that are declared in another vocabulary's name and not known to exist there."""
    known = {term.iri for term in outside_terms()}
    for iri, kind in sorted(terms.kinds.items()):
        if kind != "individual" and not iri.startswith(NET) and iri not in known:
            yield Finding("outside-term", "ERROR", compress(iri), f"no such term in {TERMS.name}")


def taken_labels(terms: Terms) -> Iterator[Finding]:
    """Yield properties of ours with the label of a relation of the Relation Ontology."""
    relations = {term.label.casefold(): term.iri for term in outside_terms() if term.read_in.startswith(RELATIONS)}
    for iri, kind in sorted(terms.kinds.items()):
        taken = relations.get(terms.labels.get(iri, "").casefold())
        if taken and iri.startswith(NET) and "property" in kind:
            yield Finding("relation-label", "ERROR", compress(iri), f"“{terms.labels[iri]}” is {compress(taken)}")
