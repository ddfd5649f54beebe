"""Advice, decisions and results as VA-Spec: what the profile says, and that the specification's own models read it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import DataError
from kg.export.loss import Losses
from kg.export.source import Source
from kg.export.vaspec import NO_CLASS, REPEATED, vaspec
from kg.prefixes import NET
from kg.settings import Sources
from tests.export.conftest import Reader, source_of
from tests.export.edges import EDGES

ENTITIES = {"Document", "ClinicalTrial", "Population", "Recommendation", "RegulatoryDecision", "ArmComparison", "EvidenceItem"}


def exported(source: Source, folder: Path) -> tuple[dict[str, dict[str, Any]], Losses]:
    losses = Losses()
    vaspec(source, folder / "net.json", losses)
    return {entity["id"]: entity for entity in json.loads((folder / "net.json").read_text(encoding="utf-8"))}, losses


@pytest.fixture
def edges(sources: Sources) -> Source:
    return source_of(EDGES, sources)


@pytest.fixture
def entities(edges: Source, tmp_path: Path) -> dict[str, dict[str, Any]]:
    return exported(edges, tmp_path)[0]


def extension(entity: dict[str, Any], name: str) -> object:
    return next(item["value"] for item in entity["extensions"] if item["name"] == name)


def test_a_recommendation_is_a_statement(entities: dict[str, dict[str, Any]]) -> None:
    found = entities["net:recommendation/R1"]
    assert (found["direction"], found["strength"], found["description"]) == ("supports", {"name": "A-1b"}, "Give both.")
    assert found["classification"]["name"] == "recommended"
    proposition = found["proposition"]
    assert proposition["predicate"] == "isRecommendedFor"
    assert proposition["subject"]["membershipOperator"] == "AND"
    assert [therapy["name"] for therapy in proposition["subject"]["therapies"]] == ["α-drug", "beta"]
    assert proposition["object"]["id"] == "net:Tumour"
    assert found["specifiedBy"] == {"type": "Method", "name": '„Ω“ of "today"\n@prefix', "methodType": "guideline", "reportedIn": "net:document/new"}
    assert extension(found, "issued") == "2024-03"
    assert [one.get("date") for one in found["contributions"]] == [None, None], "a month is no moment"
    assert found["contributions"][1]["extensions"] == [{"name": "curation", "value": {"id": "net:CurationPrimary", "name": "CurationPrimary"}}]


def test_our_codes_come_first_and_mappings_beside_them(entities: dict[str, dict[str, Any]]) -> None:
    assert entities["net:approval/A1"]["proposition"]["subject"] == {
        "id": "net:Alpha",
        "conceptType": "therapy",
        "name": "α-drug",
        "primaryCoding": {"name": "α-drug", "system": NET, "systemVersion": "2026-01-02", "code": "Alpha", "iris": [NET + "Alpha"]},
        "mappings": [
            {
                "coding": {
                    "name": "Alpha",
                    "system": "http://purl.obolibrary.org/obo/NCIT_",
                    "systemVersion": "26.01",
                    "code": "C1",
                    "iris": ["http://purl.obolibrary.org/obo/NCIT_C1"],
                },
                "relation": "exactMatch",
            }
        ],
    }


def test_advice_against_disputes_and_no_evidence_is_neutral(entities: dict[str, dict[str, Any]]) -> None:
    assert entities["net:recommendation/R2"]["direction"] == "disputes"
    assert entities["net:recommendation/R3"]["direction"] == "neutral"


def test_where_one_alternative_names_no_tumour_all_are_meant(entities: dict[str, dict[str, Any]]) -> None:
    found = entities["net:recommendation/R2"]["proposition"]
    assert found["object"]["membershipOperator"] == "OR"
    assert [one["id"] for one in found["object"]["conditions"]] == ["net:Neoplasm", "net:Tumour"]
    assert "characteristics" not in found["populationQualifier"], "its alternatives share none"
    assert [len(group) for group in extension(entities["net:population/p-2"], "alternatives")] == [1, 0]  # type: ignore[attr-defined]


def test_an_unknown_population_is_named_and_no_more(entities: dict[str, dict[str, Any]]) -> None:
    found = entities["net:recommendation/R3"]["proposition"]
    assert found["object"] == {"conceptType": "condition", "name": "not stated"}
    assert found["populationQualifier"] == {"id": "net:population/p-9", "type": "StudyGroup", "name": "population/p-9"}


def test_records_that_lead_nowhere_are_named_and_no_more(sources: Sources, tmp_path: Path) -> None:
    bare = f"<{NET}graph/data/evidence> {{ <{NET}evidence/E> a <{NET}EvidenceItem> . <{NET}comparison/C> a <{NET}ArmComparison> }}"
    found, _ = exported(source_of(bare, sources), tmp_path)
    nothing = {"conceptType": "condition", "name": "not stated"}
    assert found["net:evidence/E"] == {"id": "net:evidence/E", "type": "TherapyStudyResult", "name": "evidence/E"}
    assert (found["net:comparison/C"]["direction"], found["net:comparison/C"]["proposition"]["object"]) == ("neutral", nothing)


def test_a_population_has_its_criteria_with_their_ends(entities: dict[str, dict[str, Any]]) -> None:
    ki67 = entities["net:population/p-1"]["characteristics"][0]
    assert ki67["name"] == "Ki-67 index > 3 and ≤ 20 %"
    assert {item["name"]: item["value"] for item in ki67["extensions"]} == {"minimum": 3, "minimumIncluded": False, "maximum": 20, "maximumIncluded": True}


def test_a_standing_approval_has_its_trials_as_evidence_and_an_ended_one_none(entities: dict[str, dict[str, Any]]) -> None:
    standing, ended = entities["net:approval/A1"], entities["net:approval/A2"]
    assert standing["direction"] == "supports"
    assert standing["hasEvidenceLines"] == [
        {"type": "EvidenceLine", "hasEvidenceItems": ["net:comparison/C1"], "directionOfEvidenceProvided": "supports"},
        {"type": "EvidenceLine", "hasEvidenceItems": ["net:trial/T2"], "directionOfEvidenceProvided": "supports"},
    ]
    agency = {"type": "Agent", "name": "Agency", "agentType": "organization"}
    assert standing["contributions"] == [{"type": "Contribution", "activityType": "decision", "contributor": agency, "date": "2020-05-06T00:00:00Z"}]
    assert (ended["direction"], extension(ended, "issued")) == ("disputes", "2021")
    assert "hasEvidenceLines" not in ended
    assert extension(ended, "pivotalTrial") == {"id": "net:trial/T1", "name": "trial ONE [T1]"}
    assert extension(ended, "decisionStatus") == {"id": "net:DecisionWithdrawn", "name": "DecisionWithdrawn"}


def test_a_missed_endpoint_disputes_and_has_its_results(entities: dict[str, dict[str, Any]]) -> None:
    found = entities["net:comparison/C1"]
    assert found["direction"] == "disputes"
    assert found["proposition"]["comparatorQualifier"]["id"] == "net:Beta"
    assert found["proposition"]["endpointQualifier"] == {"conceptType": "endpoint", "name": "PFS"}
    assert found["hasEvidenceLines"][0]["hasEvidenceItems"] == ["net:evidence/E1", "net:evidence/E2"]
    assert found["specifiedBy"] == "net:trial/T1"


def test_results_hold_their_numbers_and_open_intervals_stay_open(entities: dict[str, dict[str, Any]]) -> None:
    whole, partial = (entities[f"net:evidence/{name}"]["ancillaryResults"] for name in ("E1", "E2"))
    assert {name: value for name, value in whole["effect"].items() if name != "measure"} == {"value": 0.48, "low": 0.35, "high": 0.67}
    assert (whole["confidenceLevel"], whole["pValue"], whole["unit"]["name"]) == (95, "<0.001", "months")
    assert whole["experimental"] == {"participants": 58, "value": 11}
    assert partial.keys() == {"endpoint", "experimental"}
    assert partial["experimental"] == {"participants": 58, "low": "30.10000000000000000001", "reached": "not reached"}, "no digit is lost"
    assert entities["net:evidence/E1"]["studyGroup"]["memberCount"] == 116


@settings(max_examples=50)
@given(effect=st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: f"{number:f}"))
def test_every_number_is_the_published_one(effect: str, sources: Sources, tmp_path: Path) -> None:
    found, _ = exported(source_of(EDGES.replace('"0.480"', f'"{effect}"'), sources), tmp_path)
    results = found["net:evidence/E1"]["ancillaryResults"]
    assert Decimal(str(results["effect"]["value"])) == Decimal(effect)


def test_documents_have_what_the_model_asks_and_the_rest_beside_it(entities: dict[str, dict[str, Any]]) -> None:
    found = entities["net:document/new"]
    assert {name: found[name] for name in ("title", "pmid", "urls", "doi")} == {
        "title": '„Ω“ of "today"\n@prefix',
        "pmid": "123",
        "urls": ["https://example.org/new"],
        "doi": "10.1000/a(1)",
    }
    assert extension(found, "edition") == "2"
    assert extension(entities["net:document/old"], "supersededBy") == [{"id": "net:document/new", "name": '„Ω“ of "today"\n@prefix [new]'}][0]


def test_what_has_no_counterpart_is_in_the_report(edges: Source, tmp_path: Path) -> None:
    _, losses = exported(edges, tmp_path)
    found = {(loss.term.removeprefix(NET), loss.reason) for loss in losses}
    assert {("claim/CL1", NO_CLASS), ("recommendation/R1", REPEATED)} <= found


def test_a_mapping_of_unknown_prefix_is_refused(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"http://example\.org/x has no prefix"):
        exported(source_of(EDGES.replace("http://purl.obolibrary.org/obo/NCIT_C1", "http://example.org/x"), sources), tmp_path)


def test_the_models_of_the_specification_read_the_edges(edges: Source, tmp_path: Path, reader: Reader) -> None:
    exported(edges, tmp_path)
    assert reader("vaspec", tmp_path / "net.json") == {
        "counts": {"DataSet": 1, "Document": 3, "Method": 2, "Statement": 6, "StudyGroup": 2, "TherapyStudyResult": 2},
        "unique": 16,
        "dangling": [],
    }


def test_the_models_of_the_specification_read_the_real_statements(real: Source, tmp_path: Path, reader: Reader) -> None:
    _, losses = exported(real, tmp_path)
    classes = ("Recommendation", "RegulatoryDecision", "ArmComparison", "EvidenceItem")
    recommendations, decisions, comparisons, results = (
        len(list(real.graph.select(f"SELECT ?record WHERE {{ ?record a <{NET}{name}> }}").rows)) for name in classes
    )
    found = reader("vaspec", tmp_path / "net.json")
    counts = found["counts"]
    assert isinstance(counts, dict)
    assert (counts["Statement"], counts["TherapyStudyResult"]) == (recommendations + decisions + comparisons, results)
    assert found["unique"] == sum(counts.values())
    assert found["dangling"] == []
    assert {loss.reason for loss in losses} >= {NO_CLASS, REPEATED}
