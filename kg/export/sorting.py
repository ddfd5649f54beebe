"""Sorting more lines than fit into memory."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

RUN = 200_000
"""Lines that are sorted in memory at a time."""


def sorted_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines in the order of their code points, each once; what does not fit into memory waits in temporary files.

    :param lines: each ends with a line feed and has no other
    """
    rest = iter(lines)
    chunk = list(islice(rest, RUN))
    if len(chunk) < RUN:
        yield from sorted(set(chunk))
        return
    with TemporaryDirectory(prefix="netkg-sort-") as folder, ExitStack() as stack:
        runs: list[Path] = []
        while chunk:
            runs.append(_run(sorted(chunk), Path(folder) / str(len(runs))))
            chunk = list(islice(rest, RUN))
        streams = [stack.enter_context(path.open(encoding="utf-8", newline="\n")) for path in runs]
        previous = ""
        for line in heapq.merge(*streams):
            if line != previous:
                yield line
            previous = line


def _run(lines: list[str], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(lines)
    return path
