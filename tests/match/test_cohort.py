"""Whole tables: the same verdicts as one by one, whatever the pieces, the form, the file format and interruptions."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from kg.errors import CaseError, SurroundingsError, UsageError
from kg.graph import NOTICE
from kg.match.match import Matcher
from kg.match.verdict import Verdict

pa = pytest.importorskip("pyarrow")
pcsv = pytest.importorskip("pyarrow.csv")
pq = pytest.importorskip("pyarrow.parquet")
np = pytest.importorskip("numpy")

from kg.match import cohort as module  # noqa: E402 - needs what may be missing
from kg.match.case import CaseReader  # noqa: E402
from kg.match.cohort import CODE, Job, Pieces, Report, decide_here, planned_job, run  # noqa: E402
from kg.match.table import TableMapping  # noqa: E402

Run = Callable[..., Report]


@pytest.fixture(scope="session")
def matcher(graph: kg.Graph) -> Matcher:
    """The statements of the real graph."""
    return Matcher(graph)


def rows_of(count: int, seed: int = 1) -> list[dict[str, str]]:
    """Return rows as a registry has them, some of them contradictory and some bad."""
    random = np.random.default_rng(seed)

    def some(values: list[str], known: float = 0.8) -> str:
        return str(random.choice(values)) if random.random() < known else ""

    return [
        {
            "id": f"P{number % 50}",
            "site": some(["pancreas", "ileum", "lung", "midgut", "rectum"], 0.95),
            "neoplasm": some(["neuroendocrine tumour", "neuroendocrine carcinoma", "insulinoma"]),
            "grade": some(["G1", "G2", "G3", "G1|G2"]),
            "ki67": some([f"{random.lognormal(1.5, 1):.1f}", ">=3", "3-5", "<20", "120" if number % 40 == 7 else "8"]),
            "metastases": some(["liver", "liver|bone", "none"], 0.4),
            "syndromes": some(["carcinoid syndrome"], 0.2),
            "absent": some(["insulinoma syndrome"], 0.1),
            "sstr": some(["positive", "negative"], 0.6),
            "sex": some(["male", "female"], 0.99),
            "pregnant": some(["yes", "no"], 0.1),
            "prior": some(["lanreotide", "everolimus|CAPTEM"], 0.3),
            "size_mm": some([f"{random.uniform(1, 80):.1f}"]),
        }
        for number in range(count)
    ]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.fixture
def decided(matcher: Matcher) -> Run:
    """Decide a table."""

    def run_it(source: Path, target: Path, *, mapping: TableMapping | None = None, resume: bool = False, engine: object = None, **options: object) -> Report:
        job = planned_job(matcher, source, target, mapping or TableMapping(), **options)  # type: ignore[arg-type]
        return run(matcher, job, resume=resume, engine=engine)  # type: ignore[arg-type]

    return run_it


def test_verdicts_are_those_of_single_cases(matcher: Matcher, decided: Run, tmp_path: Path) -> None:
    rows = rows_of(60)
    report = decided(write(tmp_path / "cases.csv", rows), tmp_path / "out.parquet", rows=25)
    found = {row["row"]: row for row in pq.read_table(tmp_path / "out.parquet").to_pylist()}
    reader = CaseReader(matcher.terms)
    contradictory = 0
    for number, row in enumerate(rows, 1):
        case = {key: cell.split("|") if "|" in cell else cell for key, cell in row.items() if cell}
        try:
            match = matcher.match(reader.read(case))
        except CaseError:
            assert number not in found
            continue
        contradictory += match.situation is None
        assert found[number]["id"] == row["id"]
        assert {outcome.statement.id: CODE[outcome.verdict.value] for outcome in match.outcomes} == {
            key: code for key, code in found[number].items() if key not in ("row", "id")
        }
    assert (report.good, report.contradictory, report.bad) == (len(found), contradictory, 60 - len(found))
    assert report.bad
    assert contradictory


@pytest.mark.parametrize("form", ["wide", "long", "summary"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_pieces_do_not_matter(decided: Run, tmp_path: Path, form: str, ending: str) -> None:
    source = write(tmp_path / "cases.csv", rows_of(150))
    outputs = []
    for rows in (7, 64, 1000):
        report = decided(source, tmp_path / f"out.{ending}", form=form, rows=rows, statements="recommendation")
        outputs.append(((tmp_path / f"out.{ending}").read_bytes(), report.errors, report.verdicts))
    assert outputs[0] == outputs[1] == outputs[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({"cases.csv", f"out.{ending}", *(["out.csv.json"] if ending == "csv" else [])})


def test_csv_and_parquet_say_the_same_in_and_out(decided: Run, tmp_path: Path) -> None:
    rows = rows_of(40)
    for form in ("wide", "long", "summary"):
        tables = []
        for ending_in in ("csv", "parquet"):
            source = write(tmp_path / f"cases.{ending_in}", rows)
            for ending_out in ("csv", "parquet"):
                target = tmp_path / f"out.{ending_out}"
                decided(source, target, form=form, statements="recommendation")
                if ending_out == "csv":
                    with target.open(encoding="utf-8", newline="") as stream:
                        tables.append(list(csv.DictReader(stream)))
                else:
                    plain = pq.read_table(target).to_pylist()
                    tables.append([{key: "" if value is None else str(value) for key, value in row.items()} for row in plain])
        assert all(table == tables[0] for table in tables)


def test_long_and_summary_follow_from_wide(decided: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "cases.csv", rows_of(60))
    tables = {}
    for form in ("wide", "long", "summary"):
        decided(source, tmp_path / "out.parquet", form=form)
        tables[form] = pq.read_table(tmp_path / "out.parquet").to_pylist()
    words = {code: word for word, code in CODE.items()}
    long = {(row["row"], row["statement"]): row["verdict"] for row in tables["long"]}
    for row, summary in zip(tables["wide"], tables["summary"], strict=True):
        verdicts = {key: words[code] for key, code in row.items() if key not in ("row", "id")}
        assert all(summary[word] == list(verdicts.values()).count(word) for word in CODE)
        if Verdict.CONTRADICTORY in verdicts.values():
            assert long[row["row"], None] == Verdict.CONTRADICTORY
        else:
            assert {key: word for key, word in verdicts.items() if word != Verdict.DOES_NOT_APPLY} == {
                key: word for (number, key), word in long.items() if number == row["row"]
            }


def test_version_notice_and_codes_go_with_the_answer(matcher: Matcher, decided: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "cases.csv", rows_of(3))
    decided(source, tmp_path / "out.csv", statements="R010,approval")
    decided(source, tmp_path / "out.parquet", statements="R010,approval")
    beside = json.loads((tmp_path / "out.csv.json").read_text())
    within = json.loads(pq.read_schema(tmp_path / "out.parquet").metadata[b"netkg"])
    assert beside == within
    assert within["graph_version"] == matcher.version
    assert within["notice"] == NOTICE
    assert all(statement["sources"] for statement in within["statements"])
    assert within["codes"] == CODE
    assert {statement["kind"] for statement in within["statements"]} == {"approval", "recommendation"}
    assert pq.read_schema(tmp_path / "out.parquet").names == ["row", "id", *(statement["id"] for statement in within["statements"])]


@pytest.mark.parametrize("text", ["id,site\n", "id,site\nA,ileum\n"])
def test_no_row_and_one_row(decided: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "cases.csv").write_text(text)
    for form in ("wide", "long", "summary"):
        for ending in ("csv", "parquet"):
            report = decided(tmp_path / "cases.csv", tmp_path / f"out.{ending}", form=form)
            assert report.good == text.count("\n") - 1
    assert pq.read_table(tmp_path / "out.parquet").num_rows == text.count("\n") - 1


class _StopError(Exception):
    pass


def test_an_interrupted_run_goes_on_and_gives_the_same_bytes(decided: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "cases.csv", rows_of(100))
    decided(source, tmp_path / "whole.parquet", rows=20)
    target = tmp_path / "out.parquet"
    target.write_bytes(b"what was there before")
    decided_rows: list[int] = []

    def stopping(matcher: Matcher, job: Job, pieces: Pieces, _progress: object) -> None:
        def stop(rows: int) -> None:
            if rows >= 60:
                raise _StopError

        decide_here(matcher, job, pieces, stop)

    def watched(matcher: Matcher, job: Job, pieces: Pieces, progress: Callable[[int], None]) -> None:
        before = [number for number in range(5) if pieces.has(number)]
        decided_rows.extend(before)
        decide_here(matcher, job, pieces, progress)

    with pytest.raises(_StopError):
        decided(source, target, rows=20, engine=stopping)
    assert target.read_bytes() == b"what was there before"
    with pytest.raises(UsageError, match="other input or settings"):
        decided(source, target, rows=20, resume=True, statements="approval")
    report = decided(source, target, rows=20, resume=True, engine=watched)
    assert decided_rows == [0, 1, 2]
    assert target.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert report.good + report.bad == 100
    assert not list(tmp_path.glob(".*"))
    decided(source, target, rows=20, resume=True)  # nothing is left to go on with: it starts
    assert target.read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_without_resume_a_run_starts_anew(decided: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "cases.csv", rows_of(30))

    def broken(_matcher: Matcher, _job: Job, pieces: Pieces, _progress: object) -> None:
        pieces.path(7).write_bytes(b"no piece")
        raise _StopError

    with pytest.raises(_StopError):
        decided(source, tmp_path / "out.csv", engine=broken)
    assert decided(source, tmp_path / "out.csv").good


def test_an_output_that_cannot_be_written_keeps_the_old_one(decided: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "cases.csv", rows_of(5))
    with pytest.raises(SurroundingsError, match="cannot be written"):
        decided(source, tmp_path / "nowhere" / "out.csv")
    for ending in ("csv", "parquet"):
        target = tmp_path / f"out.{ending}"
        target.write_text("old")

        def full(*_arguments: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(module, "_regrouped", full)
            with pytest.raises(SurroundingsError, match="No space left"):
                decided(source, target)
        assert target.read_text() == "old"
        assert not list(tmp_path.glob(".*.new"))


def test_all_errors_go_to_a_file(matcher: Matcher, tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("id,site,ki67\n" + '"A, ""B""",atlantis,1 000\n' * 300)
    job = planned_job(matcher, tmp_path / "cases.csv", tmp_path / "out.csv", TableMapping(), rows=64)
    report = run(matcher, job, errors=tmp_path / "bad.csv")
    assert (report.good, report.bad, len(report.errors)) == (0, 300, 100)
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert [(row["row"], row["column"]) for row in found] == [(str(number), column) for number in range(1, 301) for column in ("site", "ki67")]
    assert {row["id"] for row in found} == {'A, "B"'}


