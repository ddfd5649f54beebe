"""Release notes, and graphs read back from released files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.diff import AnswerChange, CellChange, Change, Difference, compare, open_build
from kg.diff.notes import first_notes, release_notes
from kg.errors import DataError, StoreError
from kg.export import FORMATS
from kg.export.artefacts import Artefact
from kg.export.source import Edition
from kg.settings import Sources
from tests.export.conftest import SMALL, source_of

NOTHING = Difference("a", "b", (), (), ())
TERM = Change("ontology", "net:New", "new term", "added", (CellChange("label", (), ("new term",)), CellChange("type", (), ("owl:Class",))))
GONE = Change("trials", "T-1", "trial T-1", "withdrawn", (CellChange("acronym", ("ONE",), ()),))
CHANGED = Change(
    "recommendations",
    "R-1",
    "recommendation R-1",
    "changed",
    (CellChange("direction", ("recommended",), ()), CellChange("aim", ("a", "b"), ("b", "c"))),
)


def test_no_difference_is_said_in_every_part() -> None:
    assert release_notes(NOTHING, "1", "2") == (
        "# NET-KG 2: what changed since 1\n\nNo difference.\n\n## Terms\n\nNo term changed.\n\n## Statements\n\nNo statement changed.\n\n"
        "## Answers of stored queries\n\nNo answer changed.\n\nResearch material, no medical advice.\n"
    )


def test_terms_statements_and_answers_are_told_one_by_one() -> None:
    rows = tuple((f"row {number}", "x") for number in range(7))
    answers = (AnswerChange("q", "Who *advises*?", ("a", "b"), gained=rows, lost=(("gone", ""),)), AnswerChange("r", "R", (), failure="no such term"))
    text = release_notes(Difference("a", "b", (GONE, CHANGED), (TERM,), answers), "1", "2")
    assert text == (
        "# NET-KG 2: what changed since 1\n\n"
        "Terms: 1 added; statements: 1 changed, 1 withdrawn; answers of stored queries: 2 changed.\n\n"
        "## Terms\n\n### Added\n\n- `net:New` new term\n  - label: new term\n\n"
        "## Statements\n\n### trials\n\n#### Withdrawn\n\n- `T-1` trial T-1\n  - acronym: ONE\n\n"
        "### recommendations\n\n#### Changed\n\n- `R-1` recommendation R-1:\n  - direction: recommended → (empty)\n  - aim: lost a; gained c\n\n"
        "## Answers of stored queries\n\n### q: Who \\*advises\\*?\n\n"
        "- gained: row 0 · x\n- gained: row 1 · x\n- gained: row 2 · x\n- gained: row 3 · x\n- gained: row 4 · x\n- gained: 2 more\n- lost: gone\n\n"
        "### r: R\n\n- no such term\n\nResearch material, no medical advice.\n"
    )


def test_a_first_release_says_that_there_is_none_before() -> None:
    assert first_notes("1") == "# NET-KG 1\n\nNo earlier release was named to compare it with.\n\nResearch material, no medical advice.\n"


@given(st.text())
def test_what_a_cell_says_stays_on_its_line_and_is_no_markup(text: str) -> None:
    change = Change("trials", "T", "t", "changed", (CellChange("note", (), (text,)),))
    lines = release_notes(Difference("a", "b", (change,), (), ()), "1", "2").split("\n")
    (line,) = (line for line in lines if line.startswith("  - note: "))
    shown = line.removeprefix("  - note: (empty) → ")
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]<>]", shown)
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split()) or not text.strip()


@pytest.fixture
def released(sources: Sources, tmp_path: Path) -> Path:
    """The files of a small graph that can be compared."""
    graph = source_of(SMALL, sources).graph
    for name, edition in (("nq", None), ("trig", None), ("ttl", Edition.BASE), ("owl", Edition.BASE), ("owl", Edition.FULL)):
        artefact = Artefact(FORMATS[name], edition)
        artefact.write(graph, tmp_path / artefact.name)
    return tmp_path


@pytest.mark.parametrize("name", ["net-kg.nq", "net-kg.trig"])
def test_a_file_of_the_whole_graph_is_the_graph(name: str, released: Path, sources: Sources) -> None:
    graph = source_of(SMALL, sources).graph
    found = open_build(str(released / name), sources)
    assert sum(1 for _ in found.store.quads()) == sum(1 for _ in graph.store.quads())
    assert not compare(found, graph)
    changed = source_of(SMALL.replace("net:therapy net:Agonist", "net:therapy net:Receptor").replace('"drug"@en', '"remedy"@en'), sources).graph
    difference = compare(found, changed)
    assert [(change.section, change.key, change.change) for change in difference.records] == [("recommendations", "R1", "changed")]
    assert [(change.key, change.change) for change in difference.terms] == [("net:Drug", "changed")]


def test_ontologies_in_two_syntaxes_are_the_same(released: Path, sources: Sources) -> None:
    assert not compare(open_build(str(released / "net-kg-base.ttl"), sources), open_build(str(released / "net-kg-base.owl"), sources))


def test_records_in_an_ontology_are_no_terms(released: Path, sources: Sources) -> None:
    found = compare(open_build(str(released / "net-kg-base.owl"), sources), open_build(str(released / "net-kg-full.owl"), sources))
    assert not [change for change in found.terms if "/" in change.key]


def test_what_cannot_be_read_is_named(released: Path, sources: Sources) -> None:
    (released / "broken.nq").write_text("<a> <b")
    with pytest.raises(DataError, match=r"this is no nq file") as caught:
        open_build(str(released / "broken.nq"), sources)
    assert caught.value.where == str(released / "broken.nq")
    (released / "empty").mkdir()
    (released / "empty" / "manifest.json").write_text(
        '{"name": "NET-KG", "files": [{"file": "net-kg.nanopub.trig", "format": "nanopub"}, {"file": "README.md"}]}'
    )
    with pytest.raises(DataError, match="holds no file of its whole graph"):
        open_build(str(released / "empty"), sources)
    with pytest.raises(StoreError):
        open_build(str(released / "nothing.nq"), sources)
