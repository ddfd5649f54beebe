"""Verdicts for blocks of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.match.engine import Engine
from kg.match.kernel import limits
from kg.match.kernel.apart import Apart, take_apart
from kg.match.kernel.clauses import implication, joined_sets, literals_in, literals_of, positions_of
from kg.match.kernel.features import Feature, Known
from kg.match.kernel.parts import Asked, Part
from kg.match.kernel.rows import Codes, Layout, Numbers, Words, any_layer, picked_bits, spread_bits
from kg.match.presentation import Fact
from kg.match.solver import Clause, Literal
from kg.match.verdict import Verdict
from kg.model.feature import FeatureKind
from kg.model.population import Criterion

VERDICTS = (Verdict.DOES_NOT_APPLY, Verdict.APPLIES_IF, Verdict.APPLIES, Verdict.CONTRADICTORY)
"""Code → verdict."""


CONTRADICTORY = VERDICTS.index(Verdict.CONTRADICTORY)


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
        self._mentions = [{literal.feature for alternative in one.alternatives for literal in literals_in(engine, alternative.literals)} for one in compiled]
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
        possible = any_layer(rows[:, :width], layout.words)
        certain = any_layer(rows[:, width : 2 * width], layout.words)
        codes = spread_bits(possible) + spread_bits(certain)
        if layout.unions:
            union = layout.union_words[0]
            doubtful = any_layer(rows[:, 2 * width : -1], layout.union_words) & possible[:, :union] & ~certain[:, :union]
            consistent = rows[:, -1] & np.uint64(1)
            if doubtful.any():
                self._settle(codes, spread_bits(doubtful) * consistent[:, None].astype(np.uint8), cases)
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
            possible, certain = (picked_bits(table, rows, bits[: limits.MOST_DESCRIBED], offset) for offset in (0, self.layout.width))
            described = (possible << limits.MOST_DESCRIBED) + certain
            ambiguous = (np.bitwise_count(possible ^ certain) > 1) | (len(bits) > limits.MOST_DESCRIBED)
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

    def _read_features(self, alternatives: Sequence[tuple[int, int]], rules: Sequence[Clause]) -> list[Feature]:
        needs: dict[int, dict[tuple[Literal, ...], int]] = defaultdict(lambda: defaultdict(int))
        for literals, bit in alternatives:
            by_feature: dict[int, list[Literal]] = defaultdict(list)
            for literal in literals_in(self.engine, literals):
                by_feature[literal.feature].append(literal)
            for position, own in by_feature.items():
                needs[position][tuple(own)] |= 1 << bit
        asked: dict[int, set[Literal]] = defaultdict(set)
        for rule in rules:
            for literal in literals_of(rule):
                asked[literal.feature].add(literal)
        solver = self.engine.solver
        return [
            Feature(position, feature.kind is FeatureKind.SET, solver.space.everything(feature), dict(needs[position]), asked[position], self.layout)
            for position, feature in enumerate(solver.features)
        ]

    def _take_apart(self, alternatives: Sequence[tuple[int, int]], rules: Sequence[Clause]) -> tuple[list[Part], dict[int, set[int]]]:
        """Return the parts, and for each feature that rules connect all features connected with it."""
        layout = self.layout
        parts, free = [], []
        connected: dict[int, set[int]] = {}
        inner: set[int] = set()
        for members in joined_sets([positions_of(rule) for rule in rules]):
            features = [self._features[position] for position in sorted(members)]
            own = [rule for rule in rules if positions_of(rule) <= members]
            implications = [implication(rule) for rule in own]
            if len(features) == 1 and all(implications):
                features[0].implications = [one for one in implications if one]
                features[0].cells = []
                free += features
                inner |= members
                continue
            connected |= dict.fromkeys(members, members)
            closed = take_apart(features, own, layout) or Asked(self.engine, features, alternatives, layout)
            parts.append(Part(closed.features, layout, closed))
            if isinstance(closed, Apart):
                free += [feature for feature in features if feature.mentioned]
        free += [feature for feature in self._features if feature.position not in connected and feature.position not in inner]
        free.sort(key=lambda feature: len(feature.needs))
        parts += [Part(free[start : start + limits.TOGETHER], layout, None) for start in range(0, len(free), limits.TOGETHER)]
        return parts, connected
