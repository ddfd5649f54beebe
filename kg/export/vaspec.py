"""Advice, decisions and trial results as statements of GA4GH's Variant Annotation Specification (VA-Spec 1.0), in JSON.

VA-Spec is SEPIO's model in JSON: a statement assesses a proposition (subject, predicate, object, qualifiers), in a
direction and with a strength, as specified by a method, reported in documents, on lines of evidence. Its own profiles
are about variants; its way for other fields is to specialise the core classes (VA-Spec documentation, *Profiling
Methodology*). This profile adds two classes and nothing else; all their parts are classes of the core model:

``TherapyProposition``
    subject: a therapy or group of therapies; object: a condition or set of conditions; ``populationQualifier``,
    ``comparatorQualifier``, ``endpointQualifier``, ``aimQualifiers``, ``intentQualifier``, ``jurisdictionQualifier``
``TherapyStudyResult``
    the numbers of one endpoint of one comparison, in the core's ``ancillaryResults`` and ``qualityMeasures``

A recommendation is a statement that a therapy ``isRecommendedFor`` a condition; the source's own words for it are the
``classification``. A decision is one that it ``isApprovedFor`` it. A comparison is one that the experimental therapy
``improvesPrimaryEndpointIn`` it, with its results as evidence. Where the published date is whole, a contribution carries
it as its first moment in UTC; as published it is the extension ``issued``. What the core has no slot for is an extension
under the key that it has in JSON-LD (:mod:`kg.export.jsonld`).

The file is a list with one entity per line. What is held in memory is said in :mod:`kg.export.records`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.errors import DataError
from kg.export.jsonld import as_line, key_of, titled
from kg.export.loss import Losses
from kg.export.records import DOCUMENTS, Record, Records
from kg.export.source import Source
from kg.files import write_whole
from kg.prefixes import NET, PREFIXES, compress, expand
from kg.store import select
from kg.terms import LABEL, TYPE, plain_label

Json = dict[str, object]

GUIDANCE = {NET + name for name in ("Guideline", "ConsensusStatement")}
"""Documents that are methods: they say how to decide."""
DIRECTIONS = {
    "DirectionRecommended": "supports",
    "DirectionMayBeConsidered": "supports",
    "DirectionNotRecommended": "disputes",
    "DirectionContraindicated": "disputes",
    "PrimaryMet": "supports",
    "PrimaryMissed": "disputes",
}
"""Our word → VA-Spec's; every other one is neutral."""
APPROVING = {NET + "DecisionKind" + name for name in ("Approval", "ConditionalApproval", "Extension")}
STANDING = {NET + name for name in ("DecisionActive", "DecisionNotMarketed")}
ENDED = {NET + name for name in ("DecisionRefused", "DecisionWithdrawn")}
TOGETHER = {NET + name for name in ("CombinationTogether", "CombinationSequence")}
RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
DOI = re.compile(r"10\.[0-9]+(\.[0-9]+)*/[\w\-.]+")
"""How a DOI must begin in VA-Spec's ``Document.doi``."""
_CRITERION = re.compile(r" \(criterion [0-9]+ of [^()]+\)$")
_WHOLE_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

ABOUT = NET + "about"
CITED = ("population", "source", "gist", "curation")
"""What every statement has a slot for."""

NO_CLASS = "the profile is about advice, decisions and trial results"
REPEATED = "it repeats a more exact property"


def vaspec(source: Source, path: Path, losses: Losses) -> None:
    """Write documents, trials, populations, statements and study results, sorted by IRI.

    :raises DataError: when a mapping leads to an identifier whose prefix is not known
    """
    write_whole(path, _lines(_Profile(source, losses).entities()))


def _lines(items: Iterator[Json]) -> Iterator[str]:
    yield "["
    separator = "\n"
    for item in items:
        yield separator + as_line(item)
        separator = ",\n"
    yield "\n]\n"


