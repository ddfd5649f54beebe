"""What the graph says about therapies, each statement with the population it is about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.graph import Graph
from kg.model.interval import Interval
from kg.model.population import Population, PopulationError, parse
from kg.prefixes import NET, PREFIXES
from kg.store import Term, select
from kg.terms import Terms, plain_label

KINDS = {"Recommendation": "recommendation", "RegulatoryDecision": "approval", "ArmComparison": "trial result"}
"""Class of a statement → how it is called."""

REPLACED = "replaced"
"""In place of a date: a later edition replaced it, and when is not known. It sorts after all dates."""

FEATURES_OF_LIMITS = {
    "ParameterPregnancy": ("pregnant", ""),
    "ParameterCreatinineClearance": ("creatinine_clearance", "mL/min"),
    "ParameterPlatelets": ("platelets", "10^9/L"),
    "ParameterNeutrophils": ("neutrophils", "10^9/L"),
    "ParameterHaemoglobin": ("haemoglobin", "g/dL"),
    "ParameterBilirubin": ("bilirubin_uln", "times ULN"),
    "ParameterECOG": ("ecog", ""),
    "ParameterAge": ("age", "years"),
    "ParameterKi67": ("ki67", "per cent"),
    "ParameterKrenningScore": ("krenning", "score"),
    "ParameterLiverInvolvement": ("liver_involvement", "per cent"),
}
"""Parameter of a limit → the feature of a presentation that decides it, and its unit. A limit in another unit is shown, not decided."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document that makes a statement.

    :param url: where it can be found; empty when it is known by its title only
    """

    iri: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One recommendation, regulatory decision or trial result.

    :param kind: as in :data:`KINDS`
    :param direction: code of a recommendation; for an approval its status; for a trial result the outcome of its primary endpoint
    :param combination: code: single, combination, sequence or alternatives
    :param issued: as published: a year, a month or a day; empty when unknown
    :param superseded: when a later edition replaced it; ``"replaced"`` when the date is not known
    :param read_at: pages on which it was read
    """

    iri: str
    kind: str
    gist: str
    therapies: tuple[str, ...]
    combination: str
    aims: tuple[str, ...]
    intent: str
    direction: str
    strength: str
    jurisdiction: str
    issued: str
    superseded: str
    population: Population
    population_note: str
    note: str
    curation: str
    sources: tuple[Source, ...]
    read_at: tuple[str, ...]

    @property
    def id(self) -> str:
        """Key of the row, for instance ``R010``."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Gate:
    """A limit of a measured value and what follows for a therapy when it is crossed.

    :param feature: key of the feature that decides, empty when a presentation has none for it
    :param interval: the numbers for which the consequence holds; for pregnancy, none
    :param text: the limit in words
    :param population: for whom it holds; none for everybody who is given the therapy
    """

    iri: str
    therapies: tuple[str, ...]
    feature: str
    interval: Interval | None
    text: str
    consequence: str
    setting: str
    population: Population | None
    curation: str
    sources: tuple[Source, ...]


class _Reader:
    """Reads records of some classes with all their values at once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.terms = graph.terms
        self._codes = {iri: code for choices in self.terms.codes.values() for code, iri in choices.items()}
        self._sources = self._documents()

    def records(self, classes: list[str]) -> dict[str, tuple[str, dict[str, list[Term]]]]:
        """Return IRI → (class, property → values), sorted by IRI; properties by local name."""
        values = " ".join(f"<{NET}{name}>" for name in classes)
        rows = select(
            self._graph.store,
            f"SELECT ?s ?class ?p ?o WHERE {{ VALUES ?class {{ {values} }} ?s a ?class ; ?p ?o . FILTER(STRSTARTS(STR(?p), '{NET}')) }}",
        )
        found: dict[str, tuple[str, dict[str, list[Term]]]] = {}
        for subject, cls, prop, value in rows:
            if isinstance(subject, ox.NamedNode) and isinstance(cls, ox.NamedNode) and isinstance(prop, ox.NamedNode) and value is not None:
                _, values_of = found.setdefault(subject.value, (cls.value.removeprefix(NET), defaultdict(list)))
                values_of[prop.value.removeprefix(NET)].append(value)
        return dict(sorted(found.items()))

    def _documents(self) -> dict[str, tuple[Source, str]]:
        """Return documents by IRI, each with when a later edition replaced it."""
        label, doi, pmid, url = (f"<{iri}>" for iri in (PREFIXES["rdfs"] + "label", NET + "doi", NET + "pubmed", NET + "webAddress"))
        rows = select(
            self._graph.store,
            f"SELECT ?d ?label ?doi ?pmid ?url ?later ?date WHERE {{ ?d <{NET}curation> ?c ; {label} ?label . FILTER(STRSTARTS(STR(?d), '{NET}document/'))"
            f" OPTIONAL {{ ?d {doi} ?doi }} OPTIONAL {{ ?d {pmid} ?pmid }} OPTIONAL {{ ?d {url} ?url }}"
            f" OPTIONAL {{ ?d <{NET}supersededBy> ?later OPTIONAL {{ ?later <{NET}issued> ?date }} }} }}",
        )
        found = {}
        for document, title, *addresses, later, date in rows:
            if isinstance(document, ox.NamedNode) and isinstance(title, ox.Literal):
                where = next((address.value for address in addresses if isinstance(address, ox.NamedNode)), "")
                replaced = "" if later is None else _text(date) if date is not None else REPLACED
                found[document.value] = (Source(document.value, title.value.rpartition(" [")[0] or title.value, where), replaced)
        return found

    def text(self, values: dict[str, list[Term]], name: str) -> str:
        """Return the text, or the code, of one value."""
        return next(iter(sorted(self.texts(values, name))), "")

    def texts(self, values: dict[str, list[Term]], name: str) -> tuple[str, ...]:
        """Return the texts, or codes, of all values, sorted."""
        return tuple(sorted(self._codes.get(_text(value), _text(value)) for value in values.get(name, ())))

    def sources(self, values: dict[str, list[Term]]) -> tuple[tuple[Source, ...], str]:
        """Return the documents of a record, and when the last of them was replaced, empty when one still stands."""
        found = [self._sources[_text(value)] for value in values.get("source", ()) if _text(value) in self._sources]
        ordered = tuple(sorted((source for source, _ in found), key=lambda source: source.iri))
        dates = [replaced for _, replaced in found]
        return ordered, max(dates) if dates and all(dates) else ""


