"""How the processes of the engine talk: frames of marshalled plain values over socket pairs.

A job is ``length`` and a marshalled tuple; a reply is ``length of head``, ``length of body``, a marshalled head, and the
body as it is, so that a large answer is not copied once more.
"""

from __future__ import annotations

import logging
import marshal
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.serve.engine.problems import failed
from kg.serve.problem import Problem

LOG = logging.getLogger("netkg.serve")
CHUNK = 65536
JOB = struct.Struct("<Q")
REPLY = struct.Struct("<IQ")

OPEN, CHECKPOINT, FORGET = "@open", "@checkpoint", "@forget"
"""Jobs of our own: open another graph (a worker; no reply), copy the store, remove copies (the writer; no reply)."""
CHECKPOINTS = "checkpoints"
"""Folder in a store folder for the copies that workers read while a server writes."""

ANSWER, PROBLEM, FAULT = 0, 1, 2
"""Kinds of reply: what the call gave, a problem to pass on, and the traceback of a fault of ours."""


def pack_job(call: str, arguments: Mapping[str, Any]) -> bytes:
    """Return the frame of a job.

    :raises ValueError: when an argument is not a plain value
    """
    return pack((call, dict(arguments)))


def pack(value: Any) -> bytes:
    """Return plain values as one frame."""
    body = marshal.dumps(value)
    return JOB.pack(len(body)) + body


def unpack(heard: bytearray) -> Iterator[tuple[Any, ...]]:
    """Take the whole frames off the beginning of what was heard."""
    while len(heard) >= JOB.size and len(heard) >= (end := JOB.size + JOB.unpack_from(heard)[0]):
        message: tuple[Any, ...] = marshal.loads(heard[JOB.size : end])  # noqa: S302 - from our own process
        del heard[:end]
        yield message


class Inbox:
    """Takes frames from a blocking socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._heard = bytearray()

    def next(self) -> Any:
        """Return the plain values of the next frame.

        :raises EOFError: when the other side is gone
        """
        heard = self._heard
        while len(heard) < JOB.size:
            self._more(CHUNK)
        end = JOB.size + JOB.unpack_from(heard)[0]
        while len(heard) < end:
            self._more(end - len(heard))
        with memoryview(heard) as view:
            value = marshal.loads(view[JOB.size : end])  # noqa: S302 - from our own process
        del heard[:end]
        return value

    def _more(self, size: int) -> None:
        try:
            data = self._connection.recv(size)
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError
        self._heard += data


def send_reply(connection: socket.socket, head: tuple[Any, ...], body: bytes = b"") -> None:
    """Send a reply over a blocking socket.

    :raises OSError: when the other side is gone
    """
    packed = marshal.dumps(head)
    prefix = REPLY.pack(len(packed), len(body)) + packed
    if len(body) < CHUNK:
        connection.sendall(prefix + body)
    else:
        connection.sendall(prefix)
        connection.sendall(body)


ORDER = struct.Struct("<BI")
FORK, KILL, SLOW = 1, 2, 3
"""Orders of the front process to the nursery: a verb and the number of a worker; FORK carries the worker's socket."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What the nursery is told first.

    :param location: store folder, address of a server, or nothing when each worker is told what to open
    :param memory: bytes that a worker may take beyond the graph
    :param targets: addresses that SERVICE may call
    :param timeout: seconds that a server behind this one is given
    """

    location: str
    memory: int
    targets: tuple[str, ...]
    timeout: float


@dataclass(frozen=True, slots=True)
class WriterHello:
    """What the writer is told first.

    :param folder: store folder; made when there is none
    :param memory: bytes that it may take
    :param targets: addresses that LOAD and SERVICE may call
    :param clean: whether copies are removed that an earlier server left
    """

    folder: str
    memory: int
    targets: tuple[str, ...]
    clean: bool


def problem_head(problem: Problem) -> tuple[Any, ...]:
    """Return the head of a reply that passes a problem on."""
    return (PROBLEM, int(problem.status), problem.title, problem.detail, problem.code, problem.hint, problem.extra, problem.headers)


def failure(head: tuple[Any, ...]) -> Problem:
    """Return the problem that such a head carries; a fault of ours goes into the log."""
    if head[0] == PROBLEM:
        _, status, title, detail, code, hint, extra, headers = head
        return Problem(status, title, detail=detail, code=code, hint=hint, extra=extra, headers=headers)
    LOG.error("a call has a fault\n%s", head[1])
    return failed()
