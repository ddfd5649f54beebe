"""Effect estimates and regulatory decisions as data for figures, with what can be chosen among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from kg.graph import NOTICE, Graph
from kg.model.interval import plain
from kg.model.population import parse
from kg.plot.data import ANY, ANY_THERAPY, Arm, Decision, Document, Item, decisions, forest_items, population_words, therapy_words
from kg.plot.scope import short
from kg.prefixes import NET
from kg.query.kept import kept, version
from kg.serve.api.answers import as_csv, as_json, parameters, text_of, texts_of
from kg.serve.api.links import href, labels_of, local
from kg.serve.api.records import curation_labels
from kg.serve.api.sources import cited
from kg.serve.calls import Reply
from kg.store import select

JSON_FORM, CSV_FORM = "json", "csv"
FOREST_COLUMNS = (
    "item", "trial", "analysis", "population", "subgroup", "endpoint", "time_point", "assessor", "experimental", "n_experimental", "value_experimental",
    "comparator", "n_comparator", "value_comparator", "unit", "n", "measure", "effect", "low", "high", "level", "curation", "sources", "note",
)  # fmt: skip
DECISION_COLUMNS = ("decision", "jurisdiction", "therapy", "brand", "kind", "status", "date", "indication", "curation", "sources")

Choice = dict[str, Any]


def forest(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the effect estimates that fit.

    :param arguments: ``therapy``, ``population``, ``measure``; ``endpoint`` and ``trial`` one or several; ``form``: json or csv
    :raises UsageError: when a value does not fit
    """
    therapy, population = text_of(arguments, "therapy", ANY_THERAPY), text_of(arguments, "population", ANY)
    therapy = ANY_THERAPY if therapy == ANY else therapy
    with parameters():
        items = (
            []
            if _without_therapies(graph)
            else forest_items(
                graph,
                therapy=therapy,
                population=population,
                endpoints=[text for text in texts_of(arguments, "endpoint") if text != ANY],
                measure=text_of(arguments, "measure", ANY),
                trials=[text for text in texts_of(arguments, "trial") if text != ANY],
            )
        )
    if text_of(arguments, "form", JSON_FORM) == CSV_FORM:
        return as_csv(FOREST_COLUMNS, (_item_row(item) for item in items), "forest.csv")
    return as_json(
        {
            "notice": NOTICE,
            "version": version(graph),
            "asked": {"therapy": therapy_words(graph, therapy) or None, "population": population_words(graph, population) or None} if items else {},
            "items": [_item(graph, item) for item in items],
            "choices": _forest_choices(graph),
        }
    )


