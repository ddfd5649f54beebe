"""The servers that the suites run against."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.client import Endpoint
from tests.serving import TOKEN, server, serving

__all__ = ["server"]

PATIENCE = 20.0
"""Seconds in which the peer must answer."""


@pytest.fixture(scope="session")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A writable server over an empty store; the default graph is not the union of all, as the suites expect."""
    folder = tmp_path_factory.mktemp("writable")
    with serving(folder / "log", folder / "store", "--writable", "--token", TOKEN, "--no-union") as served:
        yield _endpoint(served.address, {"Authorization": f"Bearer {TOKEN}"})


@pytest.fixture(scope="session")
def read_only(server: str) -> Endpoint:
    """A read-only server over the real graph."""
    return _endpoint(server, {})


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The server of the engine's own makers, in memory: what the best known implementation does with the same tests."""
    binary = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if binary is None:
        pytest.skip("the oxigraph server is not installed")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    log = tmp_path_factory.mktemp("oxigraph") / "log"
    with log.open("wb") as output, subprocess.Popen([binary, "serve", "--bind", f"127.0.0.1:{port}"], stdout=output, stderr=output) as process:
        try:
            _wait(port, log)
            address = f"http://127.0.0.1:{port}"
            yield Endpoint(f"{address}/query", f"{address}/update", f"{address}/store")
        finally:
            process.kill()


def _wait(port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def _endpoint(address: str, headers: dict[str, str]) -> Endpoint:
    return Endpoint(f"{address}/sparql", f"{address}/update", f"{address}/store", headers)
