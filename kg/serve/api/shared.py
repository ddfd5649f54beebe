"""A file that all worker processes share: whoever needs it first makes it.

It has no name: it was opened before the workers were forked, and vanishes with the last of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass

_END = struct.Struct("!Q32s")
"""What stands at the beginning, and is written last: size and SHA-256 of the content behind it."""
_PIECE = 2**26
"""Bytes that are written or read at once."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Size and checksum of a file.

    :param sha256: 32 bytes
    """

    size: int
    sha256: bytes


class SharedFile:
    """Content that is made once, however many processes ask for it at the same time."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile() as nameless:
            self._descriptor = os.dup(nameless.fileno())
        weakref.finalize(self, os.close, self._descriptor)

    def summary(self, make: Callable[[], bytes]) -> Summary:
        """Return size and checksum.

        :param make: returns the content; called when nobody has made it yet
        """
        made = self._look()
        if made is None:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)  # of this process; one that is killed gives it back
            try:
                made = self._look() or self._filled(make())
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
        return made

    def content(self, make: Callable[[], bytes]) -> bytes:
        """Return the content; see :meth:`summary`."""
        made = self.summary(make)
        pieces = [os.pread(self._descriptor, min(_PIECE, made.size - start), _END.size + start) for start in range(0, made.size, _PIECE)]
        return b"".join(pieces)

    def _look(self) -> Summary | None:
        head = os.pread(self._descriptor, _END.size, 0)
        size, digest = _END.unpack(head) if len(head) == _END.size else (0, bytes(32))
        return Summary(size, digest) if any(digest) else None

    def _filled(self, content: bytes) -> Summary:
        made = Summary(len(content), hashlib.sha256(content).digest())
        for start in range(0, made.size, _PIECE):
            os.pwrite(self._descriptor, content[start : start + _PIECE], _END.size + start)
        os.pwrite(self._descriptor, _END.pack(made.size, made.sha256), 0)
        return made
