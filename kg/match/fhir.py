"""FHIR R4 bundles, with the profiles of mCODE 4 in mind, as presentations.

Read are Patient, Condition, Observation, Procedure, MedicationRequest, MedicationAdministration and MedicationStatement of
one person. What is uncertain, cancelled, entered in error or without a value is turned down, with the reason; a refuted
condition is absent. Everything else of the bundle is reported.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from kg.match.foreign import SECONDARY_CODE, Amount, Collector, Concept, Value
from kg.match.presentation import Presentation
from kg.match.tree import Document, Node, plain_json
from kg.match.vocabulary import Vocabulary, coded, curie_of
from kg.prefixes import NET
from kg.terms import Terms

MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
PRIMARY, SECONDARY = MCODE + "mcode-primary-cancer-condition", MCODE + "mcode-secondary-cancer-condition"
HISTOLOGY = MCODE + "mcode-histology-morphology-behavior"
RELATED = ("http://hl7.org/fhir/StructureDefinition/condition-related", MCODE + "mcode-related-condition")
TERMINATION = MCODE + "mcode-treatment-termination-reason"
UCUM = "http://unitsofmeasure.org"

STRUCTURAL = re.compile(
    r"""(?:id|identifier|meta|language|type|timestamp|total|link|signature|entry\[\]\.(?:fullUrl|link|search|request|response))(?:[.\[].*)?"""
    r"""|entry\[\]\.resource\.(?:contained\[\]\.)?(?:id|identifier|meta|language|category|encounter|recordedDate|recorder|asserter|performer|requester"""
    r"""|informationSource|issued|dateAsserted|authoredOn|basedOn|partOf|device|specimen|hasMember|derivedFrom|note\[\]\.(?:time|author\w+)"""
    r"""|name|telecom|address|contact|communication|photo|active|managingOrganization|generalPractitioner)(?:[.\[].*)?"""
    r"""|.*\.(?:reference|version|userSelected)|entry\[\]\.resource\.(?:verificationStatus|clinicalStatus)\.coding\[\]\.(?:system|display)|entry\[\]\.resource\.(?:subject|patient)\..*""",
)
"""Names, addresses, provenance and references: they say nothing of the tumour, or should not be repeated."""

OF_CONDITION = ("neoplasm", "syndromes", "hereditary", "findings")
GENDERS = ("female", "male")
CERTAIN, REFUTED = ("confirmed", ""), "refuted"
PRESENT_NOW = ("active", "recurrence", "relapse", "")
VALID = ("final", "amended", "corrected")
"""States of an observation whose value stands."""
GIVEN: dict[str, tuple[str, ...]] = {
    "MedicationRequest": ("completed",),
    "MedicationAdministration": ("in-progress", "on-hold", "completed", "stopped"),
    "MedicationStatement": ("active", "completed", "on-hold", "stopped"),
    "Procedure": ("completed",),
}
"""Resource → states in which the person has received at least some of it."""
TAKEN_BEFORE_STOP = ("SCTID:266721009", "SCTID:407563006")
"""Reasons to stop which show that a medicine was taken: no response to it, and not tolerated."""

N_CATEGORY = ("SCTID:277206009", "SCTID:399534004", "SCTID:371494008", "LOINC:21906-3", "LOINC:21900-6", "LOINC:21912-1")
M_CATEGORY = ("SCTID:277208005", "SCTID:399387003", "SCTID:371497001", "LOINC:21907-1", "LOINC:21901-4", "LOINC:21913-9")
STAGE_GROUP = ("SCTID:399390009", "SCTID:399537006", "SCTID:399588009", "LOINC:21908-9", "LOINC:21902-2", "LOINC:21914-7")
"""What mCODE's staging profiles have as code."""

_READ = ("Condition", "Observation", "MedicationRequest", "MedicationAdministration", "MedicationStatement", "Procedure")
_FULL_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T.*)?")
_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def read_fhir(
    bundle: Mapping[str, object], vocabulary: Vocabulary, terms: Terms, *, where: str = "bundle", reference_date: datetime.date | None = None
) -> Presentation:
    """Return what a bundle says of a person, and what of it matching cannot use.

    :param bundle: a Bundle resource, from JSON
    :param where: name of the document, for messages
    :param reference_date: day for which the age is told; without it the day of the bundle's own time stamp
    :raises CaseError: when it is no bundle about one person, with the path of what is wrong
    """
    source = Document(plain_json(bundle, where), where)
    return _Bundle(source.root, Collector(source, vocabulary, terms), reference_date).read()


class _Bundle:
    """The reading of one bundle."""

    def __init__(self, root: Node, collector: Collector, reference_date: datetime.date | None) -> None:
        self.root = root
        self.collector = collector
        self.reference_date = reference_date
        self.by_reference: dict[str, Node] = {}
        self.tumours: set[str] = set()
        self.other_cancers: set[str] = set()

    def read(self) -> Presentation:
        if self.root.text("resourceType") != "Bundle":
            self.root.fail("no FHIR bundle", "give a resource with resourceType: Bundle")
        if self.root.text("type") == "history":
            self.root.fail("a history of resources, not their present state")
        resources = self._resources()
        patient = self._patient(resources)
        mine = [(kind, resource) for kind, resource in resources if kind in _READ and self._usable(resource) and self._about(resource, patient)]
        for kind, resource in resources:
            if kind not in (*_READ, "Patient", "Medication", "BodyStructure"):
                resource.reject(f"matching does not read resources of type {kind}" if kind else "a resource without its type")
        self._sort_tumours([resource for kind, resource in mine if kind == "Condition"])
        for wanted in _READ:
            for kind, resource in mine:
                if kind == wanted:
                    self._one(kind, resource)
        self._sizes([resource for kind, resource in mine if kind == "Observation"])
        if patient and self._usable(patient):
            self._person(patient)
        return self.collector.presentation(self.root.text("id"), STRUCTURAL)

    def _resources(self) -> list[tuple[str, Node]]:
        found: list[tuple[str, Node]] = []
        for entry in self.root.all("entry"):
            if resource := entry.get("resource"):
                kind = resource.text("resourceType")
                found.append((kind, resource))
                identifier = resource.text("id")
                for name in (entry.text("fullUrl"), f"{kind}/{identifier}" if identifier else ""):
                    if name:
                        self.by_reference.setdefault(name, resource)
                self._narrative(resource)
        return found

    def _narrative(self, resource: Node) -> None:
        """Pass over the text that repeats the resource; other text is reported."""
        text = resource.get("text")
        if text and text.text("status") in ("generated", "extensions", "empty"):
            text.mark()

    def _patient(self, resources: list[tuple[str, Node]]) -> Node | None:
        patients = [resource for kind, resource in resources if kind == "Patient"]
        if len(patients) > 1:
            patients[1].fail("a second patient", "give a bundle about one person")
        subjects = {name for _, resource in resources if (subject := self._subject(resource)) and (name := subject.text("reference"))}
        if not patients and len(subjects) > 1:
            self.root.fail("about several persons, none of whom is in the bundle", "give a bundle about one person")
        return patients[0] if patients else None

    @staticmethod
    def _subject(resource: Node) -> Node | None:
        return resource.get("subject", "patient") if resource.text("resourceType") in _READ else None

    def _about(self, resource: Node, patient: Node | None) -> bool:
        subject = self._subject(resource)
        name = subject.text("reference") if subject else ""
        found = self._resolve(name, resource) if name else patient
        if patient and (found is None or found.path != patient.path):
            resource.reject("not known to be about the patient of the bundle")
            return False
        return True

    def _usable(self, resource: Node) -> bool:
        for name in ("modifierExtension", "implicitRules"):
            if resource.get(name):
                resource.reject(f"it has {name}, which may change the meaning of the rest")
                return False
        return True

    def _resolve(self, reference: str, resource: Node) -> Node | None:
        """Return the resource that a reference names, in the bundle or contained in ``resource``."""
        if reference.startswith("#"):
            found = next((inner for inner in resource.all("contained") if inner.text("id") == reference[1:]), None)
            if found:
                found.text("resourceType")
            return found
        reference = reference.partition("/_history/")[0]
        return self.by_reference.get(reference) or self.by_reference.get("/".join(reference.split("/")[-2:]))

    def _person(self, patient: Node) -> None:
        if gender := patient.get("gender"):
            said = patient.text("gender")
            if said in GENDERS:
                self.collector.add("sex", said, gender, f"gender: {said}")
            else:
                gender.reject("neither female nor male")
        birth = patient.get("birthDate")
        if birth is None:
            return
        born = patient.text("birthDate")
        stamp = self.root.text("timestamp")
        day = self.reference_date or _day(stamp)
        years = _years(born, day) if day else ""
        if years and day:
            self.collector.add("age", years, birth, f"born {born}, on {day.isoformat()}")
        else:
            birth.reject("no age can be told from it" if day else "the bundle has no date for which an age could be told")

    def _one(self, kind: str, resource: Node) -> None:
        match kind:
            case "Condition":
                self._condition(resource)
            case "Observation":
                self._observation(resource)
            case _:
                self._therapy(kind, resource)

    def _condition(self, condition: Node) -> None:
        certain, now = self._status(condition, "verificationStatus"), self._status(condition, "clinicalStatus")
        if certain not in (*CERTAIN, REFUTED):
            condition.reject(f"verification status: {certain}")
            return
        if now not in (*PRESENT_NOW, "remission"):
            condition.reject(f"clinical status: {now}")
            return
        absent = certain == REFUTED
        code = condition.get("code")
        concept = _concept(code) if code else None
        if self._is_secondary(condition, concept):
            self._metastasis(condition, concept, absent=absent, past=now == "remission")
            return
        if concept:
            self._diagnosis(concept, OF_CONDITION if now != "remission" else ("neoplasm", "hereditary"), absent=absent)
        for value in self._extensions(condition, HISTOLOGY):
            self.collector.place(_concept(value), ("neoplasm",), absent=absent)
        tumour = condition.path in self.tumours
        for site in condition.all("bodySite"):
            if tumour and not absent:
                self.collector.place(_concept(site), ("site",))
            else:
                site.reject("not known to be the primary site of a neuroendocrine neoplasm")
        for stage in condition.all("stage"):
            stage.reject("a stage group is not a feature; the M and N categories are")

    @staticmethod
    def _extensions(resource: Node, url: str) -> list[Node]:
        """Return the coded values of the extensions of one kind."""
        return [value for extension in resource.all("extension") if (value := extension.get("valueCodeableConcept")) and extension.text("url") == url]

    def _is_secondary(self, condition: Node, concept: Concept | None) -> bool:
        return SECONDARY in self._profiles(condition) or (concept is not None and any(SECONDARY_CODE.fullmatch(curie) for curie, _ in concept.curies))

    def _sort_tumours(self, conditions: list[Node]) -> None:
        """Tell conditions that are a neuroendocrine neoplasm, and other primary cancers."""
        for condition in conditions:
            code = condition.get("code")
            concepts = [_concept(node) for node in (*([code] if code else []), *self._extensions(condition, HISTOLOGY))]
            if self._is_secondary(condition, concepts[0] if code else None):
                continue
            if any(self.collector.neuroendocrine(concept) for concept in concepts):
                self.tumours.add(condition.path)
            elif PRIMARY in self._profiles(condition):
                self.other_cancers.add(condition.path)

    def _of_other_disease(self, resource: Node, focus: Sequence[Node]) -> bool:
        """Turn a resource down when what it is about is in the bundle and is no neuroendocrine neoplasm."""
        found = [condition for node in focus if (condition := self._resolve(node.text("reference"), resource))]
        if any(condition.text("resourceType") == "Condition" and condition.path not in self.tumours for condition in found):
            resource.reject("about a condition that is not known to be a neuroendocrine neoplasm")
            return True
        return False

    def _diagnosis(self, concept: Concept, keys: Sequence[str], *, absent: bool) -> None:
        if not absent and self.collector.icd10cm(concept, primary=True):
            for _, node in concept.names:
                node.mark()
            for code, node in concept.codes:
                if not curie_of(code).startswith("ICD10CM:"):
                    self.collector.place(Concept(node, ((code, node),), ()), keys)
        else:
            self.collector.place(concept, keys, absent=absent)

    def _metastasis(self, condition: Node, concept: Concept | None, *, absent: bool, past: bool) -> None:
        if past:
            condition.reject("a metastasis in remission")
            return
        own = concept is not None and any(SECONDARY_CODE.fullmatch(curie) for curie, _ in concept.curies)
        related = [node for extension in condition.all("extension") if extension.text("url") in RELATED and (node := extension.get("valueReference"))]
        if not own and self._of_other_disease(condition, related):
            return
        if not own and not related and (self.other_cancers or not self.tumours):
            condition.reject("not known to come from a neuroendocrine neoplasm")
            return
        for site in condition.all("bodySite"):
            self.collector.place(_concept(site), ("metastases",), absent=absent)
        if concept and (absent or not self.collector.icd10cm(concept, primary=False)):
            concept.node.reject("the code names no site of metastasis that is understood")

    def _observation(self, observation: Node) -> None:
        status = observation.text("status")
        if status not in VALID:
            observation.reject(f"status: {status or 'none'}")
            return
        code = observation.get("code")
        if code is None:
            observation.reject("an observation without its code")
            return
        if self._of_other_disease(observation, observation.all("focus")):
            return
        concept, when = _concept(code), self._when(observation)
        said = self._judged(observation, concept, when)
        size, unsaid = False, []
        for component in observation.all("component"):
            part = component.get("code")
            what = _concept(part) if part else None
            if what and self.collector.observable(what) == "size_mm":
                size = True
            elif what and self._judged(component, what, when, concept.text):
                said = True
            else:
                unsaid.append((component, self._why_not(component, what) if what else "without its code"))
        if not said and not size:
            observation.reject(self._why_not(observation, concept))
            return
        for component, reason in unsaid:
            component.reject(reason)

    def _why_not(self, observation: Node, concept: Concept) -> str:
        curies = [curie for curie, _ in concept.curies]
        if self._absent_reason(observation):
            return f"no value: {self._absent_reason(observation)}"
        if set(curies) & set(STAGE_GROUP):
            return "a stage group is not a feature; the M and N categories are"
        if self.collector.observable(concept) or set(curies) & {*N_CATEGORY, *M_CATEGORY}:
            return "without a value that can be read"
        return f"{concept.text or 'the code'} is no feature"

    @staticmethod
    def _absent_reason(observation: Node) -> str:
        reason = observation.get("dataAbsentReason")
        return reason.words() if reason else ""

    def _judged(self, part: Node, concept: Concept, when: str, panel: str = "") -> bool:
        """Read the value of an observation or a component.

        :param panel: name of the observation that it is a component of
        :return: whether its value was read, be it used or turned down
        """
        key = self.collector.observable(concept)
        curies = {curie for curie, _ in concept.curies}
        categories = curies & {*N_CATEGORY, *M_CATEGORY}
        if not key and not categories:
            return False
        if self._absent_reason(part):
            return False
        found = self._value(part)
        if found is None:
            return False
        value, node = found
        of = f"{panel}: {concept.text}" if panel else concept.text
        if not categories:
            self.collector.observed(key, value, node, of=of, when=when)
        elif isinstance(value, Concept):
            self.collector.tnm(value, f"{of}: {value.text}{f', {when}' if when else ''}", of="N" if curies & set(N_CATEGORY) else "M")
        else:
            node.reject("a category that is not coded")
        concept.node.mark()
        return True

    def _value(self, part: Node) -> tuple[Value, Node] | None:
        if node := part.get("valueQuantity"):
            amount = _amount(node, part.all("referenceRange"))
            return (amount, node) if amount else None
        if node := part.get("valueInteger"):
            number = part.number("valueInteger")
            return (Amount(number), node) if number is not None else None
        if node := part.get("valueRange"):
            return _range(node)
        if node := part.get("valueCodeableConcept"):
            return _concept(node), node
        if node := part.get("valueString"):
            return part.text("valueString"), node
        if node := part.get("valueBoolean"):
            return part.flag("valueBoolean"), node
        return None

    def _when(self, observation: Node) -> str:
        period = observation.get("effectivePeriod")
        stamps = [observation.text("effectiveDateTime", "effectiveInstant"), period.text("end") if period else ""]
        return next((day.isoformat() for stamp in stamps if (day := _day(stamp))), "")

    def _sizes(self, observations: list[Node]) -> None:
        """Read the largest dimension, where all sizes are of one tumour and this is not known to lie elsewhere."""
        sizes: list[tuple[Node, Node, Concept]] = []
        for observation in observations:
            if observation.text("status") in VALID:
                parts = [(part, code) for part in observation.all("component") if (code := part.get("code"))]
                sizes.extend((observation, part, concept) for part, code in parts if self.collector.observable(concept := _concept(code)) == "size_mm")
        tumours = {reference for observation, _, _ in sizes for reference in self._foci(observation)}
        for observation, part, concept in sizes:
            if len(tumours) > 1:
                part.reject("there are sizes of several tumours")
            elif self._elsewhere(observation):
                part.reject("of a tumour that is not at the primary site")
            elif not self._judged(part, concept, self._when(observation), self._name(observation)):
                part.reject(self._why_not(part, concept))

    @staticmethod
    def _name(observation: Node) -> str:
        code = observation.get("code")
        return _concept(code).text if code else ""

    @staticmethod
    def _foci(observation: Node) -> list[str]:
        return [focus.text("reference") for focus in observation.all("focus")]

    def _elsewhere(self, observation: Node) -> bool:
        terms = self.collector.terms
        primary = {str(entry.value).replace("net:", NET, 1) for entry in self.collector.entries if entry.key == "site"}
        for reference in self._foci(observation):
            structure = self._resolve(reference, observation)
            location = structure.get("location") if structure else None
            found = {iri for code, _ in _concept(location).codes for iri, _ in self.collector.vocabulary.lookup(code)} if location else set()
            if location and found and primary:
                location.mark()
                return not any(one in terms.ancestors(other) or other in terms.ancestors(one) for one in found for other in primary)
        return False

    def _therapy(self, kind: str, resource: Node) -> None:
        status = resource.text("status")
        if resource.flag("doNotPerform"):
            resource.reject("a request not to do it")
            return
        intent = resource.text("intent")
        if intent and "order" not in intent:
            resource.reject(f"intent: {intent}, which is no order")
            return
        if status not in GIVEN[kind] and not (kind == "MedicationRequest" and status == "stopped" and self._taken_before_stop(resource)):
            resource.reject(f"status: {status or 'none'}, from which it does not follow that it was given")
            return
        code = self._what(resource)
        if code is None:
            resource.reject("what was given is not said in a form that is understood")
        else:
            self.collector.place(_concept(code), ("prior",))

    def _what(self, resource: Node) -> Node | None:
        if code := resource.get("medicationCodeableConcept", "code"):
            return code
        reference = resource.get("medicationReference")
        medication = self._resolve(reference.text("reference"), resource) if reference else None
        return medication.get("code") if medication and medication.text("resourceType") == "Medication" else None

    def _taken_before_stop(self, request: Node) -> bool:
        reasons = [reason for reason in [request.get("statusReason")] if reason]
        reasons.extend(self._extensions(request, TERMINATION))
        return any(curie in TAKEN_BEFORE_STOP for reason in reasons for curie, _ in _concept(reason).curies)

    @staticmethod
    def _profiles(resource: Node) -> set[str]:
        meta = resource.get("meta")
        return {str(profile.value).partition("|")[0] for profile in meta.all("profile")} if meta else set()

    @staticmethod
    def _status(condition: Node, name: str) -> str:
        found = condition.get(name)
        if found is None:
            return ""
        codes = [code for coding in found.all("coding") if (code := coding.text("code"))]
        found.mark()
        return codes[0] if len(set(codes)) == 1 else "; ".join(codes) or found.words() or "not said"


def _concept(node: Node) -> Concept:
    """Return a CodeableConcept as a concept."""
    codes: list[tuple[str, Node]] = []
    names: list[tuple[str, Node]] = []
    for coding in node.all("coding"):
        system, code, display = (coding.text(name) for name in ("system", "code", "display"))
        if code:
            codes.append((coded(system, code) or (f"{system}|{code}" if system else code), coding))
        if display:
            names.append((display, coding))
    text = node.get("text")
    if text and (said := node.text("text")):
        names.append((said, text))
    return Concept(node, tuple(codes), tuple(names))


def _amount(quantity: Node, ranges: Sequence[Node] = ()) -> Amount | None:
    number = quantity.number("value")
    if number is None:
        return None
    units = _units(quantity)
    highs: list[Decimal] = []
    for normal in ranges:
        high = normal.get("high")
        limit = high.number("value") if high and set(_units(high)) & set(units) else None
        if limit is not None:
            highs.append(limit)
    return Amount(number, sign=quantity.text("comparator"), units=units, normal_high=tuple(highs))


def _range(node: Node) -> tuple[Value, Node] | None:
    low, high = node.get("low"), node.get("high")
    ends = [_amount(end) if end else None for end in (low, high)]
    if ends[0] and ends[1]:
        same = ends[0].units == ends[1].units
        return (Amount(ends[0].low, ends[1].low, units=ends[0].units), node) if same else None
    if ends[0]:
        return Amount(ends[0].low, sign=">=", units=ends[0].units), node
    return (Amount(ends[1].low, sign="<=", units=ends[1].units), node) if ends[1] else None


def _units(quantity: Node) -> tuple[str, ...]:
    code = quantity.text("code") if quantity.text("system") in (UCUM, "") else ""
    return tuple(dict.fromkeys(unit for unit in (code, quantity.text("unit")) if unit))


def _day(stamp: str) -> datetime.date | None:
    """Return the day of a date or time; nothing when it is partial or none."""
    match = _FULL_DATE.fullmatch(stamp)
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _years(born: str, day: datetime.date) -> str:
    """Return completed years on a day; of a partial date of birth the range that it leaves.

    >>> _years("1970-06-15", datetime.date(2024, 6, 14)), _years("1970", datetime.date(2024, 6, 14))
    ('53', '53-54')
    """
    match = _PARTIAL_DATE.fullmatch(born)
    if match is None:
        return ""
    year, month, number = (int(part) if part else None for part in match.groups())
    if year is None or (month is not None and not 1 <= month <= 12) or (number is not None and not 1 <= number <= 31):  # noqa: PLR2004 # the calendar
        return ""
    first, last = (month or 1, number or 1), (month or 12, number or 31)
    oldest, youngest = (day.year - year - ((day.month, day.day) < end) for end in (first, last))
    if youngest < 0:
        return ""
    return str(oldest) if oldest == youngest else f"{youngest}-{oldest}"
