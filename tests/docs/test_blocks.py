"""Every block of commands and of Python in the README and in docs runs as it is written."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kg
from tests.conftest import ROOT, BuiltGraph
from tests.docs.blocks import Block, Reader, commands, keeps, read_blocks, shown

PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))]
BLOCKS = {page: list(read_blocks(ROOT / page, page)) for page in PAGES}
COPIED = ("cases", "data", "docs", "kg", "ontology", "queries")

Open = Callable[[str], Reader]


def checkout(folder: Path, built: BuiltGraph) -> Path:
    """Make a checkout to work in: with the graph, and the environment's commands."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "store").symlink_to(built.folder)
    commands = folder / ".venv" / "bin"
    commands.mkdir(parents=True)
    netkg = commands / "netkg"
    netkg.write_text(f"#!/bin/sh\nexec {sys.executable} -P -c 'from kg.cli.main import run; run()' \"$@\"\n", encoding="utf-8")
    netkg.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def reader_of(built: BuiltGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Gives a page's reader, who stands where the last block of the page has left things."""
    readers: dict[str, Reader] = {}

    def reader(page: str) -> Reader:
        if page not in readers:
            folder = checkout(tmp_path_factory.mktemp("page"), built)
            tools = [str(folder / ".venv" / "bin"), *outside_tools(), os.environ["PATH"]]
            own = {"NETKG_STORE": str(folder / "store"), "PATH": os.pathsep.join(tools), "PYTHONPATH": str(folder)}
            readers[page] = Reader(folder, {**os.environ, **own})
        return readers[page]

    yield reader
    for found in readers.values():
        found.servers.close()


def outside_tools() -> list[str]:
    """Return where the tools of other projects are, if they have been set up."""
    python = Path(os.environ.get("NETKG_READERS", ROOT / ".venv-readers" / "bin" / "python"))
    return [str(python.parent)] if python.is_file() else []


@pytest.mark.parametrize("block", [block for blocks in BLOCKS.values() for block in blocks], ids=str)
def test_the_block_runs(block: Block, reader_of: Open) -> None:
    if block.not_run:
        pytest.skip(block.not_run)
    reader = reader_of(block.page)
    if block.needs and not reader.has(block.needs):
        pytest.skip(f"no {block.needs} on this machine")
    reader.read(block)


def test_no_page_leaves_the_tables_changed(reader_of: Open) -> None:
    changed = [
        f"{page}: {path.name}"
        for page in PAGES
        if BLOCKS[page]
        for path in sorted((ROOT / "data").iterdir())
        if (reader_of(page).folder / "data" / path.name).read_bytes() != path.read_bytes()
    ]
    assert changed == []


def test_the_queries_that_are_shown_have_answers(graph: kg.Graph) -> None:
    queries = [text for page in PAGES for text in shown(ROOT / page, "sparql")]
    assert [text for text in queries if not graph.select(text)] == []
    assert queries


@pytest.mark.parametrize(
    ("promised", "printed", "kept"),
    [
        (["a  b"], "a b\n", True),
        (["a"], "a\nb\n", False),
        (["a", "…"], "a\nb\nc\n", True),
        (["a", "…", "c"], "a\nb\nd\n", False),
        (["a b"], "a\n  b\n", True),
        (["a … c"], "a b c\n", True),
        (["1.5"], "1x5\n", False),
        ([], "", True),
    ],
)
def test_what_a_page_promises_is_compared(promised: list[str], printed: str, kept: bool) -> None:
    assert keeps(promised, printed) is kept


def test_a_console_block_is_commands_with_what_they_print() -> None:
    found = commands(Block("page.md", 1, "console", "$ one \\\n    two\n$ three\nsaid\n", 1))
    assert [(command.text, command.promised) for command in found] == [("one \\\n    two", []), ("three", ["said"])]


def test_a_block_without_a_command_is_refused() -> None:
    with pytest.raises(ValueError, match="no command before 'said'"):
        commands(Block("page.md", 1, "console", "said\n", 1))


def test_markers_are_read_and_unknown_languages_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- needs: robot -->\n```sh\na\n```\n\n<!-- not run: it installs -->\n\n```python\nb\n```\n\n```json\n{}\n```\n", encoding="utf-8")
    assert [(block.needs, block.not_run, block.body) for block in read_blocks(page, "page.md")] == [("robot", "", "a\n"), ("", "it installs", "b\n")]
    page.write_text("```perl\na\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md:1: a block of 'perl'"):
        list(read_blocks(page, "page.md"))
