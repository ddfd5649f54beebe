"""The front's side of the nursery: starts it, has it fork and end workers, and hears how they ended."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Any

from kg.errors import StoreError
from kg.serve.engine import frames


def start_process(module: str, hello: object, errors: IO[bytes] | None = None) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start one of the engine's processes; return it with our end of the socket to it.

    :param hello: plain values that it reads first
    :param errors: where its standard error goes, if not to ours
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", module, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    ours.sendall(frames.pack(hello))
    ours.setblocking(False)
    return process, ours


async def ended(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for a process that was told to end; kill it when it does not within so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while process.poll() is None and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.005)
    if process.poll() is None:
        process.kill()
    process.wait()


def processor_time(pid: int) -> float | None:
    """Return the seconds that a process has spent on a processor, or nothing where the system does not say."""
    if sys.platform != "linux":
        return None
    try:
        return time.clock_gettime((~pid << 3) | 2)  # the number of its clock: clock_getcpuclockid(3)
    except OSError:
        return None


class Keeper:
    """Keeps one nursery.

    :param on_forked: called with a worker's number and its process number
    :param on_ended: called with a worker's number, its exit status and its last words when it ended
    :param on_gone: called when the nursery itself ended without being told to
    """

    def __init__(self, on_forked: Callable[[int, int], None], on_ended: Callable[[int, int, str], None], on_gone: Callable[[], None]) -> None:
        self._on_forked = on_forked
        self._on_ended = on_ended
        self._on_gone = on_gone
        self._heard = bytearray()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    async def start(self, hello: object) -> str:
        """Start the nursery; return the tag of the graph once it is open.

        :param hello: plain values of :class:`kg.serve.engine.frames.Hello`
        :raises StoreError: when the graph cannot be opened
        """
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[str] = self._loop.create_future()
        self._process, self._control = start_process("kg.serve.engine.nursery", hello)
        self._loop.add_reader(self._control.fileno(), self._hear)
        try:
            return await self._ready
        except BaseException:
            await self.close()
            raise

    def fork(self, worker: int, connection: socket.socket) -> None:
        """Have a worker forked that listens on a socket."""
        self._order(frames.FORK, worker, [connection.fileno()])

    def kill(self, worker: int) -> None:
        """Have a worker killed."""
        self._order(frames.KILL, worker)

    def slow_down(self, worker: int) -> None:
        """Have a worker give way to others."""
        self._order(frames.SLOW, worker)

    async def close(self) -> None:
        """Have the nursery end, and its workers with it."""
        self._let_go()
        if self._process is not None:
            await ended(self._process, 5)

    def _let_go(self) -> None:
        control, self._control = self._control, None
        if control is not None:
            self._loop.remove_reader(control.fileno())
            control.close()

    def _order(self, verb: int, worker: int, descriptors: Sequence[int] = ()) -> None:
        if self._control is not None:
            with suppress(OSError):  # it is gone, as we shall hear
                socket.send_fds(self._control, [frames.ORDER.pack(verb, worker)], list(descriptors))

    def _hear(self) -> None:
        if self._control is None:
            return
        try:
            data = self._control.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._heard += data
        for message in frames.unpack(self._heard):
            self._told(message)
        if not data:
            self._gone()

    def _gone(self) -> None:
        if self._control is None:
            return
        self._let_go()
        if self._ready.done():
            self._on_gone()
        else:
            self._ready.set_exception(StoreError("the process that opens the graph ended at once", hint="is there enough memory?"))

    def _told(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("ready", version) if not self._ready.done():
                self._ready.set_result(version)
            case ("failed", text, where, hint) if not self._ready.done():
                self._ready.set_exception(StoreError(text, where=where, hint=hint))
            case ("forked", worker, pid):
                self._on_forked(worker, pid)
            case ("ended", worker, status, words):
                self._on_ended(worker, status, words)
