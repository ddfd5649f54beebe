"""What every format promises: the same bytes wherever it is made, and a whole file or none."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from kg.cli.main import netkg
from kg.export import FORMATS
from tests.export.conftest import SMALL

OLD = "an older export\n"
EVERY = sorted(FORMATS)
MAKE_ALL = """
import sys
from kg.cli.main import netkg
from kg.export import FORMATS
store, folder = sys.argv[1:]
for name, entry in FORMATS.items():
    netkg(["export", name, "--store", store, "-o", f"{folder}/{name}{entry.suffix}", "--loss", f"{folder}/{name}.loss"], standalone_mode=False)
"""
SURROUNDINGS = (
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "USER": "ada"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "USER": "grace"},
)
"""Two machines that have nothing in common."""


def store_of(quads: list[ox.Quad], folder: Path) -> Path:
    """Write a store folder."""
    store = ox.Store(folder / "graph-1")
    store.extend(quads)
    store.flush()
    (folder / "current").write_text("graph-1\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(list(ox.parse(SMALL, ox.RdfFormat.TRIG)), tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Name → checksum of all files that two machines make of the same statements, loaded in another order."""
    quads = list(ox.parse(SMALL, ox.RdfFormat.TRIG))
    found = []
    for number, (order, surroundings) in enumerate(zip((quads, quads[::-1]), SURROUNDINGS, strict=True)):
        folder = tmp_path_factory.mktemp(f"machine {number}")
        store = store_of(order, tmp_path_factory.mktemp(f"store {number}"))
        command = [sys.executable, "-c", MAKE_ALL, str(store), str(folder)]
        subprocess.run(command, env=os.environ | surroundings, check=True, capture_output=True, cwd=folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        found.append({str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files})
    return found


@pytest.mark.parametrize("name", EVERY)
def test_seed_zone_locale_folder_and_order_make_no_difference(name: str, made: list[dict[str, str]]) -> None:
    one, two = ({file: sum_ for file, sum_ in files.items() if file.startswith((f"{name}.", f"{name}/", f"{name}{FORMATS[name].suffix}"))} for files in made)
    assert len(one) > 1, "the export and its report of losses"
    assert one == two


class Breaking(io.FileIO):
    """A file whose disk takes a few bytes and no more."""

    def __init__(self, path: Path, failure: BaseException) -> None:
        super().__init__(path, "w")
        self._failure = failure

    def write(self, data: Any, /) -> int:
        """Refuse what comes after the first bytes."""
        super().write(bytes(data)[:20])
        raise self._failure


def breaking(monkeypatch: pytest.MonkeyPatch, folder: Path, failure: BaseException) -> None:
    """Let every file that is written below a folder break."""
    original: Callable[..., Any] = Path.open

    def opened(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if "w" not in mode or folder not in path.parents:
            return original(path, mode, *arguments, **options)
        stream = io.BufferedWriter(Breaking(path, failure))
        return stream if "b" in mode else io.TextIOWrapper(stream, **options)

    monkeypatch.setattr(Path, "open", opened)


def export(name: str, store: Path, target: Path) -> Result:
    return CliRunner().invoke(netkg, ["export", name, "--store", str(store), "-o", str(target)])


def older(name: str, store: Path, folder: Path) -> Path:
    """Return where an older export lies."""
    target = folder / f"export{FORMATS[name].suffix}"
    if FORMATS[name].is_folder:
        assert export(name, store, target).exit_code == 0
        for path in target.iterdir():
            path.write_text(OLD, encoding="utf-8")
    else:
        target.write_text(OLD, encoding="utf-8")
    return target


def state(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("name", EVERY)
def test_a_full_disk_leaves_the_old_export(name: str, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = older(name, store, tmp_path)
    before = state(tmp_path)
    breaking(monkeypatch, tmp_path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    result = export(name, store, target)
    assert result.exit_code == 1
    assert "cannot be written: No space left on device" in str(result.exception)
    monkeypatch.undo()
    assert state(tmp_path) == before
    assert set(before.values()) == {OLD}


@pytest.mark.parametrize("name", EVERY)
def test_an_interrupt_leaves_the_old_export(name: str, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = older(name, store, tmp_path)
    before = state(tmp_path)
    breaking(monkeypatch, tmp_path, KeyboardInterrupt())
    assert export(name, store, target).exit_code == 1
    monkeypatch.undo()
    assert state(tmp_path) == before


@pytest.mark.parametrize("name", EVERY)
def test_a_path_that_cannot_be_written_is_named(name: str, store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(OLD, encoding="utf-8")
    target = tmp_path / "file" / "export"
    result = export(name, store, target)
    assert result.exit_code == 1
    assert str(target) in str(result.exception)
    assert "cannot be written" in str(result.exception)
    assert state(tmp_path) == {"file": OLD}
