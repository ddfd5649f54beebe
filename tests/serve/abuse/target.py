"""A real server that is treated badly, and what is left of it afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.conformance.client import Answer, send

TIMEOUT = 2.0
"""Time limit for queries of the server under test, in seconds."""
SLACK = 1.0
"""What a query may take beyond its limit."""
BUSY_SHARE = 0.2
"""Share of a core above which a process is at work."""
CLOCK = os.sysconf("SC_CLK_TCK")

OPTIONS = (
    *("--timeout", f"{TIMEOUT:g}", "--queries", "4", "--waiting", "100", "--patience", "20"),
    *("--request-bytes", "1000000", "--result-bytes", "3000000", "--memory-bytes", str(400 * 2**20)),
)
"""Small limits, so that they are met soon."""

ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(STR(?c)) + STRLEN(STR(?f)) = 7) }"
"""A query of hours."""


@dataclass(frozen=True)
class Target:
    """A server.

    :param address: without a slash at its end
    :param pid: of its first process
    """

    address: str
    pid: int

    def get(self, path: str, **headers: str) -> Answer:
        """Send a GET request; underscores in names of headers stand for hyphens."""
        return send(self.address + path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def query(self, text: str | bytes, accept: str = "application/sparql-results+json, text/turtle;q=0.5") -> Answer:
        """Send a query by POST."""
        body = text if isinstance(text, bytes) else text.encode()
        return send(f"{self.address}/sparql", "POST", body=body, headers={"Content-Type": "application/sparql-query", "Accept": accept})

    def raw(self, request: bytes, *, wait: float = 20.0, shut: bool = False) -> bytes:
        """Send bytes and return everything that comes back until the server closes, or nothing more comes.

        :param wait: seconds without a byte after which it is enough
        :param shut: say at once that nothing more will be sent
        """
        with self.connection(wait) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(request)
                if shut:
                    connection.shutdown(socket.SHUT_WR)
            received = b""
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                while part := connection.recv(2**16):
                    received += part
            return received

    @contextlib.contextmanager
    def connection(self, wait: float = 20.0) -> Iterator[socket.socket]:
        """Open a connection for the time of a block."""
        parts = urlsplit(self.address)
        with socket.create_connection((parts.hostname or "", parts.port or 0), wait) as connection:
            yield connection

    def health(self) -> Mapping[str, Any]:
        """Return what the server says of itself."""
        answer = self.get("/health")
        assert answer.status == 200, answer.text
        found: Mapping[str, Any] = json.loads(answer.body)
        return found

    def works(self) -> bool:
        """Tell whether a small query is answered."""
        return self.query("ASK {}").status == 200

    def processes(self) -> list[int]:
        """Return its processes."""
        return list(_family(self.pid))

    def descriptors(self) -> int:
        """Return how many files and connections its first process has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def megabytes(self) -> float:
        """Return the memory of its processes; what they share counts once."""
        return sum(_proportional_kilobytes(pid) for pid in self.processes()) / 1024

    def working(self) -> list[int]:
        """Return those of its processes that use the processor now."""
        before = {pid: _ticks(pid) for pid in self.processes()}
        start = time.monotonic()
        time.sleep(0.3)
        passed = (time.monotonic() - start) * CLOCK
        return [pid for pid, ticks in before.items() if ticks and _ticks(pid) - ticks > BUSY_SHARE * passed]


def eventually(condition: Callable[[], bool], within: float = 15.0) -> bool:
    """Wait until something is so; tell whether it came to that in time."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def problem(answer: Answer) -> Mapping[str, Any]:
    """Return the problem that an answer tells, after a look at its form."""
    assert answer.status >= 400, answer.text
    assert answer.media_type == "application/problem+json", answer.headers
    found: Mapping[str, Any] = json.loads(answer.body)
    assert found["status"] == answer.status
    assert found["title"]
    assert found["code"]
    assert "Traceback" not in answer.text
    assert "/site-packages/" not in answer.text
    return found


def _family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def _proportional_kilobytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