class _Profile:
    """Turns records into entities."""

    def __init__(self, source: Source, losses: Losses) -> None:
        self._source = source
        self._losses = losses
        self._records = Records(source)
        self._mapped = lru_cache(4096)(self._mappings)
        self._neoplasm = source.terms.features.get("neoplasm")
        self._makers: dict[str, Callable[[Record], Json]] = {
            **dict.fromkeys(DOCUMENTS, self._document),
            NET + "ArmComparison": self._comparison,
            NET + "ClinicalTrial": self._trial,
            NET + "EvidenceItem": self._result,
            NET + "Population": self._population,
            NET + "Recommendation": self._recommendation,
            NET + "RegulatoryDecision": self._decision,
        }

    def entities(self) -> Iterator[Json]:
        """Yield all entities: first what the whole is."""
        about = self._records.about_dataset()
        if about.values:
            yield self._dataset(about)
        for record in self._records:
            made = next((self._makers[iri] for iri in record.types if iri in self._makers), None)
            if made is not None:
                yield made(record)
            else:
                self._losses.add(record.iri, f"a {' '.join(map(compress, record.types)) or 'thing'}", NO_CLASS)
        self._records.note_left_out(self._losses)

    def _recommendation(self, record: Record) -> Json:
        qualifiers = {
            "aimQualifiers": [self._concept(iri, "aim") for iri in record.texts("aim")],
            "intentQualifier": self._one(record, "intent"),
            "jurisdictionQualifier": self._one(record, "jurisdiction"),
        }
        found = self._statement(record, "isRecommendedFor", "therapy", record.text("combination") in TOGETHER, qualifiers)
        found |= {"direction": DIRECTIONS.get(record.text("direction").removeprefix(NET), "neutral")}
        found |= _without_empty(
            {"classification": self._one(record, "direction"), "strength": {"name": record.text("strength")} if record.text("strength") else None}
        )
        guides = [iri for iri in record.texts("source") if GUIDANCE.intersection(self._records.find(iri).types)]
        if guides:
            found["specifiedBy"] = self._guideline(guides[0])
        used = (*CITED, "therapy", "aim", "intent", "jurisdiction", "direction", "strength")
        return found | self._extensions(record, used)

    def _decision(self, record: Record) -> Json:
        qualifiers = {
            "aimQualifiers": [self._concept(iri, "aim") for iri in record.texts("aim")],
            "jurisdictionQualifier": self._one(record, "jurisdiction"),
        }
        approved = record.text("decision") in APPROVING and record.text("decisionStatus") in STANDING
        direction = "supports" if approved else "disputes" if record.text("decisionStatus") in ENDED else "neutral"
        found = self._statement(record, "isApprovedFor", "therapy", together=False, qualifiers=qualifiers)
        found |= {"direction": direction} | _without_empty({"classification": self._one(record, "decision")})
        if authority := record.text("authority"):
            found["contributions"] = [_contribution("decision", authority, record.text("issued")), *self._contributions(record)]
        used = [*CITED, "therapy", "aim", "jurisdiction", "decision", "authority"]
        if approved:  # of another decision the table does not say which way its trial spoke
            lines = [_evidence_line(self._leading_to(iri, "trial", "ArmComparison") or [compress(iri)], direction) for iri in record.texts("pivotalTrial")]
            found |= _without_empty({"hasEvidenceLines": lines})
            used.append("pivotalTrial")
        return found | self._extensions(record, used)

    def _comparison(self, record: Record) -> Json:
        qualifiers = {
            "comparatorQualifier": self._therapies(record.texts("comparator"), together=True),
            "endpointQualifier": {"conceptType": "endpoint", "name": record.text("primaryEndpoint")} if record.text("primaryEndpoint") else None,
        }
        found = self._statement(record, "improvesPrimaryEndpointIn", "experimental", together=True, qualifiers=qualifiers)
        direction = DIRECTIONS.get(record.text("primaryOutcome").removeprefix(NET), "neutral")
        found |= {"direction": direction} | _without_empty({"classification": self._one(record, "primaryOutcome")})
        if trial := record.text("trial"):
            found["specifiedBy"] = compress(trial)
        if items := self._leading_to(record.iri, "comparison", "EvidenceItem"):
            found["hasEvidenceLines"] = [_evidence_line(items, direction)]
        return found | self._extensions(record, (*CITED, "experimental", "comparator", "primaryEndpoint", "primaryOutcome", "trial"))

    def _statement(self, record: Record, predicate: str, subject: str, together: bool, qualifiers: Mapping[str, object]) -> Json:
        population = self._records.find(record.text("population"))
        proposition: Json = {
            "type": "TherapyProposition",
            "subject": self._therapies(record.texts(subject), together) or {"conceptType": "therapy", "name": "not stated"},
            "predicate": predicate,
            "object": self._condition(population),
            "populationQualifier": self._study_group(population) if population.iri else None,
        }
        found = {
            "id": compress(record.iri),
            "type": "Statement",
            "name": self._records.text(record.iri),
            "description": record.text("gist"),
            "proposition": _without_empty({**proposition, **qualifiers}),
            "reportedIn": [self._document(self._records.find(iri)) for iri in record.texts("source")],
            "contributions": self._contributions(record),
        }
        return _without_empty(found)

    def _result(self, record: Record) -> Json:
        comparison = self._records.find(record.text("comparison"))
        groups = {
            side: _without_empty(
                {
                    "participants": _number(comparison.text(f"participants{suffix}")),
                    "value": _number(record.text(f"value{suffix}")),
                    "low": _number(record.text(f"value{suffix}Low")),
                    "high": _number(record.text(f"value{suffix}High")),
                    "reached": record.text(f"reached{suffix}"),
                }
            )
            for side, suffix in (("experimental", "Experimental"), ("comparator", "Comparator"))
        }
        effect: Json = {
            "measure": self._one(record, "effectMeasure"),
            "value": _number(record.text("effect")),
            "low": _number(record.text("effectLow")),
            "high": _number(record.text("effectHigh")),
        }
        results: Json = {"endpoint": self._one(record, "endpoint"), "unit": self._one(record, "unit"), "timePoint": record.text("timePoint"), **groups}
        results |= {"effect": _without_empty(effect), "confidenceLevel": _number(record.text("confidenceLevel")), "pValue": record.text("pValue")}
        found = {
            "id": compress(record.iri),
            "type": "TherapyStudyResult",
            "name": self._records.text(record.iri),
            "focusTherapeutic": self._therapies(comparison.texts("experimental"), together=True),
            "comparatorTherapeutic": self._therapies(comparison.texts("comparator"), together=True),
            "studyGroup": self._studied(comparison),
            "specifiedBy": compress(comparison.text("trial")),
            "ancillaryResults": _without_empty(results | {"subgroup": record.text("subgroup")}),
            "qualityMeasures": _without_empty({"assessor": self._one(record, "assessor"), "analysis": self._one(comparison, "analysis")}),
            "reportedIn": [self._document(self._records.find(iri)) for iri in record.texts("source")],
            "contributions": self._contributions(record),
        }
        measured = [name for name in (prop.removeprefix(NET) for prop in record.values) if re.match("value|effect|reached", name)]
        used = (*CITED, *measured, "endpoint", "unit", "timePoint", "confidenceLevel", "pValue", "subgroup", "assessor")
        return _without_empty(found) | self._extensions(record, used)

    def _studied(self, comparison: Record) -> Json | None:
        if not comparison.text("population"):
            return None
        group = self._study_group(self._records.find(comparison.text("population")))
        del group["id"]  # the people of one study are not the population itself
        return group | _without_empty({"memberCount": _number(comparison.text("participants"))})

    def _trial(self, record: Record) -> Json:
        found: Json = {"id": compress(record.iri), "type": "Method", "name": record.text("acronym"), "methodType": "clinical trial"}
        used = ["acronym"]
        if len(record.texts("source")) == 1:  # a method has one document; several are an extension
            found["reportedIn"] = self._document(self._records.find(record.text("source")))
            used.append("source")
        return _without_empty(found) | self._extensions(record, used)

    def _population(self, record: Record) -> Json:
        """Return a population with all that is said of it."""
        groups = self._groups(record)
        extensions = [*self._scope(record), *self._extensions(record, ("alternative", "scope")).get("extensions", [])]
        if len(groups) > 1:
            extensions.append({"name": "alternatives", "value": groups, "description": "the characteristics of one of these lists are shared by each member"})
        return self._study_group(record) | _without_empty({"extensions": extensions})

    def _study_group(self, record: Record) -> Json:
        groups = self._groups(record)
        found: Json = {"id": compress(record.iri), "type": "StudyGroup", "name": self._records.text(record.iri)}
        # Characteristics are shared by all members, as the model wants it: alternatives share none.
        return found | _without_empty({"characteristics": groups[0] if len(groups) == 1 else [], "extensions": self._scope(record)})

    def _groups(self, population: Record) -> list[list[Json]]:
        alternatives = [self._records.find(iri) for iri in population.texts("alternative")]
        return [[self._characteristic(self._records.find(iri)) for iri in part.texts("criterion")] for part in alternatives]

    def _scope(self, population: Record) -> list[Json]:
        return [{"name": "scope", "value": text} for text in population.texts("scope")]

    def _characteristic(self, criterion: Record) -> Json:
        feature = criterion.text("restricts")
        required = criterion.texts("requires")
        found: Json = {"conceptType": self._records.text(feature)} if feature else {}
        found["name"] = _CRITERION.sub("", self._records.text(criterion.iri))
        if len(required) == 1 and not criterion.texts("excludes"):
            found["primaryCoding"] = self._coding(required[0])
        limits = {name: criterion.text(name) for name in ("minimum", "minimumIncluded", "maximum", "maximumIncluded")}
        values = {"requires": [self._named(iri) for iri in required], "excludes": [self._named(iri) for iri in criterion.texts("excludes")]}
        stated = _without_empty({name: _scalar(text) for name, text in limits.items()}) | _without_empty(values)
        return found | _without_empty({"extensions": [{"name": name, "value": value} for name, value in stated.items()]})

    def _dataset(self, about: Record) -> Json:
        title, description, license_, issued = (_first(about, f"dcterms:{name}") for name in ("title", "description", "license", "issued"))
        found = {"id": compress(about.iri), "type": "DataSet", "name": title, "description": description, "datasetType": "knowledge graph"}
        more = {"releaseDate": issued if _WHOLE_DATE.fullmatch(issued) else "", "version": self._source.version}
        return _without_empty(found | more | {"license": {"name": license_} if license_ else None})

    def _condition(self, population: Record) -> Json:
        """Return the kinds of neoplasm that a population names, or all where one of its alternatives names none."""
        feature = self._neoplasm
        named: set[str] = set()
        for part in population.texts("alternative"):
            criteria = [self._records.find(iri) for iri in self._records.find(part).texts("criterion")]
            required = [iri for one in criteria if feature and one.text("restricts") == feature.prop for iri in one.texts("requires")]
            named.update(required or ([feature.range] if feature else []))
        concepts = [self._concept(iri, "condition") for iri in sorted(named)]
        if not concepts:
            return {"conceptType": "condition", "name": "not stated"}
        return concepts[0] if len(concepts) == 1 else {"conditions": concepts, "membershipOperator": "OR"}

    def _therapies(self, iris: tuple[str, ...], together: bool) -> Json | None:
        concepts = [self._concept(iri, "therapy") for iri in iris]
        if len(concepts) < 2:  # noqa: PLR2004 # a group has two members or more
            return concepts[0] if concepts else None
        return {"therapies": concepts, "membershipOperator": "AND" if together else "OR"}

    def _one(self, record: Record, prop: str) -> Json | None:
        iri = record.text(prop)
        return self._concept(iri, prop) if iri else None

    def _concept(self, iri: str, kind: str) -> Json:
        found: Json = {"id": compress(iri), "conceptType": kind, "name": plain_label(self._records.text(iri)), "primaryCoding": self._coding(iri)}
        return found | _without_empty({"mappings": self._mapped(iri)})

    def _coding(self, iri: str) -> Json:
        name = plain_label(self._records.text(iri))
        return {"name": name, "system": NET, "systemVersion": self._source.version, "code": iri.removeprefix(NET), "iris": [iri]}

    def _mappings(self, iri: str) -> list[Json]:
        skos, owl, sssom = (PREFIXES[prefix] for prefix in ("skos", "owl", "sssom"))
        rows = select(
            self._source.graph.store,
            f"SELECT ?relation ?target ?label ?version WHERE {{ "
            f"VALUES ?relation {{ {' '.join(f'<{skos}{name}>' for name in RELATIONS)} }} <{iri}> ?relation ?target "
            f"OPTIONAL {{ ?axiom <{owl}annotatedSource> <{iri}> ; <{owl}annotatedProperty> ?relation ; <{owl}annotatedTarget> ?target "
            f"OPTIONAL {{ ?axiom <{sssom}object_label> ?label }} OPTIONAL {{ ?axiom <{sssom}object_source_version> ?version }} }} }}",
        )
        found = {tuple(cell.value if isinstance(cell, ox.NamedNode | ox.Literal) else "" for cell in row) for row in rows}
        return [_mapping(iri, *row) for row in sorted(found)]

    def _document(self, record: Record) -> Json:
        doi, pmid = record.text("doi").removeprefix(PREFIXES["DOI"]), record.text("pubmed").removeprefix(PREFIXES["PMID"])
        urls = [text for text in record.texts("webAddress") if re.match("(https?|s?ftp)://", text)]
        found = {
            "id": compress(record.iri),
            "type": "Document",
            "documentType": ", ".join(map(self._records.text, record.types)),
            "title": titled(record) or self._records.text(record.iri),
            "urls": urls,
            "doi": doi if DOI.match(doi) else "",
            "pmid": pmid,
        }
        used = [name for name, value in (("webAddress", urls), ("doi", found["doi"]), ("pubmed", pmid)) if value]
        return _without_empty(found) | self._extensions(record, used)

    def _guideline(self, iri: str) -> Json:
        return {"type": "Method", "name": titled(self._records.find(iri)) or self._records.text(iri), "methodType": "guideline", "reportedIn": compress(iri)}

    def _contributions(self, record: Record) -> list[Json]:
        publishers = dict.fromkeys((found.text("organisation"), found.text("issued")) for found in map(self._records.find, record.texts("source")))
        found = [_contribution("publication", name, issued) for name, issued in publishers if name]
        if state := record.text("curation"):
            found.append({"type": "Contribution", "activityType": "curation", "extensions": [{"name": "curation", "value": self._named(state)}]})
        return found

    def _extensions(self, record: Record, used: Iterable[str]) -> dict[str, list[Json]]:
        """Return what no slot holds, under the keys of JSON-LD."""
        held = {TYPE, LABEL, *(NET + name for name in used)}
        found: list[Json] = []
        for prop, values in record.values.items():
            if prop == ABOUT:
                self._losses.add(record.iri, f"net:about {len(values)} terms", REPEATED)
            elif prop not in held:
                texts = [self._named(value.value) if isinstance(value, ox.NamedNode) and value.value.startswith(NET) else value.value for value in values]
                found.append({"name": key_of(prop), "value": texts[0] if len(texts) == 1 else texts})
        return {"extensions": sorted(found, key=lambda one: str(one["name"]))} if found else {}

    def _named(self, iri: str) -> Json:
        return {"id": compress(iri), "name": plain_label(self._records.text(iri))}

    def _leading_to(self, iri: str, prop: str, cls: str) -> list[str]:
        rows = select(self._source.graph.store, f"SELECT DISTINCT ?record WHERE {{ ?record <{NET}{prop}> <{iri}> ; a <{NET}{cls}> }}")
        return sorted(compress(cell.value) for (cell,) in rows if isinstance(cell, ox.NamedNode))


