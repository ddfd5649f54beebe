"""The commands of docs/curating.md run as they are written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import kg
from kg.settings import Sources

BLOCK = re.compile(r"^```sh( slow)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(root: Path) -> list[tuple[bool, str]]:
    text = (root / "docs" / "curating.md").read_text(encoding="utf-8")
    return [(bool(slow), body) for slow, body in BLOCK.findall(text)]


def checkout(sources: Sources, folder: Path) -> Path:
    for name in ("data", "docs", "kg", "ontology", "queries"):
        shutil.copytree(sources.root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    bin_folder = folder / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    command = bin_folder / "netkg"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from kg.cli.main import run; run()' \"$@\"\n", encoding="utf-8")
    command.chmod(0o755)
    return folder


def test_the_quick_blocks_run_in_order_and_leave_the_tables_as_they_were(sources: Sources, graph: kg.Graph, tmp_path: Path) -> None:
    root = checkout(sources, tmp_path / "checkout")
    before = {path.name: path.read_bytes() for path in (root / "data").iterdir()}
    environment = os.environ | {
        "NETKG_STORE": graph.store.location,
        "PATH": f"{root / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
    }
    said = ""
    for slow, body in blocks(root):
        if not slow:
            done = subprocess.run(["/bin/bash", "-euc", body], cwd=root, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{body}\n{done.stderr}"
            said += done.stdout
    assert {path.name: path.read_bytes() for path in (root / "data").iterdir()} == before
    assert "no such row, as expected" in said
    assert "one thing to mend" in said
    assert "'G4' is not one of G1, G2, G3" in said
    assert (root / "netter-2.svg").stat().st_size > 1000


def test_the_slow_blocks_name_commands_that_there_are(sources: Sources) -> None:
    slow = [line for is_slow, body in blocks(sources.root) if is_slow for line in body.splitlines()]
    assert set(slow) == {"netkg check", "netkg diff --sources"}
