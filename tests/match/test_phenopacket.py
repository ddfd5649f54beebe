"""Phenopackets as presentations."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CaseError
from kg.match.phenopacket import STRUCTURAL, read_phenopacket
from kg.settings import Sources
from kg.terms import Terms
from tests.match.foreign import ANYTHING, EXTREME, Read, broken, document, nested, reads_or_refuses, real_vocabulary, reasons, said, unaccounted

EXAMPLES = ("phenopacket-pancreas", "phenopacket-ileum")
NEVER = re.compile(r"(?!)")
PANCREATIC = {"term": {"id": "NCIT:C45835", "label": "Pancreatic Neuroendocrine Tumor G2"}}


@pytest.fixture(scope="session")
def read(sources: Sources, terms: Terms) -> Read:
    vocabulary = real_vocabulary(sources, terms)
    return lambda tree: read_phenopacket(tree, vocabulary, terms)


def measured(assay: dict[str, str], value: Any, **more: Any) -> dict[str, Any]:
    return {"measurements": [{"assay": assay, "value": value, **more}]}


def quantity(value: Any, unit: str, **more: Any) -> dict[str, Any]:
    return {"quantity": {"unit": {"id": unit}, "value": value, **more}}


def test_a_phenopacket_of_a_pancreatic_tumour(read: Read) -> None:
    found = read(document("phenopacket-pancreas"))
    assert found.id == "example-pancreas"
    assert said(found) == {
        "sex": ["Female"],
        "age": ["54"],
        "neoplasm": ["PancreaticNETG2", "PancreaticNETG2"],
        "nodes": ["NodesPositive"],
        "extent": ["DistantExtent"],
        "site": ["Pancreas"],
        "hereditary": ["MEN1Syndrome"],
        "findings": ["Diarrhoea"],
        "syndromes": ["no CarcinoidSyndrome"],
        "creatinine_clearance": ["75"],
        "grade": ["Grade2"],
        "ki67": ["8"],
        "mitoses": ["4"],
        "prior": ["Lanreotide", "Everolimus"],
    }
    why = reasons(found)
    assert why["phenotypicFeatures[2]"] == "resolved: it is not there now"
    assert why["measurements[1].value"] == "of 2023-11-20; a newer value is of 2024-05-02"
    assert why["measurements[2].value"] == "what was measured is no feature"
    assert why["medicalActions[0].treatment.agent"] == "NCIT:C74584 is narrower than lanreotide, and only that is used"
    assert why["medicalActions[2].therapeuticRegimen"] == "not known to have been started"
    assert "biosamples[0].sampledTissue" in why  # where a sample was taken is neither the primary site nor surely a metastasis


def test_a_phenopacket_in_the_other_spelling(read: Read) -> None:
    found = read(document("phenopacket-ileum"))
    assert said(found) == {
        "sex": ["Male"],
        "age": ["65"],
        "extent": ["LocalisedExtent | LocoregionalExtent"],
        "site": ["Ileum"],
        "neoplasm": ["NeuroendocrineTumour"],
        "syndromes": ["CarcinoidSyndrome"],
        "findings": ["Flushing"],
        "platelets": ["150"],
        "sstr": ["SSTRPositive"],
        "bilirubin_uln": ["1.5"],
        "prior": ["Lutetium177Dotatate", "ExternalBeamRadiotherapy"],
    }
    why = reasons(found)
    assert why["diseases[0].term"] == "MONDO:0015065 is only close to ileal neuroendocrine tumour, so it does not say that"
    assert why["measurements[0].complex_value.typed_quantities[1]"] == "mmol/L cannot be converted to g/dL"
    assert why["medical_actions[1].procedure.code"] == "MAXO:0001056 is only close to liver resection, so it does not say that"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_value_is_used_or_structural_or_reported(name: str, read: Read) -> None:
    assert unaccounted(document(name), read, STRUCTURAL, NEVER) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_facts_say_where_they_come_from_and_what_stood_there(name: str, read: Read) -> None:
    for fact in read(document(name)).facts:
        assert fact.path
        assert fact.text


def test_an_empty_phenopacket_says_nothing(read: Read) -> None:
    found = read({})
    assert (found.id, found.facts, found.unused) == ("", (), ())


def test_what_is_missing_stays_unknown(read: Read) -> None:
    assert said(read({"diseases": [PANCREATIC]})) == {"neoplasm": ["PancreaticNETG2"]}


@pytest.mark.parametrize(
    ("term", "facts"),
    [
        ("MONDO:0100347", {"syndromes": ["no CarcinoidSyndrome"]}),  # exact match
        ("MONDO:0007540", {"hereditary": ["no MEN1Syndrome"]}),
        ("NCIT:C45835", {}),  # a kind of neoplasm cannot be absent in a case
        ("NCIT:C74584", {}),  # no disease
    ],
)
def test_excluded_means_absent_where_that_can_be_said(term: str, facts: dict[str, list[str]], read: Read) -> None:
    found = read({"diseases": [{"term": {"id": term}, "excluded": True}]})
    assert said(found) == facts
    assert bool(found.unused) is not bool(facts)


def test_site_and_tnm_of_another_disease_are_not_taken_for_those_of_the_tumour(read: Read) -> None:
    disease = {"term": {"id": "MONDO:0004989", "label": "breast carcinoma"}, "primarySite": {"id": "UBERON:0000310"}, "clinicalTnmFinding": [{"label": "M1"}]}
    found = read({"diseases": [PANCREATIC, disease]})
    assert said(found) == {"neoplasm": ["PancreaticNETG2"]}
    assert reasons(found)["diseases[1].primarySite"] == "of a disease that is not known to be a neuroendocrine neoplasm"
    excluded = read({"diseases": [{**PANCREATIC, "excluded": True, "primarySite": {"id": "UBERON:0001264"}}]})
    assert reasons(excluded)["diseases[0].primarySite"] == "of a disease that is excluded"


def test_entries_that_contradict_each_other_are_both_kept(read: Read) -> None:
    found = read({"biosamples": [{"tumorGrade": {"label": "G1"}}, {"tumorGrade": {"id": "NCIT:C203251", "label": "Neuroendocrine Tumor G3"}}]})
    assert said(found) == {"grade": ["Grade1", "Grade3"]}
    assert [fact.path for fact in found.facts] == ["biosamples[0].tumorGrade", "biosamples[1].tumorGrade"]


def test_another_neoplasm_beside_the_tumour_is_reported(read: Read) -> None:
    adenoma = {"type": {"id": "HP:0002897", "label": "Parathyroid adenoma"}}
    assert said(read({"phenotypicFeatures": [adenoma]})) == {"neoplasm": ["ParathyroidNeoplasm"]}
    found = read({"diseases": [PANCREATIC], "phenotypicFeatures": [adenoma]})
    assert said(found) == {"neoplasm": ["PancreaticNETG2"]}
    assert "phenotypicFeatures[0].type" in reasons(found)
    found = read({"diseases": [PANCREATIC, {"term": {"label": "goblet cell adenocarcinoma"}}]})
    assert said(found) == {"neoplasm": ["PancreaticNETG2"]}
    assert reasons(found) == {"diseases[1].term": "another neoplasm beside a neuroendocrine one"}


def test_a_broader_code_says_that_something_is_absent_and_not_that_it_is_present(read: Read) -> None:
    feature = {"type": {"id": "HP:0000825", "label": "Hyperinsulinemic hypoglycemia"}}
    assert said(read({"phenotypicFeatures": [feature]})) == {}
    assert said(read({"phenotypicFeatures": [{**feature, "excluded": True}]})) == {"syndromes": ["no InsulinomaSyndrome"]}
    narrower = {"type": {"id": "HP:0005208", "label": "Secretory diarrhea"}}
    assert said(read({"phenotypicFeatures": [narrower]})) == {"findings": ["Diarrhoea"]}
    assert said(read({"phenotypicFeatures": [{**narrower, "excluded": True}]})) == {}


def test_the_site_of_a_broader_disease_is_not_that_of_the_tumour(read: Read) -> None:
    found = read({"diseases": [{"term": {"id": "HP:0002894", "label": "Neoplasm of the pancreas"}, "primarySite": {"id": "UBERON:0001264"}}]})
    assert found.facts == ()


def test_the_grade_of_a_carcinoma_is_not_one_of_ours(read: Read) -> None:
    found = read({"biosamples": [{"histologicalDiagnosis": {"id": "ICDO:8246/3"}, "tumorGrade": {"label": "Grade 3"}}]})
    assert said(found) == {"neoplasm": ["NeuroendocrineCarcinoma"]}
    assert "carcinoma" in reasons(found)["biosamples[0].tumorGrade"]


@pytest.mark.parametrize(
    ("unit", "value", "interval"),
    [
        ("UCUM:%", 2.5, "2.5"),
        ("UCUM:%{cells}", 3, "3"),
        ("UCUM:1", 0.03, None),
        ("", 3, None),
        ("UCUM:%", 101, None),
        ("UCUM:%", -1, None),
        ("UCUM:%", 10**30, None),
        ("UCUM:%", 1e-300, None),
        ("UCUM:%", Decimal("9E+999999"), None),
        ("UCUM:%", Decimal("1E-999999"), None),
        ("UCUM:%", 0, "0"),
    ],
)
def test_units_are_checked(unit: str, value: float | Decimal, interval: str | None, read: Read) -> None:
    found = read(measured({"id": "LOINC:29593-1"}, quantity(value, unit)))
    assert said(found) == ({"ki67": [interval]} if interval else {})
    assert bool(found.unused) is (interval is None)


@pytest.mark.parametrize(
    ("name", "unit", "value", "key", "interval"),
    [
        ("mitotic count", "UCUM:/mm2", 2, "mitoses", "4"),
        ("mitotic count", "UCUM:{mitoses}/(2.mm2)", 3, "mitoses", "3"),
        ("mitotic count", "UCUM:/[HPF]", 3, "mitoses", None),
        ("Krenning score", "", 3, "krenning", "3"),
        ("Haemoglobin", "UCUM:g/L", 124, "haemoglobin", "12.4"),
        ("ECOG performance status", "UCUM:{score}", 1, "ecog", "1"),
        ("largest diameter", "UCUM:cm", 2.5, "size_mm", "25"),
        ("chromogranin A", "UCUM:ug/L", 412, "", None),
    ],
)
def test_a_name_is_enough_where_no_code_says_more(name: str, unit: str, value: float, key: str, interval: str | None, read: Read) -> None:
    assert said(read(measured({"label": name}, quantity(value, unit)))) == ({key: [interval]} if interval else {})


def test_two_spellings_of_a_unit_have_to_agree(read: Read) -> None:
    unit = {"id": "UCUM:g/L", "label": "g/dL"}
    found = read(measured({"id": "LOINC:718-7"}, {"quantity": {"unit": unit, "value": 12}}))
    assert reasons(found) == {"measurements[0].value": "the unit is given in two ways that differ: g/L or g/dL"}


def test_a_name_does_not_overrule_a_loinc_code(read: Read) -> None:
    assert said(read(measured({"id": "LOINC:85330-9", "label": "Ki-67"}, quantity(30, "UCUM:%")))) == {}


@pytest.mark.parametrize("limit", [None, {"high": 1.2}, {"high": 1.2, "unit": {"id": "UCUM:umol/L"}}, {"high": 0, "unit": {"id": "UCUM:mg/dL"}}])
def test_bilirubin_needs_the_limit_of_the_laboratory_in_the_same_unit(limit: dict[str, Any] | None, read: Read) -> None:
    found = read(measured({"id": "LOINC:1975-2"}, quantity(1.8, "UCUM:mg/dL", **({"referenceRange": limit} if limit else {}))))
    assert found.facts == ()
    assert "upper limit of the laboratory" in reasons(found)["measurements[0].value"]


@pytest.mark.parametrize(
    ("subject", "age"),
    [
        ({"timeAtLastEncounter": {"age": {"iso8601duration": "P17Y11M"}}}, "17"),
        ({"timeAtLastEncounter": {"age": {"iso8601duration": "P30M"}}}, "2"),
        ({"timeAtLastEncounter": {"ageRange": {"start": {"iso8601duration": "P50Y"}, "end": {"iso8601duration": "P59Y"}}}}, "[50..59]"),
        ({"timeAtLastEncounter": {"timestamp": "2024-06-14T00:00:00Z"}, "dateOfBirth": "1970-06-15T00:00:00Z"}, "53"),
        ({"timeAtLastEncounter": {"timestamp": "2024-06-14T00:00:00Z"}}, None),
        ({"timeAtLastEncounter": {"timestamp": "1960-06-14T00:00:00Z"}, "dateOfBirth": "1970-06-15"}, None),
        ({"timeAtLastEncounter": {"age": {"iso8601duration": "soon"}}}, None),
        ({"timeAtLastEncounter": {"age": {"iso8601duration": "P"}}}, None),
        ({"timeAtLastEncounter": {"ontologyClass": {"id": "HP:0003581", "label": "Adult onset"}}}, None),
        ({"dateOfBirth": "1970-06-15T00:00:00Z"}, None),
    ],
)
def test_the_age_is_that_of_the_last_encounter(subject: dict[str, Any], age: str | None, read: Read) -> None:
    found = read({"subject": subject})
    assert said(found) == ({"age": [age]} if age else {})
    assert bool(found.unused) is (age is None)


@pytest.mark.parametrize("sex", ["OTHER_SEX", "UNKNOWN_SEX", "female"])
def test_another_sex_is_reported(sex: str, read: Read) -> None:
    assert reasons(read({"subject": {"sex": sex}})) == {"subject.sex": "neither FEMALE nor MALE"}


@pytest.mark.parametrize("label", ["N0 Stage Finding", "cN0", "N0"])
def test_n_and_m_findings_are_read_by_name(label: str, read: Read) -> None:
    assert said(read({"diseases": [{**PANCREATIC, "clinicalTnmFinding": [{"label": label}]}]}))["nodes"] == ["NodesNegative"]


@pytest.mark.parametrize("finding", [{"id": "NCIT:C48705", "label": "N1 Stage Finding"}, {"label": "NX"}, {"label": "M3"}, {"label": "T2"}, {}])
def test_findings_that_say_nothing_or_two_things_are_reported(finding: dict[str, str], read: Read) -> None:
    found = read({"diseases": [{**PANCREATIC, "clinicalTnmFinding": [finding]}]})
    assert list(said(found)) == ["neoplasm"]
    assert "diseases[0].clinicalTnmFinding[0]" in reasons(found)


def test_what_was_resolved_is_not_there_now(read: Read) -> None:
    disease = {"term": {"id": "NCIT:C3215"}, "resolution": {"timestamp": "2020-01-01T00:00:00Z"}}
    assert reasons(read({"diseases": [disease]})) == {"diseases[0]": "resolved: it is not there now"}


def test_findings_of_a_sample_are_read(read: Read) -> None:
    found = read({"biosamples": [{"pathologicalTnmFinding": [{"label": "pN1"}], "pathologicalStage": {"id": "NCIT:C27971", "label": "Stage IV"}}]})
    assert said(found) == {"nodes": ["NodesPositive"]}
    assert list(reasons(found)) == ["biosamples[0].pathologicalStage"]


def test_dates_that_yaml_reads_as_dates_are_understood(read: Read) -> None:
    subject = {"dateOfBirth": datetime.date(1970, 6, 15), "timeAtLastEncounter": {"timestamp": datetime.datetime(2024, 6, 14, tzinfo=datetime.UTC)}}
    assert said(read({"subject": subject})) == {"age": ["53"]}


@pytest.mark.parametrize("part", [{"value": {"quantity": {"unit": {"id": "UCUM:%"}}}}, {"value": {}}, {}])
def test_a_measurement_without_a_number_is_reported(part: dict[str, Any], read: Read) -> None:
    found = read({"measurements": [{"assay": {"id": "LOINC:29593-1"}, **part}]})
    assert found.facts == ()
    assert found.unused


def test_a_sample_of_another_person_is_not_used(read: Read) -> None:
    sample = {"id": "s", "individualId": "other", "histologicalDiagnosis": {"id": "NCIT:C45835"}}
    assert reasons(read({"subject": {"id": "person"}, "biosamples": [sample]})) == {"biosamples[0]": "of another person"}


@pytest.mark.parametrize(
    ("tree", "place", "message"),
    [
        ({"proband": {}, "relatives": []}, "proband", "a family or a cohort"),
        ({"members": []}, "members", "a family or a cohort"),
        ({"diseases": {}}, "diseases", "an object where a list is expected"),
        ({"diseases": ["MEN1"]}, "diseases[0]", "the text 'MEN1' where an object is expected"),
        ({"diseases": [{"term": {"id": 7}}]}, "diseases[0].term.id", "the number 7 where text is expected"),
        ({"diseases": [{"term": {"id": "x"}, "excluded": "yes"}]}, "diseases[0].excluded", "the text 'yes' where true or false is expected"),
        ({"subject": []}, "subject", "a list where an object is expected"),
        (measured({"id": "LOINC:29593-1"}, quantity("8", "UCUM:%")), "measurements[0].value.quantity.value", "the text '8' where a number is expected"),
        (measured({"id": "LOINC:29593-1"}, quantity(True, "UCUM:%")), "measurements[0].value.quantity.value", "true or false where a number is expected"),
        (measured({"id": "LOINC:29593-1"}, quantity(float("nan"), "UCUM:%")), "measurements[0].value.quantity.value", "not a finite number"),
        ({"metaData": {"phenopacketSchemaVersion": "1.0.0"}}, "", "phenopacket schema 1.0.0, not 2"),
    ],
)
def test_what_is_no_phenopacket_is_refused_with_its_place(tree: Any, place: str, message: str, read: Read) -> None:
    with pytest.raises(CaseError, match=re.escape(message)) as caught:
        read(tree)
    assert caught.value.where == (f"phenopacket: {place}" if place else "phenopacket")


def test_a_document_that_is_nested_too_deeply_is_refused(read: Read) -> None:
    with pytest.raises(CaseError, match="levels deep"):
        read({"diseases": nested(200)})


@pytest.mark.parametrize("number", range(len(EXTREME)))
def test_extreme_documents_are_read_or_refused(number: int, read: Read) -> None:
    reads_or_refuses(read, EXTREME[number], "phenopacket")


@settings(max_examples=150)
@given(st.data(), st.sampled_from(EXAMPLES))
def test_broken_documents_are_read_or_refused(read: Read, data: st.DataObject, name: str) -> None:
    reads_or_refuses(read, data.draw(broken(document(name))), "phenopacket")


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["id", "subject", "diseases", "measurements", "biosamples", "medicalActions", "phenotypicFeatures", "metaData"]), ANYTHING)
)
def test_arbitrary_documents_are_read_or_refused(read: Read, tree: dict[str, Any]) -> None:
    reads_or_refuses(read, tree, "phenopacket")
