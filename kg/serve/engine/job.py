"""A piece of work for a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kg.serve.calls import Reply


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is to do.

    :param call: a name in :data:`kg.serve.calls.CALLS`
    :param arguments: plain values that :mod:`marshal` can write
    :param client: whom it is for; the queue is fair between clients
    :param timeout: seconds that it may take, when less than the server's limit
    """

    call: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    client: str = ""
    timeout: float | None = None


class Engine(Protocol):
    """Answers jobs; see :mod:`kg.serve.engine.pool`."""

    @property
    def version(self) -> str:
        """Tag of the graph as it stands: a new one after each write."""
        ...

    async def start(self) -> None:
        """Open the graph and start the first workers.

        :raises StoreError: when the graph cannot be opened
        """
        ...

    async def run(self, job: Job) -> Reply:
        """Do a job. When the caller is cancelled (its client is gone) the work is stopped too.

        :raises Problem: when the job is refused, fails, is too slow, too large, or brings its worker down
        """
        ...

    async def write(self, job: Job) -> Reply:
        """Do a job of the writer: an update or a change of a whole graph; all of it or nothing.

        :raises Problem: as above, and 403 when the server is read-only
        """
        ...

    def health(self) -> Mapping[str, int | float | str]:
        """Return what is going on: workers, running and waiting jobs, restarts by cause."""
        ...

    async def close(self) -> None:
        """Stop all workers; none is left."""
        ...
