"""``netkg questions``: what can be said of a situation, from the ontology in the store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli.main import netkg
from kg.errors import StoreError
from kg.graph import NOTICE
from kg.match.case import read_case

Run = Callable[..., Result]


@pytest.fixture
def run(graph: kg.Graph, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the verb on the real graph; errors of ours come out as they are."""
    monkeypatch.setenv("NETKG_STORE", graph.store.location)
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *arguments: CliRunner().invoke(netkg, ["questions", *arguments], catch_exceptions=False)


def output(result: Result) -> str:
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_help_teaches_with_examples(run: Run) -> None:
    text = output(run("--help"))
    assert "  netkg questions --format json" in text
    assert "[table|json|markdown]" in text


def test_json_lists_every_feature_in_order(run: Run, graph: kg.Graph) -> None:
    document = json.loads(output(run("--format", "json")))
    assert document["notice"] == NOTICE
    found = document["questions"]
    assert [question["key"] for question in found] == list(graph.terms.features)
    assert [question["order"] for question in found] == sorted(question["order"] for question in found)


def test_json_tells_kind_unit_values_and_root(run: Run) -> None:
    by_key = {question["key"]: question for question in json.loads(output(run("-f", "json")))["questions"]}
    assert by_key["ki67"] == {
        "key": "ki67",
        "name": "Ki-67 index",
        "kind": "number",
        "order": 5,
        "unit": "%",
        "units": ["%"],
        "possible": "≥ 0 and ≤ 100",
        "values": [],
        "root": None,
        "count": None,
        "examples": [8, "3-5", ">=3", "<20"],
    }
    assert by_key["grade"]["values"] == [{"code": "G1", "label": "grade 1"}, {"code": "G2", "label": "grade 2"}, {"code": "G3", "label": "grade 3"}]
    assert by_key["metastases"]["root"] == {"label": "anatomical site", "id": "net:AnatomicalSite"}
    assert by_key["metastases"]["count"] > 50
    assert by_key["progression"]["examples"] == [True, False]


def test_every_example_is_understood(run: Run, graph: kg.Graph) -> None:
    for question in json.loads(output(run("-f", "json")))["questions"]:
        for example in question["examples"]:
            assert read_case({question["key"]: example}, graph.terms).facts


def test_markdown_has_one_line_per_feature(run: Run, graph: kg.Graph) -> None:
    lines = output(run("-f", "markdown")).splitlines()
    assert lines[2] == "| key | feature | kind | unit | values | examples |"
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[4:-2]] == list(graph.terms.features)
    assert NOTICE in lines[-1]
    assert "| grade | grade | list |  | G1, G2, G3 | " in "\n".join(lines)


def test_the_table_shows_keys_values_and_units(run: Run, graph: kg.Graph) -> None:
    text = output(run())
    assert all(key in text for key in graph.terms.features)
    flat = " ".join(text.replace("│", " ").split())
    assert "kinds of anatomical site (net:AnatomicalSite;" in flat
    assert "unresectable" in flat
    assert NOTICE in text


def test_an_output_file_is_written_whole(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "questions.json"
    assert output(run("-f", "json", "-o", str(path))) == ""
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(output(run("-f", "json")))


def test_a_missing_store_and_a_wrong_format_are_told(run: Run, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        run("--store", str(tmp_path / "none"))
    assert run("-f", "csv").exit_code == 2