def _text(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else str(term)


def read_statements(graph: Graph) -> list[Statement]:
    """Return all statements with a population, sorted by IRI.

    :raises StoreError: when the store cannot answer
    """
    reader = _Reader(graph)
    scopes = {
        str(row[0]).strip("<>"): _text(row[1]) for row in select(graph.store, f"SELECT ?p ?scope WHERE {{ ?p <{NET}scope> ?scope }}") if row[1] is not None
    }
    parsed = {iri: parse(scope, graph.terms) for iri, scope in scopes.items()}
    found = []
    for iri, (cls, values) in reader.records(list(KINDS)).items():
        sources, replaced = reader.sources(values)
        direction = {"Recommendation": "direction", "RegulatoryDecision": "decisionStatus", "ArmComparison": "primaryOutcome"}[cls]
        found.append(
            Statement(
                iri=iri,
                kind=KINDS[cls],
                gist=reader.text(values, "gist") or _trial_gist(reader.terms, values),
                therapies=reader.texts(values, "therapy") or reader.texts(values, "experimental"),
                combination=reader.text(values, "combination") or ("combination" if len(values.get("experimental", ())) > 1 else "single"),
                aims=reader.texts(values, "aim") or ("antitumour",),
                intent=reader.text(values, "intent"),
                direction=reader.text(values, direction),
                strength=reader.text(values, "strength"),
                jurisdiction=reader.text(values, "jurisdiction"),
                issued=reader.text(values, "issued"),
                superseded=reader.text(values, "superseded") or replaced,
                population=parsed[_text(values["population"][0])],
                population_note=reader.text(values, "populationNote"),
                note=reader.text(values, "curationNote"),
                curation=reader.text(values, "curation"),
                sources=sources,
                read_at=reader.texts(values, "readAt"),
            )
        )
    return found


def _trial_gist(terms: Terms, values: dict[str, list[Term]]) -> str:
    names = " with ".join(sorted(terms.labels.get(_text(value), "") for value in values.get("experimental", ())))
    against = " and ".join(sorted(terms.labels.get(_text(value), "") for value in values.get("comparator", ())))
    trial = next((_text(value).rpartition("/")[2] for value in values.get("trial", ())), "")
    return f"{trial}: {names}" + (f" against {against}" if against else ", one group")


def read_gates(graph: Graph) -> list[Gate]:
    """Return the limits of measured values, sorted by IRI."""
    reader = _Reader(graph)
    found = []
    for iri, (_, values) in reader.records(["TreatmentThreshold"]).items():
        parameter = next((_text(value).removeprefix(NET) for value in values.get("parameter", ())), "")
        unit, number, relation = (reader.text(values, name) for name in ("unit", "limitValue", "relation"))
        feature, measured_in = FEATURES_OF_LIMITS.get(parameter, ("", ""))
        if parameter != "ParameterPregnancy" and unit != measured_in:
            feature = ""
        interval = Interval.parse(f"{relation}{Decimal(number):f}") if number and relation in ("<", "<=", ">", ">=", "=") else None
        if interval is None and parameter != "ParameterPregnancy":
            feature = ""
        sources, _ = reader.sources(values)
        name = plain_label(graph.terms.labels.get(NET + parameter, parameter))
        text = f"{name} {relation} {number} {unit}".replace("  ", " ").strip() if number else name
        found.append(
            Gate(
                iri=iri,
                therapies=reader.texts(values, "therapy"),
                feature=feature,
                interval=interval,
                text=text,
                consequence=reader.text(values, "consequence"),
                setting=reader.text(values, "setting"),
                population=_population(reader.text(values, "populationNote"), graph.terms),
                curation=reader.text(values, "curation"),
                sources=sources,
            )
        )
    return found


def _population(text: str, terms: Terms) -> Population | None:
    """Return the population of a limit; what is written in words instead holds for everybody, to be on the safe side."""
    try:
        return parse(text, terms)
    except PopulationError:
        return None
