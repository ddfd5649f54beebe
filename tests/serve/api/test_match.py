"""Matching as an API."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

import kg
from kg.errors import UsageError
from kg.graph import NOTICE
from kg.match.questions import question_data, questions
from kg.match.report import as_data
from kg.serve.api.match import MOST_ERRORS
from kg.serve.calls import call
from kg.serve.problem import Problem
from tests.serve.api.conftest import Ask

CASE = {"site": "pancreas", "neoplasm": "NET", "grade": "G2", "sstr": "positive"}


def sent(case: object) -> bytes:
    return json.dumps(case).encode()


def refused(ask: Ask, name: str = "match", **arguments: Any) -> dict[str, Any]:
    with pytest.raises(Problem) as caught:
        ask(name, **arguments)
    assert caught.value.status == 422
    return caught.value.document()


def test_the_answer_is_that_of_the_command(graph: kg.Graph, ask: Ask) -> None:
    found = ask("match", document=sent(CASE))
    labels, case = found.pop("labels"), found.pop("case")
    assert found == json.loads(json.dumps(as_data(graph.match(CASE))))
    assert labels["net:Everolimus"] == {"label": "everolimus", "href": "term/Everolimus"}
    assert {therapy["therapy"] for therapy in found["therapies"]} <= labels.keys()
    assert found["notice"] == NOTICE
    assert ask("match", document=sent(case))["presentation"]["facts"][0]["text"] == found["presentation"]["facts"][0]["text"]


def test_an_address_says_the_same_as_a_document(ask: Ask) -> None:
    by_address = ask("match", settings=[f"{key}={value}" for key, value in CASE.items()])
    assert by_address == ask("match", document=sent(CASE))


def test_yaml_says_the_same_as_json(ask: Ask) -> None:
    assert ask("match", document=yaml.safe_dump(CASE).encode(), syntax="yaml") == ask("match", document=sent(CASE), syntax="json")


def test_the_list_of_statements_can_be_kept_to_some_verdicts(ask: Ask) -> None:
    whole, part = ask("match", document=sent(CASE)), ask("match", document=sent(CASE), verdicts=["applies", "applies_if"])
    assert part["therapies"] == whole["therapies"]
    assert part["statements"] == [one for one in whole["statements"] if one["verdict"] in ("applies", "applies_if")]
    assert len(part["statements"]) < len(whole["statements"])
    with pytest.raises(UsageError):
        ask("match", document=sent(CASE), verdicts=["perhaps"])


def test_markdown_and_text_carry_the_notice(graph: kg.Graph) -> None:
    for form, media_type in (("md", "text/markdown"), ("text", "text/plain")):
        reply = call("match")(graph, {"document": sent(CASE), "form": form})
        assert reply.media_type == f"{media_type}; charset=utf-8"
        assert NOTICE in reply.body.decode()


def test_everything_that_is_wrong_is_named_at_once(ask: Ask) -> None:
    problem = refused(ask, document=sent({"site": "pankreas", "grade": "G9", "ki67": "many", "colour": "red", "sstr": "positive"}))
    assert [error["key"] for error in problem["errors"]] == ["site", "grade", "ki67", "colour"]
    assert "pancreas" in problem["errors"][0]["hint"]
    assert problem["code"] == "CASE"


def test_a_document_with_errors_without_end_is_told_of_some(ask: Ask) -> None:
    problem = refused(ask, document=sent({f"key{number}": number for number in range(100_000)}))
    assert len(problem["errors"]) == MOST_ERRORS


def test_an_error_in_an_address_names_the_key_and_not_an_option(ask: Ask) -> None:
    problem = refused(ask, settings=["grade=G9", "ki67=many"])
    assert [error["key"] for error in problem["errors"]] == ["grade", "ki67"]
    assert "--set" not in json.dumps(problem)
    assert "--set" not in json.dumps(refused(ask, settings=["grade=G2", "grade=G3"]))


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"site: *anchor", b"{" * 200, b"[" * 100_000, b'{"a": 1, "a": 2}', b'{"resourceType": "Patient"}', b"null"],
)
def test_a_document_that_is_no_case_is_refused(document: bytes, ask: Ask) -> None:
    assert refused(ask, document=document)["errors"]
    assert refused(ask, "derive", document=document)["errors"]


def test_a_date_is_checked(ask: Ask) -> None:
    with pytest.raises(UsageError):
        ask("match", document=sent(CASE), as_of="tomorrow")
    assert ask("match", document=sent(CASE), as_of="2015")["as_of"] == "2015"


def test_without_a_case_the_question_is_wrong(ask: Ask) -> None:
    with pytest.raises(UsageError):
        ask("match")


def test_nothing_known_is_a_case_too(ask: Ask) -> None:
    assert ask("match", document=b"{}")["presentation"]["facts"] == []
    assert ask("match", settings=[])["presentation"]["facts"] == []


def derived(answer: dict[str, Any]) -> dict[str, str]:
    return {item["feature"]: item["text"] for item in answer["derived"]}


def test_the_grade_follows_while_it_is_typed(ask: Ask) -> None:
    assert "grade" not in derived(ask("derive", document=sent({"site": "pancreas"})))
    first = ask("derive", document=sent({"site": "pancreas", "neoplasm": "NET", "ki67": "8", "mitoses": ""}))
    assert derived(first)["grade"] == "grade: grade 2 or grade 3"
    assert derived(ask("derive", document=sent({"site": "pancreas", "neoplasm": "NET", "ki67": "8", "mitoses": "2"})))["grade"] == "grade: grade 2"


def test_what_is_half_typed_is_reported_and_the_rest_counts(ask: Ask) -> None:
    found = ask("derive", document=sent({"site": "pancreas", "neoplasm": "NET", "ki67": "8", "mitoses": "2x", "colour": 1, "size": None, "sex": []}))
    assert [error["key"] for error in found["errors"]] == ["mitoses", "colour"]
    assert {fact["feature"] for fact in found["facts"]} == {"site", "neoplasm", "ki67"}
    assert "grade" in derived(found)


def test_a_contradiction_is_shown(ask: Ask) -> None:
    found = ask("derive", document=sent({"site": "pancreas", "neoplasm": "NET", "differentiation": "poor"}))
    assert {fact["feature"] for fact in found["contradiction"]} == {"neoplasm", "differentiation"}
    assert found["derived"] == []


def test_features_are_those_of_the_command_with_their_options(graph: kg.Graph, ask: Ask) -> None:
    found = ask("features")["features"]
    plain = [{key: value for key, value in feature.items() if key != "options"} for feature in found]
    assert plain == json.loads(json.dumps([question_data(question) for question in questions(graph.terms)]))
    site = next(feature for feature in found if feature["key"] == "site")
    assert {"name": "Pancreas", "label": "pancreas"} in site["options"]
    assert [option["label"].casefold() for option in site["options"]] == sorted(option["label"].casefold() for option in site["options"])
    assert next(feature for feature in found if feature["key"] == "ki67")["options"] == []
