"""A worker process: does one job after the other, within its memory, until its socket closes."""

from __future__ import annotations

import resource
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg.errors import NetKGError
from kg.graph import Graph
from kg.serve.calls import call
from kg.serve.engine.frames import ANSWER, FAULT, OPEN, Inbox, problem_head, send_reply
from kg.serve.engine.problems import too_much_memory
from kg.serve.problem import Problem, problem_of


def limit(beyond: int) -> None:
    """Let this process take only so much memory beyond what it has now, and leave no memory image when it crashes.

    ``RLIMIT_DATA`` counts what the process may write to, and not the stack or the files that it maps; what it shares
    with its parent counts, so that the limit starts from there.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        now = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:"))
        resource.setrlimit(resource.RLIMIT_DATA, (now + beyond, now + beyond))


def work(connection: socket.socket, graph: Graph | None, opened: Callable[[str], Graph], *, sealed: bool) -> None:
    """Answer jobs until the other side is gone.

    :param graph: what the jobs are about, unless the first of them says what to open
    :param opened: opens another graph
    :param sealed: whether queries need no file and no connection; they then can open none, whatever they find to call
    """
    inbox = Inbox(connection)
    shut = False
    while True:
        try:
            name, arguments = inbox.next()
        except EOFError:
            return
        if name == OPEN:
            graph = opened(arguments["location"])
            continue
        if sealed and shut != (name == "sparql"):
            shut = not shut
            _allow_descriptors(not shut)
        head, body, healthy = answer(graph, name, arguments)
        try:
            send_reply(connection, head, body)
        except OSError:
            return
        if not healthy:
            return


def _allow_descriptors(allowed: bool) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if allowed else 0, hard))


def answer(graph: Graph | None, name: str, arguments: dict[str, Any]) -> tuple[tuple[Any, ...], bytes, bool]:
    """Do a job; return the head and the body of the reply, and whether this process is fit for another job."""
    try:
        if graph is None:
            raise TypeError("no graph was opened")
        reply = call(name)(graph, arguments)
    except NetKGError as error:
        return problem_head(problem_of(error)), b"", True
    except Problem as problem:
        return problem_head(problem), b"", True
    except MemoryError:
        return problem_head(too_much_memory()), b"", False
    except Exception:  # noqa: BLE001 - whatever goes wrong in a call is this client's trouble, and the log's
        return (FAULT, traceback.format_exc()), b"", True
    return (ANSWER, reply.media_type, reply.headers), reply.body, True
