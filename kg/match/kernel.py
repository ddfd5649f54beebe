"""Verdicts for many cases at once, the same as the engine gives case by case.

A case is a number per feature: which of the states met so far (a set of values that are still possible) it has there. A
state becomes a row of bits over all alternatives of all populations: whether the feature leaves the alternative
possible, whether it makes it certain, and whether a chosen completion fulfils it. Features that no rule connects are
independent of each other, so an alternative is possible, or certain, when it is so for every feature: the rows are
combined with ``and``, 64 alternatives at a time.

Features that rules connect are closed together, once per distinct combination. The values of a feature that no rule
tells apart make one *cell*; a feature whose state lies in one cell is independent again. Where there are too many
combinations of cells, a few features (the *hub*) are taken first: for each combination of their cells the rest falls
into groups that are independent of each other. What cannot be taken apart like that is asked of the engine, combination
by combination.

A union of alternatives may be certain though none of its alternatives is. If each alternative is false in the chosen
completion, it is not; the few cases that remain are decided by the engine, again once per distinct combination.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.match.engine import Engine
from kg.match.presentation import Fact
from kg.match.solver import FALSE, TRUE, Clause, Literal, Node, Solver, State, holds
from kg.match.verdict import Verdict
from kg.model.feature import FeatureKind
from kg.model.population import Criterion

Numbers = NDArray[np.int32]
Words = NDArray[np.uint64]
Codes = NDArray[np.uint8]

VERDICTS = (Verdict.DOES_NOT_APPLY, Verdict.APPLIES_IF, Verdict.APPLIES, Verdict.CONTRADICTORY)
"""Code → verdict."""
CONTRADICTORY = VERDICTS.index(Verdict.CONTRADICTORY)

MOST_CELLS = 4096
"""Combinations of cells of features that are closed together by going through them."""
MOST_VECTORS = 64
"""Cells of one set feature; with more, the engine closes it."""
MOST_HUB_CELLS = 65536
DENSE = 1 << 22
"""Entries of a table that numbers combinations by position; larger ones are numbered by a dictionary."""
MOST_DESCRIBED = 30
"""Alternatives of a union whose bits fit twice into a number."""
TOGETHER = 3
"""Independent features whose combinations are numbered together."""
_WORD = 64
_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)


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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one feature.

    :param mask: for a single value, what it may be
    :param present: for a set, masks of which one value is present
    :param excluded: for a set, values that are absent
    """

    mask: int
    present: tuple[int, ...] = ()
    excluded: int = 0


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


