"""Files that are there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kg.errors import SurroundingsError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing; it takes its place when the block ends well, and an older one stays as it was until then.

    :raises SurroundingsError: when the file cannot be written; nothing half-written is left behind
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as stream:
            yield stream
        fresh.replace(path)
    except OSError as error:
        _remove(fresh)
        raise SurroundingsError(f"cannot be written: {error.strerror}", where=str(path)) from error
    except BaseException:
        _remove(fresh)
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):  # it was never there, or its folder is none: what went wrong is told already
        path.unlink()


def write_whole(path: Path, parts: Iterable[str | bytes]) -> None:
    """Write text or bytes to a file all at once; see :func:`whole_file`.

    :raises SurroundingsError: when the file cannot be written; nothing half-written is left behind
    """
    with whole_file(path) as stream:
        stream.writelines(part if isinstance(part, bytes) else part.encode() for part in parts)
