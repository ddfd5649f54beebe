"""The process that owns the store of a writable server: it alone opens it for writing.

One thread makes the changes; the first one listens meanwhile, and copies the store for those who read. Start it as
``python -m kg.serve.engine.writer FD``; see :class:`kg.serve.engine.writing.Writing` for the other side.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pyoxigraph as ox
from filelock import FileLock, Timeout

from kg.errors import NetKGError, StoreError
from kg.files import write_whole
from kg.serve.calls import Reply
from kg.serve.engine import frames
from kg.serve.engine.changes import graph_store, update
from kg.serve.engine.opening import TAG, version_of
from kg.serve.engine.problems import too_much_memory
from kg.serve.engine.worker import limit
from kg.serve.problem import Problem, problem_of
from kg.store.local import GENERATION, LOCK, POINTER, LocalStore, open_folder, read_pointer

Change = Callable[[ox.Store, Mapping[str, Any], tuple[str, ...]], Reply]
CHANGES: Mapping[str, Change] = {"update": update, "graph-store": graph_store}


@dataclass(slots=True)
class Writer:
    """Makes changes and copies.

    :param store: open for writing
    """

    connection: socket.socket
    hello: frames.WriterHello
    store: ox.Store
    generation: str
    _jobs: SimpleQueue[tuple[str, dict[str, Any]]] = field(default_factory=SimpleQueue)
    _sending: threading.Lock = field(default_factory=threading.Lock)

    @property
    def folder(self) -> Path:
        """The store folder."""
        return Path(self.hello.folder)

    def serve(self) -> None:
        """Do what the front process asks until it is gone."""
        threading.Thread(target=self._change_always, daemon=True).start()
        inbox = frames.Inbox(self.connection)
        self._send(("ready", self.version()))
        while True:
            try:
                name, arguments = inbox.next()
            except EOFError:
                return
            if name == frames.CHECKPOINT:
                self._answer(arguments["number"], partial(self._copy, arguments["path"]))
            elif name == frames.FORGET:
                for path in arguments["paths"]:
                    shutil.rmtree(path, ignore_errors=True)
            else:
                self._jobs.put((name, arguments))

    def version(self) -> str:
        """Return the tag of the graph as it stands."""
        return version_of(LocalStore(self.store, self.hello.folder), self.folder, self.generation)

    def _change_always(self) -> None:
        while True:
            name, arguments = self._jobs.get()
            self._answer(arguments["number"], partial(self._change, name, arguments))

    def _change(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        with self._tagged():
            return CHANGES[name](self.store, arguments, self.hello.targets)

    @contextmanager
    def _tagged(self) -> Iterator[None]:
        """Give the graph another tag before it is changed: after a crash it may be new for nothing, but never old."""
        tag = self.folder / TAG
        before = tag.read_bytes() if tag.is_file() else b""
        write_whole(tag, [f"{self.generation} {secrets.token_hex(8)}\n"])
        try:
            yield
        except BaseException:
            write_whole(tag, [before])
            raise

    def _copy(self, path: str) -> Reply:
        Path(path).parent.mkdir(exist_ok=True)
        self.store.backup(path)
        return Reply("", b"")

    def _answer(self, number: int, do: Callable[[], Reply]) -> None:
        try:
            reply = do()
        except NetKGError as error:
            self._send((number, *frames.problem_head(problem_of(error))))
        except Problem as problem:
            self._send((number, *frames.problem_head(problem)))
        except MemoryError:
            self._send((number, *frames.problem_head(too_much_memory())))
        except Exception:  # noqa: BLE001 - whatever goes wrong is this client's trouble, and the log's
            self._send((number, frames.FAULT, traceback.format_exc()))
        else:
            self._send((number, frames.ANSWER, reply.media_type, reply.headers, self.version()), reply.body)

    def _send(self, head: tuple[Any, ...], body: bytes = b"") -> None:
        with self._sending:
            try:
                frames.send_reply(self.connection, head, body)
            except OSError:
                os._exit(0)  # nobody is left who waits


def open_for_writing(folder: Path) -> tuple[ox.Store, str]:
    """Open the store in a folder for writing, or make an empty one; return it with the name of its generation.

    The caller holds the folder's lock.

    :raises StoreError: when it cannot be opened
    """
    generation = read_pointer(folder)
    if not generation:
        if (folder / POINTER).exists():
            open_folder(folder)  # says what is wrong
        number = max((int(match[1]) for path in folder.iterdir() if (match := GENERATION.fullmatch(path.name))), default=0) + 1
        generation = f"graph-{number}"
        store = ox.Store(str(folder / generation))
        write_whole(folder / POINTER, [generation + "\n"])
        return store, generation
    return ox.Store(str(folder / generation)), generation


def main(descriptor: int) -> None:
    """Run the writer on a socket inherited from the front process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed in the terminal is the front's affair
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection = socket.socket(fileno=descriptor)
    hello = frames.WriterHello(*frames.Inbox(connection).next())
    folder = Path(hello.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):
            if hello.clean:
                shutil.rmtree(folder / frames.CHECKPOINTS, ignore_errors=True)
            store, generation = open_for_writing(folder)
            limit(hello.memory)
            Writer(connection, hello, store, generation).serve()
            shutil.rmtree(folder / frames.CHECKPOINTS, ignore_errors=True)
            os._exit(0)  # a change that goes on is not waited for: the store undoes it
    except Timeout:
        failed = StoreError("another process builds this store or writes to it", where=str(folder), hint="wait for it, or choose another --store")
    except NetKGError as error:
        failed = StoreError(error.message, where=error.where, hint=error.hint)
    except (OSError, RuntimeError, ValueError) as error:
        failed = StoreError(f"the store cannot be opened for writing: {error}", where=str(folder))
    frames.send_reply(connection, ("failed", failed.message, failed.where, failed.hint))


if __name__ == "__main__":
    with suppress(BrokenPipeError, EOFError):  # the front process is gone already
        main(int(sys.argv[1]))
