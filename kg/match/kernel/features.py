"""One feature: its states, its cells, and the row of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from kg.match.kernel import limits
from kg.match.kernel.rows import Layout, Row, single_bits
from kg.match.solver import Literal
from kg.model.population import Criterion


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


class Feature:
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
            if 1 << len(masks) > limits.MOST_VECTORS:
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
        for value in single_bits(self.everything):
            cells[tuple(bool(literal.mask & value) for literal in self.rules)] |= value
        return [Known(mask) for mask in cells.values()]

    def _satisfied(self) -> list[tuple[int, int]]:
        """Return the sets of values that fulfil the same alternatives, each with those."""
        rows: dict[int, int] = defaultdict(int)
        needs = [(literals[0].mask, bits) for literals, bits in self.needs.items()]
        for value in single_bits(self.everything):
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
