"""From what a worker gives back to what goes over the wire: validators, compression, headers."""

from __future__ import annotations

import asyncio
import gzip as packing
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus

from kg.serve.calls import Reply
from kg.serve.http.headers import Headers

SMALLEST = 1024
"""Bytes from which on compression is worth its while."""
LEVEL = 5
"""Of gzip: much faster than 9, hardly larger."""
IN_THREAD = 64 * 1024
"""Bytes from which on compression would hold up other requests."""
PACKED = ("image/png", "application/zip", "application/gzip", "font/")
"""Kinds of content that are compressed already."""


VARY = (b"vary", b"Accept, Accept-Encoding")


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer.

    :param headers: all but those that every answer carries
    """

    status: int
    headers: Headers
    body: bytes


def etag(*parts: object) -> str:
    """Return a strong validator for a representation that these parts determine."""
    return f'"{blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def unchanged(if_none_match: str, tag: str) -> bool:
    """Tell whether a client has the representation already (weak comparison, as RFC 9110 wants here)."""
    return bool(tag) and (if_none_match.strip() == "*" or tag in (candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")))


def compressible(reply: Reply) -> bool:
    """Tell whether compressing a body is worth its while."""
    return len(reply.body) >= SMALLEST and not reply.media_type.startswith(PACKED)


async def compressed(body: bytes) -> bytes:
    """Return a body as gzip writes it, the same bytes each time; large ones in a thread, where they hold up nobody."""
    if len(body) < IN_THREAD:
        return packing.compress(body, LEVEL, mtime=0)
    return await asyncio.to_thread(packing.compress, body, LEVEL, mtime=0)


async def finish(reply: Reply, tag: str, *, gzip: bool) -> Answer:
    """Return the answer that carries a reply.

    :param tag: validator; empty when the answer must not be kept
    :param gzip: whether the client likes gzip
    """
    headers: Headers = [
        (b"content-type", reply.media_type.encode()),
        *validators(tag),
        *((name.lower().encode(), value.encode()) for name, value in reply.headers),
    ]
    body = reply.body
    if gzip and compressible(reply):
        body = await compressed(body)
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    return Answer(HTTPStatus.OK, headers, body)


def not_modified(tag: str) -> Answer:
    """Return the answer to a client that has the representation already."""
    return Answer(HTTPStatus.NOT_MODIFIED, validators(tag), b"")


def validators(tag: str) -> Headers:
    """Return the headers that let a client keep an answer and ask whether it still holds."""
    return [VARY, (b"etag", tag.encode()), (b"cache-control", b"no-cache")] if tag else [VARY, (b"cache-control", b"no-store")]
