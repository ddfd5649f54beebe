"""What a comparison finds, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.diff.answers import AnswerChange

ADDED, CHANGED, DEPRECATED, WITHDRAWN = "added", "changed", "deprecated", "withdrawn"
CHANGES = (ADDED, CHANGED, DEPRECATED, WITHDRAWN)
"""In the order of a report."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One column of a record, or one aspect of a term: what stood there before and stands there now.

    :param old: values as people write them, sorted; none when the cell was empty
    """

    column: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One record or term that is not the same in both graphs.

    :param section: table of the record, or ``ontology``
    :param key: key of the row, or CURIE of the term
    :param label: what it is, in words
    :param change: one of :data:`CHANGES`
    :param cells: of a changed one, what differs; of another one, all that it says
    """

    section: str
    key: str
    label: str
    change: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All differences between two graphs.

    :param old: where the first graph lies
    :param new: where the second graph lies
    :param records: rows of tables and mappings
    :param terms: of the ontology
    :param answers: stored queries whose answer is another one
    """

    old: str
    new: str
    records: tuple[Change, ...]
    terms: tuple[Change, ...]
    answers: tuple[AnswerChange, ...]

    def __bool__(self) -> bool:
        return bool(self.records or self.terms or self.answers)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a cell.

    :param raw: what is compared: the RDF term as written
    :param text: what people read
    """

    raw: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A record or term as one graph has it.

    :param cells: column → values
    """

    section: str
    key: str
    label: str
    cells: Mapping[str, frozenset[Value]]
    deprecated: bool = False


Entries = Mapping[tuple[str, str], Entry]
"""Section and key → entry."""


def changes(old: Entries, new: Entries) -> tuple[Change, ...]:
    """Return what differs, by section in the order of the entries, then kind of change, then key."""
    sections = {section: position for position, section in enumerate(dict.fromkeys(section for section, _ in (*new, *old)))}
    found = [change for place in {*old, *new} if (change := _change(old.get(place), new.get(place)))]
    return tuple(sorted(found, key=lambda change: (sections[change.section], CHANGES.index(change.change), change.key)))


def _change(old: Entry | None, new: Entry | None) -> Change | None:
    entry = new or old
    if entry is None:
        return None
    before, after = old.cells if old else {}, new.cells if new else {}
    names = list(dict.fromkeys((*before, *after)))
    cells = tuple(_cell(name, before.get(name, frozenset()), after.get(name, frozenset())) for name in names if _raw(before, name) != _raw(after, name))
    if old and new and not cells:
        return None
    kind = ADDED if not old else WITHDRAWN if not new else DEPRECATED if new.deprecated and not old.deprecated else CHANGED
    return Change(entry.section, entry.key, entry.label, kind, cells)


def _raw(cells: Mapping[str, frozenset[Value]], name: str) -> set[str]:
    return {value.raw for value in cells.get(name, ())}


def _cell(name: str, before: frozenset[Value], after: frozenset[Value]) -> CellChange:
    old, new = (tuple(sorted(value.text for value in values)) for values in (before, after))
    if old == new:  # two terms of one label: only their identifiers tell them apart
        old, new = (tuple(sorted(value.raw for value in values)) for values in (before, after))
    return CellChange(name, old, new)
