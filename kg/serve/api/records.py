"""Curated rows as people read them: a sentence, for whom, on what authority, how far it was checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.graph import Graph
from kg.load.tables import TABLES
from kg.model.population import PopulationError, parse
from kg.plot.scope import short
from kg.prefixes import GRAPH, NET
from kg.query.kept import kept
from kg.query.kinds import kind_of
from kg.serve.api.links import Link, href, labels_of, link, local
from kg.serve.api.sources import cited
from kg.store import Term, select
from kg.terms import TYPE, plain_label

Values = Mapping[str, list[Term]]
"""Local name of a property → values, in the order of the graph."""

BOOKKEEPING = {"source", "readAt", "curation", "curationNote", "rowNumber", "about", "population", "populationNote"}
"""Properties that an item shows in a place of its own, or not at all."""
_CLASSES = {table.cls: table for table in TABLES if table.name != "documents"}
_PLACES = {table.cls: {column.prop: place for place, column in enumerate(table.columns) if column.prop} for table in TABLES}
_CHUNK = 300


@dataclass(frozen=True, slots=True)
class Record:
    """One curated row.

    :param cls: local name of its class; empty when it is of none that a table makes
    """

    iri: str
    cls: str
    values: Values


def read_records(graph: Graph, iris: Iterable[str]) -> list[Record]:
    """Return the rows with these identifiers, in the order given; what the graph does not know is left out."""
    wanted = list(dict.fromkeys(iris))
    found: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    classes: dict[str, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        subjects = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _CHUNK])
        rows = select(
            graph.store,
            f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {subjects} }} GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{GRAPH}data/')) }} ORDER BY ?s ?p ?o",
        )
        for subject, prop, value in rows:
            if not isinstance(subject, ox.NamedNode) or not isinstance(prop, ox.NamedNode) or value is None:
                continue
            if prop.value == TYPE and isinstance(value, ox.NamedNode) and local(value.value) in _CLASSES:
                classes[subject.value] = local(value.value)
            elif prop.value.startswith(NET):
                found[subject.value][local(prop.value)].append(value)
    return [Record(iri, classes.get(iri, ""), found[iri]) for iri in wanted if iri in found]


@kept
def _codes(graph: Graph) -> dict[str, str]:
    return {iri: code for choices in graph.terms.codes.values() for code, iri in choices.items()}


@kept
def curation_labels(graph: Graph) -> dict[str, str]:
    """Return code of a state of curation → what it means."""
    return {code: plain_label(graph.terms.labels.get(iri, code)) for code, iri in graph.terms.choices("CurationStatus").items()}


class Reader:
    """Turns rows into items; labels and populations are looked up once for all of them."""

    def __init__(self, graph: Graph, records: Iterable[Record]) -> None:
        self._graph = graph
        self.records = list(records)
        named = {value.value for record in self.records for values in record.values.values() for value in values if isinstance(value, ox.NamedNode)}
        self._labels = labels_of(graph, {*named, *(record.iri for record in self.records)})
        self._scopes = _scopes(graph, {iri for record in self.records for iri in _iris(record.values.get("population", ()))})

    def item(self, record: Record, *, role: str = "") -> dict[str, Any]:
        """Return one row for people.

        :param role: how the row is connected with the term that is looked at
        """
        values = record.values
        return {
            "iri": record.iri,
            "name": local(record.iri),
            "href": href(record.iri),
            "kind": kind_of(self._graph, record.iri),
            "role": role or None,
            "sentence": self.sentence(record),
            "therapies": self._links(values.get("therapy") or values.get("experimental") or ()),
            "comparators": self._links(values.get("comparator", ())),
            "direction": self._text(values, "direction") or None,
            "status": self._text(values, "decisionStatus") or self._text(values, "primaryOutcome") or None,
            "strength": self._text(values, "strength") or None,
            "aims": self._texts(values, "aim"),
            "jurisdiction": self._text(values, "jurisdiction") or None,
            "date": self._text(values, "issued") or None,
            "superseded": self._text(values, "superseded") or None,
            "population": self._population(values),
            "sources": cited(self._graph, _iris(values.get("source", ()))),
            "read_at": self._texts(values, "readAt"),
            "curation": self._curation(values),
            "note": self._text(values, "curationNote") or None,
        }

    def values(self, record: Record) -> list[dict[str, Any]]:
        """Return what the row says, column by column."""
        labels = self._graph.terms.labels
        return [{"property": link(NET + name, labels), "values": [self._value(value) for value in record.values[name]]} for name in _ordered(record)]

    def sentence(self, record: Record) -> str:
        """Return what the row says, as a sentence or nearly one."""
        words = {name: " and ".join(self._texts(record.values, name)) for name in record.values}

        def of(name: str) -> str:
            return words.get(name, "")

        if record.cls in _SENTENCES:
            return _SENTENCES[record.cls](of)
        if record.iri.startswith(f"{NET}document/"):
            return ", ".join(part for part in (self._labels.get(record.iri, ""), of("organisation"), of("issued")) if part)
        labels = self._graph.terms.labels
        return "; ".join(
            words[name] if name.startswith(("about", "therapy")) else f"{labels.get(NET + name, name)}: {words[name]}" for name in _ordered(record)
        )

    def _population(self, values: Values) -> dict[str, Any] | None:
        iri = next(iter(_iris(values.get("population", ()))), "")
        note = self._text(values, "populationNote") or None
        if not iri:
            return {"iri": None, "href": None, "words": None, "short": None, "note": note} if note else None
        return {"iri": iri, "href": href(iri), "words": self._labels.get(iri), "short": self._scopes.get(iri), "note": note}

    def _curation(self, values: Values) -> dict[str, str] | None:
        iri = next(iter(_iris(values.get("curation", ()))), "")
        return {"code": _codes(self._graph).get(iri, local(iri)), "label": plain_label(self._labels.get(iri, local(iri)))} if iri else None

    def _links(self, values: Iterable[Term]) -> list[Link]:
        return [link(iri, self._labels) for iri in _iris(values)]

    def _value(self, value: Term) -> dict[str, Any]:
        if isinstance(value, ox.NamedNode):
            ours = value.value.startswith(NET)
            return {"text": self._words(value), "iri": value.value, "href": href(value.value), "url": None if ours else value.value}
        return {"text": self._words(value), "iri": None, "href": None, "url": None}

    def _texts(self, values: Values, name: str) -> list[str]:
        return [self._words(value) for value in values.get(name, ())]

    def _text(self, values: Values, name: str) -> str:
        return next(iter(self._texts(values, name)), "")

    def _words(self, value: Term) -> str:
        if isinstance(value, ox.NamedNode):
            if value.value in _codes(self._graph):
                return plain_label(self._labels.get(value.value, local(value.value)))
            label = self._labels.get(value.value, value.value)
            return label.removeprefix("trial ") if value.value.startswith(f"{NET}trial/") else label
        return value.value if isinstance(value, ox.Literal) else str(value)


Of = Callable[[str], str]
"""Local name of a property → its values in words; empty when there is none."""


def _decision_sentence(of: Of) -> str:
    return f"{of('jurisdiction')}: {of('decision')} of {of('brand') or of('therapy')}, {of('decisionStatus')}: {of('gist')}"


def _comparison_sentence(of: Of) -> str:
    return f"{of('trial')}: {of('experimental')}" + (f" against {of('comparator')}" if of("comparator") else ", one group")


def _threshold_sentence(of: Of) -> str:
    limit = " ".join(part for part in (of("parameter"), of("relation"), of("limitValue"), of("unit")) if part)
    return f"{of('therapy')}: {limit}: {of('consequence')}" + (f" ({of('setting')})" if of("setting") else "")


def _trial_sentence(of: Of) -> str:
    phase = f"phase {of('phase')}" if of("phase")[:1].isdigit() else of("phase")
    return ", ".join(part for part in (of("acronym"), phase, of("design"), of("trialStatus")) if part)


def _effect_sentence(of: Of) -> str:
    shares = (("any grade", of("anyGradePercent")), ("grade 3 or 4", of("highGradePercent")))
    relation = f"{of('relation')} " if of("relation") not in ("", "equals") else ""
    return f"{of('therapy')}: {of('aboutEffect')}: " + ", ".join(f"{name} {relation}{share} %" for name, share in shares if share)


def _evidence_sentence(of: Of) -> str:
    unit = f" {of('unit')}" if of("unit") else ""
    first, second = of("valueExperimental") or of("reachedExperimental"), of("valueComparator") or of("reachedComparator")
    parts = [" against ".join(part for part in (first, second) if part) + (unit if first or second else "")]
    if of("effect"):
        interval = f" ({of('confidenceLevel')} % interval {of('effectLow')} to {of('effectHigh')})" if of("effectLow") and of("effectHigh") else ""
        parts.append(f"{of('effectMeasure')} {of('effect')}{interval}")
    if of("pValue"):
        parts.append(f"p {of('pValue')}")
    where = f", {of('subgroup')}" if of("subgroup") else ""
    when = f" at {of('timePoint')}" if of("timePoint") else ""
    return f"{of('endpoint')}{when}{where}: {'; '.join(part for part in parts if part)}"


_SENTENCES: dict[str, Callable[[Of], str]] = {
    "Recommendation": lambda of: of("gist"),
    "RegulatoryDecision": _decision_sentence,
    "ArmComparison": _comparison_sentence,
    "EvidenceItem": _evidence_sentence,
    "TreatmentThreshold": _threshold_sentence,
    "ClinicalTrial": _trial_sentence,
    "AdverseEffectObservation": _effect_sentence,
    "Claim": lambda of: f"{of('gist')} — {of('claimVerdict')}",
    "ReceptorRecord": lambda of: f"{of('topic')}: {of('finding')}",
    "AffinityMeasurement": lambda of: f"{of('aboutTherapy')} ({of('species')}) binds {of('aboutTarget')}: IC50 {of('relation')} {of('ic50Nanomolar')} nM",
}
"""Class of a row → what makes a sentence of it; rows of other classes are told column by column."""


def _ordered(record: Record) -> list[str]:
    """Return the properties of a row in the order of its table."""
    places = _PLACES.get(record.cls, {})
    return sorted(record.values.keys() - BOOKKEEPING, key=lambda name: (places.get(name, len(places)), name))


def _iris(values: Iterable[Term]) -> list[str]:
    return [value.value for value in values if isinstance(value, ox.NamedNode)]


def _scopes(graph: Graph, iris: Iterable[str]) -> dict[str, str]:
    """Return populations in a few words."""
    wanted = sorted(iris)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        subjects = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _CHUNK])
        for population, scope in select(graph.store, f"SELECT ?p ?v WHERE {{ VALUES ?p {{ {subjects} }} ?p <{NET}scope> ?v }}"):
            if isinstance(population, ox.NamedNode) and isinstance(scope, ox.Literal):
                try:
                    found[population.value] = short(parse(scope.value, graph.terms), graph.terms)
                except PopulationError:
                    found[population.value] = scope.value  # another version of the ontology wrote it
    return found
