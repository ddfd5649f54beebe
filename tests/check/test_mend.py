"""What is wrong, explained to somebody who fills in tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.build import read_inputs
from kg.check.mend import Mending, mending, mending_of_cell, mendings
from kg.check.rules import Finding
from kg.load.load import load
from kg.load.mappings import MAPPINGS
from kg.settings import Sources
from kg.terms import Terms
from tests.small import replace_cell

Explained = Callable[..., list[Mending]]


@pytest.fixture
def explained(tables: Path, terms: Terms) -> Explained:
    """What is said of tables in which one cell was replaced."""

    def make(table: str, line: int, column: str, value: str) -> list[Mending]:
        name = table if table.endswith(".tsv") else f"{table}.tsv"
        replace_cell(tables / name, line, column, value)
        loaded = load(tables, terms, lenient=True)
        return [mending_of_cell(problem, loaded, terms) for problem in loaded.report.problems]

    return make


@pytest.mark.parametrize(
    ("table", "line", "column", "value", "wrong", "allowed", "mend"),
    [
        ("recommendations", 2, "direction", "recomended", "not in the list Direction", "may be considered", "did you mean recommended"),
        ("recommendations", 2, "therapy", "Lanreotid", "no class is called 'Lanreotid'", "a kind of care option", "did you mean lanreotide"),
        ("recommendations", 2, "therapy", "Pancreas", "wrong kind", "a kind of care option", "added to the ontology first"),
        ("recommendations", 2, "population", "grade=G4", "'G4' is not one of G1, G2, G3", "", "docs/curating.md"),
        ("recommendations", 2, "population", "gradee=G2", "no feature is called 'gradee'", "feature=value", "did you mean grade?"),
        ("recommendations", 2, "population", "ki67=<120", "120 lies outside", "ki67: a number (%)", "docs/curating.md"),
        ("recommendations", 2, "population", "site=pancras", "'pancras'", "site: a kind of anatomical site", "docs/curating.md"),
        ("recommendations", 2, "source", "guide-2022", "no such row in documents.tsv", "the id of a row of documents.tsv (3 rows)", "did you mean guide-2023"),
        ("recommendations", 2, "issued", "May 2020", "not a date", "YYYY-MM", "as much of the date"),
        ("recommendations", 2, "statement", "", "required", "", "fill it in from the source"),
        ("recommendations", 3, "id", "R-1", "duplicate key, first used in line 2", "", "another key"),
        ("documents", 2, "pmid", "PMID:28076709", "not a well-formed PMID", "one to eight digits", "bare identifier"),
        ("evidence", 2, "effect_low", "0.9", "reversed interval", "", "look at the source again"),
        ("evidence", 2, "value_experimental", "not reached", "not a number", "digits", "write the digits alone"),
        ("grading", 2, "current", "maybe", "neither yes nor no", "yes, no", "leave the cell empty"),
        (MAPPINGS, 3, "object_id", "CHEBI:x", "not well formed for CHEBI", "[0-9]+", "copy the identifier"),
        (MAPPINGS, 3, "subject_label", "wrong", "not the label of the subject", "everolimus", "copy the label"),
    ],
)
def test_a_bad_cell_says_where_what_is_allowed_and_how_to_mend_it(
    table: str, line: int, column: str, value: str, wrong: str, allowed: str, mend: str, explained: Explained, tables: Path
) -> None:
    found = explained(table, line, column, value)[0]
    assert found.where == f"{tables / (table if table.endswith('.tsv') else table + '.tsv')}:{line}"
    assert (found.column, found.value) == (column, value)
    assert wrong in found.wrong
    assert allowed in found.allowed
    assert mend in found.mend


def test_a_reference_to_a_row_that_is_wrong_itself_leads_there(explained: Explained, tables: Path) -> None:
    found = {one.column: one for one in explained("trials", 2, "phase", "IV")}
    assert found["trial"].mend == f"the row stands in {tables / 'trials.tsv'}:2 but is wrong itself: mend it first"
    assert found["phase"].wrong == "not in the list TrialPhase"


@pytest.mark.parametrize(
    ("damage", "mend"),
    [
        (lambda text: text + b"R-9\tx\n", "count the tabs"),
        (lambda text: b"\xef\xbb\xbf" + text, "without a byte order mark"),
        (lambda text: text.replace(b"\n", b"\r\n"), "Unix line ends"),
        (lambda text: text.replace(b"population\t", b"popluation\t", 1), "restore the header line"),
        (lambda text: text[:-1], "end it with a line feed"),
        (lambda text: text + "é".encode("latin-1"), "save the file as UTF-8"),
    ],
)
def test_a_broken_file_says_how_to_mend_it(damage: Callable[[bytes], bytes], mend: str, tables: Path, terms: Terms) -> None:
    path = tables / "recommendations.tsv"
    path.write_bytes(damage(path.read_bytes()))
    loaded = load(tables, terms, lenient=True)
    assert any(mend in mending_of_cell(problem, loaded, terms).mend for problem in loaded.report.problems)


def test_findings_about_graph_terms_and_queries_name_file_and_line(small_sources: Sources) -> None:
    inputs = read_inputs(small_sources)
    small_sources.queries.mkdir()
    (small_sources.queries / "one.rq").write_text("", encoding="utf-8")

    def of(rule: str, entity: str) -> Mending:
        return mending(Finding(rule, "ERROR", entity, "detail"), inputs.loaded, inputs.terms, small_sources)

    record = of("statement-without-source", "net:recommendation/R-2")
    assert record.where == f"{small_sources.data}/recommendations.tsv:3"
    assert record.allowed
    term = of("missing_label", "net:Everolimus")
    line = int(term.where.rpartition(":")[2])
    assert "net-kg/Everolimus" in small_sources.ontology.read_text(encoding="utf-8").splitlines()[line - 1]
    outside = of("outside-term", "RO:0002452")
    line = int(outside.where.rpartition(":")[2])
    assert "obo/RO_0002452" in small_sources.ontology.read_text(encoding="utf-8").splitlines()[line - 1]
    assert of("query", "one").where == str(small_sources.queries / "one.rq")
    assert "deprecated" in of("released-terms", "https://w3id.org/net-kg/Gone").mend


@pytest.mark.usefixtures("no_reasoner")
def test_the_whole_check_is_explained_even_when_nothing_can_be_read(small_sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.check.run.profile_violations", lambda _ontology: [])
    small_sources.queries.mkdir()
    replace_cell(small_sources.data / "recommendations.tsv", 2, "direction", "perhaps")
    found = list(mendings(small_sources))
    assert found[0].where.endswith("recommendations.tsv:2")
    small_sources.ontology.unlink()
    (unreadable,) = mendings(small_sources)
    assert "restore the file" in unreadable.mend
