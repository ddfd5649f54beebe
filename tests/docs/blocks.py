"""Reads the blocks of commands and of Python out of pages, and runs them in order, as a reader of the page would.

A block that needs a tool that may be absent says so in a comment before it, ``<!-- needs: robot -->``; one that must not
run in tests says why, ``<!-- not run: it installs packages -->``. There is no other way round.

In a ``console`` block the lines that begin with ``$`` are commands, and what stands below a command is what it prints;
``…`` stands for any text, of any length. A server that a page starts listens on a free port
instead of the one that the page names, and ends with the page.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from tests.serving import serving

SHELL = ("console", "sh", "bash")
PYTHON = ("python", "py")
SHOWN = ("r", "json", "yaml", "nginx", "sparql", "text", "turtle", "cypher", "html", "js", "xml", "toml", "mermaid", "")
"""Languages of blocks that are to be read."""
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
MARKER = re.compile(r"<!-- (needs|not run): ([^\n]+?) -->\s*\Z")
SERVE = re.compile(r"(?P<variables>(?:\w+=\S+ )*)netkg serve(?P<options>(?: [^#]*)?)(?:#.*)?")
PORT = re.compile(r"--port (\d+)")
USUAL_PORT = "7777"
MOST = 3000
"""Characters of what a command printed that are shown when it is not what the page says."""
PATIENCE = 300.0
"""Seconds that a command of a page may take."""


@dataclass(frozen=True)
class Block:
    """One block of a page.

    :param number: counted from one, among those that could run
    :param needs: a tool without which it is skipped
    :param not_run: why it must not run
    """

    page: str
    number: int
    language: str
    body: str
    line: int
    needs: str = ""
    not_run: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def read_blocks(path: Path, page: str) -> Iterator[Block]:
    """Yield the blocks of a page that can run.

    :raises ValueError: when a block is of a language that nobody knows
    """
    text, number = path.read_text(encoding="utf-8"), 0
    for found in FENCE.finditer(text):
        language = found["language"].strip().removesuffix(" slow")  # for readers: it takes a while
        if language in SHOWN:
            continue
        line = text.count("\n", 0, found.start()) + 1
        if language not in SHELL + PYTHON:
            raise ValueError(f"{page}:{line}: a block of {language!r}")
        number += 1
        marker = MARKER.search(text, 0, found.start())
        kind, said = (marker[1], marker[2]) if marker else ("", "")
        body = re.sub(rf"^{found['indent']}", "", found["body"], flags=re.MULTILINE)
        yield Block(page, number, language, body, line, said if kind == "needs" else "", said if kind == "not run" else "")


def shown(path: Path, language: str) -> list[str]:
    """Return the texts of a page's blocks in a language that is to be read."""
    return [found["body"] for found in FENCE.finditer(path.read_text(encoding="utf-8")) if found["language"].strip() == language]


@dataclass
class Command:
    """A command of a console block with what it is said to print."""

    text: str
    promised: list[str] = field(default_factory=list)


def commands(block: Block) -> list[Command]:
    """Return what a shell block runs, piece by piece.

    :raises ValueError: when a console block begins with no command
    """
    if block.language != "console":
        return [Command(block.body)]
    found: list[Command] = []
    for line in block.body.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        elif found and found[-1].text.endswith("\\") and not found[-1].promised:
            found[-1].text += f"\n{line.removeprefix('> ')}"
        elif found:
            found[-1].promised.append(line)
        else:
            raise ValueError(f"{block}: no command before {line!r}")
    return found


def keeps(promised: list[str], printed: str) -> bool:
    """Return whether something printed is what a page promises; how lines are broken is all the same."""
    parts = (re.escape(" ".join(part.split())) for part in "\n".join(promised).split("…"))
    return re.fullmatch(r"\s*" + ".*".join(parts) + r"\s*", " ".join(printed.split()), re.DOTALL) is not None


class Reader:
    """Somebody who types a page's blocks into one shell and one Python."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.names: dict[str, object] = {"__name__": "__main__"}
        self.ports: dict[str, str] = {}
        self.servers = ExitStack()

    def has(self, tool: str) -> bool:
        """Return whether a tool is there."""
        return shutil.which(tool, path=self.environment["PATH"]) is not None

    def read(self, block: Block) -> None:
        """Run a block.

        :raises AssertionError: when a command fails, or prints something else than the page says
        """
        if block.language in PYTHON:
            self._python(block)
            return
        for command in commands(block):
            printed = self._shell(self._here(command.text), block)
            assert not command.promised or keeps(command.promised, printed), f"{block}: {command.text}\nprinted:\n{printed[:MOST]}"

    def _here(self, text: str) -> str:
        """Return text with the addresses of the servers as they are now."""
        for named, port in self.ports.items():
            text = text.replace(f"127.0.0.1:{named}", f"127.0.0.1:{port}")
        return text

    def _shell(self, text: str, block: Block) -> str:
        serve = SERVE.fullmatch(text.strip())
        if serve:
            self._serve(serve["variables"], serve["options"])
            return ""
        state = self.folder / ".environment"
        script = f"{text}\nexport -p > {state}"
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{block}: {text}\nexit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        self._remember(state)
        return done.stdout

    def _remember(self, state: Path) -> None:
        """Take over what a block has exported."""
        said = subprocess.run(["/bin/bash", "-c", f"source {state}; env -0"], env={}, capture_output=True, text=True, check=True).stdout
        self.environment = dict(pair.split("=", 1) for pair in said.split("\0") if "=" in pair)

    def _serve(self, variables: str, options: str) -> None:
        named = PORT.search(options)
        with self._inside(dict(pair.split("=", 1) for pair in variables.split())):
            served = self.servers.enter_context(serving(self.folder / "server.log", None, *shlex.split(PORT.sub("", options))))
        self.ports[named[1] if named else USUAL_PORT] = str(urlsplit(served.address).port)

    def _python(self, block: Block) -> None:
        program = compile(self._here(block.body), str(block), "exec")
        with self._inside({}), redirect_stdout(StringIO()):
            exec(program, self.names)  # noqa: S102 - the page's own example

    @contextmanager
    def _inside(self, variables: dict[str, str]) -> Iterator[None]:
        """Be where the page's shell is."""
        before, place = dict(os.environ), Path.cwd()
        os.environ.update(self.environment | variables)
        os.chdir(self.folder)
        try:
            yield
        finally:
            os.chdir(place)
            os.environ.clear()
            os.environ.update(before)
