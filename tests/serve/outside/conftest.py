"""The graph in other projects' servers, pushed there once by our own command."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import BuiltGraph
from tests.serve.outside.servers import Outside, fuseki, fuseki_jar, virtuoso

PUSH_SECONDS = 900


def push(built: BuiltGraph, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``netkg push`` on the built graph."""
    command = [sys.executable, "-P", "-c", "from kg.cli.main import run; run()", "push", "--store", str(built.folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PUSH_SECONDS)


@pytest.fixture(scope="session")
def in_fuseki(built: BuiltGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """Apache Jena Fuseki with the graph in it."""
    jar = fuseki_jar() if shutil.which("java") else None
    if jar is None:
        pytest.skip("needs Java, and Fuseki's server jar in Maven's store or within Maven's reach")
    with fuseki(tmp_path_factory.mktemp("fuseki"), jar) as server:
        done = push(built, server.graph_store)
        assert done.returncode == 0, done.stderr
        yield server


@pytest.fixture(scope="session")
def in_virtuoso(built: BuiltGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """Virtuoso with the graph in it."""
    if not (shutil.which("virtuoso-t") and shutil.which("isql-vt")):
        pytest.skip("needs Virtuoso (Debian: virtuoso-opensource-7)")
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        done = push(built, server.graph_store, "--user", server.user, "--password", server.user)
        assert done.returncode == 0, done.stderr
        yield server


@pytest.fixture(params=["fuseki", "virtuoso"])
def outside(request: pytest.FixtureRequest) -> Outside:
    """Each of the servers."""
    server: Outside = request.getfixturevalue(f"in_{request.param}")
    return server
