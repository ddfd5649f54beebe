"""How the populations of the graph stand to each other, and which recommendations disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pyoxigraph as ox

from kg.load.reader import Row, record_iri
from kg.load.tables import BY_NAME
from kg.match.logic import Logic
from kg.match.solver import fulfils
from kg.model.population import Population
from kg.prefixes import NET
from kg.terms import Terms

FOR = frozenset({"recommended", "may be considered"})
TOGETHER = frozenset({"combination", "sequence"})
PERIOPERATIVE = frozenset({"adjuvant", "neoadjuvant"})
ONE_AT_A_TIME = ("hereditary", "syndromes")
AGAINST = frozenset({"not recommended", "contraindicated"})


@dataclass(frozen=True, slots=True)
class Advice:
    """One recommendation, as far as disagreement needs it.

    :param id: key of its row
    :param sources: documents that give it
    :param therapies: IRIs
    :param aims: codes
    :param combined: whether the therapies are given together or one after the other, so that advice on one of them does not touch it
    :param direction: code
    :param use: ``adjuvant`` or ``neoadjuvant`` where that is what the advice is about, else empty
    :param population: identifier
    :param superseded: whether a later edition has replaced it
    """

    id: str
    sources: frozenset[str]
    therapies: frozenset[str]
    aims: frozenset[str]
    combined: bool
    direction: str
    use: str
    population: str
    superseded: bool


def subsumptions(logic: Logic) -> list[tuple[str, str]]:
    """Return all pairs (narrower, wider) of different populations, by identifier; both ways when they mean the same.

    A few presentations of each population are tried first: one that is outside another population settles that pair,
    so that the exact search decides only pairs that look like subsumption.
    """
    witnesses = {key: logic.examples(key) for key in logic.inside}
    return sorted(
        (narrow, wide)
        for narrow, wide in product(logic.inside, repeat=2)
        if narrow != wide and all(fulfils(example, logic.inside[wide]) for example in witnesses[narrow]) and logic.is_within(narrow, wide)
    )


def disagreements(logic: Logic, advice: Sequence[Advice], terms: Terms) -> Iterator[tuple[str, str]]:
    """Yield pairs (in favour, against) of recommendations of different sources for one therapy, one aim and a common presentation.

    Advice on a kind of therapy covers its subclasses: advice against somatostatin analogues disagrees with advice for lanreotide.
    A combination is another therapy than its parts, and adjuvant use another use. What a later edition has replaced is left out.
    Overlaps that need two hereditary syndromes, or two hormone syndromes, at once do not count.
    """
    overlap: dict[tuple[str, str], bool] = {}
    current = [item for item in advice if not item.superseded]
    against = [item for item in current if item.direction in AGAINST]
    above = {iri: terms.ancestors(iri) for item in current for iri in item.therapies}
    for one in current:
        if one.direction not in FOR:
            continue
        for other in against:
            if one.sources & other.sources or one.use != other.use or not one.aims & other.aims or not related(one, other, above):
                continue
            pair = (one.population, other.population)
            if pair not in overlap:
                overlap[pair] = logic.overlap_plainly(*pair, ONE_AT_A_TIME)
            if overlap[pair]:
                yield one.id, other.id


def related(one: Advice, other: Advice, above: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Return the pairs of therapies, one of each, that make two pieces of advice concern the same: equal, or one a kind of the other.

    :param above: therapy → itself and all classes above it
    """
    if one.combined or other.combined:
        return [(iri, iri) for iri in sorted(one.therapies)] if one.combined == other.combined and one.therapies == other.therapies else []
    return sorted((mine, theirs) for mine in one.therapies for theirs in other.therapies if mine in above[theirs] or theirs in above[mine])


def advice(rows: Mapping[str, Sequence[Row]], terms: Terms) -> list[Advice]:
    """Return the recommendations among the rows of the tables."""
    codes = {iri: code for choices in terms.codes.values() for code, iri in choices.items()}
    replaced = {row.id for row in rows.get("documents", ()) if row.values.get("superseded_by")}
    found = []
    for row in rows.get("recommendations", ()):
        values = row.values
        sources = frozenset(map(str, values["source"]))
        (population,) = values["population"]
        found.append(
            Advice(
                id=row.id,
                sources=sources,
                therapies=frozenset(map(str, values["therapy"])),
                aims=frozenset(codes[str(aim)] for aim in values["aim"]),
                combined=codes[str(values["combination"][0])] in TOGETHER,
                direction=codes[str(values["direction"][0])],
                use=next((codes[str(intent)] for intent in values.get("intent", ()) if codes[str(intent)] in PERIOPERATIVE), ""),
                population=population.id if isinstance(population, Population) else "",
                superseded="superseded" in values or sources <= replaced,
            )
        )
    return found


def triples(logic: Logic, rows: Mapping[str, Sequence[Row]], terms: Terms) -> Iterator[ox.Triple]:
    """Yield what is found between populations and between recommendations, for the graph ``net:graph/relations``."""
    pairs = subsumptions(logic)
    found = set(pairs)
    for narrow, wide in pairs:
        subject, other = _population(narrow), _population(wide)
        yield ox.Triple(subject, _net("subPopulationOf"), other)
        if (wide, narrow) in found:
            yield ox.Triple(subject, _net("samePopulationAs"), other)
    table = BY_NAME["recommendations"]
    for one, against in disagreements(logic, advice(rows, terms), terms):
        subject, other = (ox.NamedNode(record_iri(table, key)) for key in (one, against))
        yield ox.Triple(subject, _net("disagreesWith"), other)
        yield ox.Triple(other, _net("disagreesWith"), subject)


def _population(key: str) -> ox.NamedNode:
    return _net(f"population/{key}")


def _net(name: str) -> ox.NamedNode:
    return ox.NamedNode(NET + name)