def _mapping(iri: str, relation: str, target: str, label: str, version: str) -> Json:
    curie = compress(target)
    prefix, _, code = curie.partition(":")
    if prefix not in PREFIXES:
        raise DataError(f"{target} has no prefix that is known", where=compress(iri), hint="add the prefix to kg/prefixes.py")
    coding = {"name": label, "system": PREFIXES[prefix], "systemVersion": version, "code": code, "iris": [target]}
    return {"coding": _without_empty(coding), "relation": relation.removeprefix(PREFIXES["skos"])}


def _first(record: Record, name: str) -> str:
    return next((value.value for value in record.values.get(expand(name), ())), "")


def _evidence_line(items: list[str], direction: str) -> Json:
    return {"type": "EvidenceLine", "hasEvidenceItems": items, "directionOfEvidenceProvided": direction}


def _contribution(activity: str, name: str, issued: str) -> Json:
    found: Json = {"type": "Contribution", "activityType": activity, "contributor": {"type": "Agent", "name": name, "agentType": "organization"}}
    return found | ({"date": f"{issued}T00:00:00Z"} if _WHOLE_DATE.fullmatch(issued) else {})


def _number(text: str) -> float | str | None:
    """Return a decimal as a JSON number, or as text where a reader's binary fraction would not be the same number."""
    if not text:
        return None
    number = int(text) if re.fullmatch("-?[0-9]+", text) else float(text)
    return number if Decimal(repr(number)) == Decimal(text) else text


def _scalar(text: str) -> object:
    return text == "true" if text in {"true", "false"} else _number(text)


def _without_empty(found: Mapping[str, object]) -> Json:
    return {name: value for name, value in found.items() if value is not None and value not in ("", [], {})}
