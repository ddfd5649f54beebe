"""What lies between statements: where sources disagree, which statement is a special case of another, and what no statement covers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from math import prod

from kg.errors import UsageError
from kg.graph import NOTICE
from kg.match.engine import Situation
from kg.match.match import CONTRAINDICATED, DIRECTIONS, NOT_RECOMMENDED, Matcher, is_date, valid
from kg.match.overlap import Overlaps
from kg.match.presentation import Fact
from kg.match.relations import AGAINST, FOR, PERIOPERATIVE, TOGETHER, Advice, disagreements, related
from kg.match.solver import fulfils
from kg.match.statements import KINDS, Statement
from kg.match.verdict import Verdict
from kg.model.population import Criterion, Population, PopulationError, parse
from kg.terms import Terms

NO_APPROVAL = frozenset({"refused", "withdrawn"})
"""Regulatory decisions that can be set against advice in favour."""
RECOMMENDATION, APPROVAL = "recommendation", "approval"


class Standing(StrEnum):
    """How two scopes stand to each other."""

    SAME = "same"
    WITHIN = "first within second"
    AROUND = "second within first"
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Advice in favour of a therapy and advice, or a decision, of another source against it, for a common presentation.

    :param therapies: pairs of therapies, one of each statement, that are the same or of which one is a kind of the other
    :param aims: codes of the aims that both have
    :param overlap: exactly the presentations that both are about
    """

    favour: Statement
    against: Statement
    therapies: tuple[tuple[str, str], ...]
    aims: tuple[str, ...]
    standing: Standing
    overlap: Population


@dataclass(frozen=True, slots=True)
class SpecialCase:
    """A recommendation whose scope lies strictly within that of another on the same therapy, or on what it is a kind of.

    :param same_direction: whether both advise in favour, both against, or neither
    """

    narrow: Statement
    wide: Statement
    therapies: tuple[tuple[str, str], ...]
    aims: tuple[str, ...]
    same_direction: bool


@dataclass(frozen=True, slots=True)
class Conflicts:
    """The disagreements between sources, the clearest first.

    :param version: of the graph
    """

    found: tuple[Conflict, ...]
    version: str
    as_of: str
    notice: str = NOTICE


def conflicts(matcher: Matcher, *, therapy: str = "", all_overlaps: bool = True, approvals: bool = False, as_of: str = "") -> Conflicts:
    """Return where sources disagree.

    :param therapy: only about this therapy, its kinds and what it is a kind of
    :param all_overlaps: also where neither scope lies within the other
    :param approvals: also set refused and withdrawn approvals against recommendations in favour
    :param as_of: what stood at this date; otherwise what is current
    :raises UsageError: when the date is not one
    :raises UnknownTermError: when there is no such therapy
    """
    _check_date(as_of)
    terms, logic = matcher.terms, matcher.engine.logic
    wanted = _wanted(therapy, terms)
    statements = {statement.iri: statement for statement in matcher.statements if valid(statement, as_of)}
    items = {iri: item for iri, statement in statements.items() if (item := _advice(statement, approvals=approvals))}
    above = {iri: terms.ancestors(iri) for item in items.values() for iri in item.therapies}
    overlaps = Overlaps(logic, terms)
    described: dict[tuple[str, str], tuple[Standing, Population | None]] = {}
    found = []
    for one, other in disagreements(logic, list(items.values()), terms):
        favour, against = statements[one], statements[other]
        if favour.kind == APPROVAL and against.kind == APPROVAL:
            continue
        therapies = tuple(pair for pair in related(items[one], items[other], above) if wanted is None or not wanted.isdisjoint(pair))
        if not therapies:
            continue
        key = (favour.population.id, against.population.id)
        if key not in described:
            described[key] = _standing(matcher, *key), overlaps.of(favour.population, against.population)
        standing, overlap = described[key]
        if overlap and (all_overlaps or standing is not Standing.OVERLAP):
            aims = tuple(sorted(items[one].aims & items[other].aims))
            found.append(Conflict(favour, against, therapies, aims, standing, overlap))
    return Conflicts(tuple(sorted(found, key=lambda conflict: _clearest(conflict, terms))), matcher.version, as_of)


