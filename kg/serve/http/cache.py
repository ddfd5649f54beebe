"""Complete answers kept in memory until the graph changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")

OVERHEAD = 512
"""Bytes that an entry takes beyond its key and body, about."""


class Cache(Generic[Value]):
    """Values by key, those used last; forgets all when the version changes.

    :param capacity: bytes; a value may take an eighth of them
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._version = ""
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, version: str) -> Value | None:
        """Return what was kept for a key while the graph had this version."""
        if version != self._version:
            self._forget(version)
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Hashable, version: str, value: Value, size: int) -> None:
        """Keep a value unless it is too large; the oldest make room.

        :param version: of the graph when the work began
        :param size: bytes of key and value together
        """
        size += OVERHEAD
        if version != self._version or size > self._capacity // 8:
            return
        previous = self._entries.pop(key, None)
        self.bytes += size - (previous[1] if previous else 0)
        self._entries[key] = value, size
        while self.bytes > self._capacity:
            self.bytes -= self._entries.popitem(last=False)[1][1]

    def _forget(self, version: str) -> None:
        self._entries.clear()
        self.bytes = 0
        self._version = version
