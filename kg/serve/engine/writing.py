"""The front's side of the writer: one write after the other, each stopped at its limit, and copies for those who read."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import subprocess
import tempfile
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO, Any

from kg.errors import NetKGError, StoreError
from kg.serve.calls import Reply
from kg.serve.engine import frames, problems
from kg.serve.engine.job import Job
from kg.serve.engine.keeper import ended, start_process
from kg.serve.engine.link import Link
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings

LOG = logging.getLogger("netkg.serve")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """An immutable copy of the store.

    :param writes: number of writes that it holds at least
    """

    path: str
    writes: int


@dataclass(slots=True, eq=False)
class _Process:
    process: subprocess.Popen[bytes]
    link: Link
    errors: IO[bytes]
    ready: asyncio.Future[str]
    waiting: dict[int, asyncio.Future[tuple[tuple[Any, ...], bytes]]]


class Writing:
    """Keeps the writer process.

    :param location: store folder; made when there is none
    """

    def __init__(self, location: str, settings: ServeSettings) -> None:
        self._folder = Path(location).expanduser()
        self._settings = settings
        self._process: _Process | None = None
        self._numbers = itertools.count(1)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._writes = 0
        self._checkpoints: set[str] = set()
        self._closing = False
        self._door = asyncio.Lock()
        self._dying: list[subprocess.Popen[bytes]] = []
        self._revival: asyncio.Task[None] | None = None
        self.version = ""

    async def start(self) -> None:
        """Open the store for writing.

        :raises StoreError: when it cannot be opened, or another process writes to it
        """
        if str(self._folder).startswith(("http:", "https:")):
            raise StoreError("a server behind this one cannot be written to", hint="write to it directly, or leave out --writable")
        self._loop = asyncio.get_running_loop()
        await self._begin(clean=True)

    def ahead_of(self, place: Checkpoint | None) -> bool:
        """Say whether something was written since a copy was made."""
        return place is None or place.writes < self._writes

    async def run(self, job: Job) -> Reply:
        """Do a job of the writer; see :meth:`kg.serve.engine.job.Engine.write`."""
        await self._take_turn()
        try:
            limit = min(job.timeout or self._settings.write_timeout, self._settings.write_timeout)
            head, body = await self._ask(job.call, job.arguments, limit)
        finally:
            self._turn.release()
        _, media_type, headers, self.version = head
        self._writes += 1
        return Reply(media_type, body, headers)

    async def checkpoint(self) -> Checkpoint:
        """Have a copy made that holds all that was written up to now; a write that goes on does not delay it.

        :raises Problem: when that fails
        """
        try:
            return await self._checkpoint()
        except Problem as problem:
            if problem.code != problems.UNAVAILABLE:
                raise
        return await self._checkpoint()  # a write was stopped just then, and the writer with it

    async def _checkpoint(self) -> Checkpoint:
        writes = self._writes
        path = str(self._folder / frames.CHECKPOINTS / f"{os.getpid()}-{next(self._numbers)}")
        await self._ask(frames.CHECKPOINT, {"path": path}, self._settings.timeout)
        self._checkpoints.add(path)
        return Checkpoint(path, writes)

    def keep_only(self, paths: Collection[str]) -> None:
        """Have all other copies removed."""
        gone = self._checkpoints.difference(paths)
        self._checkpoints -= gone
        if gone and self._process:
            self._process.link.send(frames.pack_job(frames.FORGET, {"paths": sorted(gone)}))

    async def close(self) -> None:
        """End the writer; a write that goes on is undone."""
        self._closing = True
        if self._revival is not None:
            self._revival.cancel()
            await asyncio.gather(self._revival, return_exceptions=True)
        while self._dying:
            await ended(self._dying.pop(), 10)
        process, self._process = self._process, None
        if process is not None:
            process.link.close()
            await ended(process.process, 10)
            process.errors.close()
            _fail_all(process, problems.stopping())

    async def _take_turn(self) -> None:
        if self._waiting >= self._settings.waiting:
            raise problems.busy("too many writes are waiting already")
        self._waiting += 1
        try:
            await asyncio.wait_for(self._turn.acquire(), self._settings.patience)
        except TimeoutError:
            raise problems.busy(f"this waited for its turn for {self._settings.patience:g} seconds") from None
        finally:
            self._waiting -= 1

    async def _ask(self, call: str, arguments: Any, limit: float) -> tuple[tuple[Any, ...], bytes]:
        if self._closing:
            raise problems.stopping()
        process = self._process or await self._started()
        number = next(self._numbers)
        future: asyncio.Future[tuple[tuple[Any, ...], bytes]] = self._loop.create_future()
        process.waiting[number] = future
        process.link.send(frames.pack_job(call, {"number": number} | dict(arguments)))
        start = time.monotonic()
        try:
            head, body = await asyncio.wait_for(future, limit)
        except TimeoutError:
            self._kill(process)
            raise problems.too_slow(limit, time.monotonic() - start) from None
        except asyncio.CancelledError:
            self._kill(process)
            raise
        if head[0] != frames.ANSWER:
            raise frames.failure(head)
        return head, body

    def _kill(self, process: _Process) -> None:
        """Kill the writer: its store undoes what was not finished."""
        process.process.kill()
        process.link.close()
        process.errors.close()
        self._dying.append(process.process)
        self._lost(process, problems.unavailable("the writer is started again"))

    def _lost(self, process: _Process, problem: Problem) -> None:
        """Go on without a writer that ended, and start another."""
        if self._process is process:
            self._process = None
        self._writes += 1  # what was written last may have been finished just before the end
        _fail_all(process, problem)
        if not self._closing and self._revival is None:
            self._revival = self._loop.create_task(self._revive())

    async def _revive(self) -> None:
        try:
            with suppress(Problem):  # it is in the log; whoever needs the writer next tries again
                await self._started()
        finally:
            self._revival = None

    async def _started(self) -> _Process:
        async with self._door:
            while self._dying:
                await ended(self._dying[-1], 10)
                self._dying.pop()
            if self._process is not None:
                return self._process
            try:
                return await self._begin(clean=False)
            except NetKGError as error:
                LOG.error("the writer cannot be started again: %s", error)
                raise problems.unavailable("the store cannot be opened for writing") from None

    async def _begin(self, *, clean: bool) -> _Process:
        hello = frames.WriterHello(str(self._folder), self._settings.memory_bytes, self._settings.service_targets, clean)
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
        started, connection = start_process("kg.serve.engine.writer", astuple(hello), errors)
        process = _Process(started, Link(self._loop, connection), errors, self._loop.create_future(), {})
        process.link.listen(lambda head, body: self._replied(process, head, body), lambda: self._gone(process))
        try:
            self.version = await process.ready
        except BaseException:
            process.link.close()
            await ended(started, 0 if not process.ready.done() else 5)
            errors.close()
            raise
        self._process = process
        return process

    def _replied(self, process: _Process, head: tuple[Any, ...], body: bytes) -> None:
        match head:
            case ("ready", version):
                process.ready.set_result(version)
            case ("failed", text, where, hint):
                process.ready.set_exception(StoreError(text, where=where, hint=hint))
            case (number, *rest):
                future = process.waiting.pop(number)
                if not future.done():
                    future.set_result((tuple(rest), body))

    def _gone(self, process: _Process) -> None:
        """Tell those who wait why the writer ended."""
        process.link.close()
        if not process.ready.done():
            process.ready.set_exception(StoreError("the process that opens the store for writing ended at once", where=str(self._folder)))
            return
        status = process.process.wait()
        with process.errors as errors:
            errors.seek(0)
            words = errors.read().decode(errors="replace").strip()
        LOG.warning("the writer ended with status %d: %s", status, words[-500:])
        self._lost(process, problems.ended(status, words))


def _fail_all(process: _Process, problem: Problem) -> None:
    for future in process.waiting.values():
        if not future.done():
            future.set_exception(problem)
