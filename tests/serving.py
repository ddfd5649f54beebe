"""Starts real servers for tests: the command ``netkg serve`` in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import BuiltGraph

PATIENCE = 60.0
"""Seconds in which a server must say its address, and in which it must end."""
ADDRESS = re.compile(r"http://\S+")


@dataclass(frozen=True)
class Served:
    """A server that runs.

    :param address: without a slash at its end
    :param log: file that has its standard error
    """

    address: str
    process: subprocess.Popen[str]
    log: Path

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


Serve = Callable[..., Served]
"""Starts a server on a store folder (or none, with ``--backend``) with further options."""


@contextmanager
def serving(log: Path, store: Path | None, *options: str) -> Iterator[Served]:
    """Run ``netkg serve`` on a free port while the block lasts.

    :param log: file that gets its standard error
    """
    command = [sys.executable, "-P", "-c", "from kg.cli.main import run; run()", "serve", "--port", "0", *options]
    command += ["--store", str(store)] if store else []
    with log.open("w") as stderr, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            line = process.stdout.readline() if process.stdout else ""
            watchdog.cancel()
            address = ADDRESS.search(line)
            assert address, f"the server did not start: {log.read_text()}"
            yield Served(address[0].rstrip("/"), process, log)
        finally:
            watchdog.cancel()
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="session")
def server(built: BuiltGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a read-only server over the real graph, without a slash at its end; all tests share it."""
    with serving(tmp_path_factory.mktemp("server") / "log", built.folder) as served:
        yield served.address


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers of its own for a test, with options; they end with the test."""
    with ExitStack() as stack:
        count = iter(range(100))

        def start(store: Path | None, *options: str) -> Served:
            return stack.enter_context(serving(tmp_path / f"log{next(count)}", store, *options))

        yield start


TOKEN = "a token for tests"


@pytest.fixture
def writable_server(serve: Serve, tmp_path: Path) -> Callable[..., Served]:
    """Starts writable servers on empty stores of their own; writers send :data:`TOKEN`."""
    count = iter(range(100))

    def start(*options: str) -> Served:
        return serve(tmp_path / f"writable{next(count)}", "--writable", "--token", TOKEN, *options)

    return start
