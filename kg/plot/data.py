"""What the figures show, read from a graph: evidence items and regulatory decisions, with their documents."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.errors import UnknownTermError, UsageError
from kg.graph import Graph, Result
from kg.model.interval import plain
from kg.model.population import Population, PopulationError, parse
from kg.plot.scope import admitted_by, short
from kg.prefixes import NET, PREFIXES
from kg.store import Term, select

ANY = "any"
ANY_THERAPY = "CareOption"
_LABEL_KEY = re.compile(r" \[[^\[\]]+\]$")
"""Behind the label of a document: its key, which makes labels unique."""
_POPULATION_ID = re.compile(rf"(?:{re.escape(NET)}|net:)?(?:population/)?(p-[0-9a-f]+)")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that can be cited.

    :param iri: which document it is
    :param numbers: identifiers such as ``PMID 28076709``
    """

    iri: str
    label: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arm:
    """One group of a comparison.

    :param n: number of people
    :param value: median or rate, in the unit of the item
    :param reached: words of the source in place of a value, such as ``not reached``
    :param regimen: how the therapy was given
    """

    therapy: str
    n: str = ""
    value: Decimal | None = None
    reached: str = ""
    regimen: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One effect estimate: a line of a forest plot.

    :param name: identifier of the row, such as ``evidence/NETTER-1-primary-pfs``
    :param population: whom the comparison was about, in a few words
    :param measure: kind of effect, as the closed list writes it
    :param level: confidence level of the interval, per cent
    :param curation: how far the row was checked, as the closed list writes it
    :param note: what the curator wants readers to know
    """

    name: str
    trial: str
    analysis: str
    population: str
    subgroup: str
    endpoint: str
    time_point: str
    assessor: str
    experimental: Arm
    comparator: Arm
    unit: str
    n: str
    measure: str
    effect: Decimal
    low: Decimal | None
    high: Decimal | None
    level: str
    curation: str
    sources: tuple[Document, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of an authority: a mark on a timeline.

    :param name: identifier of the row
    :param date: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty when the date is not known
    :param gist: the indication
    """

    name: str
    jurisdiction: str
    therapy: str
    brand: str
    decision: str
    status: str
    date: str
    gist: str
    curation: str
    sources: tuple[Document, ...]


def forest_items(
    graph: Graph,
    *,
    therapy: str = ANY_THERAPY,
    population: str = ANY,
    endpoints: Sequence[str] = (),
    measure: str = ANY,
    trials: Sequence[str] = (),
) -> list[Item]:
    """Return the effect estimates that fit, sorted by endpoint, therapy and trial.

    :param therapy: label, local name, CURIE or IRI; narrower therapies and regimens that contain it are included
    :param population: a cell such as ``site=pancreas; grade=G2``, or the identifier of a population; what it leaves
        possible is included
    :param endpoints: codes, labels or abbreviations; none means all
    :param measure: kind of effect, such as ``hazard ratio``
    :param trials: acronyms or identifiers; none means all
    :raises UnknownTermError: when the therapy, the population or the trial is unknown
    :raises UsageError: when another value does not fit
    """
    wanted = {_endpoint(graph, text) for text in endpoints}
    asked = _population(graph, population)
    result = graph.query("forest-plot", therapy=_therapy(graph, therapy), endpoint=ANY, measure=measure)
    rows = _by_column(result, "item")
    scopes = _scopes(graph, {_iri(row["population"]) for group in rows for row in group})
    documents = _documents(graph, result)
    codes = _Codes(graph)
    items = [
        _item(group, codes, documents, scopes, graph)
        for group in rows
        if (not wanted or _iri(group[0]["endpoint"]) in wanted) and admitted_by(asked, scopes[_iri(group[0]["population"])], graph.terms)
    ]
    if trials:
        known = {_text(group[0]["acronym"]).casefold() for group in rows} | {_local(group[0]["trial"]).casefold() for group in rows}
        for trial in trials:
            _refuse_unknown_trial(trial, known)
        chosen = {trial.casefold() for trial in trials}
        names = {_text(group[0]["item"]) for group in rows if chosen & {_text(group[0]["acronym"]).casefold(), _local(group[0]["trial"]).casefold()}}
        items = [item for item in items if NET + item.name in names]
    return sorted(items, key=lambda item: (item.endpoint, item.experimental.therapy.casefold(), item.trial.casefold(), item.name))