def approvals(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return the regulatory decisions that fit.

    :param arguments: ``therapy``, ``jurisdiction``; ``form``: json or csv
    :raises UsageError: when a value does not fit
    """
    therapy = text_of(arguments, "therapy", ANY_THERAPY)
    therapy = ANY_THERAPY if therapy == ANY else therapy
    with parameters():
        found = [] if _without_therapies(graph) else decisions(graph, therapy=therapy, jurisdiction=text_of(arguments, "jurisdiction", ANY))
    if text_of(arguments, "form", JSON_FORM) == CSV_FORM:
        return as_csv(DECISION_COLUMNS, (_decision_row(decision) for decision in found), "approvals.csv")
    return as_json(
        {
            "notice": NOTICE,
            "version": version(graph),
            "asked": {"therapy": therapy_words(graph, therapy) or None} if found else {},
            "items": [_decision(graph, decision) for decision in found],
            "choices": _decision_choices(graph),
        }
    )


def _without_therapies(graph: Graph) -> bool:
    """Return whether a graph is not about therapies at all, such as an empty one."""
    return NET + ANY_THERAPY not in graph.terms.kinds


def _item(graph: Graph, item: Item) -> dict[str, Any]:
    own = _facts(graph).get(NET + item.name, Facts())
    return {
        "name": item.name,
        "iri": NET + item.name,
        "href": href(NET + item.name),
        "trial": item.trial,
        "trial_href": href(own.trial) if own.trial else None,
        "analysis": item.analysis or None,
        "population": item.population,
        "population_href": href(own.population) if own.population else None,
        "subgroup": item.subgroup or None,
        "endpoint": item.endpoint,
        "time_point": item.time_point or None,
        "assessor": item.assessor or None,
        "experimental": _arm(item.experimental, own.experimental, graph),
        "comparator": _arm(item.comparator, own.comparator, graph),
        "unit": item.unit or None,
        "n": item.n or None,
        "measure": item.measure,
        "effect": _number(item.effect),
        "low": _number(item.low),
        "high": _number(item.high),
        "level": _number(Decimal(item.level)) if item.level else None,
        "curation": item.curation,
        "curation_label": curation_labels(graph).get(item.curation),
        "sources": cited(graph, (source.iri for source in item.sources)),
        "note": item.note or None,
    }


def _arm(arm: Arm, therapies: Iterable[str], graph: Graph) -> dict[str, Any]:
    labels = graph.terms.labels
    return {
        "therapy": arm.therapy,
        "therapies": [{"iri": iri, "label": labels.get(iri), "href": href(iri)} for iri in sorted(therapies)],
        "n": arm.n or None,
        "value": _number(arm.value),
        "reached": arm.reached or None,
        "regimen": arm.regimen or None,
    }


def _decision(graph: Graph, decision: Decision) -> dict[str, Any]:
    iri = NET + decision.name
    labels = graph.terms.labels
    return {
        "name": decision.name,
        "iri": iri,
        "href": href(iri),
        "jurisdiction": decision.jurisdiction,
        "therapy": decision.therapy,
        "therapies": [{"iri": one, "label": labels.get(one), "href": href(one)} for one in _decided(graph).get(iri, ())],
        "brand": decision.brand or None,
        "decision": decision.decision,
        "status": decision.status,
        "date": decision.date or None,
        "gist": decision.gist,
        "curation": decision.curation,
        "curation_label": curation_labels(graph).get(decision.curation),
        "sources": cited(graph, (source.iri for source in decision.sources)),
    }


def _number(value: Decimal | None) -> int | float | None:
    """Return a number as JSON has it; figures with so few digits survive the way through a float."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _item_row(item: Item) -> tuple[object, ...]:
    first, second = item.experimental, item.comparator
    return (
        item.name, item.trial, item.analysis, item.population, item.subgroup, item.endpoint, item.time_point, item.assessor,
        first.therapy, first.n, plain(first.value) or first.reached, second.therapy, second.n, plain(second.value) or second.reached,
        item.unit, item.n, item.measure, plain(item.effect), plain(item.low), plain(item.high), item.level, item.curation, _cited(item.sources), item.note,
    )  # fmt: skip


def _decision_row(one: Decision) -> tuple[object, ...]:
    return (one.name, one.jurisdiction, one.therapy, one.brand, one.decision, one.status, one.date, one.gist, one.curation, _cited(one.sources))


def _cited(sources: Iterable[Document]) -> str:
    return " | ".join(f"{source.label} ({', '.join(source.numbers)})" if source.numbers else source.label for source in sources)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an effect estimate points to, by IRI."""

    trial: str = ""
    population: str = ""
    experimental: frozenset[str] = frozenset()
    comparator: frozenset[str] = frozenset()


@kept
def _facts(graph: Graph) -> dict[str, Facts]:
    result = graph.query("forest-plot", therapy=ANY_THERAPY, endpoint=ANY, measure=ANY)
    found: dict[str, Facts] = {}
    for row in result.rows:
        cells = {name: cell.value for name, cell in zip(result.columns, row, strict=True) if isinstance(cell, ox.NamedNode)}
        before = found.get(cells["item"], Facts())
        sides = {side: getattr(before, side) | {cells[side]} if side in cells else getattr(before, side) for side in ("experimental", "comparator")}
        found[cells["item"]] = Facts(cells.get("trial", ""), cells.get("population", ""), **sides)
    return found


@kept
def _decided(graph: Graph) -> dict[str, list[str]]:
    rows = select(graph.store, f"SELECT ?s ?t WHERE {{ ?s a <{NET}RegulatoryDecision> ; <{NET}therapy> ?t }} ORDER BY ?s ?t")
    found: dict[str, list[str]] = {}
    for statement, therapy in rows:
        if isinstance(statement, ox.NamedNode) and isinstance(therapy, ox.NamedNode):
            found.setdefault(statement.value, []).append(therapy.value)
    return found


@kept
def _forest_choices(graph: Graph) -> dict[str, list[Choice]]:
    """Return what has rows, with their number; ``value`` is what the parameter takes."""
    if _without_therapies(graph):
        return {"therapies": [], "endpoints": [], "measures": [], "trials": [], "populations": []}
    items = forest_items(graph)
    facts = _facts(graph)
    therapies: Counter[str] = Counter()
    populations: Counter[str] = Counter()
    for item in items:
        own = facts.get(NET + item.name, Facts())
        therapies.update(own.experimental)
        populations.update([own.population])
    return {
        "therapies": _of_terms(graph, therapies),
        "endpoints": _of_texts(Counter(item.endpoint for item in items)),
        "measures": _of_texts(Counter(item.measure for item in items)),
        "trials": _of_texts(Counter(item.trial for item in items)),
        "populations": _of_populations(graph, populations),
    }


@kept
def _decision_choices(graph: Graph) -> dict[str, list[Choice]]:
    found = [] if _without_therapies(graph) else decisions(graph)
    therapies = Counter(therapy for decision in found for therapy in _decided(graph).get(NET + decision.name, ()))
    return {"therapies": _of_terms(graph, therapies), "jurisdictions": _of_texts(Counter(decision.jurisdiction for decision in found))}


def _of_texts(counts: Counter[str]) -> list[Choice]:
    return [{"value": text, "label": text, "count": count} for text, count in sorted(counts.items(), key=lambda item: item[0].casefold()) if text]


def _of_terms(graph: Graph, counts: Counter[str]) -> list[Choice]:
    labels = labels_of(graph, counts)
    ordered = sorted(counts.items(), key=lambda item: labels.get(item[0], item[0]).casefold())
    return [{"value": local(iri), "label": labels.get(iri, local(iri)), "count": count} for iri, count in ordered]


def _of_populations(graph: Graph, counts: Counter[str]) -> list[Choice]:
    rows = select(graph.store, f"SELECT ?p ?v WHERE {{ ?p <{NET}scope> ?v }}")
    scopes = {population.value: scope.value for population, scope in rows if isinstance(population, ox.NamedNode) and isinstance(scope, ox.Literal)}
    words = {iri: short(parse(scopes[iri], graph.terms), graph.terms) for iri in counts if iri in scopes}
    ordered = sorted(words.items(), key=lambda item: item[1].casefold())
    return [{"value": iri.rpartition("/")[2], "label": text, "count": counts[iri]} for iri, text in ordered]