def special_cases(matcher: Matcher, *, therapy: str = "", as_of: str = "") -> tuple[SpecialCase, ...]:
    """Return which recommendations are special cases of others, of the same or of another source.

    :param therapy: only about this therapy, its kinds and what it is a kind of
    :param as_of: what stood at this date; otherwise what is current
    :raises UsageError: when the date is not one
    :raises UnknownTermError: when there is no such therapy
    """
    _check_date(as_of)
    terms = matcher.terms
    wanted = _wanted(therapy, terms)
    statements = {statement.iri: statement for statement in matcher.statements if statement.kind == RECOMMENDATION and valid(statement, as_of)}
    items = [item for statement in statements.values() if (item := _advice(statement, approvals=False))]
    above = {iri: terms.ancestors(iri) for item in items for iri in item.therapies}
    logic = matcher.engine.logic
    examples = {item.population: logic.examples(item.population) for item in items}
    strictly: dict[tuple[str, str], bool] = {}
    found = []
    for narrow, wide in product(items, repeat=2):
        if narrow.id == wide.id or narrow.use != wide.use or not narrow.aims & wide.aims:
            continue
        pairs = tuple(pair for pair in related(narrow, wide, above) if pair[1] in above[pair[0]] and (wanted is None or not wanted.isdisjoint(pair)))
        if not pairs:
            continue
        key = (narrow.population, wide.population)
        if key not in strictly:
            # an example outside settles most pairs without a search
            inside = all(fulfils(example, logic.inside[wide.population]) for example in examples[narrow.population])
            strictly[key] = inside and _standing(matcher, *key) is Standing.WITHIN
        if strictly[key]:
            same = _side(narrow.direction) == _side(wide.direction)
            found.append(SpecialCase(statements[narrow.id], statements[wide.id], pairs, tuple(sorted(narrow.aims & wide.aims)), same))
    return tuple(found)


def _check_date(as_of: str) -> None:
    if as_of and not is_date(as_of):
        raise UsageError(f"{as_of!r} is not a date", hint="YYYY, YYYY-MM or YYYY-MM-DD")


def _wanted(therapy: str, terms: Terms) -> set[str] | None:
    """Return a therapy, its kinds and what it is a kind of; nothing when any therapy is wanted."""
    if not therapy:
        return None
    iri = terms.resolve(therapy)
    return terms.ancestors(iri) | terms.descendants(iri)


def _advice(statement: Statement, *, approvals: bool) -> Advice | None:
    """Return a statement as the comparison of advice needs it, or nothing when it takes no part."""
    direction = statement.direction
    if statement.kind != RECOMMENDATION:
        if not (approvals and statement.kind == APPROVAL and direction in NO_APPROVAL):
            return None
        direction = NOT_RECOMMENDED
    return Advice(
        id=statement.iri,
        sources=frozenset(source.iri for source in statement.sources),
        therapies=frozenset(statement.therapies),
        aims=frozenset(statement.aims),
        combined=statement.combination in TOGETHER,
        direction=direction,
        use=statement.intent if statement.intent in PERIOPERATIVE else "",
        population=statement.population.id,
        superseded=False,  # what stands at the date has been chosen already
    )


def _standing(matcher: Matcher, one: str, other: str) -> Standing:
    if one == other:
        return Standing.SAME
    within, around = matcher.engine.logic.is_within(one, other), matcher.engine.logic.is_within(other, one)
    if within and around:
        return Standing.SAME
    return Standing.WITHIN if within else Standing.AROUND if around else Standing.OVERLAP


def _side(direction: str) -> str:
    return "for" if direction in FOR else "against" if direction in AGAINST else "neither"


