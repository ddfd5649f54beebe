"""Reading the body of a request within its limits of size and time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from kg.serve.http.protocol import unsupported
from kg.serve.problem import Problem

PATIENCE = 30.0
"""Seconds that a client may take for its body, ..."""
SLOWEST = 10_000
"""... and one more for each so many bytes that came: who sends a byte now and then does not hold a connection for ever."""
PASSED_SECONDS = 5.0
PASSED_BYTES = 2**28
"""How long and how far the rest of a body that is too large is taken and dropped."""


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int, *, setting: str = "request_bytes") -> bytes:
    """Return the body of a request, unpacked if it came as gzip.

    :param limit: bytes that it may have, packed or not
    :param setting: name of the limit, for the message
    :raises Problem: when it is too large, comes too slowly, or is packed in a way that is not understood
    :raises ClientDisconnect: when the client went away
    """
    coding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip", ""):
        raise unsupported(f"the content encoding {coding!r} is not understood", "send the body as it is, or packed with gzip")
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > limit:
        await _pass_over(receive, headers)
        raise too_large(limit, setting)
    unpack = zlib.decompressobj(wbits=31) if coding.endswith("gzip") else None
    pieces: list[bytes] = []
    size = received = 0
    start = asyncio.get_running_loop().time()
    while True:
        message = await _next(receive, start + PATIENCE + received / SLOWEST)
        piece: bytes = message.get("body", b"")
        received += len(piece)
        if unpack:
            piece = _unpacked(unpack, piece, limit - size)
        size += len(piece)
        if size > limit:
            if message.get("more_body"):
                await _pass_over(receive, headers)
            raise too_large(limit, setting)
        pieces.append(piece)
        if not message.get("more_body"):
            break
    if unpack and (not unpack.eof or unpack.unused_data):
        raise Problem(HTTPStatus.BAD_REQUEST, "the body is not one whole gzip member", code="GZIP")
    return b"".join(pieces)


async def _next(receive: Receive, deadline: float) -> Message:
    try:
        async with asyncio.timeout_at(deadline):
            message = await receive()
    except TimeoutError:
        raise Problem(
            HTTPStatus.REQUEST_TIMEOUT,
            "the body of the request comes too slowly",
            detail=f"{PATIENCE:g} seconds, and one more for each {SLOWEST} bytes, are enough",
            code="SLOW-REQUEST",
            headers={"Connection": "close"},
        ) from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message


async def _pass_over(receive: Receive, headers: Mapping[bytes, bytes]) -> None:
    """Take the rest of a body and drop it, for a while: a client that is still sending when the connection ends never sees the answer."""
    if b"expect" in headers:
        return  # it waits for a word before it sends
    passed = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(PASSED_SECONDS):
            while passed < PASSED_BYTES:
                message = await receive()
                passed += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return


def _unpacked(unpack: zlib._Decompress, piece: bytes, room: int) -> bytes:
    """Return what a piece unpacks to; never much more than there is room for, whatever it would become."""
    try:
        return unpack.decompress(piece, room + 1)
    except zlib.error:
        raise Problem(HTTPStatus.BAD_REQUEST, "the body is not packed with gzip, as its Content-Encoding says", code="GZIP") from None


def too_large(limit: int, setting: str) -> Problem:
    """Return the problem of a body beyond the limit."""
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the request is larger than {limit} bytes",
        code="REQUEST-SIZE",
        hint=f"send less, or ask the operator to raise the limit {setting}",
        extra={"limit": limit, "setting": setting},
        headers={"Connection": "close"},
    )
