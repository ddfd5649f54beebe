"""``netkg conflicts`` and ``netkg gaps``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli.main import netkg
from kg.errors import UsageError
from kg.graph import NOTICE

Run = Callable[..., Result]
SMALL = ("--feature", "grade=", "--feature", "sstr=", "--feature", "site=lung,pancreas", "--feature", "neoplasm=neuroendocrine carcinoma,neuroendocrine tumour")


@pytest.fixture
def run(graph: kg.Graph, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on the real graph; errors of ours come out as they are."""
    monkeypatch.setenv("NETKG_STORE", graph.store.location)
    return lambda *arguments: CliRunner().invoke(netkg, list(arguments), catch_exceptions=False)


def output(result: Result) -> str:
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.parametrize(
    ("verb", "example"), [("conflicts", "netkg conflicts --therapy lanreotide --as-of 2020"), ("gaps", "netkg gaps --feature site=pancreas,lung")]
)
def test_help_teaches_with_examples(run: Run, verb: str, example: str) -> None:
    assert example in output(run(verb, "--help"))


def test_both_verbs_are_listed(run: Run) -> None:
    text = output(run("--help"))
    assert "\n  conflicts " in text
    assert "\n  gaps " in text


def test_conflicts_as_text_name_scopes_and_sources(run: Run, graph: kg.Graph) -> None:
    text = output(run("conflicts", "--therapy", "active surveillance"))
    assert "R011 against E281" in text
    assert "common situations: primary site: pancreas" in text
    assert "the advice in favour is about a part of the situations of the other" in text
    assert text.count("    source: ") == 2 * text.count("  common situations: ")
    assert text.rstrip().endswith(f"{NOTICE} Graph version {graph.version()}.")


def test_only_nested_scopes_are_shown_unless_all_are_wanted(run: Run) -> None:
    few = json.loads(output(run("conflicts", "-f", "json")))
    many = json.loads(output(run("conflicts", "-f", "json", "--all-overlaps")))
    assert {item["scopes"] for item in few["conflicts"]} <= {"same", "first within second", "second within first"}
    assert [item for item in many["conflicts"] if item["scopes"] != "overlap"] == few["conflicts"]
    assert len(many["conflicts"]) > len(few["conflicts"])


def test_conflicts_as_json_carry_overlap_sources_notice_and_version(run: Run, graph: kg.Graph) -> None:
    data = json.loads(output(run("conflicts", "-f", "json", "--as-of", "2024", "--approvals", "--all-overlaps")))
    assert (data["notice"], data["version"], data["as_of"]) == (NOTICE, graph.version(), "2024")
    for item in data["conflicts"]:
        assert item["overlap"]
        assert item["overlap_text"]
        assert all(side["source"] and side["curation"] and side["population"] for side in (item["favour"], item["against"]))


def test_special_cases_are_listed_on_demand(run: Run) -> None:
    text = output(run("conflicts", "--special-cases", "--therapy", "everolimus", "-f", "md"))
    assert "# Special cases in the same direction" in text
    assert " is a special case of " in text
    assert "special_cases" in json.loads(output(run("conflicts", "--special-cases", "--therapy", "everolimus", "-f", "json")))


def test_gaps_as_text(run: Run, graph: kg.Graph) -> None:
    text = output(run("gaps", *SMALL))
    assert "Situations that no statement covers: 8 of 48" in text
    assert "primary site: lung; neoplasm: neuroendocrine carcinoma" in text
    assert "E282 is about it: insufficient evidence" in text
    assert f"{NOTICE} Graph version {graph.version()}." in text


def test_gaps_as_json_and_markdown(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gaps.json"
    assert output(run("gaps", *SMALL, "-f", "json", "-o", str(path))) == ""
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["notice"] == NOTICE
    assert data["version"]
    assert sum(region["cells"] for region in data["uncovered"]) == data["cells"]["uncovered"]
    assert sum(region["cells"] for region in data["partly"]) == data["cells"]["partly"]
    named = {item for region in data["uncovered"] + data["partly"] for item in region.get("applies_if", []) + region.get("other_advice", [])}
    assert {item["statement"] for item in data["statements"]} == named
    assert all(item["source"] for item in data["statements"])
    assert output(run("gaps", *SMALL, "-f", "md")).startswith("# Situations that no statement covers")


def test_gaps_of_another_kind_aim_and_date(run: Run) -> None:
    data = json.loads(output(run("gaps", *SMALL, "-f", "json", "--kind", "approval", "--aim", "symptom control", "--as-of", "2020-06")))
    assert (data["aim"], data["as_of"]) == ("symptom control", "2020-06")
    assert all(item["kind"] == "approval" for item in data["statements"])


@pytest.mark.parametrize("arguments", [("--feature", "site=atlantis"), ("--feature", "site"), ("--aim", "luck"), ("--as-of", "soon")])
def test_what_is_wrong_is_told(run: Run, arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        run("gaps", *arguments)


def test_a_date_that_is_none_is_told(run: Run) -> None:
    with pytest.raises(UsageError):
        run("conflicts", "--as-of", "2020-13")
