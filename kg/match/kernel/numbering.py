"""Numbers for combinations that were met."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kg.match.kernel import limits
from kg.match.kernel.rows import Numbers, Words


class Table:
    """Rows of words by number, growing."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.rows = np.zeros((16, *shape), dtype=np.uint64)
        self.count = 0

    def add(self, row: Words) -> None:
        """Add one row."""
        self.extend(row[None])

    def extend(self, rows: Words) -> None:
        """Add some rows."""
        end = self.count + len(rows)
        if end > len(self.rows):
            grown = np.zeros((max(end, 2 * self.count), *self.rows.shape[1:]), dtype=np.uint64)
            grown[: self.count] = self.rows[: self.count]
            self.rows = grown
        self.rows[self.count : end] = rows
        self.count = end


class _Pairs:
    """Numbers the combinations of two numbers in the order in which they are met."""

    def __init__(self) -> None:
        self.members: list[tuple[int, int]] = []
        self._dense: Numbers = np.full((0, 0), -1, dtype=np.int32)
        self._sparse: dict[int, int] = {}

    def number(self, one: Numbers, other: Numbers, counts: tuple[int, int]) -> Numbers:
        """Return the number of each combination.

        :param counts: how many different numbers there can be on each side
        """
        if self._sparse or counts[0] * counts[1] > limits.DENSE:
            return self._numbered_sparsely(one, other)
        if counts[0] > self._dense.shape[0] or counts[1] > self._dense.shape[1]:
            shape = tuple(max(old, 1 << (new - 1).bit_length()) for old, new in zip(self._dense.shape, counts, strict=True))
            grown = np.full(shape, -1, dtype=np.int32)
            grown[: self._dense.shape[0], : self._dense.shape[1]] = self._dense
            self._dense = grown
        keys = one.astype(np.intp) * self._dense.shape[1] + other
        flat = self._dense.reshape(-1)
        found: Numbers = flat[keys]
        missing = found < 0
        if missing.any():
            for key in np.unique(keys[missing]).tolist():
                flat[key] = len(self.members)
                self.members.append(divmod(key, self._dense.shape[1]))
            found = flat[keys]
        return found

    def _numbered_sparsely(self, one: Numbers, other: Numbers) -> Numbers:
        if not self._sparse:
            self._sparse = {(a << 32) | b: number for number, (a, b) in enumerate(self.members)}
            self._dense = np.full((0, 0), -1, dtype=np.int32)
        keys, inverse = np.unique((one.astype(np.int64) << 32) | other, return_inverse=True)
        numbers = np.empty(len(keys), dtype=np.int32)
        for position, key in enumerate(keys.tolist()):
            number = self._sparse.get(key)
            if number is None:
                number = self._sparse[key] = len(self.members)
                self.members.append((key >> 32, key & 0xFFFFFFFF))
            numbers[position] = number
        return numbers[inverse]


class Combinations:
    """Numbers the combinations of several columns, and knows the members of each."""

    def __init__(self, count: int) -> None:
        self._pairs = [_Pairs() for _ in range(count - 1)]

    def number(self, columns: Sequence[Numbers], counts: Sequence[int]) -> Numbers:
        """Return the number of each combination.

        :param columns: for each member its numbers
        :param counts: how many numbers each member has so far
        """
        numbers, known = columns[0], counts[0]
        for pairs, column, count in zip(self._pairs, columns[1:], counts[1:], strict=True):
            numbers = pairs.number(numbers, column, (known, count))
            known = len(pairs.members)
        return numbers

    def members(self, number: int) -> tuple[int, ...]:
        """Return the members of a combination."""
        found: list[int] = []
        for pairs in reversed(self._pairs):
            number, member = pairs.members[number]
            found.append(member)
        return (number, *reversed(found))

    def count(self, first: int) -> int:
        """Return how many combinations are numbered.

        :param first: how many numbers the first member has, which count when it is the only one
        """
        return len(self._pairs[-1].members) if self._pairs else first