def decisions(graph: Graph, *, therapy: str = ANY_THERAPY, jurisdiction: str = ANY) -> list[Decision]:
    """Return the regulatory decisions that fit, sorted by jurisdiction, date and therapy; undated ones come last.

    :param therapy: label, local name, CURIE or IRI; narrower therapies are included
    :param jurisdiction: as the closed list writes it, in any case
    :raises UnknownTermError: when the therapy is unknown
    :raises UsageError: when the jurisdiction is unknown
    """
    places = {code.casefold(): code for code in graph.terms.choices("Jurisdiction")} | JURISDICTIONS
    code = places.get(jurisdiction.strip().casefold(), jurisdiction)
    if code != ANY and code not in places.values():
        near = difflib.get_close_matches(jurisdiction.casefold(), sorted(places), n=3, cutoff=0.5) or sorted(places)
        raise UsageError(f"no jurisdiction is called {jurisdiction!r}", hint=f"did you mean {' or '.join(dict.fromkeys(places[name] for name in near))}?")
    result = graph.query("approvals-by-jurisdiction", therapy=_therapy(graph, therapy), jurisdiction=code)
    documents = _documents(graph, result)
    codes = _Codes(graph)
    found = [_decision(group, codes, documents, graph) for group in _by_column(result, "statement")]
    return sorted(found, key=lambda one: (one.jurisdiction.casefold(), not one.date, one.date, one.therapy.casefold(), one.name))


def therapy_words(graph: Graph, therapy: str) -> str:
    """Return the label of a therapy, or nothing when it means any.

    :raises UnknownTermError: when it is unknown
    """
    iri = graph.terms.resolve(therapy)
    return "" if iri == NET + ANY_THERAPY else graph.terms.labels.get(iri, therapy)


def population_words(graph: Graph, population: str) -> str:
    """Return a population in a few words, or nothing when it means any.

    :raises UnknownTermError: when no population has that identifier
    :raises UsageError: when it cannot be read
    """
    asked = _population(graph, population)
    return "" if asked.text == ANY else short(asked, graph.terms)


Record = dict[str, Term | None]


class _Codes:
    """Value of a closed list → how tables write it."""

    def __init__(self, graph: Graph) -> None:
        self._codes = {iri: code for choices in graph.terms.codes.values() for code, iri in choices.items()}

    def of(self, cell: Term | None) -> str:
        return self._codes.get(_iri(cell), "") if cell is not None else ""


def _item(group: list[Record], codes: _Codes, documents: dict[str, Document], scopes: dict[str, Population], graph: Graph) -> Item:
    row = group[0]
    effect = _number(row["effect"])
    if effect is None:
        raise TypeError("an evidence item without effect")
    arms = [
        Arm(
            therapy=" + ".join(_names(group, side, graph)),
            n=_text(row[f"n{side.title()}"]),
            value=_number(row[f"value{side.title()}"]),
            reached=_text(row[f"reached{side.title()}"]),
            regimen=_text(row[f"{side}Regimen"]),
        )
        for side in ("experimental", "comparator")
    ]
    return Item(
        name=_text(row["item"]).removeprefix(NET),
        trial=_text(row["acronym"]),
        analysis=codes.of(row["analysis"]),
        population=short(scopes[_iri(row["population"])], graph.terms),
        subgroup=_text(row["subgroup"]),
        endpoint=codes.of(row["endpoint"]),
        time_point=_text(row["timePoint"]),
        assessor=codes.of(row["assessor"]),
        experimental=arms[0],
        comparator=arms[1],
        unit=codes.of(row["unit"]),
        n=_text(row["n"]),
        measure=codes.of(row["measure"]),
        effect=effect,
        low=_number(row["low"]),
        high=_number(row["high"]),
        level=plain(_number(row["level"])),
        curation=codes.of(row["curation"]),
        sources=_cited(group, documents),
        note=_text(row["note"]),
    )


def _decision(group: list[Record], codes: _Codes, documents: dict[str, Document], graph: Graph) -> Decision:
    row = group[0]
    return Decision(
        name=_text(row["statement"]).removeprefix(NET),
        jurisdiction=codes.of(row["jurisdiction"]),
        therapy=" / ".join(_names(group, "therapy", graph)),
        brand=_text(row["brand"]),
        decision=codes.of(row["decision"]),
        status=codes.of(row["status"]),
        date=_text(row["date"]),
        gist=_text(row["gist"]),
        curation=codes.of(row["curation"]),
        sources=_cited(group, documents),
    )


def _by_column(result: Result, column: str) -> list[list[Record]]:
    """Return the rows in groups that share an identifier: several sources or therapies make several rows of one."""
    groups: dict[str, list[Record]] = {}
    for row in result.rows:
        record = dict(zip(result.columns, row, strict=True))
        groups.setdefault(_iri(record[column]), []).append(record)
    return [groups[key] for key in sorted(groups)]


def _names(group: Iterable[Record], column: str, graph: Graph) -> list[str]:
    iris = {_iri(row[column]) for row in group if row[column] is not None}
    return sorted((graph.terms.labels.get(iri, iri) for iri in iris), key=str.casefold)


