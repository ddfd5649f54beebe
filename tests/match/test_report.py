"""An answer as data and as text."""

from __future__ import annotations

import json
from typing import Any

import pytest

import kg
from kg.errors import UnknownTermError
from kg.graph import NOTICE
from kg.match.match import Match
from kg.match.report import as_data, as_text, sentence, why_text

CASE = {
    "site": "pancreas",
    "neoplasm": "NET",
    "ki67": 8,
    "mitoses": 1,
    "sstr": "positive",
    "extent": "distant",
    "resectability": "unresectable",
    "pregnant": True,
}


@pytest.fixture(scope="module")
def answer(graph: kg.Graph) -> Match:
    return graph.match(CASE)


@pytest.fixture(scope="module")
def answer_data(answer: Match) -> dict[str, Any]:
    return as_data(answer)


def test_every_form_carries_notice_version_and_sources(answer: Match, answer_data: dict[str, Any], graph: kg.Graph) -> None:
    data = answer_data
    assert (data["notice"], data["version"]) == (NOTICE, graph.version())
    assert all(item["source"] for item in data["statements"])
    for markdown in (False, True):
        text = "\n".join(as_text(answer, markdown=markdown))
        assert NOTICE in text
        assert graph.version() in text
        applying = [line for line in text.splitlines() if " applies · " in line]
        assert applying
        assert all("source: " in line and "read: " in line for line in applying)


def test_the_data_is_plain_json_and_complete(answer: Match, answer_data: dict[str, Any]) -> None:
    data = json.loads(json.dumps(answer_data))
    assert len(data["statements"]) == len(answer.outcomes)
    by_key = {item["statement"].rpartition("/")[2]: item for item in data["statements"]}
    for outcome in answer.outcomes:
        item = by_key[outcome.statement.id]
        assert item["verdict"] == outcome.verdict.value
        statuses = {part["status"] for criteria in item["criteria"] for part in criteria}
        assert statuses <= {"met", "not_met", "no_information", "not_applicable"}
        assert bool(item["applies_if"]) == (outcome.verdict.value == "applies_if")
        assert item["sentence"].startswith(outcome.statement.id)
        assert item["axiom"].startswith(f"presentation/{outcome.statement.population.id} EquivalentTo ")


def test_a_grade_that_follows_is_said_with_its_facts_and_rules(answer_data: dict[str, Any]) -> None:
    (grade,) = [item for item in answer_data["derived"] if item["feature"] == "grade"]
    assert sorted(grade["from"]) == ["ki67", "mitoses", "neoplasm", "site"]
    assert "net:DigestiveNETGrade2ByIndices" in grade["rules"]


def test_a_limit_that_forbids_outweighs_advice(answer: Match, answer_data: dict[str, Any]) -> None:
    (lutetium,) = [item for item in answer_data["therapies"] if item["therapy"] == "net:Lutetium177Dotatate" and item["aim"] == "antitumour"]
    assert lutetium["summary"] == "contraindicated"
    assert any(gate["text"] == "pregnancy" and gate["status"] == "met" and gate["consequence"] == "contraindicated" for gate in lutetium["gates"])
    assert "WARNING: pregnancy: contraindicated" in "\n".join(as_text(answer))


def test_limits_are_shown_although_nothing_is_known_of_them(graph: kg.Graph) -> None:
    text = "\n".join(as_text(graph.match({"site": "pancreas", "sstr": "positive"})))
    assert "limits to check: " in text
    assert "pregnancy (contraindicated)" in text


def test_why_names_what_is_needed_and_what_is_known(answer: Match) -> None:
    text = "\n".join(why_text(answer, "177Lu-dotatate", answer.why("177Lu-dotatate")))
    assert "EMA-lutetium177-dotatate-extension-2025 does not apply: it needs Ki-67 index" in text
    assert "known: grade: grade 2, by " in text
    with pytest.raises(UnknownTermError):
        answer.why("lutetium-999")


def test_a_contradiction_is_named_and_nothing_is_concluded(graph: kg.Graph) -> None:
    found = graph.match({"site": "pancreas", "neoplasm": "NET", "ki67": 2, "mitoses": 1, "grade": "G3", "age": 50})
    data = as_data(found)
    assert sorted(item["path"] for item in data["contradiction"]) == ["grade", "ki67", "mitoses", "neoplasm", "site"]
    assert data["therapies"] == []
    assert {item["verdict"] for item in data["statements"]} == {"contradictory"}
    assert "contradicts itself" in "\n".join(as_text(found))


def test_the_empty_case_is_answered(graph: kg.Graph) -> None:
    found = graph.match({})
    assert "nothing is known" in next(iter(as_text(found)))
    assert {outcome.verdict.value for outcome in found.outcomes} == {"applies", "applies_if"}
    assert all(outcome.statement.population.text == "any" for outcome in found.outcomes if outcome.verdict.value == "applies")


def test_open_alternatives_are_joined_by_or(graph: kg.Graph) -> None:
    found = graph.match({"site": "pancreas", "neoplasm": "NET", "grade": "G2", "sstr": "positive"})
    assert " — or if " in sentence(found.explain("FDA-lanreotide-gep-2014"), graph.terms)
