"""The real mapping table against extracts of the vocabularies, where they are at hand, and what ships of that.

The extracts are no part of the project. ``NETKG_REFERENCE`` names the folder that holds ``identifiers/terms.tsv`` and
``identifiers/slices``; without it the tests that read them are skipped.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kg.load.mappings import LABELLED, MAPPINGS, VERIFIED
from kg.terms import Terms
from tests.conftest import ROOT
from tests.scripts import script_module


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return script_module("verify-mappings")


@pytest.fixture(scope="module")
def found(script: ModuleType) -> Any:
    folder = os.environ.get("NETKG_REFERENCE", "")
    if not folder:
        pytest.skip("NETKG_REFERENCE does not name a folder with identifiers/slices")
    return script.read_vocabularies(Path(folder))


@pytest.fixture(scope="module")
def mappings(script: ModuleType) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = script.rows(ROOT / "data" / MAPPINGS)
    return rows


@pytest.fixture
def invented(script: ModuleType) -> Any:
    vocabularies = script.Vocabularies()
    for entry, state in (
        (script.Entry("NCIT:C1", "Everolimus", ("RAD001",)), "current"),
        (script.Entry("NCIT:C2", "Obsolete Everolimus"), "current"),
        (script.Entry("NCIT:C3", "Old drug", (), True), "current"),
        (script.Entry("NCIT:C4", "Obsolete in an old release", (), True), "older"),
        (script.Entry("HP:0000001", "Everolimus"), "current"),
        (script.Entry("UMLS:C0000001", ""), "second-hand"),
    ):
        vocabularies.add(entry, state, "a release")
    return vocabularies


def row(**cells: str) -> dict[str, str]:
    given = {"subject_id": "net:Everolimus", "predicate_id": "skos:exactMatch", "object_id": "NCIT:C1", "object_label": "Everolimus"}
    return {**given, "mapping_justification": "semapv:ManualMappingCuration", "comment": "", **cells}


# what ships


def test_the_list_that_ships_names_each_mapped_identifier_once(script: ModuleType, mappings: list[dict[str, str]]) -> None:
    listed = script.rows(ROOT / "data" / VERIFIED)
    assert [entry["object_id"] for entry in listed] == sorted({mapping["object_id"] for mapping in mappings})
    assert {entry["state"] for entry in listed} == {"current", "older", "listed", "second-hand"}
    assert all(entry["seen_in"] for entry in listed)


def test_labels_ship_only_where_the_licence_allows(script: ModuleType, mappings: list[dict[str, str]]) -> None:
    for entry in (*script.rows(ROOT / "data" / VERIFIED), *mappings):
        assert not entry["object_label"] or entry["object_id"].partition(":")[0] in LABELLED, entry


def test_each_accepted_difference_is_needed_once(script: ModuleType, mappings: list[dict[str, str]]) -> None:
    exact = {(row["subject_id"].removeprefix("net:"), row["object_id"]) for row in mappings if row["predicate_id"] == "skos:exactMatch"}
    assert sorted(set(script.ACCEPTED) - exact) == []
    assert all(script.ACCEPTED.values())


def test_relations_between_things_of_different_kinds_say_why(mappings: list[dict[str, str]]) -> None:
    related = [row for row in mappings if row["predicate_id"] == "skos:relatedMatch"]
    assert len(related) > 100
    assert [row for row in related if not row["comment"]] == []


def test_the_meanings_of_net_and_carcinoid_are_kept_apart(mappings: list[dict[str, str]]) -> None:
    said = {(row["subject_id"], row["object_id"]): row["predicate_id"] for row in mappings}
    assert said["net:NeuroendocrineNeoplasm", "MONDO:0019496"] == "skos:exactMatch"
    assert said["net:NeuroendocrineTumour", "MONDO:0019496"] == "skos:broadMatch"
    assert said["net:NeuroendocrineTumour", "NCIT:C188218"] == "skos:exactMatch"
    assert said["net:NeuroendocrineTumour", "MESH:D018358"] == "skos:broadMatch"
    assert said["net:CarcinoidSyndrome", "MONDO:0100347"] == "skos:exactMatch"
    assert said["net:CarcinoidSyndrome", "MONDO:0005369"] == "skos:relatedMatch"
    assert said["net:Gastrinoma", "Orphanet:913"] == "skos:relatedMatch"
    assert said["net:ZollingerEllisonSyndrome", "Orphanet:913"] == "skos:exactMatch"


# against the extracts


def test_the_extracts_are_read(found: Any) -> None:
    assert found.labels["MONDO:0019496"] == ["neuroendocrine neoplasm"]
    assert "Carcinoid Tumor" in found.labels["NCIT:C2915"]
    assert found.labels["HGNC:7010"] == ["MEN1"]
    assert found.labels["ONCOTREE:PANET"] == ["Pancreatic Neuroendocrine Tumor"]
    assert {"MONDO:0007262", "Orphanet:481469"} <= found.obsolete
    assert found.state["ATC:V10XX04"] == "current"


def test_every_mapping_holds_against_the_extracts(script: ModuleType, mappings: list[dict[str, str]], found: Any, terms: Terms) -> None:
    assert script.problems(mappings, found, terms) == []


def test_the_list_that_ships_is_what_the_extracts_say(script: ModuleType, mappings: list[dict[str, str]], found: Any) -> None:
    assert script.verified(mappings, found) == (ROOT / "data" / VERIFIED).read_text(encoding="utf-8")


def test_most_identifiers_were_seen_in_an_extract(mappings: list[dict[str, str]], found: Any) -> None:
    states = Counter(found.state[row["object_id"]] for row in mappings)
    assert states["current"] + states["older"] > len(mappings) / 2


# what the comparison refuses


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({}, ""),
        ({"predicate_id": "skos:closeMatch"}, ""),
        ({"object_id": "NCIT:C4", "object_label": "Obsolete in an old release", "predicate_id": "skos:closeMatch"}, ""),
        ({"object_id": "UMLS:C0000001", "object_label": "", "mapping_justification": "semapv:UnspecifiedMatching", "comment": "second-hand identifier"}, ""),
        ({"object_id": "NCIT:C99"}, "stands nowhere"),
        ({"object_id": "NCIT:C2", "object_label": "Obsolete Everolimus", "predicate_id": "skos:closeMatch"}, "obsolete"),
        ({"object_id": "NCIT:C3", "object_label": "Old drug", "predicate_id": "skos:closeMatch"}, "obsolete"),
        ({"object_label": "everolimus"}, "'everolimus' is none of ['Everolimus']"),
        ({"object_label": ""}, "'' is none of ['Everolimus']"),
        ({"object_id": "HP:0000001"}, "the licence allows no label"),
        ({"subject_id": "net:Sirolimus"}, "'Everolimus' is no name of 'sirolimus'"),
        ({"object_id": "UMLS:C0000001", "object_label": ""}, "second-hand, but justified as semapv:ManualMappingCuration"),
        ({"comment": "second-hand identifier"}, "current, but justified as semapv:ManualMappingCuration, with the comment 'second-hand identifier'"),
    ],
)
def test_a_mapping_that_does_not_hold_is_named(cells: dict[str, str], fault: str, script: ModuleType, invented: Any, terms: Terms) -> None:
    problems = script.problems([row(**cells)], invented, terms)
    assert len(problems) == bool(fault)
    assert all(fault in problem for problem in problems)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("gastric neuroendocrine tumour", "Neuroendocrine tumor of stomach", True),
        ("anaemia", "Anemia", True),
        ("acute leukaemia", "Acute Leukemia", True),
        ("oesophagus", "Esophagus, NOS", True),
        ("platinum compound", "Platinum compounds", True),
        ("neuroendocrine tumour G1", "neuroendocrine tumor G2", False),
        ("neuroendocrine tumour", "neuroendocrine carcinoma", False),
        ("carcinoid syndrome", "carcinoid tumour", False),
    ],
)
def test_names_fit_by_their_words(one: str, other: str, *, same: bool, script: ModuleType) -> None:
    assert script.fits([one], [other]) is same
