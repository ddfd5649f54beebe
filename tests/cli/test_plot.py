"""``netkg plot``: files that are whole or not there, and messages that help."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli.main import netkg
from kg.errors import SurroundingsError, UnknownTermError, UsageError
from kg.plot.page import NOTICE
from tests.plot.rows import Drawing

Run = Callable[..., Result]


@pytest.fixture
def run(graph: kg.Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run ``netkg plot`` on the real graph, in an empty folder; errors of ours come out as they are."""
    monkeypatch.setenv("NETKG_STORE", graph.store.location)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(netkg, ["plot", *arguments], catch_exceptions=False)


@pytest.mark.parametrize("figure", ["forest", "approvals"])
def test_help_teaches_with_examples(figure: str, run: Run) -> None:
    result = run(figure, "--help")
    assert result.exit_code == 0
    assert "Examples:\n" in result.stdout
    assert result.stdout.count(f"  netkg plot {figure} ") >= 2
    assert "--therapy" in result.stdout


def test_a_forest_plot_of_the_real_graph(run: Run, graph: kg.Graph) -> None:
    result = run("forest", "--therapy", "everolimus", "--endpoint", "PFS", "-o", "out.svg")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("wrote out.svg: ")
    drawing = Drawing(Path("out.svg").read_bytes())
    assert "evidence-RADIANT-3-primary-pfs-effect" in drawing.ids
    assert "Forest plot: everolimus" in drawing.words
    assert "regimens that contain it" in drawing.words
    assert "0.35 (0.27–0.45)" in drawing.words
    assert "Overall survival" not in drawing.words
    assert f"NET-KG {graph.version()} · {NOTICE}" in drawing.words


def test_a_timeline_of_the_real_graph(run: Run) -> None:
    result = run("approvals", "--therapy", "everolimus", "--jurisdiction", "US", "-o", "out.svg")
    assert (result.exit_code, result.stdout) == (0, "")
    drawing = Drawing(Path("out.svg").read_bytes())
    assert "2011-05-05" in drawing.words
    assert "Therapy: everolimus and narrower ones. Jurisdiction: United States." in drawing.words
    assert "European Union" not in drawing.words


@pytest.mark.parametrize(("name", "begin"), [("a.svg", b"<?xml"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF")])
def test_the_ending_says_the_format(name: str, begin: bytes, run: Run) -> None:
    assert run("forest", "--trial", "NETTER-1", "-o", name).exit_code == 0
    assert Path(name).read_bytes().startswith(begin)


def test_a_name_without_ending_needs_the_format(run: Run) -> None:
    assert run("forest", "--trial", "NETTER-1", "-o", "figure", "-f", "pdf").exit_code == 0
    assert Path("figure").read_bytes().startswith(b"%PDF")
    for options in (("-o", "other"), ("-o", "other.gif"), ("-o", "other.svg", "-f", "png")):
        with pytest.raises(UsageError):
            run("forest", "--trial", "NETTER-1", *options)
    assert [path.name for path in Path().iterdir()] == ["figure"]


def test_without_a_name_the_file_is_called_after_the_therapy(run: Run) -> None:
    assert run("approvals", "--therapy", "Lutetium177Dotatate").exit_code == 0
    assert run("forest", "--trial", "NETTER-1", "-f", "png").exit_code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["approvals-177lu-dotatate.svg", "forest.png"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("forest", "--therapy", "everolimuss"), UnknownTermError, "did you mean everolimus"),
        (("approvals", "--therapy", "everolimuss"), UnknownTermError, "did you mean everolimus"),
        (("forest", "--population", "site=pancrea"), UsageError, "did you mean pancreas"),
        (("forest", "--population", "site=pancreas; ki67=>90", "--trial", "NETTER-1"), UsageError, "nothing to draw: no effect estimate"),
        (("forest", "--trial", "NETTER-1", "--population", "site=lung"), UsageError, "nothing to draw"),
        (("approvals", "--therapy", "everolimus", "--jurisdiction", "Norway"), UsageError, "nothing to draw: no regulatory decision"),
        (("approvals", "--jurisdiction", "Cannada"), UsageError, "did you mean Canada"),
    ],
)
def test_what_cannot_be_drawn_is_explained_and_no_file_is_written(arguments: tuple[str, ...], error: type[Exception], message: str, run: Run) -> None:
    Path("out.svg").write_text("old", encoding="utf-8")
    with pytest.raises(error, match=message) as caught:
        run(*arguments, "-o", "out.svg")
    assert getattr(caught.value, "exit_status", None) == 2
    assert Path("out.svg").read_text(encoding="utf-8") == "old"
    assert [path.name for path in Path().iterdir()] == ["out.svg"]


def test_items_without_interval_alone_make_no_figure(run: Run) -> None:
    with pytest.raises(UsageError, match="2 effect estimates, none with an interval"):
        run("forest", "--therapy", "telotristat ethyl", "--trial", "TELESTAR")


def test_a_file_that_cannot_be_written_leaves_the_old_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("out.svg").write_text("old", encoding="utf-8")

    def full(_path: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(SurroundingsError, match="No space left"):
            run("forest", "--trial", "NETTER-1", "-o", "out.svg")
    assert Path("out.svg").read_text(encoding="utf-8") == "old"
    assert [path.name for path in Path().iterdir()] == ["out.svg"]
    with pytest.raises(SurroundingsError, match="cannot be written"):
        run("forest", "--trial", "NETTER-1", "-o", "missing/out.svg")


@pytest.mark.parametrize("figure", ["forest", "approvals"])
def test_without_matplotlib_the_message_says_what_to_install(figure: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "matplotlib" else found(name))
    with pytest.raises(SurroundingsError, match=r"pip install 'net-kg\[plot\]'"):
        run(figure, "-o", "out.svg")
    assert list(Path().iterdir()) == []


COMMAND = [sys.executable, "-c", "from kg.cli.main import run; run()"]


def test_the_same_graph_gives_the_same_bytes_in_another_process(graph: kg.Graph, tmp_path: Path) -> None:
    for name, options in (("forest", ("--population", "site=pancreas")), ("approvals", ())):
        files = []
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
            file = tmp_path / f"{name}-{seed}.svg"
            environment = os.environ | {"NETKG_STORE": graph.store.location, "PYTHONHASHSEED": seed, "TZ": zone}
            done = subprocess.run([*COMMAND, "plot", name, *options, "-o", str(file)], capture_output=True, text=True, env=environment, check=False)
            assert done.returncode == 0, done.stderr
            files.append(file.read_bytes())
        assert files[0] == files[1]


def test_other_commands_do_not_load_matplotlib(graph: kg.Graph) -> None:
    code = "import sys, kg.cli.plot, kg.cli.info, kg.graph; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ | {"NETKG_STORE": graph.store.location}, check=False).returncode == 0
