"""The front's side of the engine: gives jobs to workers, fairly, and stops what takes too long."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

from kg.errors import NetKGError
from kg.serve.calls import Reply
from kg.serve.engine import frames, problems
from kg.serve.engine.job import Job
from kg.serve.engine.keeper import Keeper, processor_time
from kg.serve.engine.link import Link
from kg.serve.engine.queue import FairQueue
from kg.serve.engine.writing import Checkpoint, Writing
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings

LOG = logging.getLogger("netkg.serve")
TICK = 0.05
"""Seconds between two looks at what is running."""
SLOW = 0.2
"""Seconds on a processor after which a job makes room for others."""
STUCK = 0.5
"""Seconds after which it does so although it has hardly been on a processor."""
ATTEMPTS = 3
"""How often such a job begins before it counts as a large one."""
AHEAD = 4
"""Jobs that a worker may have at once, so that it finds the next one when it has done one and need not be woken up."""
RESTART = 1.0
"""Seconds between two attempts to start the nursery again."""


@dataclass(slots=True, eq=False)
class Task:
    """A job on its way.

    :param limit: seconds that it may run
    :param since: when it began to wait or, once it has a worker, to run
    :param abandoned: nobody waits for its answer any more
    :param attempts: how often it was begun in vain
    :param spent: what its worker's processor time was when it was first looked at
    """

    client: str
    frame: bytes
    future: asyncio.Future[Reply]
    limit: float
    since: float
    abandoned: bool = False
    attempts: int = 0
    spent: float | None = None

    def fail(self, problem: Problem) -> None:
        """Let whoever waits for it know what went wrong."""
        if not self.future.done():
            self.future.set_exception(problem)


@dataclass(slots=True, eq=False)
class Worker:
    """A worker process as the front sees it.

    :param place: what it has open; nothing for the graph that the nursery opened
    :param pid: number of its process, once it is known
    :param ahead: jobs that it has been sent beyond the one that it does
    """

    number: int
    link: Link
    place: Checkpoint | None
    task: Task | None = None
    ahead: deque[Task] = field(default_factory=deque)
    slow: bool = False
    pid: int = 0


class Pool:
    """The engine on this machine; see :class:`kg.serve.engine.job.Engine`.

    Some places are for fast jobs, one for each core. A job that runs on makes room: it becomes a slow one, gives way to
    others on the processor, and another worker takes the fast place. When all slow places are taken it is put on a
    shelf instead, to begin again when one is free; so small jobs never wait for large ones. Clients take turns in both
    queues, and none may have all slow places.

    :param location: store folder, or address of a SPARQL server
    """

    def __init__(self, location: str, settings: ServeSettings) -> None:
        self._location = location
        self._remote = location.startswith(("http://", "https://"))  # others do the work: our processor says nothing
        self._settings = settings
        self._fast = max(1, min(settings.workers, settings.queries - 1))
        self._slow = settings.queries - self._fast
        self._keeper = Keeper(self._forked, self._ended, self._nursery_gone)
        self._writing = Writing(location, settings) if settings.writable else None
        self._place: Checkpoint | None = None
        self._version = ""
        self._numbers = 0
        self._idle: list[Worker] = []
        self._workers: dict[int, Worker] = {}
        self._busy = 0
        self._slow_clients: Counter[str] = Counter()
        self._queue: FairQueue[Task] = FairQueue()
        self._shelf: FairQueue[Task] = FairQueue()
        self._causes: Counter[str] = Counter()
        self._ticking: asyncio.TimerHandle | None = None
        self._open = False
        self._closed = False
        self._chores: set[asyncio.Task[None]] = set()
        self._renewing: asyncio.Task[None] | None = None

    @property
    def version(self) -> str:
        """Tag of the graph as it stands: a new one after each write.

        What a server behind this one holds may change at any time: it has another tag whenever one asks.
        """
        if self._writing:
            return self._writing.version
        return self._version or f"unknown-{time.monotonic_ns():x}"

    async def start(self) -> None:
        """Open the graph and start the first workers; see :meth:`kg.serve.engine.job.Engine.start`."""
        self._loop = asyncio.get_running_loop()
        if self._writing:
            await self._writing.start()
        try:
            await self._start_nursery()
        except BaseException:
            await self.close()
            raise

    async def _start_nursery(self) -> None:
        location = "" if self._writing else self._location
        hello = frames.Hello(location, self._settings.memory_bytes, self._settings.service_targets, self._settings.timeout)
        self._version = await self._keeper.start(astuple(hello))
        self._open = True
        self._go_on()

    async def run(self, job: Job) -> Reply:
        """Do a job; see :meth:`kg.serve.engine.job.Engine.run`."""
        if self._closed:
            raise problems.stopping()
        if self._writing and self._writing.ahead_of(self._place):
            await self._renew()
        task = Task(
            job.client,
            frames.pack_job(job.call, job.arguments),
            self._loop.create_future(),
            min(job.timeout or self._settings.timeout, self._settings.timeout),
            time.monotonic(),
        )
        if self._queue or not self._room() or not self._begin(task, slow=False):
            self._enqueue(task)
        try:
            return await task.future
        except asyncio.CancelledError:
            self._abandon(task)
            raise

    async def write(self, job: Job) -> Reply:
        """Do a job of the writer; see :meth:`kg.serve.engine.job.Engine.write`."""
        if self._writing is None:
            raise problems.read_only()
        return await self._writing.run(job)

    def health(self) -> Mapping[str, int | float | str]:
        """Return what is going on: numbers of workers and jobs, and why workers ended before their time."""
        found: dict[str, int | float | str] = {
            "version": self.version,
            "workers": len(self._workers),
            "idle": len(self._idle),
            "running": self._busy + self._slow_clients.total(),
            "slow": self._slow_clients.total(),
            "waiting": len(self._queue) + len(self._shelf),
        }
        return found | {f"ended_{cause}": count for cause, count in sorted(self._causes.items())}

    async def close(self) -> None:
        """Stop all workers; none is left."""
        self._open, self._closed = False, True
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        for chore in list(self._chores):
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        running = [task for worker in self._workers.values() for task in (worker.task, *worker.ahead) if task]
        for task in (*self._queue, *self._shelf, *running):
            task.fail(problems.stopping())
        self._queue, self._shelf = FairQueue(), FairQueue()
        for worker in list(self._workers.values()):
            self._release(worker)
            worker.ahead.clear()
            self._drop(worker)
        await self._keeper.close()
        if self._writing:
            await self._writing.close()

    # Waiting and running

    def _enqueue(self, task: Task) -> None:
        if len(self._queue) + len(self._shelf) >= self._settings.waiting:
            last = self._queue.pop_longest(than=self._queue.waiting(task.client) + 1)
            if last is None:
                raise problems.busy("too much is waiting already")
            last.fail(problems.busy("others are waiting who asked for less"))
        self._queue.push(task.client, task)
        self._send_ahead()
        self._tick_later()

    def _send_ahead(self) -> None:
        """Give what waits to workers that are at work on small jobs, each in turn; if one turns out large, others take it back."""
        for _ in range(AHEAD - 1 if self._slow else 0):
            for worker in self._workers.values():
                if not self._queue:
                    return
                if worker.task and not worker.slow and worker.place is self._place and len(worker.ahead) < AHEAD - 1:
                    task = self._queue.pop()
                    if task is None:
                        return
                    if worker.link.send(task.frame):
                        worker.ahead.append(task)
                    else:
                        self._queue.push_first(task.client, task)  # the worker ended just now, as we shall hear

    def _take_back(self, worker: Worker) -> None:
        """Let others do what a worker has not begun; they only read, so nothing is lost if it begins all the same."""
        while worker.ahead:
            task = worker.ahead.pop()
            if not task.abandoned:
                self._queue.push_first(task.client, task)

    def _abandon(self, task: Task) -> None:
        """Forget a job that nobody waits for any more; if it is running, the next tick stops it."""
        task.abandoned = True
        if self._queue.remove(task.client, task) or self._shelf.remove(task.client, task):
            self._causes["cancelled"] += 1

    def _room(self) -> bool:
        return self._open and self._busy < self._fast

    def _slow_room(self) -> bool:
        return self._open and self._slow_clients.total() < self._slow

    def _begin(self, task: Task, *, slow: bool) -> bool:
        """Give a task to a worker; return whether there was one."""
        while True:
            worker = self._idle.pop() if self._idle else self._spawn()
            if worker is None:
                return False
            if worker.link.send(task.frame):
                break
            self._drop(worker)  # it ended just now
        worker.task = task
        task.since = time.monotonic()
        if slow:
            self._slow_down(worker, task)
        else:
            self._busy += 1
        self._tick_later()
        return True

    def _slow_down(self, worker: Worker, task: Task) -> None:
        self._take_back(worker)
        worker.slow = True
        self._slow_clients[task.client] += 1
        self._keeper.slow_down(worker.number)

    def _release(self, worker: Worker) -> Task | None:
        """Take the task off a worker."""
        task, worker.task = worker.task, None
        if task is None:
            return None
        if worker.slow:
            self._slow_clients[task.client] -= 1
            if not self._slow_clients[task.client]:
                del self._slow_clients[task.client]
        else:
            self._busy -= 1
        return task

    def _go_on(self) -> None:
        """Begin what can begin now, and keep workers ready for what will come."""
        while self._room() and (task := self._queue.pop()) is not None:
            if not self._begin(task, slow=False):
                self._queue.push_first(task.client, task)
                break
        self._send_ahead()
        while self._slow_room() and (task := self._shelf.pop(self._may_be_slow)) is not None:
            if not self._begin(task, slow=True):
                self._shelf.push_first(task.client, task)
                break
        # One more than there are free places: it steps in at once for one that must be killed.
        while self._open and len(self._idle) < self._fast - self._busy + 1:
            worker = self._spawn()
            if worker is None:
                break
            self._idle.append(worker)

    def _may_be_slow(self, client: str) -> bool:
        """Say whether a client may have one more slow job: never all places, when there is more than one."""
        return self._slow_clients[client] < max(1, self._slow - 1)

    def _tick_later(self) -> None:
        if self._ticking is None and not self._closed:
            self._ticking = self._loop.call_later(TICK, self._tick)

    def _tick(self) -> None:
        self._ticking = None
        now = time.monotonic()
        for worker in [worker for worker in self._workers.values() if worker.task]:
            self._look_at(worker, now)
        for line in (self._queue, self._shelf):
            for task in [task for task in line if now - task.since > self._settings.patience]:
                line.remove(task.client, task)
                task.fail(problems.busy(f"this waited for its turn for {self._settings.patience:g} seconds"))
        self._go_on()
        if self._busy or self._slow_clients or self._queue or self._shelf:
            self._tick_later()

    def _look_at(self, worker: Worker, now: float) -> None:
        task = worker.task
        if task is None:
            return
        elapsed = now - task.since
        if task.abandoned:
            self._stop(worker, "cancelled")
        elif elapsed >= task.limit:
            self._stop(worker, "time_limit")
            task.fail(problems.too_slow(task.limit, elapsed))
        elif self._slow and not worker.slow:
            large = self._is_large(worker, task, elapsed)
            if large or elapsed >= STUCK:
                self._make_room(worker, task, large=large)

    def _is_large(self, worker: Worker, task: Task, elapsed: float) -> bool:
        """Say whether a job has had its share; on a machine with much to do, a small one may take long as well."""
        spent = processor_time(worker.pid) if worker.pid and not self._remote else None
        if spent is None:
            return elapsed >= SLOW
        if task.spent is None:
            task.spent = spent
        return spent - task.spent >= SLOW - TICK

    def _make_room(self, worker: Worker, task: Task, *, large: bool) -> None:
        """Take a job out of a fast place: into a slow one if there is one, else to begin again later."""
        if self._slow_room() and self._may_be_slow(task.client):
            self._busy -= 1
            self._slow_down(worker, task)
            return
        self._stop(worker, "shelved")
        task.since = time.monotonic()
        task.spent = None
        task.attempts += 1
        line = self._shelf if large or task.attempts >= ATTEMPTS else self._queue
        line.push(task.client, task)

    # Workers

    def _spawn(self) -> Worker | None:
        """Have a worker forked; return nothing when the system has no room for it just now."""
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            LOG.error("no worker can be started: %s", error)
            self._tick_later()
            return None
        self._numbers += 1
        worker = Worker(self._numbers, Link(self._loop, ours), self._place)
        with theirs:
            self._keeper.fork(worker.number, theirs)
        worker.link.listen(lambda head, body: self._replied(worker, head, body))
        if worker.place is not None:
            worker.link.send(frames.pack_job(frames.OPEN, {"location": worker.place.path}))
        self._workers[worker.number] = worker
        return worker

    def _replied(self, worker: Worker, head: tuple[Any, ...], body: bytes) -> None:
        slow = worker.slow
        task = self._release(worker)
        if worker.ahead:  # only small jobs have others behind them
            worker.task = worker.ahead.popleft()
            worker.task.since = time.monotonic()
            self._busy += 1
            if task is not None and not task.future.done():
                _settle(task.future, head, body)
            self._send_ahead()
            return
        # A process that was slowed down cannot be made faster again without rights that we do not have.
        if slow or worker.place is not self._place or len(self._idle) > self._fast - self._busy:
            self._stop(worker, "")
        else:
            self._idle.append(worker)
        if task is not None and not task.future.done():
            _settle(task.future, head, body)
        if slow or self._queue:
            self._go_on()

    def _stop(self, worker: Worker, cause: str) -> None:
        self._release(worker)
        self._take_back(worker)
        self._keeper.kill(worker.number)
        self._drop(worker)
        if cause:
            self._causes[cause] += 1

    def _drop(self, worker: Worker) -> None:
        worker.link.close()
        del self._workers[worker.number]
        if worker in self._idle:
            self._idle.remove(worker)
        if self._writing and worker.place is not self._place:
            self._writing.keep_only({place.path for place in (self._place, *(other.place for other in self._workers.values())) if place})

    def _forked(self, number: int, pid: int) -> None:
        if number in self._workers:
            self._workers[number].pid = pid

    def _ended(self, number: int, status: int, words: str) -> None:
        worker = self._workers.get(number)
        if worker is None:
            return  # we stopped it
        worker.link.drain()  # what it had done before is not lost, and not to blame
        if number not in self._workers:
            return
        task = self._release(worker)
        self._take_back(worker)
        self._drop(worker)
        if task is not None:
            problem = problems.ended(status, words)
            self._causes[problem.code.lower().replace("-", "_")] += 1
            LOG.warning("a worker ended with status %d in the middle of a job: %s", status, words.strip()[-500:])
            task.fail(problem)
            self._go_on()
        else:
            # Not at once: whatever ended it may end the next one too.
            self._tick_later()

    def _nursery_gone(self) -> None:
        """Start again; what was running is done once more, for it only reads."""
        LOG.error("the process that holds the graph ended; it is started again")
        self._open = False
        for worker in list(self._workers.values()):
            task = self._release(worker)
            self._take_back(worker)
            self._drop(worker)
            if task is not None and not task.abandoned:
                task.since = time.monotonic()
                self._queue.push(task.client, task)
        self._causes["nursery"] += 1
        self._tick_later()
        self._do(self._restart())

    async def _restart(self) -> None:
        while not self._open:
            await self._keeper.close()
            self._keeper = Keeper(self._forked, self._ended, self._nursery_gone)
            try:
                await self._start_nursery()
            except NetKGError as error:
                LOG.error("the graph cannot be opened again: %s", error)
                await asyncio.sleep(RESTART)

    # Writes

    async def _renew(self) -> None:
        """Let jobs from now on see all that was written up to now."""
        if self._renewing is None:
            self._renewing = self._do(self._take_checkpoint())
        await asyncio.shield(self._renewing)

    async def _take_checkpoint(self) -> None:
        try:
            if self._writing:
                place = await self._writing.checkpoint()
                self._place = place
                for worker in list(self._idle):
                    self._stop(worker, "")
                self._go_on()
        finally:
            self._renewing = None

    def _do(self, chore: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = self._loop.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
        return task


def _settle(future: asyncio.Future[Reply], head: tuple[Any, ...], body: bytes) -> None:
    if head[0] == frames.ANSWER:
        future.set_result(Reply(head[1], body, head[2]))
    else:
        future.set_exception(frames.failure(head))
