"""The comparison of the tables with a folder of reference material: what it takes for found, carried and missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kg.terms import Terms
from tests.conftest import ROOT
from tests.scripts import script_module

SCRIPT = ROOT / "scripts" / "compare-reference"
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return script_module("compare-reference")


def document(**cells: str) -> dict[str, str]:
    return {"id": "d-1", "pmid": "", "doi": "", "nct": "", "url": "", "read_at": "", "curation": "secondary", "note": "", **cells}


@pytest.fixture
def folder(tmp_path: Path, script: ModuleType) -> Path:
    """A reference with one row in each table; R1 was only listed for its scope."""
    evidence = tmp_path / "reference" / "evidence"
    evidence.mkdir(parents=True)
    for table, columns in script.KEYS.items():
        cells = [{"recommendations": "R1", "staging": "T1"}.get(table, f"{table}-1")] * len(columns)
        (evidence / f"{table}.tsv").write_text("\t".join([*columns, "pmid_doi"]) + "\n" + "\t".join([*cells, "PMID 28076709; 10.1056/NEJMoa1607427"]) + "\n")
    return evidence.parent


@pytest.fixture
def docs(tmp_path: Path, script: ModuleType) -> Path:
    """Every row is left out, except R1, which the data carry."""
    here = tmp_path / "docs"
    here.mkdir()
    names = {table: "; ".join([f"{table}-1" if table != "staging" else "T1"] * len(columns)) for table, columns in script.KEYS.items()}
    lines = [f"{table}\t{name}\tsomething\tscope only: carried as a document" for table, name in names.items() if table != "recommendations"]
    (here / "left-out.tsv").write_text("\n".join(["reference_table\trow\twhat\treason", *lines]) + "\n")
    (here / "carried.tsv").write_text("reference_table\trow\ttable\tids\n")
    return here


DATA: Tables = {"documents": [document(pmid="28076709")], "recommendations": [{"id": "R1-2"}]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see NCT01578239.", {("NCT", "NCT01578239")}),
        ("https://pubmed.ncbi.nlm.nih.gov/28076709/", {("PMID", "28076709")}),
        ("pmid-28076709 | web-x", {("PMID", "28076709")}),
        ("(doi:10.1056/NEJMoa1607427).", {("DOI", "10.1056/nejmoa1607427")}),
        ("https://link.springer.com/article/10.1007/s11154-017-9431-2/fulltext.html", {("DOI", "10.1007/s11154-017-9431-2")}),
        ("https://x.org/10.1016/S0001-2998(95)80014-X", {("DOI", "10.1016/s0001-2998(95)80014-x")}),
        ("UniProt P30872 at 2010-022023-38", {("UniProt", "P30872"), ("EudraCT", "2010-022023-38")}),
        ("PMC6265262", {("PMC", "PMC6265262")}),
        ("2 to 8 of 12345678 and 10.5/2", set()),
    ],
)
def test_identifiers_are_found_in_running_text(text: str, found: set[tuple[str, str]], script: ModuleType) -> None:
    assert set(script.identifiers(text)) == found


@pytest.mark.parametrize(
    ("cells", "nowhere"),
    [
        ({"pmid": "28076709", "doi": "10.1056/NEJMoa1607427"}, 0),
        ({"pmid": "11111111"}, 1),
        ({"pmid": "11111111", "read_at": "https://example.org/page"}, 0),
        ({"pmid": "11111111", "url": "https://example.org/page"}, 1),
        ({"pmid": "11111111", "url": "https://example.org/page", "curation": "abstract"}, 0),
        ({"note": "as in NCT00000000", "curation": "primary"}, 1),
        ({"read_at": "https://example.org/x | https://example.org/10.1000/xyz/tables/3"}, 0),
    ],
)
def test_an_identifier_stands_in_the_reference_or_on_a_page(cells: dict[str, str], nowhere: int, folder: Path, script: ModuleType) -> None:
    assert script.compare_identifiers({"documents": [document(**cells)]}, folder) == nowhere


def test_all_is_well_when_every_row_is_carried_or_left_out(folder: Path, docs: Path, script: ModuleType, terms: Terms) -> None:
    assert script.compare_rows(DATA, folder, docs, terms) == 0


def test_a_row_that_is_neither_carried_nor_left_out_is_a_fault(
    folder: Path, docs: Path, script: ModuleType, terms: Terms, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.compare_rows({**DATA, "recommendations": [{"id": "R11"}]}, folder, docs, terms) == 1
    assert "recommendations: R1: neither carried nor left out" in capsys.readouterr().out


def test_a_document_that_is_listed_for_its_scope_must_be_there(folder: Path, docs: Path, script: ModuleType, terms: Terms) -> None:
    without = {**DATA, "documents": [document(pmid="11111111")]}
    assert script.compare_rows(without, folder, docs, terms) == len(script.KEYS) - 1


def test_what_is_said_to_carry_a_row_must_be_there(folder: Path, docs: Path, script: ModuleType, terms: Terms, capsys: pytest.CaptureFixture[str]) -> None:
    (docs / "carried.tsv").write_text(
        "reference_table\trow\ttable\tids\nrecommendations\tR1\tontology\tEverolimus | Everolimuss\nprocedures\tx\tdocuments\td-1\n"
    )
    assert script.compare_rows(DATA, folder, docs, terms) == 2
    output = capsys.readouterr().out
    assert "recommendations R1: no row Everolimuss in ontology" in output
    assert "procedures: x: listed, but not in the reference" in output


def test_without_a_folder_it_says_how_it_is_used() -> None:
    result = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "scripts/compare-reference FOLDER" in result.stderr
