"""The front's end of a worker's socket; it never blocks."""

from __future__ import annotations

import asyncio
import marshal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kg.serve.engine import frames

CHUNK = 1 << 16


class Link:
    """Sends frames of jobs and receives replies."""

    __slots__ = ("_descriptor", "_filled", "_into", "_loop", "_on_gone", "_on_reply", "_rest", "_socket")

    def __init__(self, loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._loop = loop
        self._socket = connection
        self._descriptor = connection.fileno()
        self._rest = memoryview(b"")
        self._into: bytearray | None = None
        self._filled = 0

    def listen(self, on_reply: Callable[[tuple[Any, ...], bytes], None], on_gone: Callable[[], None] = lambda: None) -> None:
        """Begin to receive.

        :param on_reply: called with the head and the body of each reply
        :param on_gone: called when the other side is gone
        """
        self._on_reply, self._on_gone = on_reply, on_gone
        self._loop.add_reader(self._descriptor, self._readable)

    def send(self, frame: bytes) -> bool:
        """Send a frame; what the socket cannot take now follows as soon as it can. Return whether the other side is there."""
        if self._rest:
            self._rest = memoryview(bytes(self._rest) + frame)
            return True
        try:
            sent = self._socket.send(frame)
        except BlockingIOError:
            sent = 0
        except OSError:
            return False
        if sent < len(frame):
            self._rest = memoryview(frame)[sent:]
            self._loop.add_writer(self._descriptor, self._writable)
        return True

    def drain(self) -> None:
        """Receive what the other side, which has ended, had sent before."""
        with suppress(BlockingIOError):
            while self._descriptor >= 0 and self._received():
                pass

    def close(self) -> None:
        """Give the socket back."""
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            self._descriptor = -1
            self._socket.close()

    def _writable(self) -> None:
        try:
            self._rest = self._rest[self._socket.send(self._rest) :]
        except BlockingIOError:
            return
        except OSError:
            self._rest = memoryview(b"")
        if not self._rest:
            self._loop.remove_writer(self._descriptor)

    def _readable(self) -> None:
        try:
            there = self._received()
        except BlockingIOError:
            return
        if not there and self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            self._on_gone()

    def _received(self) -> bool:
        """Receive a piece; return whether the other side may send more.

        :raises BlockingIOError: when there is nothing just now
        """
        try:
            if self._into is None:
                data = self._socket.recv(CHUNK)
                count = len(data)
            else:
                data = b""
                count = self._socket.recv_into(memoryview(self._into)[self._filled :])
        except BlockingIOError:
            raise
        except OSError:
            return False
        if not count:
            return False
        if self._into is None:
            self._first(data)
            return True
        self._filled += count
        if self._filled == len(self._into):
            whole, self._into = self._into, None
            self._reply(whole)
        return True

    def _first(self, data: bytes) -> None:
        """Take the beginning of a reply; the other side sends prefix and head at once, so that the prefix is whole."""
        head, body = frames.REPLY.unpack_from(data)
        end = frames.REPLY.size + head + body
        if len(data) < end:
            self._into = bytearray(end)
            self._into[: len(data)] = data
            self._filled = len(data)
            return
        self._reply(data[:end])
        if len(data) > end and self._descriptor >= 0:
            self._first(data[end:])

    def _reply(self, data: bytes | bytearray) -> None:
        start = frames.REPLY.size + frames.REPLY.unpack_from(data)[0]
        with memoryview(data) as view:
            head, body = marshal.loads(view[frames.REPLY.size : start]), bytes(view[start:])  # noqa: S302 - from our own process
        self._on_reply(head, body)
