"""Tables: mapping files, cells, bad rows, and what files can hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kg.errors import CaseError, DataError
from kg.match.case import read_case
from kg.match.engine import Engine
from kg.match.kernel import Kernel
from kg.match.table import Cells, RowError, Table, TableMapping, planned, read_mapping
from kg.model.population import Population, describe
from kg.terms import Terms

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def kernel(ontology: list[object], terms: Terms, real_populations: dict[str, Population]) -> Kernel:
    """A kernel for some of the curated populations."""
    chosen = list(real_populations.values())[:40]
    return Kernel(Engine(ontology, terms, chosen), [population.id for population in chosen])  # type: ignore[arg-type]


class Reading:
    """What is read of a table.

    :param rows: of each good row what is known of each feature, in words
    """

    def __init__(self, kernel: Kernel, terms: Terms, path: Path, mapping: TableMapping, piece: int = 1000) -> None:
        table = Table(path, mapping)
        columns = planned(mapping, table.names, terms, path.name)
        kernel.forget()
        cells = Cells(kernel, terms, columns, mapping.id if mapping.id in table.names else "")
        self.rows: dict[int, dict[str, str]] = {}
        self.ids: dict[int, str | None] = {}
        self.errors: list[RowError] = []
        for part, numbers, bad in table.pieces(piece):
            states, good, names, errors = cells.read(part, numbers)
            self.errors += [*bad, *errors]
            for place in np.flatnonzero(good).tolist():
                number = int(numbers[place])
                self.ids[number] = names[place].as_py()
                known = {key: kernel._by_key[key].criteria[column[place]] for key, column in states.items()}
                self.rows[number] = {key: "; ".join(describe(one, terms) for one in criteria) for key, criteria in known.items() if criteria}


@pytest.fixture
def read(kernel: Kernel, terms: Terms, tmp_path: Path) -> object:
    """Read a text as a CSV file, with a mapping file if one is given."""

    def reading(text: str | bytes, mapping: str = "", piece: int = 1000) -> Reading:
        path = tmp_path / "cases.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Reading(kernel, terms, path, written(mapping, tmp_path, terms), piece)

    return reading


def written(mapping: str, folder: Path, terms: Terms) -> TableMapping:
    if not mapping:
        return TableMapping()
    path = folder / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    return read_mapping(path, terms)


def test_columns_named_like_features_need_no_mapping(read) -> None:  # type: ignore[no-untyped-def]
    found = read('id,site,ki67,grade,metastases,absent,note\nA,pancreas,<3,G1|G2,"liver|bone",carcinoid syndrome,x\nB,,,,,,\n')
    assert found.errors == []
    assert found.ids == {1: "A", 2: "B"}
    assert found.rows[2] == {}
    assert found.rows[1]["ki67"] == "Ki-67 index < 3 %" or "< 3" in found.rows[1]["ki67"]
    assert set(found.rows[1]) == {"site", "ki67", "grade", "metastases", "syndromes"}
    assert "no carcinoid syndrome" in found.rows[1]["syndromes"]


MAPPING = """
id: patient
delimiter: ";"
encoding: latin-1
missing: ["", "99", "?"]
columns:
  lokalisation: {feature: site, values: {C25: pancreas, C17.2: ileum, C80: unknown}}
  ki: ki67
  durchmesser: {feature: size_mm, unit: cm}
  leber: {feature: metastases, flag: liver, "yes": ["1", ja], "no": ["0", nein]}
  knochen: {feature: metastases, flag: bone}
  vorher: {feature: prior, separator: "+", values: {TEM: CAPTEM}}
  bemerkung:
"""


def test_a_mapping_file_says_what_columns_mean(read) -> None:  # type: ignore[no-untyped-def]
    text = "patient;lokalisation;ki;durchmesser;leber;knochen;vorher;bemerkung\nMüller;C25;8;2.5;ja;no;lanreotide + TEM;ä\nB;C80;99;?;0;;;\n"
    found = read(text.encode("latin-1"), MAPPING)
    assert found.errors == []
    assert found.ids == {1: "Müller", 2: "B"}
    first, second = found.rows[1], found.rows[2]
    assert "25" in first["size_mm"]
    assert "pancreas" in first["site"]
    assert "liver" in first["metastases"]
    assert "no bone" in first["metastases"]
    assert "lanreotide" in first["prior"]
    assert "capecitabine" in first["prior"] or "CAPTEM" in first["prior"]
    assert set(second) == {"metastases"}
    assert second["metastases"].startswith("no liver")


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("columns: {a: sites}", "no feature is called 'sites'"),
        ("columns: {a: {feature: site, vales: {}}}", "no key is called 'vales'"),
        ("columns: {a: {feature: site, flag: liver}}", "site is no set"),
        ("columns: {a: {feature: site, unit: cm}}", "site is no number"),
        ("columns: [a]", "columns is a mapping"),
        ("delimiter: '::'", "is not one character"),
        ("encoding: klingon", "no encoding"),
        ("colums: {}", "no key is called 'colums'"),
        ("[]", "a mapping file is a mapping"),
        ("columns: {a: site, a: grade}", "stated twice"),
        ("columns: {b: site}", "which the table does not have"),
        ("columns: {a: grade, c: grade}", "stated by two columns"),
    ],
)
def test_a_wrong_mapping_is_refused(read, mapping: str, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=message):
        read("a,c\nG1,G2\n", mapping)


def test_bad_rows_are_listed_and_the_others_read(read) -> None:  # type: ignore[no-untyped-def]
    found = read("id,site,ki67,pregnant\nA,pancreas,3,no\nB,atlantis,-3,maybe\nC,ileum,inf,no\nD,lung,120,no\nE,lung,NaN,no\nF,lung,1e3,no\n")
    assert set(found.rows) == {1, 5}
    assert "ki67" not in found.rows[5]
    assert [(error.row, error.id, error.column, error.value) for error in found.errors] == [
        (2, "B", "site", "atlantis"),
        (2, "B", "ki67", "-3"),
        (2, "B", "pregnant", "maybe"),
        (3, "C", "ki67", "inf"),
        (4, "D", "ki67", "120"),
        (6, "F", "ki67", "1e3"),
    ]
    assert all(error.reason for error in found.errors)


def test_ragged_rows_are_bad_and_do_not_shift_the_numbers(read) -> None:  # type: ignore[no-untyped-def]
    for piece in (1, 2, 1000):
        found = read("id,grade\nA,G1\nB\nC,G2,x\nD,G3\nE\n", piece=piece)
        assert found.ids == {1: "A", 4: "D"}
        assert [error.row for error in found.errors] == [2, 3, 5]
        assert "1 cells, and the header 2" in found.errors[0].reason


def test_present_and_absent_at_once_is_bad(read) -> None:  # type: ignore[no-untyped-def]
    found = read("id,metastases,absent\nA,liver,liver\nB,liver,bone\n")
    assert set(found.rows) == {2}
    assert "both as absent and as present" in found.errors[0].reason


def test_unicode_byte_order_mark_quotes_and_duplicated_names(read) -> None:  # type: ignore[no-untyped-def]
    found = read('\ufeffid,site,note\n"Ä, ""1""\n2",pancreas,\U0001f600\nÄ,ileum,\nÄ,ileum,\n')
    assert list(found.ids.values()) == ['Ä, "1"\n2', "Ä", "Ä"]
    assert found.errors == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column is called like a feature"),
        ("site,site\n1,2\n", "is there twice"),
        (b"id,site\nA,\xff\xfe\n", "is not utf-8 text"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(read, text: str | bytes, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=message):
        read(text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for name in ("none.csv", "none.parquet"):
        with pytest.raises(DataError, match="cannot be read"):
            Table(tmp_path / name, TableMapping())
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="cannot be read"):
        Table(tmp_path / "broken.parquet", TableMapping())


def test_a_header_alone_has_no_rows(read) -> None:  # type: ignore[no-untyped-def]
    for text in ("id,site", "id,site\n"):
        found = read(text)
        assert (found.rows, found.errors) == ({}, [])


def test_a_huge_cell_is_bad_and_shown_shortly(read) -> None:  # type: ignore[no-untyped-def]
    found = read(f"id,site\nA,{'x' * 3_000_000}\nB,ileum\n")
    assert set(found.rows) == {2}
    assert len(found.errors[0].value) <= 80
    assert len(found.errors[0].reason) < 1000


def test_many_different_numbers_are_read_as_each_by_itself(read, terms: Terms) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(1)
    cells = [f"{value:.3f}" for value in rng.uniform(0, 130, 3000)] + [
        "3",
        "3.0",
        "2.999999",
        "20",
        "20.000001",
        "0",
        "100",
        "100.01",
        ">=3",
        "<20",
        "3-5",
        "x",
        "1,5",
    ]
    found = read("id,ki67\n" + "".join(f'{number},"{cell}"\n' for number, cell in enumerate(cells, 1)))
    population = {number: known["ki67"] for number, known in found.rows.items()}
    for number, cell in enumerate(cells, 1):
        try:
            read_case({"ki67": cell}, terms)
        except CaseError:
            assert number not in population, cell
        else:
            assert number in population, cell


def test_parquet_types(kernel: Kernel, terms: Terms, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    columns = {
        "id": pa.array([1, 2, 3]),
        "ki67": pa.array([3.0, float("nan"), None]),
        "line": pa.array([1, None, 2], pa.int8()),
        "grade": pa.array(["G1", None, "G3"]).dictionary_encode(),
        "progression": pa.array([True, False, None]),
        "metastases": pa.array([["liver", "bone"], [], None]),
    }
    pq.write_table(pa.table(columns), path)
    found = Reading(kernel, terms, path, TableMapping())
    assert found.errors == []
    assert found.ids == {1: "1", 2: "2", 3: "3"}
    assert set(found.rows[1]) == {"ki67", "line", "grade", "progression", "metastases"}
    assert set(found.rows[2]) == {"progression"}
    assert set(found.rows[3]) == {"line", "grade"}


def test_infinite_and_negative_floats_are_bad(kernel: Kernel, terms: Terms, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    pq.write_table(pa.table({"ki67": pa.array([float("inf"), -1.0, 5.0, 101.0])}), path)
    found = Reading(kernel, terms, path, TableMapping())
    assert set(found.rows) == {3}
    assert [error.row for error in found.errors] == [1, 2, 4]
