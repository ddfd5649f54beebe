"""Features that rules connect, taken apart by the cells of a few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from kg.match.kernel import limits
from kg.match.kernel.clauses import is_true, joined_sets, positions_of, residues_left
from kg.match.kernel.features import Feature
from kg.match.kernel.numbering import Table
from kg.match.kernel.rows import ONES, Layout, Row, Words
from kg.match.solver import Clause


class _Group:
    """Features that are closed together by going through the combinations of their cells.

    :param residues: what the rules ask of the group, by the cells of the hub: each a set of clauses over its features
    """

    def __init__(self, features: Sequence[Feature], residues: Sequence[frozenset[Clause]], layout: Layout) -> None:
        self.features = features
        self._layout = layout
        truths = [[feature.truth(cell) for cell in range(len(feature.cells))] for feature in features]
        self.allowed: list[set[tuple[int, ...]]] = []
        for clauses in residues:
            # Each clause is looked at as soon as all its features are chosen.
            places = {feature.position: place for place, feature in enumerate(features)}
            due: list[list[Clause]] = [[] for _ in features]
            for clause in clauses:
                due[max(places[position] for position in positions_of(clause))].append(clause)
            partial: list[tuple[int, ...]] = [()]
            for place in range(len(features)):
                partial = [
                    (*cells, cell)
                    for cells in partial
                    for cell in range(len(truths[place]))
                    if all(is_true(clause, {p: truths[q][(*cells, cell)[q]] for p, q in places.items() if q <= place}) for clause in due[place])
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


class Apart:
    """Features that rules connect, taken apart by the cells of the hub."""

    def __init__(self, rules: Sequence[Clause], hub: Sequence[Feature], groups: Sequence[Sequence[Feature]], layout: Layout) -> None:
        self._layout = layout
        self.features = [*hub, *(feature for group in groups for feature in group)]
        self._hub = hub
        self._sizes = [len(group) for group in groups]
        residues: list[dict[frozenset[Clause], int]] = [{} for _ in groups]
        self._classes: dict[tuple[int, ...], int] = {}
        self._class_of: dict[tuple[int, ...], int] = {}
        place = {feature.position: number for number, group in enumerate(groups) for feature in group}
        for cells, left in residues_left(hub, rules):
            split: list[set[Clause]] = [set() for _ in groups]
            for clause in left:
                split[place[next(iter(positions_of(clause)))]].add(clause)
            key = tuple(known.setdefault(frozenset(part), len(known)) for known, part in zip(residues, split, strict=True))
            self._class_of[cells] = self._classes.setdefault(key, len(self._classes))
        self._groups = [_Group(group, list(known), layout) for group, known in zip(groups, residues, strict=True)]
        self._residue_of = list(self._classes)
        self.reset()

    def reset(self) -> None:
        """Forget what has been closed."""
        self._hubs: dict[tuple[int, ...], list[tuple[int, Words]]] = {}
        self._kept: list[dict[tuple[int, ...], int]] = [{} for _ in self._groups]
        self._tables = [Table((len(group.allowed), self._layout.row_words)) for group in self._groups]

    def rows(self, states: Sequence[Sequence[Local]]) -> Words:
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
        total[:, width : 2 * width] = ONES
        total[:, 2 * width : -1] = ONES
        for number, row in hub:
            found = np.broadcast_to(row, total.shape)
            for table, states, residue in zip(self._tables, chosen, self._residue_of[number], strict=True):
                found = found & table.rows[states, residue]
            consistent = np.where(found[:, -1:] != 0, ONES, np.uint64(0))
            total[:, :width] |= found[:, :width]
            total[:, width : 2 * width] &= found[:, width : 2 * width] | ~consistent
            self._layout.prefer(total[:, 2 * width : -1], found[:, 2 * width : -1], consistent)
            total[:, -1] |= found[:, -1]
        total[total[:, -1] == 0] = 0
        return total

    def _hub_number(self, states: Sequence[Local]) -> tuple[int, ...]:
        key = tuple(state.number for state in states)
        if key not in self._hubs:
            rows = self._hub_rows([state.cells for state in states])
            self._hubs[key] = [(number, self._layout.pack(row)) for number, row in rows.items()]
        return key

    def _group_number(self, number: int, states: Sequence[Local]) -> int:
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


@dataclass(frozen=True, slots=True)
class Local:
    """The state of a feature as far as the rules are concerned.

    :param cells: the cells that it leaves, each with the row of the state within it
    """

    number: int
    cells: list[tuple[int, Row]]


def take_apart(features: Sequence[Feature], rules: Sequence[Clause], layout: Layout) -> Apart | None:
    """Return features that rules connect, taken apart; nothing when that cannot be done."""
    if not all(feature.cells for feature in features):
        return None
    hub: list[Feature] = []
    while True:
        taken = {feature.position for feature in hub}
        left = [positions_of(rule) - taken for rule in rules]
        groups = joined_sets(one for one in left if one)
        rest = [feature for feature in features if feature.position not in taken]
        members = [[feature for feature in rest if feature.position in group] for group in groups]
        wide = [group for group in members if prod(len(feature.cells) for feature in group) > limits.MOST_CELLS]
        if not wide:
            return Apart(rules, hub, members, layout)
        counts = {feature.position: sum(feature.position in one for one in left) for group in wide for feature in group}
        hub.append(max((feature for group in wide for feature in group), key=lambda feature: counts[feature.position]))
        if prod(len(feature.cells) for feature in hub) > limits.MOST_HUB_CELLS:
            return None
