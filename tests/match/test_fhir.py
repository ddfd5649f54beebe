"""FHIR bundles as presentations."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CaseError
from kg.match.fhir import GIVEN, STRUCTURAL, read_fhir
from kg.match.foreign import ICD10CM
from kg.match.vocabulary import Vocabulary
from kg.settings import Sources
from kg.terms import Terms
from tests.match.foreign import ANYTHING, EXTREME, Read, broken, document, nested, reads_or_refuses, real_vocabulary, reasons, said, unaccounted

EXAMPLES = ("mcode-pancreas", "mcode-ileum")
NCIT, LOINC, SCT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "http://loinc.org", "http://snomed.info/sct"
ICDO, ICD10, RXNORM = "http://terminology.hl7.org/CodeSystem/icd-o-3", "http://hl7.org/fhir/sid/icd-10-cm", "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
DECIDES = re.compile(
    r"entry\[\]\.resource\.(?:(?:component\[\]\.)?(?:valueQuantity|referenceRange\[\]\.high)\.(?:system|unit|code)"  # unit and its code say the same
    r"|text\.(?:status|div)"  # generated from the rest
    r"|statusReason\.coding\[\]\.display|intent"  # the code decides, and that it is an order
    r"|location\.coding\[\]\.(?:system|code))"  # of a tumour: whether it is elsewhere than the primary site
)
"""Values that are read, and whose change need not show."""


@pytest.fixture(scope="session")
def vocabulary(sources: Sources, terms: Terms) -> Vocabulary:
    return real_vocabulary(sources, terms)


@pytest.fixture(scope="session")
def read(vocabulary: Vocabulary, terms: Terms) -> Read:
    return lambda tree: read_fhir(tree, vocabulary, terms)


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource} for resource in resources], **more}


def coding(system: str, code: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def patient(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", **more}


def condition(code: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": "c", "code": code, **more}


def observation(code: str, value: dict[str, Any], system: str = LOINC, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": coding(system, code), **value, **more}


def amount(value: Any, unit: str, **more: Any) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "system": UCUM, "code": unit, **more}}


def given_medicine(kind: str, status: str, **more: Any) -> dict[str, Any]:
    what = {"code": {"text": "lanreotide"}} if kind == "Procedure" else {"medicationCodeableConcept": coding(RXNORM, "68092")}
    return {"resourceType": kind, "status": status, **what, **more}


TUMOUR = condition(coding(NCIT, "C45835"))


def test_a_bundle_of_a_pancreatic_tumour(read: Read) -> None:
    found = read(document("mcode-pancreas"))
    assert found.id == "example-mcode-pancreas"
    assert said(found) == {
        "neoplasm": ["NeuroendocrineNeoplasm", "PancreaticNETG2", "NETG2"],
        "site": ["PancreaticTail"],
        "metastases": ["Liver"],
        "syndromes": ["no CarcinoidSyndrome"],
        "grade": ["Grade2", "Grade3"],
        "ki67": ["8"],
        "ecog": ["1"],
        "haemoglobin": ["12.4"],
        "progression": ["Progressing"],
        "prior": ["Lanreotide"],
        "sex": ["Female"],
        "age": ["53"],
    }
    why = reasons(found)
    assert why["entry[14].resource"] == "matching does not read resources of type FamilyMemberHistory"
    assert why["entry[13].resource"] == "status: cancelled, from which it does not follow that it was given"
    assert why["entry[10].resource"] == "Chromogranin A [Mass/volume] in Serum or Plasma (LOINC:9811-1) is no feature"
    assert why["entry[9].resource.valueQuantity"] == "mL/min/{1.73_m2} or mL/min/1.73m2 cannot be converted to mL/min"


def test_a_bundle_of_an_ileal_tumour(read: Read) -> None:
    found = read(document("mcode-ileum"))
    assert said(found) == {
        "neoplasm": ["NeuroendocrineNeoplasm"],
        "site": ["Ileum"],
        "metastases": ["Liver"],
        "syndromes": ["CarcinoidSyndrome"],
        "extent": ["DistantExtent"],
        "platelets": ["90"],
        "bilirubin_uln": ["1.5"],
        "sstr": ["SSTRPositive"],
        "prior": ["Lanreotide", "RightHemicolectomy"],
        "size_mm": ["25"],
        "sex": ["Male"],
    }
    why = reasons(found)
    assert why["entry[3].resource"] == "verification status: provisional"
    assert "entry[4].resource.code.coding[0]" not in why
    assert why["entry[0].resource.birthDate"] == "the bundle has no date for which an age could be told"
    assert why["entry[8].resource.valueQuantity"] == "of 2024-02-01; a newer value is of 2024-05-01"
    assert why["entry[11].resource"].startswith("no value: ")
    assert why["entry[12].resource"] == "status: preliminary"
    assert why["entry[17].resource"] == "not known to be about the patient of the bundle"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_value_is_used_or_structural_or_reported(name: str, read: Read) -> None:
    assert unaccounted(document(name), read, STRUCTURAL, DECIDES) == []


def test_an_empty_bundle_says_nothing(read: Read) -> None:
    found = read({"resourceType": "Bundle"})
    assert (found.id, found.facts, found.unused) == ("", (), ())


@pytest.mark.parametrize(
    ("born", "stamp", "age"),
    [
        ("1970-06-15", "2024-06-15T00:00:00Z", "54"),
        ("1970-06-15", "2024-06-14T23:59:59Z", "53"),
        ("1970-06", "2024-06-14", "[53..54]"),
        ("1970", "2024-06-14", "[53..54]"),
        ("1970-06-15", "", None),
        ("1970-06-15", "2024", None),
        ("1970-13-15", "2024-06-14", None),
        ("2030-01-01", "2024-06-14", None),
        ("soon", "2024-06-14", None),
        ("1970-06-15", "2024-02-31", None),
    ],
)
def test_the_age_is_told_for_the_day_of_the_bundle_only(born: str, stamp: str, age: str | None, read: Read) -> None:
    found = read(bundle(patient(birthDate=born), timestamp=stamp))
    assert said(found) == ({"age": [age]} if age else {})
    assert ("entry[0].resource.birthDate" in reasons(found)) is (age is None)


def test_the_age_can_be_told_for_another_day(vocabulary: Vocabulary, terms: Terms) -> None:
    found = read_fhir(bundle(patient(birthDate="1970-06-15")), vocabulary, terms, reference_date=datetime.date(2020, 1, 1))
    assert said(found) == {"age": ["49"]}


def test_names_and_addresses_are_not_repeated(read: Read) -> None:
    found = read(bundle(patient(gender="other", name=[{"family": "Secret"}], address=[{"city": "Secret"}], text={"status": "generated", "div": "Secret"})))
    assert "Secret" not in repr(found)
    assert reasons(found) == {"entry[0].resource.gender": "neither female nor male"}


def test_text_that_says_more_than_the_resource_is_reported(read: Read) -> None:
    assert "entry[0].resource.text.div" in reasons(read(bundle({**TUMOUR, "text": {"status": "additional", "div": "more"}})))


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        ("confirmed", {"syndromes": ["CarcinoidSyndrome"]}),
        ("refuted", {"syndromes": ["no CarcinoidSyndrome"]}),
        ("unconfirmed", {}),
        ("provisional", {}),
        ("differential", {}),
        ("entered-in-error", {}),
        ("", {"syndromes": ["CarcinoidSyndrome"]}),
    ],
)
def test_the_verification_status_decides(status: str, facts: dict[str, list[str]], read: Read) -> None:
    more = {"verificationStatus": {"coding": [{"code": status}]}} if status else {}
    found = read(bundle(condition(coding(NCIT, "C3215"), **more)))
    assert said(found) == facts
    assert bool(found.unused) is not bool(facts)


@pytest.mark.parametrize(
    ("status", "code", "facts"),
    [
        ("active", "C3215", {"syndromes": ["CarcinoidSyndrome"]}),
        ("resolved", "C3215", {}),
        ("inactive", "C45835", {}),
        ("remission", "C3215", {}),
        ("remission", "C45835", {"neoplasm": ["PancreaticNETG2"]}),
    ],
)
def test_the_clinical_status_decides(status: str, code: str, facts: dict[str, list[str]], read: Read) -> None:
    found = read(bundle(condition(coding(NCIT, code), clinicalStatus={"coding": [{"code": status}]})))
    assert said(found) == facts
    assert bool(found.unused) is not bool(facts)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("C7A.012", {"neoplasm": ["NeuroendocrineNeoplasm"], "site": ["Ileum"]}),
        ("C7A.1", {"neoplasm": ["NeuroendocrineNeoplasm"], "differentiation": ["PoorlyDifferentiated"]}),
        ("C7A.098", {"neoplasm": ["NeuroendocrineNeoplasm"]}),
        ("C7B.03", {"metastases": ["BoneSite"]}),
        ("C7B.8", {}),
        ("C50", {}),
    ],
)
def test_icd_10_cm_codes_of_neuroendocrine_tumours_are_read(code: str, facts: dict[str, list[str]], read: Read) -> None:
    found = read(bundle(condition(coding(ICD10, code))))
    assert said(found) == facts
    assert bool(found.unused) is not bool(facts)


def test_every_icd_10_cm_code_leads_to_values_that_exist(read: Read) -> None:
    for code, values in ICD10CM.items():
        found = read(bundle(condition(coding(ICD10, code))))
        assert set(values) <= set(said(found))
        assert not found.unused


def test_the_histology_extension_is_read(read: Read) -> None:
    extension = {"url": MCODE + "mcode-histology-morphology-behavior", "valueCodeableConcept": coding(ICDO, "8249/3")}
    found = read(bundle(condition(coding(SCT, "1", "a tumour"), extension=[extension], bodySite=[coding(ICDO, "C25.2")])))
    assert said(found) == {"neoplasm": ["NETG2"], "site": ["PancreaticTail"]}


def test_a_body_site_of_another_condition_is_not_the_primary_site(read: Read) -> None:
    primary = {"profile": [MCODE + "mcode-primary-cancer-condition"]}
    found = read(bundle(TUMOUR, condition(coding(SCT, "1", "another cancer"), id="d", meta=primary, bodySite=[coding(ICDO, "C25.2")])))
    assert said(found) == {"neoplasm": ["PancreaticNETG2"]}
    assert "not known to be the primary site" in reasons(found)["entry[1].resource.bodySite[0]"]


@pytest.mark.parametrize(
    ("others", "facts"),
    [
        ([TUMOUR], {"neoplasm": ["PancreaticNETG2"], "metastases": ["Liver"]}),
        ([], {}),
        ([TUMOUR, condition(coding(SCT, "1"), id="d", meta={"profile": [MCODE + "mcode-primary-cancer-condition"]})], {"neoplasm": ["PancreaticNETG2"]}),
    ],
)
def test_a_metastasis_has_to_come_from_the_tumour(others: list[dict[str, Any]], facts: dict[str, list[str]], read: Read) -> None:
    meta = {"profile": [MCODE + "mcode-secondary-cancer-condition"]}
    assert said(read(bundle(*others, condition(coding(SCT, "2"), id="m", meta=meta, bodySite=[coding(ICDO, "C22.0")])))) == facts


def test_a_metastasis_in_remission_is_not_there_now(read: Read) -> None:
    found = read(bundle(condition(coding(ICD10, "C7B.02"), clinicalStatus={"coding": [{"code": "remission"}]})))
    assert reasons(found) == {"entry[0].resource": "a metastasis in remission"}


@pytest.mark.parametrize(
    ("value", "necrosis"),
    [
        ({"valueBoolean": True}, "NecrosisPresent"),
        ({"valueString": "no"}, "NecrosisAbsent"),
        ({"valueCodeableConcept": {"text": "perhaps"}}, None),
        ({"valueInteger": 1}, None),
    ],
)
def test_a_list_is_read_by_name(value: dict[str, Any], necrosis: str | None, read: Read) -> None:
    found = read(bundle({"resourceType": "Observation", "status": "final", "code": {"text": "necrosis status"}, **value}))
    assert said(found) == ({"necrosis": [necrosis]} if necrosis else {})


@pytest.mark.parametrize(("reference", "used"), [("Condition/c", True), ("Condition/d", False)])
def test_a_metastasis_that_names_its_tumour_is_believed(reference: str, used: bool, read: Read) -> None:
    extension = {"url": "http://hl7.org/fhir/StructureDefinition/condition-related", "valueReference": {"reference": reference}}
    meta = {"profile": [MCODE + "mcode-secondary-cancer-condition"]}
    other = condition(coding(SCT, "1"), id="d", meta={"profile": [MCODE + "mcode-primary-cancer-condition"]})
    found = read(bundle(TUMOUR, other, condition(coding(SCT, "2"), id="m", meta=meta, extension=[extension], bodySite=[coding(ICDO, "C22.0")])))
    assert ("metastases" in said(found)) is used


def test_observations_of_another_condition_are_not_used(read: Read) -> None:
    other = condition(coding(SCT, "1"), id="d")
    category = observation("399387003", {"valueCodeableConcept": {"text": "cM1"}}, SCT)
    assert "extent" in said(read(bundle(TUMOUR, other, {**category, "focus": [{"reference": "Condition/c"}]})))
    assert "extent" not in said(read(bundle(TUMOUR, other, {**category, "focus": [{"reference": "Condition/d"}]})))


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "entered-in-error", "unknown", ""])
def test_observations_that_do_not_stand_are_reported(status: str, read: Read) -> None:
    found = read(bundle({**observation("89247-1", {"valueInteger": 1}), "status": status}))
    assert found.facts == ()
    assert reasons(found) == {"entry[0].resource": f"status: {status or 'none'}"}


@pytest.mark.parametrize(
    ("code", "value", "facts"),
    [
        ("89247-1", {"valueInteger": 0}, {"ecog": ["0"]}),
        ("89247-1", {"valueInteger": 9}, {}),
        ("89243-0", {"valueInteger": 90}, {}),  # Karnofsky is no feature
        ("29593-1", amount(20, "%", comparator="<"), {"ki67": ["<20"]}),
        ("29593-1", amount(20, "%", comparator="3-"), {}),
        ("29593-1", {"valueRange": {"low": {"value": 3, "code": "%"}, "high": {"value": 5, "code": "%"}}}, {"ki67": ["[3..5]"]}),
        ("29593-1", {"valueRange": {"low": {"value": 5, "code": "%"}, "high": {"value": 3, "code": "%"}}}, {}),
        ("29593-1", {"valueRange": {"low": {"value": 3, "code": "%"}}}, {"ki67": [">=3"]}),
        ("29593-1", {"valueRange": {"high": {"value": 3, "code": "%"}}}, {"ki67": ["<=3"]}),
        ("29593-1", {"valueRange": {"low": {"value": 3, "code": "%"}, "high": {"value": 3}}}, {}),
        ("29593-1", {"valueString": "<3 %"}, {"ki67": ["<3"]}),
        ("29593-1", {"valueString": "3-5%"}, {"ki67": ["[3..5]"]}),
        ("29593-1", {"valueString": "low"}, {}),
        ("29593-1", {"valueBoolean": True}, {}),
        ("29593-1", {"valueCodeableConcept": {"text": "low"}}, {}),
        ("29593-1", {}, {}),
        ("718-7", amount(7.5, "mmol/L"), {}),
        ("718-7", amount(12.4, "g/dL"), {"haemoglobin": ["12.4"]}),
        ("751-8", amount(1.8, "10*3/uL"), {"neutrophils": ["1.8"]}),
        ("751-8", amount(1800, "{cells}/uL"), {"neutrophils": ["1.8"]}),
        ("777-3", amount(10**400, "/uL"), {}),
        ("2164-2", amount(60, "mL/min"), {"creatinine_clearance": ["60"]}),
        ("97509-4", {"valueCodeableConcept": coding(SCT, "359746009")}, {"progression": ["NotProgressing"]}),
        ("97509-4", {"valueCodeableConcept": coding(SCT, "709137006")}, {}),
        ("31206-6", {"valueCodeableConcept": coding(ICDO, "8013/3")}, {"neoplasm": ["LargeCellNEC"]}),
        ("31206-6", {"valueString": "8013/3"}, {}),
        ("21906-3", {"valueCodeableConcept": {"text": "cN0"}}, {"nodes": ["NodesNegative"]}),
        ("21906-3", {"valueCodeableConcept": {"text": "cM1"}}, {}),
        ("21906-3", {"valueString": "cN0"}, {}),
        ("21908-9", {"valueCodeableConcept": {"text": "IV"}}, {}),
        ("21905-5", {"valueCodeableConcept": {"text": "cT3"}}, {}),
    ],
)
def test_values_of_observations(code: str, value: dict[str, Any], facts: dict[str, list[str]], read: Read) -> None:
    found = read(bundle(observation(code, value)))
    assert said(found) == facts
    assert bool(found.unused) is not bool(facts)


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (coding(NCIT, "C203250", "Neuroendocrine Tumor G1"), "Grade1"),
        ({"text": "G2"}, "Grade2"),
        ({"text": "WHO grade 3"}, "Grade3"),
        (coding(SCT, "1155708003", "Low histologic grade (qualifier value)"), None),
        ({"text": "G4"}, None),
    ],
)
def test_the_histologic_grade_is_read_as_a_grade_of_neuroendocrine_tumours_only(value: dict[str, Any], grade: str | None, read: Read) -> None:
    found = read(bundle(observation("C18000", {"valueCodeableConcept": value}, NCIT)))
    assert said(found) == ({"grade": [grade]} if grade else {})


def test_components_are_read_and_those_that_are_not_are_reported(read: Read) -> None:
    parts = [
        {"code": coding(LOINC, "718-7"), **amount(12, "g/dL")},
        {"code": coding(LOINC, "9811-1"), **amount(9, "ug/L")},
        {"code": coding(LOINC, "777-3")},
        {},
    ]
    found = read(bundle({**observation("1-1", {}), "component": parts}))
    assert said(found) == {"haemoglobin": ["12"]}
    assert set(reasons(found)) == {"entry[0].resource.component[1]", "entry[0].resource.component[2]", "entry[0].resource.component[3]"}


def size(value: float, reference: str = "") -> dict[str, Any]:
    part = {"code": coding(LOINC, "33728-7"), **amount(value, "cm")}
    return {**observation("21889-1", {}), "component": [part], **({"focus": [{"reference": reference}]} if reference else {})}


def test_the_size_is_that_of_one_tumour_at_the_primary_site(read: Read) -> None:
    tail = condition(coding(NCIT, "C45835"), bodySite=[coding(ICDO, "C25.2")])
    here = {"resourceType": "BodyStructure", "id": "here", "location": coding(ICDO, "C25.9")}
    there = {"resourceType": "BodyStructure", "id": "there", "location": coding(ICDO, "C22.0")}
    assert said(read(bundle(tail, here, size(2.5, "BodyStructure/here"))))["size_mm"] == ["25"]
    assert said(read(bundle(tail, size(2.5))))["size_mm"] == ["25"]
    elsewhere = read(bundle(tail, there, size(2.5, "BodyStructure/there")))
    assert reasons(elsewhere)["entry[2].resource.component[0]"] == "of a tumour that is not at the primary site"
    several = read(bundle(tail, here, there, size(2.5, "BodyStructure/here"), size(9, "BodyStructure/there")))
    assert "size_mm" not in said(several)


def test_of_dated_values_that_change_the_newest_counts(read: Read) -> None:
    old = observation("89247-1", {"valueInteger": 0}, effectiveDateTime="2023-01-01")
    new = observation("89247-1", {"valueInteger": 2}, effectivePeriod={"start": "2023-01-01", "end": "2024-01-01"})
    undated = observation("89247-1", {"valueInteger": 3})
    assert said(read(bundle(new, old))) == {"ecog": ["2"]}
    assert said(read(bundle(old, new, undated))) == {"ecog": ["0", "2", "3"]}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (kind, status)
        for kind in GIVEN
        for status in (
            "active",
            "completed",
            "stopped",
            "on-hold",
            "in-progress",
            "cancelled",
            "draft",
            "not-done",
            "not-taken",
            "intended",
            "entered-in-error",
            "unknown",
            "",
        )
    ],
)
def test_only_what_was_given_is_a_prior_therapy(kind: str, status: str, read: Read) -> None:
    found = read(bundle(given_medicine(kind, status)))
    assert said(found) == ({"prior": ["Lanreotide"]} if status in GIVEN[kind] else {})
    assert bool(found.unused) is not bool(found.facts)


@pytest.mark.parametrize(
    ("more", "used"),
    [
        ({"statusReason": coding(SCT, "266721009")}, True),
        ({"extension": [{"url": MCODE + "mcode-treatment-termination-reason", "valueCodeableConcept": coding(SCT, "407563006")}]}, True),
        ({"statusReason": coding(SCT, "184081006")}, False),
        ({}, False),
    ],
)
def test_a_stopped_order_counts_when_the_reason_shows_that_it_was_taken(more: dict[str, Any], used: bool, read: Read) -> None:
    assert bool(read(bundle(given_medicine("MedicationRequest", "stopped", **more))).facts) is used


@pytest.mark.parametrize(
    ("more", "used"), [({"doNotPerform": True}, False), ({"intent": "plan"}, False), ({"intent": "order"}, True), ({"intent": "filler-order"}, True)]
)
def test_what_was_only_planned_or_forbidden_is_no_prior_therapy(more: dict[str, Any], used: bool, read: Read) -> None:
    assert bool(read(bundle(given_medicine("MedicationRequest", "completed", **more))).facts) is used


@pytest.mark.parametrize("reference", ["Medication/m", "urn:uuid:1", "http://example.org/fhir/Medication/m", "Medication/m/_history/2"])
def test_a_medication_is_found_by_its_reference(reference: str, read: Read) -> None:
    medication = {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Medication", "id": "m", "code": coding(RXNORM, "141704")}}
    statement = {"resourceType": "MedicationStatement", "status": "active", "medicationReference": {"reference": reference}}
    assert said(read({"resourceType": "Bundle", "entry": [medication, {"resource": statement}]})) == {"prior": ["Everolimus"]}


def test_a_medication_that_is_not_there_is_reported(read: Read) -> None:
    found = read(bundle({"resourceType": "MedicationStatement", "status": "active", "medicationReference": {"reference": "Medication/none"}}))
    assert reasons(found) == {"entry[0].resource": "what was given is not said in a form that is understood"}


@pytest.mark.parametrize("name", ["modifierExtension", "implicitRules"])
def test_what_may_change_the_meaning_is_not_passed_over(name: str, read: Read) -> None:
    found = read(bundle({**TUMOUR, name: [{"url": "http://example.org/x"}] if name == "modifierExtension" else "http://example.org/rules"}))
    assert found.facts == ()
    assert name in reasons(found)["entry[0].resource"]


def test_everything_is_about_one_person(read: Read) -> None:
    with pytest.raises(CaseError, match="second patient") as caught:
        read(bundle(patient(), patient(id="q")))
    assert caught.value.where == "bundle: entry[1].resource"
    with pytest.raises(CaseError, match="several persons"):
        read(bundle({**TUMOUR, "subject": {"reference": "Patient/a"}}, {**TUMOUR, "subject": {"reference": "Patient/b"}}))
    assert read(bundle({**TUMOUR, "subject": {"reference": "Patient/a"}})).facts


@pytest.mark.parametrize(
    ("tree", "place", "message"),
    [
        ({"resourceType": "Patient"}, "", "no FHIR bundle"),
        ({}, "", "no FHIR bundle"),
        ({"resourceType": ["Bundle"]}, "resourceType", "a list where text is expected"),
        ({"resourceType": "Bundle", "type": "history"}, "", "a history of resources"),
        ({"resourceType": "Bundle", "entry": {}}, "entry", "an object where a list is expected"),
        ({"resourceType": "Bundle", "entry": [7]}, "entry[0]", "the number 7 where an object is expected"),
        (bundle({**TUMOUR, "code": "NET"}), "entry[0].resource.code", "the text 'NET' where an object is expected"),
        (bundle({**TUMOUR, "bodySite": {}}), "entry[0].resource.bodySite", "an object where a list is expected"),
        (bundle(observation("89247-1", {"valueInteger": "1"})), "entry[0].resource.valueInteger", "the text '1' where a number is expected"),
        (bundle(observation("718-7", amount(float("inf"), "g/dL"))), "entry[0].resource.valueQuantity.value", "not a finite number"),
        (bundle(patient(gender=None, birthDate=1970)), "entry[0].resource.birthDate", "the number 1970 where text is expected"),
    ],
)
def test_what_is_no_bundle_is_refused_with_its_place(tree: Any, place: str, message: str, read: Read) -> None:
    with pytest.raises(CaseError, match=re.escape(message)) as caught:
        read(tree)
    assert caught.value.where == (f"bundle: {place}" if place else "bundle")


def test_a_document_that_is_nested_too_deeply_is_refused(read: Read) -> None:
    with pytest.raises(CaseError, match="levels deep"):
        read(bundle({"resourceType": "Condition", "code": nested(200)}))


@pytest.mark.parametrize("number", range(len(EXTREME)))
def test_extreme_documents_are_read_or_refused(number: int, read: Read) -> None:
    reads_or_refuses(read, EXTREME[number], "bundle")


@settings(max_examples=150)
@given(st.data(), st.sampled_from(EXAMPLES))
def test_broken_documents_are_read_or_refused(read: Read, data: st.DataObject, name: str) -> None:
    reads_or_refuses(read, data.draw(broken(document(name))), "bundle")


@settings(max_examples=60)
@given(st.lists(st.dictionaries(st.sampled_from(["resource", "fullUrl"]), ANYTHING), max_size=3))
def test_arbitrary_entries_are_read_or_refused(read: Read, entries: list[Any]) -> None:
    reads_or_refuses(read, {"resourceType": "Bundle", "entry": entries}, "bundle")
