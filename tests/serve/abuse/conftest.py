"""Servers with small limits, and a look at them after each test."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.conftest import BuiltGraph
from tests.serve.abuse.target import OPTIONS, Target, eventually
from tests.serving import serving

collect_ignore = [] if sys.platform == "linux" else ["."]


@pytest.fixture(scope="session")
def abused(built: BuiltGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server with small limits."""
    with serving(tmp_path_factory.mktemp("abused") / "log", built.folder, *OPTIONS) as served:
        yield Target(served.address, served.process.pid)


@pytest.fixture
def target(abused: Target) -> Iterator[Target]:
    """The server with small limits; after the test it must be well, and nothing may run in it any more."""
    yield abused
    assert abused.works()
    assert eventually(lambda: not abused.health()["engine"]["running"] and not abused.health()["engine"]["waiting"]), abused.health()


@pytest.fixture(scope="session")
def patient(built: BuiltGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server whose time limit no test reaches."""
    with serving(tmp_path_factory.mktemp("patient") / "log", built.folder, "--timeout", "300", "--queries", "4") as served:
        yield Target(served.address, served.process.pid)


@pytest.fixture(scope="session")
def strict(built: BuiltGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server that trusts no proxy on this machine."""
    with serving(tmp_path_factory.mktemp("strict") / "log", built.folder, "--trusted-proxies", "192.0.2.1") as served:
        yield Target(served.address, served.process.pid)
