"""Files that are there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.errors import SurroundingsError


def write_whole(path: Path, parts: Iterable[str | bytes]) -> None:
    """Write text or bytes to a file all at once; an older file stays as it was until the new one is complete.

    :raises SurroundingsError: when the file cannot be written; nothing half-written is left behind
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as stream:
            stream.writelines(part if isinstance(part, bytes) else part.encode() for part in parts)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise SurroundingsError(f"cannot be written: {error.strerror}", where=str(path)) from error
