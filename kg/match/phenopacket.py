"""GA4GH Phenopackets, version 2, as presentations.

Read are the person's sex and age, diseases with primary site and TNM findings, phenotypic features, measurements,
histological diagnosis and grade of biosamples, and medical actions. ``excluded`` means looked for and not there; what is
missing is unknown. Names of members are understood in both spellings of protobuf's JSON, ``primarySite`` and
``primary_site``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal

from kg.match.foreign import Amount, Collector, Concept, Value
from kg.match.presentation import Presentation
from kg.match.tree import Document, Node, plain_json
from kg.match.vocabulary import Vocabulary
from kg.terms import Terms

STRUCTURAL = re.compile(
    r"""id|subject\.id|subject\.alternate_?[iI]ds.*|biosamples\[\]\.(id|individual_?[iI]d|derived_?[fF]rom_?[iI]d)"""
    r"""|.*\.(?:reference_range|referenceRange)\.(?:low|unit\..*)|meta_?[dD]ata.*|files.*|biosamples\[\]\.files.*|interpretations\[\]\.id""",
)
"""Names, files and provenance: they say nothing about the person."""

OF_DISEASE = ("neoplasm", "syndromes", "hereditary", "findings")
OF_PHENOTYPE = ("syndromes", "hereditary", "findings", "molecular")
"""Features that a phenotypic feature may mean; a neoplasm too, unless a disease or a biosample says which it is."""
SEXES = {"FEMALE": "female", "MALE": "male"}
GIVEN = ("STARTED", "COMPLETED", "DISCONTINUED")
"""States of a regimen in which some of it was given."""

_DURATION = re.compile(r"P(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T[0-9HMS.]*)?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T.*)?")


def read_phenopacket(document: Mapping[str, object], vocabulary: Vocabulary, terms: Terms, *, where: str = "phenopacket") -> Presentation:
    """Return what a phenopacket says of a person, and what of it matching cannot use.

    :param document: the phenopacket, from JSON or YAML
    :param where: name of the document, for messages
    :raises CaseError: when it is no phenopacket of one person, with the path of what is wrong
    """
    source = Document(plain_json(document, where), where)
    return _Phenopacket(source.root, Collector(source, vocabulary, terms)).read()


class _Phenopacket:
    """The reading of one phenopacket."""

    def __init__(self, root: Node, collector: Collector) -> None:
        self.root = root
        self.collector = collector

    def read(self) -> Presentation:
        for name in ("proband", "relatives", "members"):
            if found := self.root.get(name):
                found.fail("a family or a cohort, not one person", "give the phenopacket of one of them")
        self._version()
        self._person()
        for disease in self.root.all("diseases"):
            self._disease(disease)
        for measurement in self.root.all("measurements"):
            self._measurement(measurement)
        for biosample in self.root.all("biosamples"):
            self._biosample(biosample)
        for feature in self.root.all("phenotypicFeatures", "phenotypic_features"):
            self._feature(feature)
        for action in self.root.all("medicalActions", "medical_actions"):
            self._action(action)
        for interpretation in self.root.all("interpretations"):
            interpretation.reject("variants and their interpretation are not read")
        return self.collector.presentation(self.root.text("id"), STRUCTURAL)

    def _version(self) -> None:
        meta = self.root.get("metaData", "meta_data")
        version = meta.text("phenopacketSchemaVersion", "phenopacket_schema_version") if meta else ""
        if version and not version.startswith("2"):
            self.root.fail(f"phenopacket schema {version[:20]}, not 2", "convert it to version 2, for instance with phenopacket-tools")

    def _person(self) -> None:
        subject = self.root.get("subject")
        if subject is None:
            return
        subject.members()
        if sex := subject.get("sex"):
            said = subject.text("sex")
            if said in SEXES:
                self.collector.add("sex", SEXES[said], sex, said)
            else:
                sex.reject("neither FEMALE nor MALE")
        self._age(subject)

    def _age(self, subject: Node) -> None:
        encounter = subject.get("timeAtLastEncounter", "time_at_last_encounter")
        birth = subject.get("dateOfBirth", "date_of_birth")
        if encounter is None:
            return
        value = self._years(encounter, subject.text("dateOfBirth", "date_of_birth") if encounter.get("timestamp") else "")
        if value:
            text = encounter.words() if birth is None or not encounter.get("timestamp") else f"born {birth.words()}, seen {encounter.words()}"
            self.collector.add("age", value, encounter, text)
        else:
            encounter.reject("no age can be read from it")

    def _years(self, element: Node, birth: str) -> str:
        """Return completed years, or a range of them, of a time element."""
        if age := element.get("age"):
            return _text_of(_completed(age.text("iso8601duration")))
        if found := element.get("ageRange", "age_range"):
            ends = [_completed(end.text("iso8601duration")) if (end := found.get(name)) else None for name in ("start", "end")]
            return f"{ends[0]}-{ends[1]}" if ends[0] is not None and ends[1] is not None else ""
        born, seen = _date(birth), _date(element.text("timestamp"))
        if born and seen and born <= seen:
            return str(seen.year - born.year - ((seen.month, seen.day) < (born.month, born.day)))
        return ""

    def _disease(self, disease: Node) -> None:
        term = disease.get("term")
        if term is None:
            disease.reject("a disease without its term")
            return
        excluded = disease.flag("excluded")
        if disease.get("resolution"):
            disease.reject("resolved: it is not there now")
            return
        concept = _concept(term)
        self.collector.place(concept, OF_DISEASE, absent=excluded)
        findings, stages = disease.all("clinicalTnmFinding", "clinical_tnm_finding"), disease.all("diseaseStage", "disease_stage")
        site = disease.get("primarySite", "primary_site")
        if excluded or not self.collector.neuroendocrine(concept):
            for node in (*findings, *stages, *([site] if site else [])):
                node.reject("of a disease that is excluded" if excluded else "of a disease that is not known to be a neuroendocrine neoplasm")
            return
        for finding in findings:
            self.collector.tnm(_concept(finding))
        for stage in stages:
            self._stage(stage)
        if site:
            self.collector.place(_concept(site), ("site",))

    def _stage(self, stage: Node) -> None:
        stage.reject("a stage group is not a feature; the M and N findings are")

    def _feature(self, feature: Node) -> None:
        kind = feature.get("type")
        if kind is None:
            feature.reject("a feature without its type")
            return
        excluded = feature.flag("excluded")
        if feature.get("resolution"):
            feature.reject("resolved: it is not there now")
            return
        diagnosed = any(entry.key == "neoplasm" for entry in self.collector.entries)
        self.collector.place(_concept(kind), OF_PHENOTYPE if diagnosed else (*OF_PHENOTYPE, "neoplasm"), absent=excluded)

    def _measurement(self, measurement: Node) -> None:
        assay = measurement.get("assay")
        if assay is None:
            measurement.reject("a measurement without its assay")
            return
        concept = _concept(assay)
        found = [(concept, value) for value in [measurement.get("value")] if value]
        if several := measurement.get("complexValue", "complex_value"):
            for part in several.all("typedQuantities", "typed_quantities"):
                kind = part.get("type")
                found.extend([(_concept(kind), part)] if kind else [])
        if not found:
            measurement.reject("a measurement without a value")
            return
        when = self._when(measurement)
        for what, value in found:
            self._value(what, value, when, what.text if what is concept else f"{concept.text}: {what.text}")
            what.node.mark()
        concept.node.mark()

    def _value(self, what: Concept, value: Node, when: str, said: str) -> None:
        key = self.collector.observable(what)
        if not key:
            value.reject("what was measured is no feature", f"{said}: {value.words()}")
            return
        read: Value | None = None
        if quantity := value.get("quantity"):
            read = _amount(quantity)
        elif kind := value.get("ontologyClass", "ontology_class"):
            read = _concept(kind)
        if read is None:
            value.reject("no value that is given as a number or an ontology class", f"{said}: {value.words()}")
            return
        self.collector.observed(key, read, value, of=said, when=when)

    def _when(self, measurement: Node) -> str:
        observed = measurement.get("timeObserved", "time_observed")
        stamp = observed.text("timestamp") if observed else ""
        return stamp[:10] if _date(stamp) else ""

    def _biosample(self, biosample: Node) -> None:
        subject = self.root.get("subject")
        person, owner = subject.text("id") if subject else "", biosample.text("individualId", "individual_id")
        if person and owner and person != owner:
            biosample.reject("of another person")
            return
        if diagnosis := biosample.get("histologicalDiagnosis", "histological_diagnosis"):
            self.collector.place(_concept(diagnosis), ("neoplasm",))
        if grade := biosample.get("tumorGrade", "tumor_grade"):
            self.collector.observed("grade", _concept(grade), grade, of="tumour grade")
        for finding in biosample.all("pathologicalTnmFinding", "pathological_tnm_finding"):
            self.collector.tnm(_concept(finding))
        if stage := biosample.get("pathologicalStage", "pathological_stage"):
            self._stage(stage)
        for measurement in biosample.all("measurements"):
            self._measurement(measurement)

    def _action(self, action: Node) -> None:
        if treatment := action.get("treatment"):
            self._given(treatment, "agent")
        if procedure := action.get("procedure"):
            self._given(procedure, "code")
        if radiation := action.get("radiationTherapy", "radiation_therapy"):
            self._given(radiation, "modality")
        if regimen := action.get("therapeuticRegimen", "therapeutic_regimen"):
            status = regimen.text("regimenStatus", "regimen_status")
            if status in GIVEN:
                self._given(regimen, "ontologyClass", "ontology_class")
            else:
                regimen.reject("not known to have been started")

    def _given(self, part: Node, *names: str) -> None:
        found = part.get(*names)
        if found is None:
            part.reject(f"without {names[0]} in the form of an ontology class")
        else:
            self.collector.place(_concept(found), ("prior",))


def _concept(node: Node) -> Concept:
    """Return an ontology class as a concept."""
    identifier, label = node.text("id"), node.text("label")
    return Concept(node, ((identifier, node),) if identifier else (), ((label, node),) if label else ())


def _amount(quantity: Node) -> Amount | None:
    number = quantity.number("value")
    if number is None:
        return None
    unit = quantity.get("unit")
    units = _unit(unit)
    normal = quantity.get("referenceRange", "reference_range")
    high: Decimal | None = None
    if normal and (other := normal.get("unit")) and set(_unit(other)) & set(units):
        high = normal.number("high")
    return Amount(number, units=units, normal_high=() if high is None else (high,))


def _unit(unit: Node | None) -> tuple[str, ...]:
    if unit is None:
        return ()
    return tuple(dict.fromkeys(text.removeprefix("UCUM:") for text in (unit.text("id"), unit.text("label")) if text))


def _completed(duration: str) -> int | None:
    """Return the completed years of an ISO 8601 duration.

    >>> _completed("P54Y11M"), _completed("P30M"), _completed("soon")
    (54, 2, None)
    """
    match = _DURATION.fullmatch(duration)
    if match is None or not any(match.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    return years + months // 12 + (weeks * 7 + days) // 366


def _text_of(number: int | None) -> str:
    return "" if number is None else str(number)


def _date(text: str) -> datetime.date | None:
    match = _DATE.fullmatch(text)
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