def _clearest(conflict: Conflict, terms: Terms) -> tuple[object, ...]:
    """Return the key of the order: same and nested scopes first, then firm advice before options."""
    return (
        conflict.standing is Standing.OVERLAP,
        conflict.standing is not Standing.SAME,
        DIRECTIONS.index(conflict.favour.direction),
        conflict.against.direction != CONTRAINDICATED,
        terms.labels.get(conflict.therapies[0][0], ""),
        conflict.favour.iri,
        conflict.against.iri,
    )


# What no statement covers

MOST_CELLS = 50_000
"""Cells of a grid that are looked at; more would take minutes."""
DEFAULT_GRID = {
    "site": "stomach, duodenum, jejunum | ileum, pancreas, appendix, colon, rectum, lung, thymus, unknown primary",
    "neoplasm": "neuroendocrine tumour, neuroendocrine carcinoma, mixed neuroendocrine–non-neuroendocrine neoplasm",
    "grade": "G1, G2, G3",
    "sstr": "positive, negative",
    "extent": "localised, locoregional, distant",
    "resectability": "resectable, unresectable",
    "line": "1, >=2",
}
"""Features of the grid that is looked at when nothing else is asked for, and their values."""


class Coverage(StrEnum):
    """How a cell of a grid is covered."""

    COVERED = "covered"
    """some statement applies, whatever else is unknown"""
    PARTLY = "partly"
    """statements apply only if something else that is unknown turns out so"""
    UNCOVERED = "uncovered"
    """every statement is ruled out"""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an axis.

    :param text: as it is written in a cell of a table
    :param criteria: what is known of a situation with it
    """

    text: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One feature of a grid with the values that are looked at."""

    key: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Cells of a grid that differ only in the values listed.

    :param values: for each axis the values of the region, in the order of the axis
    :param statements: those that apply if something unknown turns out so; none in an uncovered region
    :param further: keys of the unknown features that would decide them
    :param aside: statements of the wanted kinds and aims in another direction (against, insufficient evidence) that apply in all of it
    """

    values: tuple[tuple[Value, ...], ...]
    statements: tuple[Statement, ...] = ()
    further: tuple[str, ...] = ()
    aside: tuple[Statement, ...] = ()

    @property
    def size(self) -> int:
        """Number of cells."""
        return prod(len(values) for values in self.values)

    def cells(self) -> Iterator[tuple[Value, ...]]:
        """Yield the cells."""
        yield from product(*self.values)


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a grid shows.

    :param counts: number of cells by coverage
    :param impossible: number of combinations that the ontology's rules exclude; they are no cells
    :param covered: for each covered cell one statement that applies
    :param looked_at: number of statements that were considered
    """

    grid: tuple[Axis, ...]
    counts: Mapping[Coverage, int]
    impossible: int
    uncovered: tuple[Region, ...]
    partly: tuple[Region, ...]
    covered: Mapping[tuple[Value, ...], Statement]
    looked_at: int
    aim: str
    version: str
    as_of: str
    notice: str = NOTICE


def axis(text: str, terms: Terms) -> Axis:
    """Read ``site=pancreas, lung``: the values of a feature, as in a cell of a table; ``|`` joins values into one.

    :raises UsageError: when a value is not one of the feature
    """
    key, equals, values = text.partition("=")
    key = key.strip()
    parts = [part.strip() for part in values.split(",") if part.strip()]
    if not equals or not parts:
        raise UsageError(f"{text!r} is not of the form feature=value,value", hint="--feature site=pancreas,lung")
    found = []
    for part in dict.fromkeys(parts):
        try:
            alternative, *others = parse(f"{key}={part}", terms).alternatives
        except PopulationError as error:
            raise UsageError(str(error), where=f"--feature {key}", hint="netkg questions lists features and values") from error
        if others or len({criterion.feature.key for criterion in alternative.criteria}) != 1:
            raise UsageError(f"{part!r} is more than a value of {key!r}", where=f"--feature {key}", hint="give each feature an option of its own")
        found.append(Value(part, alternative.criteria))
    return Axis(key, tuple(found))


