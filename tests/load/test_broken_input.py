"""Broken input: every kind is named with file, line, column, value and what is allowed; nothing else is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.errors import TableError
from kg.load.load import load
from kg.load.mappings import MAPPINGS
from kg.load.reader import MAX_CELL
from kg.load.report import Problem, Report
from kg.load.tables import BY_NAME, TABLES
from kg.terms import Terms
from tests.small import ROWS, line_of, replace_cell

Break = Callable[[Path], object]
Place = tuple[str, int, str]
"""File name without ``.tsv``, line, column."""


@dataclass(frozen=True)
class Case:
    """One way to break one file.

    :param message: part of the message of the first problem
    :param allowed: part of what the first problem says is allowed
    :param value: as the problem shows it
    :param follows: problems of other rows that this one causes
    """

    name: str
    table: str
    breakage: Break
    line: int
    column: str
    message: str
    allowed: str = ""
    value: str = ""
    follows: tuple[Place, ...] = ()


def cell(name: str, place: Place, value: str, message: str, allowed: str = "", *, follows: tuple[Place, ...] = (), shown: str | None = None) -> Case:
    """Return a case in which one cell holds a wrong value."""
    table, line, column = place
    return Case(name, table, lambda path: replace_cell(path, line, column, value), line, column, message, allowed, value if shown is None else shown, follows)


def swap(old: str, new: str, count: int = -1) -> Break:
    """Return a breakage that replaces text wherever it stands."""

    def breakage(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_bytes(text.replace(old, new, count).encode())

    return breakage


def raw(change: Callable[[bytes], bytes]) -> Break:
    """Return a breakage of the bytes of a file."""
    return lambda path: path.write_bytes(change(path.read_bytes()))


def add_row(table: str, **cells: str) -> Break:
    """Return a breakage that adds a row."""
    return raw(lambda data: data + (line_of(table, cells) + "\n").encode())


def edit_line(line: int, change: Callable[[str], str]) -> Break:
    """Return a breakage of one line."""

    def breakage(path: Path) -> None:
        lines = path.read_text(encoding="utf-8").split("\n")
        lines[line - 1] = change(lines[line - 1])
        path.write_bytes("\n".join(lines).encode())

    return breakage


def folder_in_place(path: Path) -> None:
    """Put a folder where the table was."""
    path.unlink()
    path.mkdir()


def no_effect_but_limits(path: Path) -> None:
    """Leave out the number and reverse the limits around it."""
    replace_cell(path, 2, "effect", "")
    replace_cell(path, 2, "effect_low", "0.9")


TRIAL_1: tuple[Place, ...] = (
    ("comparisons", 2, "trial"),
    ("approvals", 2, "pivotal_trial"),
    ("evidence", 2, "comparison"),
    ("adverse_effects", 2, "comparison"),
)
DRUG = BY_NAME["drugs"].header
DRUG_LINE = line_of("drugs", ROWS["drugs"][0])

SHAPES = [
    Case("empty file", "drugs", raw(lambda _data: b""), 1, "", "column 'id' is missing", " ".join(DRUG)),
    Case("missing column", "drugs", swap("\troute", ""), 1, "", "column 'route' is missing", " ".join(DRUG)),
    Case("misspelt column", "drugs", swap("\troute", "\troutes"), 1, "", "column 'route' is missing", " ".join(DRUG)),
    Case(
        "unknown column", "drugs", edit_line(1, lambda line: line + "\tsources"), 1, "", "column 'sources' is not known; did you mean 'source'?", " ".join(DRUG)
    ),
    Case("unknown column unlike any other", "drugs", edit_line(1, lambda line: line + "\tzzz"), 1, "", "column 'zzz' is not known", " ".join(DRUG)),
    Case("columns swapped", "drugs", swap("route\tdose", "dose\troute"), 1, "", "the columns stand in another order", " ".join(DRUG)),
    Case("column twice", "drugs", edit_line(1, lambda line: line + "\troute"), 1, "", "a column stands twice", " ".join(DRUG)),
    Case("comma separated", "drugs", swap("\t", ","), 1, "", "column 'id' is missing", " ".join(DRUG)),
    Case("no header", "drugs", edit_line(1, lambda _line: line_of("drugs", {"id": "drug-0"})), 1, "", "column 'id' is missing", " ".join(DRUG)),
    Case("not UTF-8", "drugs", raw(lambda data: data.replace(b"oral", b"or\xe4l")), 2, "", "not UTF-8", "UTF-8", r"b'\xe4'"),
    Case("UTF-16", "drugs", raw(lambda data: data.decode().encode("utf-16")), 1, "", "not UTF-8", "UTF-8", r"b'\xff'"),
    Case("half a character", "drugs", raw(lambda data: data + b"\xc3"), 3, "", "not UTF-8", "UTF-8", r"b'\xc3'"),
    Case("byte order mark", "drugs", raw(lambda data: b"\xef\xbb\xbf" + data), 1, "", "byte order mark", "without byte order mark"),
    Case("CR LF line ends", "drugs", raw(lambda data: data.replace(b"\n", b"\r\n")), 1, "", "carriage return", "line feed alone"),
    Case("old Mac line ends", "drugs", raw(lambda data: data.replace(b"\n", b"\r")), 1, "", "carriage return", "line feed alone"),
    Case("CR inside a cell", "drugs", raw(lambda data: data.replace(b"oral", b"or\ral")), 2, "", "carriage return", "line feed alone"),
    Case("truncated last line", "drugs", raw(lambda data: data[:-20]), 2, "", "does not end; the file may be truncated", "", DRUG_LINE[:-19][:40]),
    Case("last line without its line feed", "drugs", raw(lambda data: data[:-1]), 2, "", "may be truncated", "", DRUG_LINE[:40]),
    Case("too few cells", "drugs", edit_line(2, lambda line: line.rpartition("\t")[0]), 2, "", "13 cells", "14 cells", DRUG_LINE[:40]),
    Case("too many cells", "drugs", edit_line(2, lambda line: line + "\tx"), 2, "", "15 cells", "14 cells", DRUG_LINE[:40]),
    Case("blank line", "drugs", raw(lambda data: data + b"\n"), 3, "", "1 cells", "14 cells"),
    Case("line feed inside a cell", "drugs", swap("oral", "or\nal"), 2, "", "3 cells", "14 cells", "drug-1\tEverolimus\tor"),
    Case("missing table", "drugs", Path.unlink, 0, "", "cannot be read: No such file or directory"),
    Case("folder in place of a table", "drugs", folder_in_place, 0, "", "cannot be read: Is a directory"),
    Case("undeclared table", "drugz", lambda path: path.write_bytes(b"id\n"), 0, "", "no such table is declared", "drugs.tsv"),
]

CELLS = [
    cell("unknown term", ("drugs", 2, "drug"), "Everolimuss", "no class is called 'Everolimuss'", "did you mean everolimus"),
    cell("unknown term unlike any other", ("drugs", 2, "drug"), "Qqqqqqq", "no class is called 'Qqqqqqq'", "netkg show"),
    cell("term of the wrong kind", ("drugs", 2, "drug"), "Pancreas", "wrong kind", "a kind of care option"),
    cell("property where a class belongs", ("drugs", 2, "drug"), "targets", "no class is called 'targets'"),
    cell("term of an unknown vocabulary", ("drugs", 2, "drug"), "FOO:1234", "no class is called 'FOO:1234'"),
    cell("dangling reference", ("drugs", 2, "source"), "no-such-document", "no such row in documents.tsv"),
    cell("one dangling reference of two", ("recommendations", 2, "source"), "guide-2023 | guide-1999", "no such row in documents.tsv", shown="guide-1999"),
    cell("malformed reference", ("drugs", 2, "source"), "guide 2023", "not a key", "letters, digits, dots and hyphens"),
    cell("reference to a bad row", ("trials", 2, "phase"), "5", "not in the list TrialPhase", "1/2", follows=TRIAL_1),
    cell("reversed interval of an effect", ("evidence", 2, "effect_low"), "0.9", "reversed interval: effect_low 0.9 is greater than effect 0.5"),
    Case(
        "reversed interval around a missing number",
        "evidence",
        no_effect_but_limits,
        2,
        "effect_low",
        "reversed interval: effect_low 0.9 is greater than effect_high 0.75",
        value="0.9",
    ),
    cell("reversed interval of a rule", ("grading", 2, "ki67_low"), "20.0001", "reversed interval: ki67_low 20.0001 is greater than ki67_high 20"),
    cell(
        "reversed interval of a population",
        ("trials", 3, "population"),
        "ki67=20..3",
        "ki67: the interval is reversed: 20 is greater than 3",
        follows=(("comparisons", 3, "trial"), ("evidence", 3, "comparison")),
    ),
    cell(
        "empty interval",
        ("trials", 3, "population"),
        "ki67=(3..3)",
        "the interval around 3 is empty",
        follows=(("comparisons", 3, "trial"), ("evidence", 3, "comparison")),
    ),
    Case(
        "duplicate key",
        "drugs",
        add_row("drugs", id="drug-1", drug="Lanreotide", source="guide-2023", curation="primary"),
        3,
        "id",
        "duplicate key, first used in line 2",
        value="drug-1",
    ),
    cell("malformed key", ("drugs", 2, "id"), "drug 1", "not a key", "letters, digits, dots and hyphens"),
    cell("key with a slash", ("drugs", 2, "id"), "../drug", "not a key", "letters, digits, dots and hyphens"),
    cell("key with a letter that is not ASCII", ("drugs", 2, "id"), "drüg", "not a key", "letters, digits, dots and hyphens"),
    cell("missing key", ("drugs", 2, "id"), "", "the cell is empty but the column is required"),
    cell("PMID with prefix", ("documents", 4, "pmid"), "PMID:28076709", "not a well-formed PMID", "one to eight digits"),
    cell("PMID with a leading zero", ("documents", 4, "pmid"), "012345", "not a well-formed PMID", "one to eight digits"),
    cell("PMID in Arabic digits", ("documents", 4, "pmid"), "٢٨٠٧", "not a well-formed PMID", "one to eight digits"),
    cell("DOI as address", ("documents", 4, "doi"), "https://doi.org/10.1056/NEJMoa1607427", "not a well-formed DOI", "without a web address"),
    cell("DOI without suffix", ("documents", 4, "doi"), "10.1056/", "not a well-formed DOI", "10.NNNN/suffix"),
    cell("DOI with a blank", ("documents", 4, "doi"), "10.1056/NEJM 1607427", "not a well-formed DOI", "10.NNNN/suffix"),
    cell("DOI with a lone per cent sign", ("documents", 4, "doi"), "10.1056/100%", "not a well-formed DOI", "10.NNNN/suffix"),
    cell("DOI with square brackets", ("documents", 4, "doi"), "10.1056/a[1]b", "not a well-formed DOI", "10.NNNN/suffix"),
    cell("trial number too short", ("documents", 4, "nct"), "NCT1578239", "not a well-formed NCT", "NCT and eight digits"),
    cell("trial number in small letters", ("documents", 4, "nct"), "nct01578239", "not a well-formed NCT", "NCT and eight digits"),
    cell("day that does not exist", ("documents", 4, "issued"), "2023-02-30", "not a date", "YYYY, YYYY-MM or YYYY-MM-DD"),
    cell("leap day of a common year", ("documents", 4, "issued"), "2023-02-29", "not a date", "YYYY-MM-DD"),
    cell("month that does not exist", ("documents", 4, "issued"), "2023-13", "not a date", "YYYY-MM"),
    cell("month zero", ("documents", 4, "issued"), "2023-00", "not a date", "YYYY-MM"),
    cell("year of two digits", ("documents", 4, "issued"), "23", "not a date", "YYYY"),
    cell("year zero", ("documents", 4, "issued"), "0000", "not a date", "YYYY"),
    cell("date with slashes", ("documents", 4, "issued"), "2023/02/03", "not a date", "YYYY-MM-DD"),
    cell("date with time", ("documents", 4, "issued"), "2023-02-03T00:00", "not a date", "YYYY-MM-DD"),
    cell("date in Arabic digits", ("documents", 4, "issued"), "٢٠٢٣", "not a date", "YYYY"),
    cell("not a number", ("evidence", 3, "value_experimental"), "three", "not a number", "digits with a decimal point"),
    cell("number with comma", ("evidence", 3, "value_experimental"), "12,5", "not a number", "digits with a decimal point"),
    cell("number with unit", ("evidence", 3, "value_experimental"), "12 months", "not a number", "no unit"),
    cell("number with exponent", ("evidence", 3, "value_experimental"), "1e3", "not a number", "digits with a decimal point"),
    cell("not a number, as floats say it", ("evidence", 3, "value_experimental"), "NaN", "not a number", "digits with a decimal point"),
    cell("infinite number", ("evidence", 3, "value_experimental"), "Infinity", "not a number", "digits with a decimal point"),
    cell("number in Arabic digits", ("evidence", 3, "value_experimental"), "١٢", "not a number", "digits with a decimal point"),
    cell("number too long for a store", ("evidence", 3, "value_experimental"), "1" * 40, "number"),
    cell("number finer than a store can tell", ("evidence", 3, "value_experimental"), "2." + "9" * 30, "number"),
    cell("number above its range", ("adverse_effects", 2, "any_grade_percent"), "100.1", "number out of range", "0 to 100"),
    cell("number below its range", ("adverse_effects", 2, "any_grade_percent"), "-0.1", "number out of range", "0 to 100"),
    cell("number below a range without end", ("affinities", 2, "ic50_nm"), "-1", "number out of range", "0 to …"),
    cell("fraction of a patient", ("comparisons", 3, "n_total"), "12.5", "not a whole number", "digits only", follows=(("evidence", 3, "comparison"),)),
    cell("not in a closed list", ("drugs", 2, "curation"), "guessed", "not in the list CurationStatus", "abstract, primary, secondary"),
    cell("code of a closed list in another case", ("drugs", 2, "curation"), "Primary", "not in the list CurationStatus", "abstract, primary, secondary"),
    cell("neither yes nor no", ("grading", 2, "current"), "true", "neither yes nor no", "yes, no"),
    cell("empty required cell", ("drugs", 2, "curation"), "", "the cell is empty but the column is required"),
    cell("empty required population", ("recommendations", 2, "population"), "", "the cell is empty but the column is required"),
    cell("blank before the cell", ("drugs", 2, "route"), " oral", "blank at the beginning or end"),
    cell("blank after the cell", ("drugs", 2, "route"), "oral ", "blank at the beginning or end"),
    cell("no-break blank after the cell", ("drugs", 2, "route"), "oral\u00a0", "blank at the beginning or end"),
    cell("cell of one blank", ("drugs", 2, "route"), " ", "blank at the beginning or end"),
    cell("null character", ("drugs", 2, "route"), "or\x00al", "control character"),
    cell("bell character", ("drugs", 2, "route"), "or\x07al", "control character"),
    cell("next-line character", ("drugs", 2, "route"), "or\x85al", "control character"),
    cell("character that XML refuses", ("drugs", 2, "route"), "or\uffffal", "character"),
    cell(
        "empty element of a list",
        ("comparisons", 3, "experimental"),
        "Everolimus |  | Lanreotide",
        "empty value in the list",
        "values separated by ' | '",
        follows=(("evidence", 3, "comparison"),),
    ),
    cell(
        "list that begins with a bar",
        ("comparisons", 3, "experimental"),
        "| Everolimus",
        "no class is called '| Everolimus'",
        follows=(("evidence", 3, "comparison"),),
    ),
    cell(
        "list without blanks around the bar",
        ("comparisons", 3, "experimental"),
        "Everolimus|Lanreotide",
        "no class is called 'Everolimus|Lanreotide'",
        follows=(("evidence", 3, "comparison"),),
    ),
    cell(
        "repeated element of a list",
        ("comparisons", 3, "experimental"),
        "Everolimus | Everolimus",
        "a value stands twice in the list",
        follows=(("evidence", 3, "comparison"),),
    ),
    cell(
        "element repeated under another name", ("comparisons", 3, "experimental"), "Everolimus | everolimus", "twice", follows=(("evidence", 3, "comparison"),)
    ),
    cell("several values where one is allowed", ("affinities", 2, "agent"), "Everolimus | Lanreotide", "no class is called 'Everolimus | Lanreotide'"),
    cell("address of FTP", ("documents", 4, "url"), "ftp://example.org/x", "not a web address", "http:// or https:// and a host"),
    cell("address without host", ("documents", 4, "url"), "https:///x", "not a web address", "and a host"),
    cell("address without scheme", ("documents", 4, "url"), "example.org/x", "not a web address", "http:// or https://"),
    cell("address with a blank", ("documents", 4, "url"), "https://example.org/a b", "not a web address", "without blanks"),
    cell("address with a script", ("documents", 4, "url"), "javascript:alert(1)", "not a web address", "http:// or https://"),
    cell("address with angle brackets", ("documents", 4, "url"), "https://example.org/<x>", "not a web address"),
    cell("address with a broken host", ("documents", 4, "url"), "https://[::1/x", "not a web address"),
    cell("address with a word for the port", ("documents", 4, "url"), "https://example.org:port/", "not a web address"),
    cell("address with a lone per cent sign", ("documents", 4, "url"), "https://example.org/100%", "not a web address"),
    cell("address with square brackets", ("documents", 4, "url"), "https://example.org/a[1]", "not a web address"),
    cell("unknown feature", ("recommendations", 2, "population"), "stage=IV", "no feature is called 'stage'; allowed are site"),
    cell("value outside the feature's list", ("recommendations", 2, "population"), "grade=G4", "grade: 'G4' is not one of G1, G2, G3"),
    cell("unknown value of a feature", ("recommendations", 2, "population"), "site=pancrease", "did you mean pancreas"),
    cell("feature twice", ("recommendations", 2, "population"), "grade=G1; grade=G2", "grade is restricted twice"),
    cell(
        "absent of what is no set",
        ("recommendations", 2, "population"),
        "absent=Pancreas | NeuroendocrineNeoplasm",
        "is not a value of a feature that is a set",
    ),
    cell("any with alternatives", ("recommendations", 2, "population"), "any OR site=pancreas", "'any' makes the other alternatives meaningless"),
    cell("number outside the feature's range", ("recommendations", 2, "population"), "ki67=>100.5", "100.5 lies outside the possible values ≥ 0 and ≤ 100"),
    cell("unknown kind of document", ("documents", 4, "kind"), "blog", "unknown kind", "guideline, consensus"),
    cell("huge cell", ("drugs", 2, "route"), "x" * (MAX_CELL + 1), f"{MAX_CELL + 1} characters", f"at most {MAX_CELL}", shown="x" * 80),
    cell("document superseded by itself", ("documents", 4, "superseded_by"), "paper-1", "itself"),
]

CASES = [*SHAPES, *CELLS]


def place(problem: Problem) -> Place:
    return Path(problem.file).name.removesuffix(".tsv"), problem.line, problem.column


def test_the_small_tables_are_sound(tables: Path, terms: Terms) -> None:
    report = load(tables, terms).report
    assert report.problems == []
    assert report.loaded == report.rows | {table.name: report.rows.get(table.name, 0) for table in TABLES}
    assert report.loaded["documents"] == 3


def test_more_than_thirty_kinds_are_tried() -> None:
    assert len({case.name for case in CASES}) == len(CASES) > 90


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_problem_names_file_line_column_value_and_what_is_allowed(case: Case, tables: Path, terms: Terms) -> None:
    case.breakage(tables / f"{case.table}.tsv")
    report = load(tables, terms, lenient=True).report
    found = [problem for problem in report.problems if place(problem) == (case.table, case.line, case.column)]
    assert found, report.summary()
    problem = found[0]
    assert problem.file == str(tables / f"{case.table}.tsv")
    assert case.message in problem.message
    assert case.allowed in problem.allowed
    assert problem.value == case.value
    written = str(problem)
    assert written.startswith(f"{problem.file}:{case.line}")
    assert (f"[{case.column}]" in written) == bool(case.column)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_one_problem_and_what_follows_from_it_are_reported_and_nothing_else(case: Case, tables: Path, terms: Terms) -> None:
    case.breakage(tables / f"{case.table}.tsv")
    places = {place(problem) for problem in load(tables, terms, lenient=True).report.problems}
    if case.name == "line feed inside a cell":  # one row became two
        places.discard(("drugs", 3, ""))
    assert places == {(case.table, case.line, case.column), *case.follows}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_strict_loading_refuses_and_lists_the_problem(case: Case, tables: Path, terms: Terms) -> None:
    case.breakage(tables / f"{case.table}.tsv")
    with pytest.raises(TableError) as refused:
        load(tables, terms)
    text = str(refused.value)
    assert f"{tables / case.table}.tsv:{case.line}" in text
    assert case.message in text
    assert "nothing was written" in text
    assert "[TABLE]" in text
    assert "--lenient" in refused.value.hint
    assert refused.value.exit_status == 1


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_lenient_loading_keeps_every_other_row(case: Case, tables: Path, terms: Terms) -> None:
    before = {name: [row.id for row in rows] for name, rows in load(tables, terms).rows.items()}
    case.breakage(tables / f"{case.table}.tsv")
    loaded = load(tables, terms, lenient=True)
    bad = {(name, line) for name, line, _ in (place(problem) for problem in loaded.report.problems)}
    whole_file = {name for name, line in bad if line <= 1} | {
        case.table for problem in loaded.report.problems if "UTF-8" in problem.message or "carriage" in problem.message
    }
    for name, ids in before.items():
        kept = {row.id for row in loaded.rows[name]}
        lost = set() if name not in whole_file else set(ids)
        lost |= {key for number, key in enumerate(ids, start=2) if (name, number) in bad}
        assert kept == set(ids) - lost, name
        assert loaded.report.loaded[name] == len(kept)


def test_a_bad_row_takes_with_it_all_rows_that_refer_to_it_and_names_each(tables: Path, terms: Terms) -> None:
    replace_cell(tables / "documents.tsv", 2, "issued", "2023-13")
    report = load(tables, terms, lenient=True).report
    assert {place(problem) for problem in report.problems if problem.line and "no such row" in problem.message} >= {
        ("documents", 3, "superseded_by"),
        ("drugs", 2, "source"),
        ("trials", 2, "source"),
        ("trials", 3, "source"),
    }
    assert report.loaded["documents"] == 1
    assert report.loaded["evidence"] == 0


def test_several_wrong_cells_of_a_row_are_all_named(tables: Path, terms: Terms) -> None:
    for column, value in (("pmid", "x"), ("issued", "23"), ("url", "ftp://x"), ("curation", "")):
        replace_cell(tables / "documents.tsv", 4, column, value)
    report = load(tables, terms, lenient=True).report
    assert [problem.column for problem in report.problems if problem.line == 4] == ["issued", "pmid", "url", "curation"]


def test_a_reversed_interval_is_named_beside_another_wrong_cell(tables: Path, terms: Terms) -> None:
    replace_cell(tables / "evidence.tsv", 2, "effect_low", "0.9")
    replace_cell(tables / "evidence.tsv", 2, "unit", "parsec")
    report = load(tables, terms, lenient=True).report
    assert {problem.column for problem in report.problems} == {"unit", "effect_low"}


def test_problems_in_several_tables_are_named_in_one_go(tables: Path, terms: Terms) -> None:
    replace_cell(tables / "drugs.tsv", 2, "drug", "Nothing")
    replace_cell(tables / "grading.tsv", 2, "current", "maybe")
    (tables / "affinities.tsv").unlink()
    with pytest.raises(TableError, match=r"3 problem\(s\)") as refused:
        load(tables, terms)
    assert all(f"{name}.tsv" in str(refused.value) for name in ("drugs", "grading", "affinities"))


def test_a_missing_folder_is_named_once_for_each_table(tmp_path: Path, terms: Terms) -> None:
    report = load(tmp_path / "nowhere", terms, lenient=True).report
    assert {Path(problem.file).name for problem in report.problems} == {f"{table.name}.tsv" for table in TABLES} | {MAPPINGS}


def test_a_table_of_a_million_short_lines_is_refused_quickly_and_in_few_words(tables: Path, terms: Terms) -> None:
    with (tables / "drugs.tsv").open("ab") as file:
        file.write(b"x\n" * 1_000_000)
    with pytest.raises(TableError, match=r"1000000 problem\(s\)") as refused:
        load(tables, terms)
    assert len(str(refused.value)) < 20_000
    assert "… and 999950 more" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "caf\u00e9",  # composed
        "cafe\u0301",  # decomposed: stays so
        "\U0001d53e\U0001f9ec",  # outside the basic plane
        "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",  # right to left
        "\u202eabc\u202c",  # directional marks
        "a\u200db\u00adc",  # joiner, soft hyphen
        "神経内分泌腫瘍",
        "\"quoted\" \\ back 'slash' {braces} <b>&amp;</b> $1 %s",
        "x" * MAX_CELL,
    ],
    ids=["composed", "decomposed", "astral", "right-to-left", "marks", "joiners", "Japanese", "punctuation", "longest"],
)
def test_text_passes_through_unharmed(text: str, tables: Path, terms: Terms) -> None:
    replace_cell(tables / "drugs.tsv", 2, "route", text)
    loaded = load(tables, terms)
    assert loaded.rows["drugs"][0].values["route"] == (text,)


def test_the_summary_shows_the_first_problems_and_counts_the_rest() -> None:
    report = Report()
    for line in range(2, 12):
        report.add(Problem("a.tsv", line, "c", "v", "wrong", "right"))
    assert report.summary(limit=3).split("\n") == [f"a.tsv:{line} [c] 'v': wrong; allowed: right" for line in (2, 3, 4)] + ["… and 7 more"]
    assert report.summary(limit=10).count("\n") == 9
    assert report.bad_lines("a.tsv") == set(range(2, 12))
    assert report.bad_lines("b.tsv") == set()