class _Feature:
    """One feature: its states by number, and their rows.

    :param literals: of the populations, each with the alternatives that it is part of
    :param rules: literals of the rules that connect the feature with others
    """

    def __init__(
        self, position: int, is_set: bool, everything: int, needs: Mapping[tuple[Literal, ...], int], rules: Iterable[Literal], layout: Layout
    ) -> None:
        self.position = position
        self.is_set = is_set
        self.everything = everything
        self.layout = layout
        self.rules = sorted(set(rules), key=lambda literal: (literal.mask, literal.wanted))
        self.needs = needs
        self.mentioned = 0
        for bits in needs.values():
            self.mentioned |= bits
        self.neutral = Row(layout.all, layout.all, layout.all)
        self.implications: list[tuple[int, int]] = []
        self.cells = self._cells()
        if not is_set:
            self._values = self._satisfied()
        self.reset()

    def reset(self) -> None:
        """Forget all states but the first, in which nothing is known."""
        self.states: list[Known | None] = []
        self.criteria: list[tuple[Criterion, ...]] = []
        self._numbers: dict[Known | None, int] = {}
        self.of_cell: list[int] = []
        self.add(Known(self.everything), ())

    def add(self, known: Known | None, criteria: tuple[Criterion, ...]) -> int:
        """Return the number of a state; of nothing, the contradiction."""
        number = self._numbers.get(known)
        if number is None:
            number = self._numbers[known] = len(self.states)
            self.states.append(known)
            self.criteria.append(criteria)
            inside = self.inside(known) if known and self.cells else []
            self.of_cell.append(inside[0] if len(inside) == 1 else -1)
        return number

    def own_row(self, number: int) -> Row | None:
        """Return the row of a state by itself: nothing when it is contradictory; nothing special when rules decide about it."""
        known = self.states[number]
        if known is None:
            return None
        return self.row(known) if not self.cells or self.of_cell[number] >= 0 else self.neutral

    def row(self, known: Known) -> Row:
        """Return the row of a possible state."""
        if not self.mentioned:
            return self.neutral
        others = self.layout.all & ~self.mentioned
        if self.is_set:
            closed = self.closed(known)
            if closed is None:
                raise ValueError("a contradiction has no row")
            return self._row_of_set(closed, others)
        rows = [bits for mask, bits in self._values if mask & known.mask]
        possible, certain = 0, self.mentioned
        for bits in rows:
            possible |= bits
            certain &= bits
        return Row(possible | others, certain | others, self.layout.choose(rows) | others)

    def inside(self, known: Known) -> list[int]:
        """Return the cells that a state leaves possible."""
        return [number for number in range(len(self.cells)) if self.restricted(known, number)]

    def restricted(self, known: Known, cell: int) -> Known | None:
        """Return a state within one cell, or nothing when that is impossible."""
        limit = self.cells[cell]
        if not self.is_set:
            mask = known.mask & limit.mask
            return Known(mask) if mask else None
        excluded = known.excluded | limit.excluded
        if not all(mask & ~excluded for mask in (*known.present, *limit.present)):
            return None
        return Known(known.mask, (*known.present, *limit.present), excluded)

    def truth(self, cell: int) -> dict[Literal, bool]:
        """Return which literals of the rules hold in a cell."""
        limit = self.cells[cell]
        if not self.is_set:
            return {literal: not limit.mask & ~literal.mask for literal in self.rules}
        return {literal: (literal.mask in limit.present) == literal.wanted for literal in self.rules}

    def _cells(self) -> list[Known]:
        if not self.rules:
            return []
        if self.is_set:
            masks = sorted({literal.mask for literal in self.rules})
            if 1 << len(masks) > MOST_VECTORS:
                return []
            found = []
            for chosen in product((False, True), repeat=len(masks)):
                excluded = 0
                for mask, wanted in zip(masks, chosen, strict=True):
                    excluded |= 0 if wanted else mask
                present = tuple(mask for mask, wanted in zip(masks, chosen, strict=True) if wanted)
                if all(mask & ~excluded for mask in present):
                    found.append(Known(self.everything, present, excluded))
            return found
        cells: dict[tuple[bool, ...], int] = defaultdict(int)
        for value in _values(self.everything):
            cells[tuple(bool(literal.mask & value) for literal in self.rules)] |= value
        return [Known(mask) for mask in cells.values()]

    def _satisfied(self) -> list[tuple[int, int]]:
        """Return the sets of values that fulfil the same alternatives, each with those."""
        rows: dict[int, int] = defaultdict(int)
        needs = [(literals[0].mask, bits) for literals, bits in self.needs.items()]
        for value in _values(self.everything):
            bits = 0
            for mask, alternatives in needs:
                if mask & value:
                    bits |= alternatives
            rows[bits] |= value
        return [(mask, bits) for bits, mask in rows.items()]

    def closed(self, known: Known) -> Known | None:
        """Return a state of a set with all that the implications exclude, or nothing when it is contradictory.

        Whatever is then present and not excluded, what it implies can be present too.
        """
        excluded = known.excluded
        changed = True
        while changed:
            changed = False
            for cause, effect in self.implications:
                if cause & ~excluded and not effect & ~excluded:
                    excluded |= cause
                    changed = True
        return Known(known.mask, known.present, excluded) if all(mask & ~excluded for mask in known.present) else None

    def _row_of_set(self, known: Known, others: int) -> Row:
        possible = certain = 0
        sure: dict[Literal, bool] = {}
        for literals, bits in self.needs.items():
            if self._can_fulfil(known, literals):
                possible |= bits
                for literal in literals:
                    if literal not in sure:
                        sure[literal] = not self._can_fulfil(known, [Literal(literal.feature, True, literal.mask, not literal.wanted)])
                if all(sure[literal] for literal in literals):
                    certain |= bits
        rows = [self._fulfilled(members) for members in self._examples(known)]
        return Row(possible | others, certain | others, self.layout.choose(rows) | others)

    def _can_fulfil(self, known: Known, literals: Iterable[Literal]) -> bool:
        excluded, present = known.excluded, list(known.present)
        for literal in literals:
            if literal.wanted:
                present.append(literal.mask)
            else:
                excluded |= literal.mask
        return self.closed(Known(known.mask, tuple(present), excluded)) is not None

    def _fulfilled(self, members: int) -> int:
        return sum(bits for literals, bits in self.needs.items() if all(bool(literal.mask & members) == literal.wanted for literal in literals))

    def _examples(self, known: Known) -> Iterator[int]:
        """Yield some sets of values that fit: a least one, and for what populations want absent, one where it is present."""
        least = 0
        for mask in known.present:
            allowed = mask & ~known.excluded
            least |= 0 if allowed & least else allowed & -allowed
        yield self._with_effects(least, known.excluded)
        for mask in {literal.mask for literals in self.needs for literal in literals if not literal.wanted}:
            allowed = mask & ~known.excluded
            yield self._with_effects(least | (allowed & -allowed), known.excluded)
        yield self.everything & ~1 & ~known.excluded

    def _with_effects(self, members: int, excluded: int) -> int:
        changed = True
        while changed:
            changed = False
            for cause, effect in self.implications:
                if cause & members and not effect & members:
                    allowed = effect & ~excluded
                    members |= allowed & -allowed
                    changed = True
        return members