def grid(features: Sequence[str], terms: Terms) -> tuple[Axis, ...]:
    """Return the axes of a grid: those of :data:`DEFAULT_GRID`, of which the given features replace some or add more.

    :param features: as for :func:`axis`; ``line=`` without a value leaves a feature out
    :raises UsageError: when a feature is not understood, is given twice, or there are too many cells
    """
    chosen = {key: f"{key}={values}" for key, values in DEFAULT_GRID.items()}
    given = [text.partition("=")[0].strip() for text in features]
    for key, text in zip(given, features, strict=True):
        if given.count(key) > 1:
            raise UsageError(f"the feature {key!r} is given twice", hint=f"--feature {key}=one,other")
        if "=" in text and not text.partition("=")[2].strip():
            if chosen.pop(key, None) is None:
                raise UsageError(f"the grid has no feature {key!r} to leave out", hint=f"it has {', '.join(DEFAULT_GRID)}")
        else:
            chosen[key] = text
    axes = tuple(axis(text, terms) for text in chosen.values())
    if (cells := prod(len(one.values) for one in axes)) > MOST_CELLS:
        raise UsageError(f"the grid has {cells} cells, more than {MOST_CELLS}", hint="leave a feature out: --feature line=")
    return axes


def gaps(
    matcher: Matcher,
    axes: Sequence[Axis],
    *,
    aim: str = "antitumour",
    kinds: Collection[str] = (RECOMMENDATION,),
    therapy: str = "",
    any_direction: bool = False,
    as_of: str = "",
) -> Gaps:
    """Return which situations of a grid no statement covers.

    :param axes: as :func:`grid` gives them
    :param aim: only statements with this aim; empty for any
    :param kinds: of :data:`kg.match.statements.KINDS`
    :param therapy: only statements about this therapy, its kinds and what it is a kind of
    :param any_direction: whether advice against, and insufficient evidence, cover a situation as well
    :param as_of: what stood at this date; otherwise what is current
    :raises UsageError: when the date, the aim or a kind is not one
    :raises UnknownTermError: when there is no such therapy
    """
    _check_date(as_of)
    known = set(matcher.terms.choices("Aim"))
    if aim and aim not in known:
        raise UsageError(f"no aim is called {aim!r}", hint=f"aims are {', '.join(sorted(known))}")
    if unknown := set(kinds) - set(KINDS.values()):
        raise UsageError(f"no kind of statement is called {min(unknown)!r}", hint=f"kinds are {', '.join(KINDS.values())}")
    wanted = _wanted(therapy, matcher.terms)
    statements = [
        statement
        for statement in matcher.statements
        if statement.kind in kinds
        and (not aim or aim in statement.aims)
        and (wanted is None or not wanted.isdisjoint(statement.therapies))
        and valid(statement, as_of)
    ]
    walk = _Walk(matcher, axes, [item for item in statements if any_direction or favours(item)], [item for item in statements if not favours(item)])
    walk.run()
    aside = {} if any_direction else walk.aside
    return Gaps(
        grid=tuple(axes),
        counts={coverage: walk.counts[coverage] for coverage in Coverage},
        impossible=walk.impossible,
        uncovered=tuple(
            Region(box, aside=tuple(item for item in statements if all(item.population.id in aside.get(cell, ()) for cell in product(*box))))
            for box in merged(walk.uncovered, axes)
        ),
        partly=tuple(_partly(walk, axes)),
        covered=walk.covered,
        looked_at=len(walk.statements),
        aim=aim,
        version=matcher.version,
        as_of=as_of,
    )


def favours(statement: Statement) -> bool:
    """Return whether a statement speaks for its therapy: advice in favour, a standing approval; a trial result always counts."""
    match statement.kind:
        case "recommendation":
            return statement.direction in FOR
        case "approval":
            return statement.direction == "active"
    return True


