"""The server's log: one JSON document a line on standard error, written in batches so that it costs little."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO

PAUSE = 0.5
"""Seconds between two writes."""
LONGEST_PATH = 200
"""Characters of a path that are logged: it comes from outside."""


class Log:
    """Collects lines and writes them at leisure; without an event loop it writes at once."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._scheduled = False

    def request(self, method: str, path: str, status: int, seconds: float, size: int, client: str, source: str) -> None:
        """Log one request. The query string is left out: it may hold what is nobody's business."""
        # Most lines are of this kind: put together by hand, they cost a quarter of what json.dumps costs.
        self._add(
            f'{{"time": "{_moment()}", "event": "request", "method": "{method}", "path": {_quoted(path[:LONGEST_PATH])}, "status": {status},'
            f' "ms": {seconds * 1000:.2f}, "bytes": {size}, "client": "{client}", "source": "{source}"}}'
        )

    def failure(self, number: str, error: BaseException) -> None:
        """Log an error that nobody foresaw, with its trace."""
        self.event("failure", number=number, error=repr(error), trace=traceback.format_exception(error))

    def event(self, event: str, **members: object) -> None:
        """Log anything else."""
        self._add(json.dumps({"time": _moment(), "event": event, **members}, ensure_ascii=False, default=str))

    def _add(self, line: str) -> None:
        self._lines.append(line)
        if self._scheduled:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
        else:
            self._scheduled = True
            loop.call_later(PAUSE, self.flush)

    def flush(self) -> None:
        """Write what has been collected."""
        self._scheduled = False
        lines, self._lines = self._lines, []
        if not lines:
            return
        stream = self._stream or sys.stderr
        stream.write("\n".join(lines) + "\n")
        stream.flush()


@lru_cache(maxsize=4)
def _second(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _moment() -> str:
    now = time.time()
    return f"{_second(int(now))}.{int(now * 1000) % 1000:03d}Z"


@lru_cache(maxsize=256)
def _quoted(path: str) -> str:
    return json.dumps(path)


class Lines(logging.Handler):
    """Has what other parts say through :mod:`logging` written into the same log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record over."""
        trace = {"trace": traceback.format_exception(record.exc_info[1])} if record.exc_info else {}
        LOG.event("message", level=record.levelname.lower(), part=record.name, text=record.getMessage(), **trace)


LOG = Log()
"""The log of this process."""
