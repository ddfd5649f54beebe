"""Parts of the rows that are independent of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from kg.match.engine import Engine
from kg.match.kernel.apart import Apart, Local
from kg.match.kernel.clauses import positions_of
from kg.match.kernel.features import Feature
from kg.match.kernel.numbering import Combinations, Table
from kg.match.kernel.rows import Layout, Numbers, Row, Words, bit_numbers
from kg.match.presentation import Fact
from kg.match.solver import Literal, Solver, State, holds
from kg.model.population import Criterion


class Asked:
    """Features that rules connect, closed by the engine."""

    def __init__(self, engine: Engine, features: Sequence[Feature], alternatives: Sequence[tuple[int, int]], layout: Layout) -> None:
        self.features = list(features)
        self._layout = layout
        members = {feature.position for feature in features}
        rules = [rule for rule in engine.logic.rules if positions_of(engine.solver.clause(rule.formula)) <= members]
        self._engine = copy(engine)  # one that looks at these features alone
        self._engine.solver = Solver(engine.terms, engine.space, rules)
        self._engine._forced = {}
        own = sum(1 << number for number, literal in enumerate(engine.literals) if any(literal.feature == feature.position for feature in features))
        self._needs: dict[int, int] = defaultdict(int)
        for literals, bit in alternatives:
            self._needs[literals & own] |= 1 << bit
        self._unwanted = [engine.literals[number] for number in bit_numbers(own) if not engine.literals[number].wanted]

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
        return sum(bits for needed, bits in self._needs.items() if all(holds(example, literals[number]) for number in bit_numbers(needed)))


class Part:
    """Features whose rows are looked up together: some that are independent, or some that rules connect."""

    def __init__(self, features: Sequence[Feature], layout: Layout, closed: Apart | Asked | None) -> None:
        self.features = features
        self.covers = {feature.position for feature in features}
        self._layout = layout
        self._closed = closed
        self.reset()

    def reset(self) -> None:
        """Forget all combinations."""
        self._combinations = Combinations(len(self.features))
        self._table = Table((self._layout.row_words,))
        self._locals: list[dict[Any, int]] = [{} for _ in self.features]
        self._members: list[list[int]] = [[] for _ in self.features]
        self._local_of: list[Numbers] = [np.empty(0, dtype=np.int32) for _ in self.features]
        self._local_states: list[dict[int, Local]] = [{} for _ in self.features]
        self._own: dict[tuple[int, int], Words] = {}
        if isinstance(self._closed, Apart):
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
            if isinstance(self._closed, Apart):
                self._learn(place, feature)
                column = self._local_of[place][column]
            found.append(column)
        return found

    def rows(self, columns: Mapping[int, Numbers]) -> tuple[Words, Numbers]:
        """Return a table of rows and the number of each case's row."""
        local = self.local(columns)
        known = self._members if isinstance(self._closed, Apart) else [feature.states for feature in self.features]
        counts = [len(states) for states in known]
        numbers = self._combinations.number(local, counts)
        fresh = [self._combinations.members(number) for number in range(self._table.count, self._combinations.count(counts[0]))]
        if fresh and isinstance(self._closed, Apart):
            self._table.extend(self._closed.rows([[self._local_state(place, member) for place, member in enumerate(members)] for members in fresh]))
        else:
            for members in fresh:
                self._table.add(self._row(members))
        return self._table.rows, numbers

    def _learn(self, place: int, feature: Feature) -> None:
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
        if not isinstance(self._closed, Asked):
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

    def _local_state(self, place: int, member: int) -> Local:
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
            found[member] = Local(member, cells)
        return found[member]
