"""``netkg cohort`` in this process."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli.main import netkg
from kg.errors import CaseError, DataError, SurroundingsError, UsageError
from kg.match.presentation import Presentation

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from kg.match import cohort as module  # noqa: E402 - needs what may be missing
from kg.match.cohort import planned_job, run  # noqa: E402
from kg.match.match import Matcher  # noqa: E402
from kg.match.spark import spark_engine  # noqa: E402
from kg.match.table import TableMapping  # noqa: E402

Call = Callable[..., Result]
TEXT = "id,site,neoplasm,grade,ki67,note\nÄ1,pancreas,neuroendocrine tumour,G2,8,x\nA2,atlantis,,,,y\nA3,lung,insulinoma,,,z\nA4,,,G1,120,\nA4,ileum,,,<3,\n"


@pytest.fixture
def call(graph: kg.Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Run the verb on the real graph, in a folder with a table; errors of ours come out as they are."""
    monkeypatch.setenv("NETKG_STORE", graph.store.location)
    monkeypatch.chdir(tmp_path)
    Path("cases.csv").write_text(TEXT, encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(netkg, ["cohort", *arguments], catch_exceptions=False)


def test_good_rows_are_written_and_bad_ones_listed(call: Call) -> None:
    result = call("cases.csv", "out.csv", "--errors", "bad.csv", "--form", "summary")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "columns that are not read: note" in result.stderr
    assert "3 case(s)" in result.stderr
    assert "1 contradictory case(s), 2 bad row(s)" in result.stderr
    with Path("bad.csv").open(encoding="utf-8", newline="") as stream:
        bad = list(csv.DictReader(stream))
    assert [(row["row"], row["id"], row["column"], row["value"]) for row in bad] == [("2", "A2", "site", "atlantis"), ("4", "A4", "ki67", "120")]
    with Path("out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["row"], row["id"]) for row in rows] == [("1", "Ä1"), ("3", "A3"), ("5", "A4")]
    assert json.loads(Path("out.csv.json").read_text(encoding="utf-8"))["bad"] == 2


def test_without_a_file_bad_rows_are_shown(call: Call) -> None:
    result = call("cases.csv", "out.parquet", "--statements", "R010,approval")
    assert result.exit_code == 1
    assert "row 2: site: " in result.stderr
    Path("many.csv").write_text("grade\n" + "G9\n" * 30)
    assert "… and more" in call("many.csv", "out.parquet").stderr


def test_all_good_is_exit_0(call: Call) -> None:
    Path("good.csv").write_text("patient;Stelle\nA;C25\n")
    Path("map.yaml").write_text("id: patient\ncolumns:\n  Stelle: {feature: site, values: {C25: pancreas}}\n")
    result = call("good.csv", "out.parquet", "--mapping", "map.yaml", "--form", "long", "--as-of", "2024")
    assert result.exit_code == 0
    assert pq.read_table("out.parquet").column("id").unique().to_pylist() == ["A"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("none.csv", "out.csv"), DataError),
        (("cases.csv", "nowhere/out.csv"), SurroundingsError),
        (("cases.csv", "out.csv", "--statements", "X1"), UsageError),
        (("cases.csv", "out.csv", "--as-of", "soon"), UsageError),
        (("cases.csv", "out.csv", "--mapping", "none.yaml"), CaseError),
        (("cases.csv", "out.csv", "--store", "nowhere"), kg.errors.StoreError),
    ],
)
def test_what_is_wrong_is_said(call: Call, arguments: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        call(*arguments)
    assert sorted(path.name for path in Path().iterdir()) == ["cases.csv"]


def test_an_interrupted_run_says_how_to_go_on(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "decide_here", interrupt)
        result = CliRunner().invoke(netkg, ["cohort", "cases.csv", "out.csv"])
    assert result.exit_code != 0
    assert "--resume" in result.stderr
    assert call("cases.csv", "out.csv", "--resume").exit_code == 1
    assert Path("out.csv").exists()


@pytest.mark.usefixtures("call")
def test_a_graph_of_another_version_is_not_gone_on_with(graph: kg.Graph) -> None:
    matcher = Matcher(graph)
    job = planned_job(matcher, Path("cases.csv"), Path("out.csv"), TableMapping())
    key = module.fingerprint(matcher, job)
    matcher.version = "0.0.0"
    assert module.fingerprint(matcher, job) != key
    assert matcher.match(Presentation("", ())).version == "0.0.0"


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A Spark session of this machine."""
    sql = pytest.importorskip("pyspark.sql")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        yield from started(sql)


def started(sql: Any) -> Iterator[Any]:
    builder = sql.SparkSession.builder.master("local[2]").appName("netkg test")
    for key, value in {"driver.host": "127.0.0.1", "driver.bindAddress": "127.0.0.1", "ui.enabled": "false", "sql.shuffle.partitions": "2"}.items():
        builder = builder.config(f"spark.{key}", value)
    spark = builder.getOrCreate()
    yield spark
    spark.stop()


@pytest.mark.filterwarnings("ignore")  # Spark's own
@pytest.mark.usefixtures("call")
def test_spark_gives_the_same_bytes(session: Any, graph: kg.Graph) -> None:
    lines = TEXT.splitlines()
    Path("many.csv").write_text("\n".join([lines[0], *lines[1:] * 12]) + "\nonly one cell\n", encoding="utf-8")
    matcher = Matcher(graph)
    outputs = []
    for engine in (None, spark_engine(graph.store.location, session)):
        job = planned_job(matcher, Path("many.csv").resolve(), Path("out.parquet").resolve(), TableMapping(), statements="recommendation", rows=13)
        report = run(matcher, job, engine=engine)
        outputs.append((Path("out.parquet").read_bytes(), report))
    assert outputs[0] == outputs[1]
    assert outputs[0][1].bad == 25
    assert not list(Path().glob(".*"))
