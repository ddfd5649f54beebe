"""``netkg export``."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli.main import netkg
from kg.errors import NetKGError, UsageError
from kg.export import FORMATS, rdf
from tests.conftest import BuiltGraph


def run(built: BuiltGraph, *arguments: str) -> Result:
    return CliRunner().invoke(netkg, ["export", *arguments, "--store", str(built.folder)])


def test_the_help_names_every_format() -> None:
    text = CliRunner().invoke(netkg, ["export", "--help"]).output
    assert all(entry.name in text and entry.title in text for entry in FORMATS.values())


def test_standard_output_and_file_hold_the_same(built: BuiltGraph, tmp_path: Path) -> None:
    path = tmp_path / "net.ttl"
    assert run(built, "ttl", "-o", str(path)).exit_code == 0
    assert run(built, "ttl").stdout_bytes == path.read_bytes()


def test_a_larger_edition_holds_the_smaller(built: BuiltGraph) -> None:
    base, inferred, full = (set(run(built, "ttl", "--edition", edition).stdout.splitlines()) for edition in ("base", "inferred", "full"))
    assert len(base) < len(inferred) < len(full)


def test_several_files_need_a_folder(built: BuiltGraph) -> None:
    result = run(built, "csv")
    assert isinstance(result.exception, UsageError)
    assert "netkg export csv -o FOLDER" in str(result.exception)


def test_a_folder_keeps_what_else_is_in_it(built: BuiltGraph, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    assert run(built, "csv", "-o", str(folder)).exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["attributes.csv", "edges.csv", "mine.txt", "nodes.csv"]


def test_what_was_left_out_is_counted_and_listed(built: BuiltGraph, tmp_path: Path) -> None:
    report = tmp_path / "loss.tsv"
    result = run(built, "graphml", "-o", str(tmp_path / "net.graphml"), "--loss", str(report))
    with report.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert rows
    assert all(row["term"] and row["axiom"] and row["reason"] for row in rows)
    for reason in {row["reason"] for row in rows}:
        count = sum(row["reason"] == reason for row in rows)
        assert f"left out: {count:,} × {reason}" in result.stderr


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_export_that_fails_keeps_the_old_file(error: BaseException, built: BuiltGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.nq"
    path.write_text("old")

    def failing(_lines: object) -> object:
        yield "<a:b> <a:b> <a:b> .\n"
        raise error

    monkeypatch.setattr(rdf, "sorted_lines", failing)
    result = run(built, "nq", "-o", str(path))
    assert result.exception is not None
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "old"


def test_a_folder_that_cannot_be_made_is_named(built: BuiltGraph, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(built, "csv", "-o", str(tmp_path / "file" / "tables"))
    assert isinstance(result.exception, NetKGError)
    assert str(tmp_path / "file" / "tables") in str(result.exception)
