"""Fixtures of the tests of the protocol."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.serving import TOKEN, Served, serving

AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The loop of the tests that are coroutines."""
    return "asyncio"


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A writable server on an empty store, for the tests of one module."""
    folder = tmp_path_factory.mktemp("writable")
    with serving(folder / "log", folder / "store", "--writable", "--token", TOKEN) as served:
        yield served


@pytest.fixture
def client(writable: Served) -> Iterator[httpx.Client]:
    """A client of the writable server that sends no token."""
    with httpx.Client(base_url=writable.address, timeout=60) as opened:
        yield opened


@pytest.fixture
def writer(writable: Served) -> Iterator[httpx.Client]:
    """A client of the writable server that sends the token."""
    with httpx.Client(base_url=writable.address, timeout=60, headers=AUTHORIZED) as opened:
        yield opened


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A read-only server on a store with one statement."""
    folder = tmp_path_factory.mktemp("read-only")
    with serving(folder / "first-log", folder / "store", "--writable", "--token", TOKEN) as served:
        httpx.post(f"{served.address}/update", data={"update": "INSERT DATA { <a:s> <a:p> 'o' }"}, headers=AUTHORIZED).raise_for_status()
    with serving(folder / "log", folder / "store") as served:
        yield served


@pytest.fixture
def reader(read_only: Served) -> Iterator[httpx.Client]:
    """A client of the read-only server."""
    with httpx.Client(base_url=read_only.address, timeout=60) as opened:
        yield opened
