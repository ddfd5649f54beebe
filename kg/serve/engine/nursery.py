"""The process that opened the graph and forks the workers, which then share it without copying.

It has one thread, so that a fork is safe. It ends when its front process is gone, and its workers with it.
Start it as ``python -m kg.serve.engine.nursery FD``; see :class:`kg.serve.engine.keeper.Keeper` for the other side.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from kg.errors import NetKGError
from kg.graph import Graph
from kg.serve.api import warm as pages
from kg.serve.calls import CALLS
from kg.serve.engine import frames
from kg.serve.engine.opening import Opened, aside, open_checkpoint, open_for_workers
from kg.serve.engine.problems import NOT_STARTED
from kg.serve.engine.worker import limit, work

PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Nursery:
    """Forks, reaps and kills workers as the front process asks.

    :param control: socket to the front process
    """

    control: socket.socket
    hello: frames.Hello
    opened: Opened | None
    _children: dict[int, _Child] = field(default_factory=dict)

    def serve(self) -> None:
        """Do what the front process asks until it is gone."""
        wake, waker = socket.socketpair()
        wake.setblocking(False)
        waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            while True:
                ready, _, _ = select.select([self.control, wake], [], [])
                if wake in ready:
                    wake.recv(4096)
                    self._reap()
                if self.control in ready and not self._obey():
                    return
        except ConnectionError:
            return
        finally:
            signal.set_wakeup_fd(-1)
            for child in self._children.values():
                os.kill(child.pid, signal.SIGKILL)

    def _obey(self) -> bool:
        order, descriptors, _, _ = socket.recv_fds(self.control, frames.ORDER.size, 1)
        if not order:
            return False
        verb, worker = frames.ORDER.unpack(order)
        child = self._children.get(worker)  # none when it ended just now
        if verb == frames.FORK:
            self._fork(worker, socket.socket(fileno=descriptors[0]))
        elif verb == frames.KILL and child:
            os.kill(child.pid, signal.SIGKILL)
        elif verb == frames.SLOW and child:
            give_way(child.pid)
        return True

    def _fork(self, worker: int, connection: socket.socket) -> None:
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - read when the child has ended
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            errors.close()
            self._tell(("ended", worker, NOT_STARTED, str(error)))
        else:
            if not pid:
                self._be_worker(parent, connection, errors)
            self._children[worker] = _Child(pid, errors)
            self._tell(("forked", worker, pid))
        connection.close()

    def _be_worker(self, parent: int, connection: socket.socket, errors: IO[bytes]) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with(parent)
            self.control.close()
            os.dup2(errors.fileno(), 2)
            work(connection, self._graph(), self._open_checkpoint, sealed=not self.hello.targets and self.opened is not None and self.opened.shared)
        except (NetKGError, OSError):
            traceback.print_exc()
            os._exit(NOT_STARTED)
        except BaseException:  # noqa: BLE001 - a forked child must never run on into its parent's code
            traceback.print_exc()
            os.abort()
        os._exit(0)

    def _graph(self) -> Graph | None:
        if self.opened is None:
            return None
        graph = self.opened.graph()
        limit(self.hello.memory)
        return graph

    def _open_checkpoint(self, path: str) -> Graph:
        graph = open_checkpoint(path, self.hello.targets)
        limit(self.hello.memory)
        return graph

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            worker = next(number for number, child in self._children.items() if child.pid == pid)
            self._tell(("ended", worker, os.waitstatus_to_exitcode(status), _last_words(self._children.pop(worker).errors)))

    def _tell(self, message: tuple[Any, ...]) -> None:
        self.control.sendall(frames.pack(message))


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    errors: IO[bytes]


def _last_words(errors: IO[bytes]) -> str:
    with errors:
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - 4096))
        return errors.read().decode(errors="replace")


def die_with(parent: int) -> None:
    """Have the system end this process when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def give_way(pid: int) -> None:
    """Have a process run only as far as others leave it room."""
    os.setpriority(os.PRIO_PROCESS, pid, 10)


def warm(graph: Graph) -> None:
    """Do once what every worker would have to do first."""
    _ = graph.terms, graph.queries, graph.matcher, graph.vocabulary
    pages.warm(graph)


def main(descriptor: int) -> None:
    """Run the nursery on a socket inherited from the front process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed in the terminal is the front's affair
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    hello = frames.Hello(*frames.Inbox(control).next())
    for target in CALLS.values():
        importlib.import_module(target.partition(":")[0])
    opened = None
    try:
        if hello.location:
            opened = open_for_workers(hello.location, hello.targets, hello.timeout)
            if opened.shared:
                aside(warm, opened.graph())
    except NetKGError as error:
        control.sendall(frames.pack(("failed", error.message, error.where, error.hint)))
        return
    gc.collect()
    gc.freeze()  # else the collector would write to, and so copy, what the workers share
    control.sendall(frames.pack(("ready", opened.version if opened else "")))
    Nursery(control, hello, opened).serve()


if __name__ == "__main__":
    with suppress(BrokenPipeError, EOFError):  # the front process is gone already
        main(int(sys.argv[1]))
