"""``netkg match`` and ``netkg why``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli.main import netkg
from kg.errors import CaseError, UnknownTermError, UsageError
from kg.graph import NOTICE
from kg.settings import Sources

Run = Callable[..., Result]
SETTINGS = ("--set", "site=pancreas", "--set", "neoplasm=NET", "--set", "grade=G2", "--set", "sstr=positive")


@pytest.fixture
def run(graph: kg.Graph, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a verb on the real graph; errors of ours come out as they are."""
    monkeypatch.setenv("NETKG_STORE", graph.store.location)
    return lambda *arguments: CliRunner().invoke(netkg, list(arguments), catch_exceptions=False)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The same situation as a file."""
    path = tmp_path / "case.yaml"
    path.write_text("site: pancreas\nneoplasm: NET\ngrade: G2\nsstr: positive\n", encoding="utf-8")
    return path


def test_a_file_and_settings_give_the_same_verdicts(run: Run, case: Path) -> None:
    by_file = json.loads(run("match", str(case), "-f", "json").stdout)
    by_options = json.loads(run("match", *SETTINGS, "-f", "json").stdout)
    verdicts = [[(item["statement"], item["verdict"]) for item in answer["statements"]] for answer in (by_file, by_options)]
    assert verdicts[0] == verdicts[1]
    assert by_file["notice"] == NOTICE


def test_text_and_markdown_carry_notice_and_sources(run: Run) -> None:
    for form in ("text", "md"):
        text = run("match", *SETTINGS, "-f", form).stdout
        assert NOTICE in text
        assert "source: " in text
        assert "what to find out next" in text


def test_the_answer_goes_to_a_file_whole(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    assert run("match", *SETTINGS, "-f", "json", "-o", str(target)).exit_code == 0
    assert json.loads(target.read_text(encoding="utf-8"))["version"]


def test_a_date_leaves_out_what_came_later(run: Run) -> None:
    keys = {item["statement"] for item in json.loads(run("match", *SETTINGS, "--as-of", "2015", "-f", "json").stdout)["statements"]}
    assert "net:approval/FDA-sunitinib-pancreas-2011" in keys
    assert "net:approval/FDA-lutetium177-dotatate-2018" not in keys


def test_why_explains_every_statement_about_a_therapy(run: Run, case: Path) -> None:
    text = run("why", str(case), "everolimus").stdout
    assert "E001 applies if" in text
    assert "FDA-everolimus" in text
    data = json.loads(run("why", *SETTINGS, "everolimus", "--json").stdout)
    assert data["therapy"] == "everolimus"
    assert {item["verdict"] for item in data["statements"]} >= {"applies_if", "does_not_apply"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("match",), UsageError),
        (("match", "--set", "grade=G4"), CaseError),
        (("match", "--set", "colour=red"), CaseError),
        (("match", "--set", "grade"), CaseError),
        (("match", *SETTINGS, "--as-of", "soon"), UsageError),
        (("why", *SETTINGS, "aspirin"), UnknownTermError),
        (("why", *SETTINGS, "one", "two"), UsageError),
        (("why", "everolimus"), UsageError),
        (("match", "no-such-file.yaml"), CaseError),
    ],
)
def test_wrong_input_is_one_clear_error(run: Run, arguments: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        run(*arguments)


def test_a_file_and_settings_together_are_refused(run: Run, case: Path) -> None:
    with pytest.raises(UsageError, match="either a file or"):
        run("match", str(case), *SETTINGS)


@pytest.mark.parametrize(
    ("document", "feature"),
    [
        ("cases/pancreas-g2-inoperable-sstr-positive.yaml", "resectability"),
        ("tests/match/documents/phenopacket-ileum.json", "site"),
        ("tests/match/documents/mcode-pancreas.json", "site"),
    ],
)
def test_documents_of_every_kind_are_told_apart(run: Run, sources: Sources, document: str, feature: str) -> None:
    answer = json.loads(run("match", str(sources.root / document), "-f", "json").stdout)
    assert feature in {fact["feature"] for fact in answer["presentation"]["facts"]}
