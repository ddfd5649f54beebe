"""``netkg diff`` and ``netkg check --explain`` on small tables."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.build import build
from kg.cli import main
from kg.cli.main import netkg
from kg.errors import StoreError, UsageError
from kg.graph import NOTICE
from kg.settings import Sources
from tests.small import replace_cell

pytestmark = pytest.mark.usefixtures("no_reasoner")
Run = Callable[..., Result]


@pytest.fixture
def small(small_sources: Sources, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """Small tables in place of those of the checkout."""
    small_sources.queries.mkdir()
    for module in ("diff", "check"):
        monkeypatch.setattr(f"kg.cli.{module}.default_sources", lambda: small_sources)
    return small_sources


@pytest.fixture
def run(small: Sources, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a verb on the small tables."""
    monkeypatch.setenv("NETKG_STORE", str(small.root.parent / "store"))
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *arguments: CliRunner().invoke(netkg, list(arguments), catch_exceptions=False)


@pytest.fixture
def built_twice(small: Sources, tmp_path: Path) -> Path:
    """A store whose last build changed one cell."""
    build(small, tmp_path / "store")
    replace_cell(small.data / "recommendations.tsv", 3, "statement", "Éverolimus | “is advised”.")
    build(small, tmp_path / "store")
    return tmp_path / "store"


@pytest.mark.usefixtures("built_twice")
def test_alone_it_shows_what_the_last_build_changed(run: Run) -> None:
    done = run("diff")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "recommendations: 1 changed" in done.stdout
    assert "  ~ R-2  recommendation R-2" not in done.stdout
    assert "      statement: Everolimus is advised. → Éverolimus | “is advised”." in done.stdout
    assert f"Differences: 1 row. {NOTICE}" in done.stdout
    assert run("diff").stdout == done.stdout
    assert run("diff", "--exit-code").exit_code == 1


def test_json_tsv_and_markdown_say_the_same(run: Run, built_twice: Path) -> None:
    document = json.loads(run("diff", "-f", "json").stdout)
    (change,) = document["records"]
    assert (change["section"], change["key"], change["change"]) == ("recommendations", "R-2", "changed")
    assert change["cells"] == [{"column": "statement", "old": ["Everolimus is advised."], "new": ["Éverolimus | “is advised”."]}]
    assert document["notice"] == NOTICE
    assert (document["old"], document["new"]) == (str(built_twice / "graph-1"), str(built_twice))
    rows = list(csv.reader(io.StringIO(run("diff", "-f", "tsv").stdout), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows == [
        ["kind", "section", "key", "change", "column", "old", "new"],
        ["record", "recommendations", "R-2", "changed", "statement", "Everolimus is advised.", "Éverolimus | “is advised”."],
    ]
    assert "| R-2 | changed | statement | Everolimus is advised. | Éverolimus \\| “is advised”. |" in run("diff", "-f", "markdown").stdout


def test_sources_and_named_stores_are_compared_and_written(run: Run, built_twice: Path, small: Sources, tmp_path: Path) -> None:
    assert "No difference." in run("diff", "--sources", "--exit-code").stdout
    replace_cell(small.data / "trials.tsv", 3, "population", "grade=G1")
    done = run("diff", "--sources")
    assert "population: any → grade=G1" in done.stdout
    target = tmp_path / "changes.md"
    assert run("diff", str(built_twice / "graph-1"), str(built_twice), "-f", "markdown", "-o", str(target)).stdout == ""
    assert "## recommendations: 1 changed" in target.read_text(encoding="utf-8")
    assert "1 changed" in run("diff", str(built_twice / "graph-1")).stdout
    assert run("diff", str(built_twice), str(built_twice), "--exit-code").exit_code == 0
    with pytest.raises(UsageError, match="takes the place of NEW"):
        run("diff", "a", "b", "--sources")


def test_without_a_graph_it_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no graph yet") as caught:
        run("diff")
    assert (caught.value.where, caught.value.exit_status) == (str(tmp_path / "store"), 3)


def test_a_long_list_is_cut_with_its_count_unless_all_is_asked_for(run: Run, small: Sources, tmp_path: Path) -> None:
    build(small, tmp_path / "store")
    path = small.data / "drugs.tsv"
    line = path.read_text(encoding="utf-8").splitlines()[1]
    with path.open("a", encoding="utf-8") as stream:
        stream.writelines(line.replace("drug-1", f"drug-{number:02}") + "\n" for number in range(10, 35))
    text = run("diff", "--sources").stdout
    assert "drugs: 25 added" in text
    assert "… and 5 more (--all)" in text
    assert "drug-34" not in text
    assert "drug-34" in run("diff", "--sources", "--all").stdout


def test_a_row_is_explained_in_words(run: Run) -> None:
    done = run("check", "--explain", "recommendations:R-1", "documents:guide-2017")
    assert (done.exit_code, done.stderr) == (0, "")
    for text in (
        "recommendation R-1",
        "no carcinoid syndrome",
        "lies within 1 other population",
        "https://doi.org/10.1056/NEJMoa1607427",
        "replaced by guide-2023",
    ):
        assert text in done.stdout
    assert all(len(line) <= 130 or "http" in line for line in done.stdout.splitlines())


def test_a_broken_row_is_explained_with_place_and_allowed_values(run: Run, small: Sources) -> None:
    replace_cell(small.data / "recommendations.tsv", 2, "direction", "recomended")
    done = run("check", "--explain", "recommendations:R-1")
    assert done.exit_code == 1
    flat = " ".join(done.stdout.split())
    assert f"{small.data}/recommendations.tsv:2 [direction] stands there: recomended" in flat
    assert "allowed: contraindicated, insufficient evidence" in flat
    assert "did you mean recommended" in flat


def test_every_finding_is_explained(run: Run, small: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.check.run.profile_violations", lambda _ontology: [])
    (small.ontology.parent / "released-terms.txt").write_text("", encoding="utf-8")
    assert run("check", "--explain").exit_code == 0
    replace_cell(small.data / "recommendations.tsv", 2, "direction", "recomended")
    done = run("check", "--explain")
    assert (done.exit_code, done.stderr) == (1, "1 finding(s)\n")
    assert "did you mean recommended" in done.stdout


def test_a_row_without_explain_and_an_unknown_row_are_usage_errors(run: Run) -> None:
    with pytest.raises(UsageError, match="only to have them explained"):
        run("check", "recommendations:R-1")
    with pytest.raises(UsageError) as caught:
        run("check", "--explain", "recommendations:R-7")
    assert "did you mean recommendations:R-" in caught.value.hint


def test_findings_end_the_process_with_1(small: Sources, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    replace_cell(small.data / "recommendations.tsv", 2, "direction", "recomended")
    monkeypatch.setattr(sys, "argv", ["netkg", "check", "--explain", "recommendations:R-1"])
    with pytest.raises(SystemExit) as caught:
        main.run()
    assert caught.value.code == 1
    assert "recomended" in capsys.readouterr().out