def _cited(group: Iterable[Record], documents: dict[str, Document]) -> tuple[Document, ...]:
    return tuple(documents[iri] for iri in sorted({_iri(row["source"]) for row in group}))


def _documents(graph: Graph, result: Result) -> dict[str, Document]:
    position = result.columns.index("source")
    iris = sorted({_iri(row[position]) for row in result.rows})
    rows = select(
        graph.store,
        f"SELECT ?d ?p ?v WHERE {{ VALUES ?d {{ {_listed(iris)} }} VALUES ?p {{ <{NET}pubmed> <{NET}doi> <{NET}registration> }} ?d ?p ?v }}",
    )
    numbers: dict[str, dict[str, str]] = {}
    for document, prop, value in rows:
        numbers.setdefault(_iri(document), {})[_local(prop)] = _text(value)
    return {iri: Document(iri, _LABEL_KEY.sub("", result.labels.get(iri, _bare(iri))), _numbers(numbers.get(iri, {}))) for iri in iris}


def _numbers(found: dict[str, str]) -> tuple[str, ...]:
    """Return the PMID and DOI of a document, or a trial's registration when there is neither."""
    names = {"pubmed": ("PMID", "PMID "), "doi": ("DOI", "doi:"), "registration": ("NCT", "")}
    chosen: list[str] = [key for key in ("pubmed", "doi") if key in found]
    chosen = chosen or sorted(found)
    return tuple(names[key][1] + found[key].removeprefix(PREFIXES[names[key][0]]).strip("/") for key in chosen)


def _scopes(graph: Graph, iris: set[str]) -> dict[str, Population]:
    rows = select(graph.store, f"SELECT ?p ?scope WHERE {{ VALUES ?p {{ {_listed(sorted(iris))} }} ?p <{NET}scope> ?scope }}")
    return {_iri(population): parse(_text(scope), graph.terms) for population, scope in rows}


def _population(graph: Graph, text: str) -> Population:
    """Return the population that a cell or an identifier means."""
    if match := _POPULATION_ID.fullmatch(text.strip()):
        iri = f"{NET}population/{match[1]}"
        scopes = _scopes(graph, {iri})
        if iri not in scopes:
            raise UnknownTermError(f"no population is called {match[1]!r}", hint="write it as in the tables, such as: site=pancreas; grade=G2")
        return scopes[iri]
    try:
        return parse(text, graph.terms)
    except PopulationError as error:
        raise UsageError(str(error), where="--population", hint="such as: site=pancreas; grade=G1 | G2; sstr=positive") from error


def _therapy(graph: Graph, text: str) -> str:
    """Return the IRI of a therapy; an unknown one is named before the query is bound."""
    return graph.terms.resolve(text)


def _endpoint(graph: Graph, text: str) -> str:
    choices = graph.terms.choices("Endpoint")
    names = {code.casefold(): iri for code, iri in choices.items()}
    names |= {initials: iri for initials, code in ABBREVIATIONS.items() if (iri := choices.get(code))}
    wanted = text.strip().casefold()
    if wanted in names:
        return names[wanted]
    near = difflib.get_close_matches(wanted, sorted(names), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"allowed: {', '.join(sorted(choices))}"
    raise UnknownTermError(f"no endpoint is called {text!r}", hint=hint)


ABBREVIATIONS = {
    "pfs": "progression-free survival",
    "os": "overall survival",
    "orr": "objective response rate",
    "dcr": "disease control rate",
    "ttp": "time to progression",
    "rfs": "recurrence-free survival",
    "dor": "duration of response",
}
"""What people write for endpoints."""
JURISDICTIONS = {"us": "United States", "usa": "United States", "eu": "European Union", "uk": "United Kingdom"}
"""What people write for jurisdictions."""


def _refuse_unknown_trial(trial: str, known: set[str]) -> None:
    if trial.casefold() not in known:
        near = difflib.get_close_matches(trial.casefold(), sorted(known), n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "list trials with: netkg query trials-by-population"
        raise UnknownTermError(f"no trial with an effect estimate is called {trial!r}", hint=hint)


def _listed(iris: Iterable[str]) -> str:
    return " ".join(str(ox.NamedNode(iri)) for iri in iris)


def _iri(cell: Term | None) -> str:
    if not isinstance(cell, ox.NamedNode):
        raise TypeError(f"not an identifier: {cell}")
    return cell.value


def _bare(iri: str) -> str:
    return iri.rpartition("/")[2]


def _local(cell: Term | None) -> str:
    return _bare(_iri(cell))


def _text(cell: Term | None) -> str:
    return cell.value if isinstance(cell, ox.NamedNode | ox.Literal) else ""


def _number(cell: Term | None) -> Decimal | None:
    return Decimal(cell.value) if isinstance(cell, ox.Literal) else None
