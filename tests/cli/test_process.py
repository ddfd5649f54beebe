"""The command as a process: exit codes, the two streams, and pipes that close early."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.cli.main import run

COMMAND = [sys.executable, "-c", "from kg.cli.main import run; run()"]


@pytest.fixture
def environment(graph: kg.Graph) -> dict[str, str]:
    return os.environ | {"NETKG_STORE": graph.store.location, "PYTHONWARNINGS": "error"}


def start(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=environment, check=False)


def test_an_answer_goes_to_standard_output_alone(environment: dict[str, str]) -> None:
    done = start(environment, "sparql", "ASK { net:Everolimus a owl:Class }")
    assert (done.returncode, done.stdout, done.stderr) == (0, "true\n", "")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("query", "agents"), 2, "netkg: no stored query is called 'agents' [USAGE]\n  hint: "),
        (("sparql", "SELECT"), 2, "netkg: line 1, column 7: the query cannot be read"),
        (("show", "xqzzy"), 2, "netkg: no term is called 'xqzzy' [UNKNOWN-TERM]"),
        (("nothing",), 2, "No such command 'nothing'"),
        (("query",), 2, "Missing argument 'NAME'"),
        (("query", "x", "-f", "pdf"), 2, "'pdf' is not one of"),
    ],
)
def test_a_wrong_call_ends_with_2_and_a_message_without_traceback(arguments: tuple[str, ...], code: int, message: str, environment: dict[str, str]) -> None:
    done = start(environment, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_graph_ends_with_3_and_says_how_to_build_it(environment: dict[str, str], tmp_path: Path) -> None:
    done = start(environment | {"NETKG_STORE": str(tmp_path / "none")}, "info")
    assert (done.returncode, done.stdout) == (3, "")
    assert "there is no graph yet [STORE]\n  hint: build it first: netkg build\n" in done.stderr


def test_without_arguments_the_command_explains_itself(environment: dict[str, str]) -> None:
    done = start(environment)
    assert done.returncode == 2
    assert "First steps" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_stops_early_is_no_error(environment: dict[str, str]) -> None:
    process = subprocess.Popen([*COMMAND, "export", "nq"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().endswith(b" .\n")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_an_interruption_says_that_the_graph_in_use_is_unchanged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(**_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kg.cli.main.netkg", interrupted)
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 130
    assert "unchanged" in capsys.readouterr().err
