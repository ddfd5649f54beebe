"""Rows of bits over all alternatives, and how they lie in machine words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]


Words = NDArray[np.uint64]


Codes = NDArray[np.uint8]


_WORD = 64


ONES = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Row:
    """What a state says of all alternatives, as bit sets.

    :param possible: some completion fulfils the alternative
    :param certain: every completion does
    :param fulfilled: one completion, chosen for each population, does
    """

    possible: int
    certain: int
    fulfilled: int

    def __and__(self, other: Row) -> Row:
        return Row(self.possible & other.possible, self.certain & other.certain, self.fulfilled & other.fulfilled)


class Layout:
    """The place of every alternative in a row of bits.

    The first alternatives of all populations come first, those with more alternatives before the others; then the
    second ones from a new word on, and so on: so the alternatives of a population have the same place in each layer.

    :param sizes: how many alternatives each population has
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.order = sorted(range(len(sizes)), key=lambda number: -sizes[number])
        self.words: list[int] = []
        self.unions = sum(size > 1 for size in sizes)
        self._place = {number: place for place, number in enumerate(self.order)}
        for layer in range(max(sizes, default=1)):
            self.words.append(max(1, _words(sum(size > layer for size in sizes))))
        self.width = sum(self.words)
        self.union_words = [min(count, _words(self.unions)) for count in self.words]
        starts = [sum(self.words[:layer]) for layer in range(len(self.words))]
        self.bits = [[starts[layer] * _WORD + self._place[number] for layer in range(size)] for number, size in enumerate(sizes)]
        self.groups = [sum(1 << bit for bit in bits) for bits in self.bits if len(bits) > 1]
        self.all = sum(1 << bit for bits in self.bits for bit in bits)
        of_unions = sum(self.groups)
        self.of_unions = of_unions
        chosen = [start + word for start, count in zip(starts, self.union_words, strict=True) for word in range(count)]
        self._chosen = np.array(chosen, dtype=np.intp)
        self.row_words = 2 * self.width + len(chosen) + 1

    def pack(self, row: Row | None) -> Words:
        """Return a row as words: possible, certain, fulfilled (unions only), and whether anything is possible at all."""
        packed = np.zeros(self.row_words, dtype=np.uint64)
        if row is not None:
            packed[: self.width] = self._unpacked(row.possible)
            packed[self.width : 2 * self.width] = self._unpacked(row.certain)
            packed[2 * self.width : -1] = self._unpacked(row.fulfilled & self.of_unions)[self._chosen]
            packed[-1] = 1
        return packed

    def choose(self, candidates: Iterable[int]) -> int:
        """Return, population by population, the alternatives that the completion which fulfils fewest of them fulfils."""
        distinct = list(set(candidates))
        best = min(distinct, key=lambda bits: (bits & self.of_unions).bit_count())
        if len(distinct) == 1:
            return best
        everywhere = best
        for bits in distinct:
            everywhere &= bits
        left = best & ~everywhere & self.of_unions
        for group in self.groups:
            if left & group:
                fewest = min((bits & group for bits in distinct), key=int.bit_count)
                best = best & ~group | fewest
        return best

    def prefer(self, chosen: Words, other: Words, where: Words) -> None:
        """Replace, population by population, what a completion fulfils by what another one does, if that is no more.

        :param chosen: alternatives of unions only, as :meth:`pack` places them; changed
        :param where: all bits in rows where the other completion exists, none elsewhere
        """
        more = np.broadcast_to(~where, (len(chosen), self.union_words[0])).copy() if self.union_words else where
        start = 0
        for count in self.union_words:
            more[:, :count] |= other[:, start : start + count] & ~chosen[:, start : start + count]
            start += count
        start = 0
        for count in self.union_words:
            layer = chosen[:, start : start + count]
            layer &= more[:, :count] | other[:, start : start + count]
            start += count

    def _unpacked(self, bits: int) -> Words:
        return np.frombuffer(bits.to_bytes(self.width * 8, "little"), dtype="<u8").astype(np.uint64)


def _words(count: int) -> int:
    return -(-count // _WORD)


def single_bits(mask: int) -> Iterator[int]:
    """Yield the bits that are set, each by itself."""
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


def bit_numbers(bits: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, from the lowest."""
    for value in single_bits(bits):
        yield value.bit_length() - 1


def picked_bits(table: Words, rows: Numbers, bits: Sequence[int], offset: int) -> NDArray[np.int64]:
    """Return some bits of some rows as small numbers."""
    found = np.zeros(len(rows), dtype=np.int64)
    for place, bit in enumerate(bits):
        found |= (((table[rows, offset + bit // _WORD] >> np.uint64(bit % _WORD)) & np.uint64(1)) << np.uint64(place)).astype(np.int64)
    return found


def any_layer(rows: Words, words: Sequence[int]) -> Words:
    """Return for each population whether any of its alternatives has its bit."""
    found = rows[:, : words[0]].copy()
    start = words[0]
    for count in words[1:]:
        found[:, :count] |= rows[:, start : start + count]
        start += count
    return found


def spread_bits(words: Words) -> Codes:
    """Return bits as bytes."""
    return np.unpackbits(np.ascontiguousarray(words).astype("<u8", copy=False).view(np.uint8), axis=1, bitorder="little")
