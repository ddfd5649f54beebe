"""What clients are told when the engine refuses, stops or loses their work."""

from __future__ import annotations

import signal

from kg.serve.problem import Problem

UNAVAILABLE = "UNAVAILABLE"
NOT_STARTED = 71
"""Exit status of a worker that could not be forked, or could not open its graph: EX_OSERR."""
_RETRY = {"Retry-After": "5"}


def busy(detail: str) -> Problem:
    """Say that too much is going on."""
    return Problem(503, "the server is busy", detail=detail, code="BUSY", hint="try again in a few seconds", headers=_RETRY)


def stopping() -> Problem:
    """Say that the server is being stopped."""
    return Problem(503, "the server is being stopped", code="STOPPING", hint="try again in a minute", headers=_RETRY)


def unavailable(detail: str) -> Problem:
    """Say that a process is being started again."""
    return Problem(503, "the server cannot do this just now", detail=detail, code=UNAVAILABLE, hint="try again in a few seconds", headers=_RETRY)


def too_slow(limit: float, elapsed: float) -> Problem:
    """Say that a job met its time limit."""
    return Problem(
        504,
        "this takes longer than it may",
        detail=f"it was stopped after {elapsed:.1f} seconds",
        code="TIME-LIMIT",
        hint="narrow it down: name the properties, join fewer patterns, put a LIMIT into a subquery; or download the graph from /export and ask a copy",
        extra={"limit": limit, "elapsed": round(elapsed, 3)},
    )


def too_much_memory() -> Problem:
    """Say that a job met its memory limit."""
    return Problem(
        507,
        "this needs more memory than it may take",
        code="MEMORY-LIMIT",
        hint="ask for less at once: join fewer patterns, leave out ORDER BY, DISTINCT and GROUP BY over many rows",
    )


def crashed() -> Problem:
    """Say that a job brought its process down."""
    return Problem(
        500,
        "this brought down the process that worked on it",
        detail="most likely it is nested too deeply; nobody else was affected",
        code="ENGINE-CRASH",
        hint="write it with fewer nested groups, brackets and property paths",
    )


def failed() -> Problem:
    """Say that a call has a fault."""
    return Problem(500, "the server failed on this request", code="INTERNAL", hint="the server's log says more")


def read_only() -> Problem:
    """Say that the server takes no writes."""
    return Problem(403, "this server is read-only", code="READ-ONLY", hint="start it with --writable and a token to change the graph")


def ended(status: int, last_words: str) -> Problem:
    """Say why a process ended by itself in the middle of a job.

    :param status: as :func:`os.waitstatus_to_exitcode` gives it
    :param last_words: what it wrote on its standard error; the store's allocator says there that it got no memory
    """
    if status == -signal.SIGKILL or "memory allocation" in last_words:  # killed by the system, for want of memory
        return too_much_memory()
    return unavailable("a process for it could not be started") if status == NOT_STARTED else crashed()
