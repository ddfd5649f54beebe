"""Clients that take their time, in one process with the server so that its patience can be made short."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from kg.serve.calls import Reply
from kg.serve.engine.job import Job
from kg.serve.http import wire
from kg.serve.http.sparql import Endpoint
from kg.serve.http.wire import connections
from kg.serve.settings import ServeSettings
from tests.serve.http.test_wire import get

LARGE = bytes(range(256)) * 2**16


class Engine:
    """Answers each query with much, after longer than a head may take."""

    version = "1"

    async def start(self) -> None:
        """Do nothing."""

    async def run(self, job: Job) -> Reply:  # noqa: ARG002 - the signature is the engine's
        """Answer."""
        await asyncio.sleep(0.3)
        return Reply("text/csv", LARGE)

    write = run

    def health(self) -> Mapping[str, int | float | str]:
        """Say nothing."""
        return {}

    async def close(self) -> None:
        """Do nothing."""


async def unread(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - the signature is ASGI's
    """Answer without reading the body."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a connection to a server that lasts as long."""
    endpoint = Endpoint(ServeSettings(), Engine())
    config = uvicorn.Config(unread, log_config=None, lifespan="off", interface="asgi3")
    config.load()
    state, protocol = ServerState(), connections(endpoint, "", 10)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        server.close()
        while state.connections:
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"HEAD_SECONDS": 0.1, "REST_SECONDS": 0.1, "STALLED_SECONDS": 1.0}.items():
        monkeypatch.setattr(wire, name, seconds)


@pytest.mark.anyio
@pytest.mark.parametrize("beginning", [b"GET / HTTP/1.1\r\nHo", b"G", get("ASK {}")[:-1]])
async def test_a_head_must_come_in_time(beginning: bytes) -> None:
    async with connected() as (reader, writer):
        writer.write(beginning)
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["limit"] == 0.1


@pytest.mark.anyio
async def test_a_head_that_drips_is_not_waited_for() -> None:
    async with connected() as (reader, writer):
        answer = asyncio.create_task(reader.read())
        for byte in get("ASK {}"):
            if answer.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05)
        else:
            pytest.fail("it was waited for")
        with suppress(ConnectionResetError):  # it was still sending
            assert answer.result().startswith(b"HTTP/1.1 408 ")


@pytest.mark.anyio
async def test_a_connection_on_which_nothing_is_said_ends() -> None:
    async with connected() as (reader, _):
        assert await reader.read() == b""


@pytest.mark.anyio
async def test_the_rest_of_a_body_that_nobody_reads_must_come_in_time() -> None:
    async with connected() as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab")
        assert (await reader.readline()).startswith(b"HTTP/1.1 404 ")
        with suppress(ConnectionResetError):
            await reader.read()


@pytest.mark.anyio
async def test_a_client_that_takes_nothing_is_given_up() -> None:
    async with connected() as (reader, writer):  # the reader takes a little and waits
        writer.write(get("ASK {}"))
        while not writer.transport.is_closing():
            await asyncio.sleep(0.05)
            writer.write(b"\r\n")  # to learn of the reset
        with pytest.raises(ConnectionError):
            await reader.readexactly(len(LARGE))


@pytest.mark.anyio
async def test_a_client_that_takes_its_time_gets_all() -> None:
    async with connected() as (reader, writer):
        writer.write(get("ASK {}"))
        head = await reader.readuntil(b"\r\n\r\n")
        body = b""
        while piece := await reader.read(min(2**20, len(LARGE) - len(body))):
            body += piece
            if len(body) < 2**23:
                await asyncio.sleep(0.01)
    assert b"\r\ncontent-length: %d\r\n" % len(LARGE) in head
    assert body == LARGE