def _values(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


class _Table:
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
        if self._sparse or counts[0] * counts[1] > DENSE:
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


class _Combinations:
    """Numbers the combinations of several columns, and knows the members of each."""

    def __init__(self, count: int) -> None:
        self._pairs = [_Pairs() for _ in range(count - 1)]

    def number(self, columns: Sequence[Numbers], counts: Sequence[int]) -> Numbers:
        numbers, known = columns[0], counts[0]
        for pairs, column, count in zip(self._pairs, columns[1:], counts[1:], strict=True):
            numbers = pairs.number(numbers, column, (known, count))
            known = len(pairs.members)
        return numbers

    def members(self, number: int) -> tuple[int, ...]:
        found: list[int] = []
        for pairs in reversed(self._pairs):
            number, member = pairs.members[number]
            found.append(member)
        return (number, *reversed(found))

    def count(self, first: int) -> int:
        return len(self._pairs[-1].members) if self._pairs else first


class _Group:
    """Features that are closed together by going through the combinations of their cells.

    :param residues: what the rules ask of the group, by the cells of the hub: each a set of clauses over its features
    """

    def __init__(self, features: Sequence[_Feature], residues: Sequence[frozenset[Clause]], layout: Layout) -> None:
        self.features = features
        self._layout = layout
        truths = [[feature.truth(cell) for cell in range(len(feature.cells))] for feature in features]
        self.allowed: list[set[tuple[int, ...]]] = []
        for clauses in residues:
            # Each clause is looked at as soon as all its features are chosen.
            places = {feature.position: place for place, feature in enumerate(features)}
            due: list[list[Clause]] = [[] for _ in features]
            for clause in clauses:
                due[max(places[position] for position in _positions(clause))].append(clause)
            partial: list[tuple[int, ...]] = [()]
            for place in range(len(features)):
                partial = [
                    (*cells, cell)
                    for cells in partial
                    for cell in range(len(truths[place]))
                    if all(_true(clause, {p: truths[q][(*cells, cell)[q]] for p, q in places.items() if q <= place}) for clause in due[place])
                ]
            self.allowed.append(set(partial))

    def rows(self, states: Sequence[list[tuple[int, Row]]]) -> list[Row | None]:
        """Return the row for each residue; nothing where it is contradicted.

        :param states: for each feature the cells that its state leaves, each with the row of the state within it
        """
        combined: list[tuple[tuple[int, ...], Row]] = [((), Row(self._layout.all, self._layout.all, self._layout.all))]
        for options in states:
            combined = [((*cells, cell), row & more) for cells, row in combined for cell, more in options]
        found: list[Row | None] = []
        known: dict[frozenset[int], Row | None] = {}
        for allowed in self.allowed:
            inside = [number for number, (cells, _) in enumerate(combined) if cells in allowed]
            key = frozenset(inside)
            if key not in known:
                known[key] = _either([combined[number][1] for number in inside], self._layout)
            found.append(known[key])
        return found


def _either(rows: Sequence[Row], layout: Layout) -> Row | None:
    """Return the row of what is one of several states."""
    if not rows:
        return None
    if len(rows) == 1:
        return rows[0]
    possible, certain = 0, layout.all
    for row in rows:
        possible |= row.possible
        certain &= row.certain
    return Row(possible, certain, layout.choose(row.fulfilled for row in rows))


def _product(numbers: Iterable[int]) -> int:
    total = 1
    for number in numbers:
        total *= number
    return total


def _positions(clause: Clause) -> set[int]:
    if isinstance(clause, Literal):
        return {clause.feature}
    return set().union(*(_positions(part) for part in clause.parts))


def _literals(clause: Clause) -> Iterator[Literal]:
    if isinstance(clause, Literal):
        yield clause
    else:
        for part in clause.parts:
            yield from _literals(part)


def _true(clause: Clause, truth: Mapping[int, Mapping[Literal, bool]]) -> bool:
    if isinstance(clause, Literal):
        return truth[clause.feature][clause]
    return (all if clause.is_and else any)(_true(part, truth) for part in clause.parts)


def _reduced(clause: Clause, position: int, truth: Mapping[Literal, bool]) -> Clause:
    """Return what a clause still asks when the literals of one feature are decided."""
    if isinstance(clause, Literal):
        if clause.feature != position:
            return clause
        return TRUE if truth[clause] else FALSE
    absorbing, neutral = (FALSE, TRUE) if clause.is_and else (TRUE, FALSE)
    kept = []
    changed = False
    for part in clause.parts:
        reduced = _reduced(part, position, truth)
        if reduced is absorbing:
            return absorbing
        changed = changed or reduced is not part
        if reduced is not neutral:
            kept.append(reduced)
    if not changed:
        return clause
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else Node(clause.is_and, tuple(kept))


class _Apart:
    """Features that rules connect, taken apart by the cells of the hub."""

    def __init__(self, rules: Sequence[Clause], hub: Sequence[_Feature], groups: Sequence[Sequence[_Feature]], layout: Layout) -> None:
        self._layout = layout
        self.features = [*hub, *(feature for group in groups for feature in group)]
        self._hub = hub
        self._sizes = [len(group) for group in groups]
        residues: list[dict[frozenset[Clause], int]] = [{} for _ in groups]
        self._classes: dict[tuple[int, ...], int] = {}
        self._class_of: dict[tuple[int, ...], int] = {}
        place = {feature.position: number for number, group in enumerate(groups) for feature in group}
        for cells, left in _residues(hub, rules):
            split: list[set[Clause]] = [set() for _ in groups]
            for clause in left:
                split[place[next(iter(_positions(clause)))]].add(clause)
            key = tuple(known.setdefault(frozenset(part), len(known)) for known, part in zip(residues, split, strict=True))
            self._class_of[cells] = self._classes.setdefault(key, len(self._classes))
        self._groups = [_Group(group, list(known), layout) for group, known in zip(groups, residues, strict=True)]
        self._residue_of = list(self._classes)
        self.reset()

    def reset(self) -> None:
        """Forget what has been closed."""
        self._hubs: dict[tuple[int, ...], list[tuple[int, Words]]] = {}
        self._kept: list[dict[tuple[int, ...], int]] = [{} for _ in self._groups]
        self._tables = [_Table((len(group.allowed), self._layout.row_words)) for group in self._groups]

    def rows(self, states: Sequence[Sequence[_Local]]) -> Words:
        """Return the rows of some combinations of states; those of contradictory ones are empty.

        :param states: each combination, in the order of :attr:`features`
        """
        first = len(self._hub)
        bounds = [first, *(first := first + size for size in self._sizes)]
        by_hub: dict[tuple[int, ...], list[int]] = defaultdict(list)
        chosen = np.empty((len(self._groups), len(states)), dtype=np.intp)
        for place, combination in enumerate(states):
            by_hub[self._hub_number(combination[: bounds[0]])].append(place)
            for number in range(len(self._groups)):
                chosen[number, place] = self._group_number(number, combination[bounds[number] : bounds[number + 1]])
        rows = np.zeros((len(states), self._layout.row_words), dtype=np.uint64)
        for key, places in by_hub.items():
            rows[places] = self._combined(self._hubs[key], chosen[:, places])
        return rows

    def _combined(self, hub: Sequence[tuple[int, Words]], chosen: NDArray[np.intp]) -> Words:
        """Return the rows of combinations with the same state of the hub: what holds in one of its classes, in all, and in a chosen one."""
        width = self._layout.width
        total = np.zeros((chosen.shape[1], self._layout.row_words), dtype=np.uint64)
        total[:, width : 2 * width] = _ONES
        total[:, 2 * width : -1] = _ONES
        for number, row in hub:
            found = np.broadcast_to(row, total.shape)
            for table, states, residue in zip(self._tables, chosen, self._residue_of[number], strict=True):
                found = found & table.rows[states, residue]
            consistent = np.where(found[:, -1:] != 0, _ONES, np.uint64(0))
            total[:, :width] |= found[:, :width]
            total[:, width : 2 * width] &= found[:, width : 2 * width] | ~consistent
            self._layout.prefer(total[:, 2 * width : -1], found[:, 2 * width : -1], consistent)
            total[:, -1] |= found[:, -1]
        total[total[:, -1] == 0] = 0
        return total

    def _hub_number(self, states: Sequence[_Local]) -> tuple[int, ...]:
        key = tuple(state.number for state in states)
        if key not in self._hubs:
            rows = self._hub_rows([state.cells for state in states])
            self._hubs[key] = [(number, self._layout.pack(row)) for number, row in rows.items()]
        return key

    def _group_number(self, number: int, states: Sequence[_Local]) -> int:
        key = tuple(state.number for state in states)
        kept = self._kept[number]
        if key not in kept:
            kept[key] = len(kept)
            rows = self._groups[number].rows([state.cells for state in states])
            self._tables[number].add(np.stack([self._layout.pack(row) for row in rows]))
        return kept[key]

    def _hub_rows(self, states: Sequence[list[tuple[int, Row]]]) -> dict[int, Row]:
        """Return class of the hub's cells → row."""
        options = [dict(cells) for cells in states]
        found: dict[int, list[Row]] = defaultdict(list)
        for cells, number in self._class_of.items():
            if all(cell in within for cell, within in zip(cells, options, strict=True)):
                row = Row(self._layout.all, self._layout.all, self._layout.all)
                for cell, within in zip(cells, options, strict=True):
                    row &= within[cell]
                found[number].append(row)
        return {number: one for number, rows in found.items() if (one := _either(rows, self._layout))}


def _residues(hub: Sequence[_Feature], rules: Sequence[Clause]) -> Iterator[tuple[tuple[int, ...], list[Clause]]]:
    """Yield for each combination of cells of the hub what the rules still ask; nothing where they forbid it."""
    if not hub:
        yield (), list(rules)
        return
    first, *others = hub
    for cell in range(len(first.cells)):
        truth = first.truth(cell)
        left: list[Clause] = []
        for rule in rules:
            reduced = _reduced(rule, first.position, truth)
            left += reduced.parts if isinstance(reduced, Node) and reduced.is_and else (reduced,)
        if not any(clause is FALSE for clause in left):
            for cells, rest in _residues(others, left):
                yield (cell, *cells), rest


@dataclass(frozen=True, slots=True)
class _Local:
    """The state of a feature as far as the rules are concerned.

    :param cells: the cells that it leaves, each with the row of the state within it
    """

    number: int
    cells: list[tuple[int, Row]]


class _Asked:
    """Features that rules connect, closed by the engine."""

    def __init__(self, engine: Engine, features: Sequence[_Feature], alternatives: Sequence[tuple[int, int]], layout: Layout) -> None:
        self.features = list(features)
        self._layout = layout
        members = {feature.position for feature in features}
        rules = [rule for rule in engine.logic.rules if _positions(engine.solver.clause(rule.formula)) <= members]
        self._engine = copy(engine)  # one that looks at these features alone
        self._engine.solver = Solver(engine.terms, engine.space, rules)
        self._engine._forced = {}
        own = sum(1 << number for number, literal in enumerate(engine.literals) if any(literal.feature == feature.position for feature in features))
        self._needs: dict[int, int] = defaultdict(int)
        for literals, bit in alternatives:
            self._needs[literals & own] |= 1 << bit
        self._unwanted = [engine.literals[number] for number in _numbers(own) if not engine.literals[number].wanted]

    def row(self, criteria: Iterable[Criterion]) -> Row | None:
        """Return the row of a combination of states, nothing when it is contradictory."""
        situation = self._engine.situation([Fact(criterion, "", "") for criterion in criteria])
        if situation is None:
            return None
        possible = certain = 0
        for literals, bits in self._needs.items():
            missing = literals & ~situation.held
            if not missing:
                certain |= bits
                possible |= bits
            elif not literals & situation.impossible and situation.completion(missing):
                possible |= bits
        examples = [situation.witness]
        for literal in self._unwanted:
            found = self._engine.solver.solve([Literal(literal.feature, literal.is_set, literal.mask)], situation.known)
            if found:
                examples.append(found)
        return Row(possible, certain, self._layout.choose(self._fulfilled(example) for example in examples))

    def _fulfilled(self, example: State) -> int:
        literals = self._engine.literals
        return sum(bits for needed, bits in self._needs.items() if all(holds(example, literals[number]) for number in _numbers(needed)))


def _numbers(bits: int) -> Iterator[int]:
    for value in _values(bits):
        yield value.bit_length() - 1


class _Part:
    """Features whose rows are looked up together: some that are independent, or some that rules connect."""

    def __init__(self, features: Sequence[_Feature], layout: Layout, closed: _Apart | _Asked | None) -> None:
        self.features = features
        self.covers = {feature.position for feature in features}
        self._layout = layout
        self._closed = closed
        self.reset()

    def reset(self) -> None:
        """Forget all combinations."""
        self._combinations = _Combinations(len(self.features))
        self._table = _Table((self._layout.row_words,))
        self._locals: list[dict[Any, int]] = [{} for _ in self.features]
        self._members: list[list[int]] = [[] for _ in self.features]
        self._local_of: list[Numbers] = [np.empty(0, dtype=np.int32) for _ in self.features]
        self._local_states: list[dict[int, _Local]] = [{} for _ in self.features]
        self._own: dict[tuple[int, int], Words] = {}
        if isinstance(self._closed, _Apart):
            self._closed.reset()

    @property
    def size(self) -> int:
        """How many combinations are known."""
        return self._table.count

    def local(self, columns: Mapping[int, Numbers]) -> list[Numbers]:
        """Return the columns of the part's features with states that rules do not tell apart made equal."""
        found = []
        for place, feature in enumerate(self.features):
            column = columns[feature.position]
            if isinstance(self._closed, _Apart):
                self._learn(place, feature)
                column = self._local_of[place][column]
            found.append(column)
        return found

    def rows(self, columns: Mapping[int, Numbers]) -> tuple[Words, Numbers]:
        """Return a table of rows and the number of each case's row."""
        local = self.local(columns)
        known = self._members if isinstance(self._closed, _Apart) else [feature.states for feature in self.features]
        counts = [len(states) for states in known]
        numbers = self._combinations.number(local, counts)
        fresh = [self._combinations.members(number) for number in range(self._table.count, self._combinations.count(counts[0]))]
        if fresh and isinstance(self._closed, _Apart):
            self._table.extend(self._closed.rows([[self._local_state(place, member) for place, member in enumerate(members)] for members in fresh]))
        else:
            for members in fresh:
                self._table.add(self._row(members))
        return self._table.rows, numbers

    def _learn(self, place: int, feature: _Feature) -> None:
        """Give numbers to the states of a feature that are new, those in the same cell the same one."""
        known = self._local_of[place]
        if len(known) == len(feature.states):
            return
        fresh = []
        for number in range(len(known), len(feature.states)):
            cell = feature.of_cell[number]
            key = ("cell", cell) if cell >= 0 else ("state", number)
            if key not in self._locals[place]:
                self._locals[place][key] = len(self._members[place])
                self._members[place].append(number)
            fresh.append(self._locals[place][key])
        self._local_of[place] = np.concatenate([known, np.array(fresh, dtype=np.int32)])

    def _row(self, members: tuple[int, ...]) -> Words:
        if not isinstance(self._closed, _Asked):
            words = self._own_row(0, members[0])
            for place, member in enumerate(members[1:], start=1):
                words = words & self._own_row(place, member)
            return words
        if any(feature.states[member] is None for feature, member in zip(self.features, members, strict=True)):
            return self._layout.pack(None)
        criteria = [criterion for feature, member in zip(self.features, members, strict=True) for criterion in feature.criteria[member]]
        return self._layout.pack(self._closed.row(criteria))

    def _own_row(self, place: int, number: int) -> Words:
        if (place, number) not in self._own:
            self._own[place, number] = self._layout.pack(self.features[place].own_row(number))
        return self._own[place, number]

    def _local_state(self, place: int, member: int) -> _Local:
        found = self._local_states[place]
        if member not in found:
            feature = self.features[place]
            number = self._members[place][member]
            known, cell = feature.states[number], feature.of_cell[number]
            cells: list[tuple[int, Row]] = []
            if known is not None and cell >= 0:
                cells = [(cell, feature.neutral)]
            elif known is not None:
                restricted = ((cell, feature.restricted(known, cell)) for cell in range(len(feature.cells)))
                cells = [(cell, feature.row(inside)) for cell, inside in restricted if inside]
            found[member] = _Local(member, cells)
        return found[member]


@dataclass(frozen=True, slots=True)
class _Cases:
    """The cases of one block.

    :param columns: position of a feature → number of the state of each case
    :param tables: for each part its rows, and the number of each case's row
    :param start: first case of the block
    """

    columns: Mapping[int, Numbers]
    tables: Sequence[tuple[Words, Numbers]]
    start: int


def _picked(table: Words, rows: Numbers, bits: Sequence[int], offset: int) -> NDArray[np.int64]:
    """Return some bits of some rows as small numbers."""
    found = np.zeros(len(rows), dtype=np.int64)
    for place, bit in enumerate(bits):
        found |= (((table[rows, offset + bit // _WORD] >> np.uint64(bit % _WORD)) & np.uint64(1)) << np.uint64(place)).astype(np.int64)
    return found


class Kernel:
    """Decides many cases at once.

    :param engine: the populations and rules
    :param keys: identifiers of populations, in the order of the answer's columns; one may stand there several times
    """

    def __init__(self, engine: Engine, keys: Sequence[str]) -> None:
        self.engine = engine
        self.keys = tuple(keys)
        self._populations = list(dict.fromkeys(keys))
        compiled = [engine.compiled[key] for key in self._populations]
        self.layout = Layout([len(one.alternatives) for one in compiled])
        place = {key: number for number, key in enumerate(self._populations)}
        position = {number: column for column, number in enumerate(self.layout.order)}
        self._columns = np.array([position[place[key]] for key in keys], dtype=np.intp)
        alternatives = [
            (alternative.literals, bit)
            for one, bits in zip(compiled, self.layout.bits, strict=True)
            for alternative, bit in zip(one.alternatives, bits, strict=True)
        ]
        solver = engine.solver
        rules = [solver.clause(rule.formula) for rule in engine.logic.rules]
        self._features = self._read_features(alternatives, rules)
        self._by_key = {feature.key: self._features[number] for number, feature in enumerate(solver.features)}
        self._parts, self._connected = self._take_apart(alternatives, rules)
        self._mentions = [{literal.feature for alternative in one.alternatives for literal in _chosen(engine, alternative.literals)} for one in compiled]
        self._decided: dict[tuple[int, bytes], int] = {}
        self.generation = 0

    @property
    def size(self) -> int:
        """How many states and combinations are kept."""
        return sum(part.size for part in self._parts) + sum(len(feature.states) for feature in self._features) + len(self._decided)

    def forget(self) -> None:
        """Forget all states and combinations; numbers of states that were given out are no longer valid."""
        for feature in self._features:
            feature.reset()
        for part in self._parts:
            part.reset()
        self._decided.clear()
        self.generation += 1

    def number(self, key: str, criteria: Sequence[Criterion]) -> int:
        """Return the number of the state that some criteria about one feature describe; 0 when there are none.

        :param key: of the feature
        :raises KeyError: when a value is not one of the feature
        """
        feature = self._by_key[key]
        clauses = [self.engine.clause(criterion) for criterion in criteria]
        mask, excluded, present = feature.everything, 0, set()
        for clause in clauses:
            if not isinstance(clause, Literal) or clause.feature != feature.position:
                raise ValueError(f"not a criterion about {key}")
            if not feature.is_set:
                mask &= clause.mask
            elif clause.wanted:
                present.add(clause.mask)
            else:
                excluded |= clause.mask
        known = Known(mask, tuple(sorted(present)), excluded)
        return feature.add(known if mask and feature.closed(known) else None, tuple(criteria))

    def columns(self, cases: Iterable[Sequence[Fact]]) -> dict[str, Numbers]:
        """Return the columns of some cases that are given as facts."""
        rows = []
        for facts in cases:
            by_feature: dict[str, list[Criterion]] = defaultdict(list)
            for fact in facts:
                by_feature[fact.criterion.feature.key].append(fact.criterion)
            rows.append({key: self.number(key, criteria) for key, criteria in by_feature.items()})
        return {key: np.array([row.get(key, 0) for row in rows], dtype=np.int32) for key in self._by_key}

    def decide(self, columns: Mapping[str, Numbers], count: int, *, block: int = 4096) -> Codes:
        """Return one row per case and one column per population of :attr:`keys`, as codes of :data:`VERDICTS`.

        :param columns: feature key → number of the state of each case, from :meth:`number`; features left out are unknown
        :param count: how many cases there are
        :param block: cases that are combined at a time; for speed only
        """
        answer = np.empty((count, len(self.keys)), dtype=np.uint8)
        unknown = np.zeros(count, dtype=np.int32)
        by_position = {feature.position: columns.get(key, unknown) for key, feature in self._by_key.items()}
        tables = [part.rows(by_position) for part in self._parts]
        buffers = np.empty((2, min(block, count), self.layout.row_words), dtype=np.uint64)
        for start in range(0, count, block):
            stop = min(start + block, count)
            row, more = buffers[0][: stop - start], buffers[1][: stop - start]
            row.fill(np.iinfo(np.uint64).max)
            for table, numbers in tables:
                np.take(table, numbers[start:stop], axis=0, out=more, mode="clip")
                np.bitwise_and(row, more, out=row)
            answer[start:stop] = self._verdicts(row, _Cases(by_position, tables, start))
        return answer

    def _verdicts(self, rows: Words, cases: _Cases) -> Codes:
        layout = self.layout
        width = layout.width
        possible = _any_layer(rows[:, :width], layout.words)
        certain = _any_layer(rows[:, width : 2 * width], layout.words)
        codes = _spread(possible) + _spread(certain)
        if layout.unions:
            union = layout.union_words[0]
            doubtful = _any_layer(rows[:, 2 * width : -1], layout.union_words) & possible[:, :union] & ~certain[:, :union]
            consistent = rows[:, -1] & np.uint64(1)
            if doubtful.any():
                self._settle(codes, _spread(doubtful) * consistent[:, None].astype(np.uint8), cases)
        codes = codes[:, self._columns]
        codes[rows[:, -1] & np.uint64(1) == 0] = CONTRADICTORY
        return codes

    def _settle(self, codes: Codes, doubtful: Codes, cases: _Cases) -> None:
        """Let the engine decide unions that may be certain though none of their alternatives is."""
        for column in np.flatnonzero(doubtful.any(axis=0)).tolist():
            places = np.flatnonzero(doubtful[:, column])
            number = self.layout.order[column]
            distinct, first, inverse = np.unique(self._signature(number, cases, places), axis=0, return_index=True, return_inverse=True)
            verdicts = [self._asked(number, key, cases, int(places[one])) for key, one in zip(distinct, first, strict=True)]
            codes[places, column] = np.array(verdicts, dtype=np.uint8)[inverse.reshape(-1)]

    def _signature(self, number: int, cases: _Cases, places: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return for each case what the verdict on a union depends on: equal rows have equal verdicts.

        A part that leaves at most one alternative open is described by what it makes possible and certain. One that
        leaves several open may let them be true together or not; then its whole combination counts.
        """
        bits = self.layout.bits[number]
        found = []
        for part, (table, numbers) in zip(self._parts, cases.tables, strict=True):
            if not part.covers & self._mentions[number]:
                continue
            rows = numbers[cases.start + places]
            possible, certain = (_picked(table, rows, bits[:MOST_DESCRIBED], offset) for offset in (0, self.layout.width))
            described = (possible << MOST_DESCRIBED) + certain
            ambiguous = (np.bitwise_count(possible ^ certain) > 1) | (len(bits) > MOST_DESCRIBED)
            found.append(np.where(ambiguous, -1 - rows.astype(np.int64), described))
        return np.stack(found, axis=1)

    def _asked(self, number: int, key: NDArray[np.int64], cases: _Cases, place: int) -> int:
        short = (number, key.tobytes())
        if short not in self._decided:
            positions = set().union(*(self._connected.get(position, {position}) for position in self._mentions[number]))
            criteria = [one for position in sorted(positions) for one in self._features[position].criteria[cases.columns[position][cases.start + place]]]
            situation = self.engine.situation([Fact(criterion, "", "") for criterion in criteria])
            self._decided[short] = VERDICTS.index(situation.verdict(self._populations[number]) if situation else Verdict.CONTRADICTORY)
        return self._decided[short]

    def _read_features(self, alternatives: Sequence[tuple[int, int]], rules: Sequence[Clause]) -> list[_Feature]:
        needs: dict[int, dict[tuple[Literal, ...], int]] = defaultdict(lambda: defaultdict(int))
        for literals, bit in alternatives:
            by_feature: dict[int, list[Literal]] = defaultdict(list)
            for literal in _chosen(self.engine, literals):
                by_feature[literal.feature].append(literal)
            for position, own in by_feature.items():
                needs[position][tuple(own)] |= 1 << bit
        asked: dict[int, set[Literal]] = defaultdict(set)
        for rule in rules:
            for literal in _literals(rule):
                asked[literal.feature].add(literal)
        solver = self.engine.solver
        return [
            _Feature(position, feature.kind is FeatureKind.SET, solver.space.everything(feature), dict(needs[position]), asked[position], self.layout)
            for position, feature in enumerate(solver.features)
        ]

    def _take_apart(self, alternatives: Sequence[tuple[int, int]], rules: Sequence[Clause]) -> tuple[list[_Part], dict[int, set[int]]]:
        """Return the parts, and for each feature that rules connect all features connected with it."""
        layout = self.layout
        parts, free = [], []
        connected: dict[int, set[int]] = {}
        inner: set[int] = set()
        for members in _components([_positions(rule) for rule in rules]):
            features = [self._features[position] for position in sorted(members)]
            own = [rule for rule in rules if _positions(rule) <= members]
            implications = [_implication(rule) for rule in own]
            if len(features) == 1 and all(implications):
                features[0].implications = [one for one in implications if one]
                features[0].cells = []
                free += features
                inner |= members
                continue
            connected |= dict.fromkeys(members, members)
            closed = _apart(features, own, layout) or _Asked(self.engine, features, alternatives, layout)
            parts.append(_Part(closed.features, layout, closed))
            if isinstance(closed, _Apart):
                free += [feature for feature in features if feature.mentioned]
        free += [feature for feature in self._features if feature.position not in connected and feature.position not in inner]
        free.sort(key=lambda feature: len(feature.needs))
        parts += [_Part(free[start : start + TOGETHER], layout, None) for start in range(0, len(free), TOGETHER)]
        return parts, connected


def _chosen(engine: Engine, literals: int) -> list[Literal]:
    return [engine.literals[number] for number in _numbers(literals)]


def _components(sets: Iterable[set[int]]) -> list[set[int]]:
    """Return the unions of the sets that hang together."""
    found: list[set[int]] = []
    for one in sets:
        joined = set(one)
        apart = []
        for other in found:
            if other & joined:
                joined |= other
            else:
                apart.append(other)
        found = [*apart, joined]
    return found


def _implication(rule: Clause) -> tuple[int, int] | None:
    """Return the rule as "when one of these is present, one of those is", for a set; nothing when it is of another form."""
    if not isinstance(rule, Node) or rule.is_and or not all(isinstance(part, Literal) and part.is_set for part in rule.parts):
        return None
    literals = [part for part in rule.parts if isinstance(part, Literal)]
    causes = [literal.mask for literal in literals if not literal.wanted]
    effect = 0
    for literal in literals:
        effect |= literal.mask if literal.wanted else 0
    return (causes[0], effect) if len(causes) == 1 else None


def _apart(features: Sequence[_Feature], rules: Sequence[Clause], layout: Layout) -> _Apart | None:
    """Return features that rules connect, taken apart; nothing when that cannot be done."""
    if not all(feature.cells for feature in features):
        return None
    hub: list[_Feature] = []
    while True:
        taken = {feature.position for feature in hub}
        left = [_positions(rule) - taken for rule in rules]
        groups = _components(one for one in left if one)
        rest = [feature for feature in features if feature.position not in taken]
        members = [[feature for feature in rest if feature.position in group] for group in groups]
        wide = [group for group in members if _product(len(feature.cells) for feature in group) > MOST_CELLS]
        if not wide:
            return _Apart(rules, hub, members, layout)
        counts = {feature.position: sum(feature.position in one for one in left) for group in wide for feature in group}
        hub.append(max((feature for group in wide for feature in group), key=lambda feature: counts[feature.position]))
        if _product(len(feature.cells) for feature in hub) > MOST_HUB_CELLS:
            return None


def _any_layer(rows: Words, words: Sequence[int]) -> Words:
    """Return for each population whether any of its alternatives has its bit."""
    found = rows[:, : words[0]].copy()
    start = words[0]
    for count in words[1:]:
        found[:, :count] |= rows[:, start : start + count]
        start += count
    return found


def _spread(words: Words) -> Codes:
    """Return bits as bytes."""
    return np.unpackbits(np.ascontiguousarray(words).astype("<u8", copy=False).view(np.uint8), axis=1, bitorder="little")