def test_the_answer_never_takes_the_place_of_the_cases(matcher: Matcher, tmp_path: Path) -> None:
    source = write(tmp_path / "cases.csv", rows_of(2))
    with pytest.raises(UsageError, match="take the place"):
        planned_job(matcher, source, source, TableMapping())


def test_statements_and_dates_are_chosen_as_for_single_cases(matcher: Matcher, decided: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "cases.csv", rows_of(5))
    decided(source, tmp_path / "out.parquet", as_of="2016")
    names = pq.read_schema(tmp_path / "out.parquet").names[2:]
    empty = CaseReader(matcher.terms).read({})
    assert names == [outcome.statement.id for outcome in matcher.match(empty, as_of="2016").outcomes]
    with pytest.raises(UsageError, match="no statement and no kind"):
        decided(source, tmp_path / "out.parquet", statements="advice")
    with pytest.raises(UsageError, match="is not a date"):
        decided(source, tmp_path / "out.parquet", as_of="yesterday")
    with pytest.raises(UsageError, match="no form"):
        decided(source, tmp_path / "out.parquet", form="deep")


def test_memory_is_bounded_by_forgetting(decided: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "cases.csv", rows_of(90))
    decided(source, tmp_path / "whole.parquet", rows=10)
    monkeypatch.setattr(module, "MOST_KEPT", 100)
    decided(source, tmp_path / "out.parquet", rows=10)
    assert (tmp_path / "out.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