Cell = tuple[Value, ...]
Box = tuple[tuple[Value, ...], ...]


@dataclass
class _Walk:
    """Goes through a grid axis by axis.

    What applies to a part of a grid applies to all its cells, and what is ruled out there stays so: only what is open
    is asked about again one axis further.
    """

    matcher: Matcher
    axes: Sequence[Axis]
    statements: Sequence[Statement]
    others: Sequence[Statement]
    counts: Counter[Coverage] = field(default_factory=Counter)
    impossible: int = 0
    uncovered: list[Cell] = field(default_factory=list)
    covered: dict[Cell, Statement] = field(default_factory=dict)
    open: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Cell]] = field(default_factory=lambda: defaultdict(list))
    aside: dict[Cell, set[str]] = field(default_factory=dict)

    def run(self) -> None:
        by_population: dict[str, Statement] = {}
        for statement in self.statements:
            by_population.setdefault(statement.population.id, statement)
        self.by_population = by_population
        self.other_populations = {statement.population.id for statement in self.others}
        self._visit((), list(by_population), None)

    def _visit(self, cell: Cell, candidates: list[str], by: Statement | None) -> None:
        situation = self.matcher.engine.situation(facts_of(cell))
        if situation is None:
            self.impossible += prod(len(one.values) for one in self.axes[len(cell) :])
            return
        if by is None:
            verdicts = {key: situation.verdict(key) for key in candidates}
            candidates = [key for key, verdict in verdicts.items() if verdict is Verdict.APPLIES_IF]
            by = next((self.by_population[key] for key, verdict in verdicts.items() if verdict is Verdict.APPLIES), None)
        if len(cell) < len(self.axes):
            for value in self.axes[len(cell)].values:
                self._visit((*cell, value), candidates, by)
        else:
            self._count(cell, situation, candidates, by)

    def _count(self, cell: Cell, situation: Situation, candidates: list[str], by: Statement | None) -> None:
        if by is not None:
            self.counts[Coverage.COVERED] += 1
            self.covered[cell] = by
        elif candidates:
            self.counts[Coverage.PARTLY] += 1
            further = {criterion.feature for key in candidates for criteria in situation.deciding(key) for criterion in criteria}
            keys = tuple(feature.key for feature in sorted(further, key=lambda feature: feature.order))
            self.open[tuple(sorted(candidates)), keys].append(cell)
        else:
            self.counts[Coverage.UNCOVERED] += 1
            self.uncovered.append(cell)
            self.aside[cell] = {key for key in self.other_populations if situation.verdict(key) is Verdict.APPLIES}


def facts_of(cell: Cell) -> tuple[Fact, ...]:
    """Return what is known in a cell."""
    return tuple(Fact(criterion, criterion.feature.key, value.text) for value in cell for criterion in value.criteria)


def _partly(walk: _Walk, axes: Sequence[Axis]) -> Iterator[Region]:
    for (populations, further), cells in walk.open.items():
        statements = tuple(statement for statement in walk.statements if statement.population.id in populations)
        for box in merged(cells, axes):
            yield Region(box, statements, further)


def merged(cells: Sequence[Cell], axes: Sequence[Axis]) -> list[Box]:
    """Return cells as few boxes: those that differ in one axis only become one, axis by axis from the last, until nothing changes."""
    boxes: list[Box] = [tuple((value,) for value in cell) for cell in cells]
    while True:
        before = len(boxes)
        for position in reversed(range(len(axes))):
            boxes = _merged_along(boxes, position, axes[position])
        if len(boxes) == before:
            return boxes


def _merged_along(boxes: Sequence[Box], position: int, along: Axis) -> list[Box]:
    groups: dict[Box, set[Value]] = {}
    for box in boxes:
        groups.setdefault((*box[:position], (), *box[position + 1 :]), set()).update(box[position])
    return [(*rest[:position], tuple(value for value in along.values if value in values), *rest[position + 1 :]) for rest, values in groups.items()]
