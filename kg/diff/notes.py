"""A comparison as release notes: what happened to each term and each statement, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from kg.diff.changes import CHANGES, CellChange, Change, Difference
from kg.graph import NOTICE

SHOWN_ANSWERS = 5
"""Rows of an answer that are written out; all of them are counted."""
_QUIET = ("read_at", "type")
"""Columns that say little about a record that is new or gone."""


def release_notes(found: Difference, old: str, new: str) -> str:
    """Return the notes of a release.

    :param old: version of the release before it
    :param new: version of the release
    """
    lines = [f"# NET-KG {new}: what changed since {old}", "", summary(found)]
    lines += ["", "## Terms", *_by_change(found.terms, "No term changed.")]
    lines += ["", "## Statements"]
    if not found.records:
        lines += ["", "No statement changed."]
    for section, changes in groupby(found.records, key=lambda change: change.section):
        lines += ["", f"### {section}", *_by_change(list(changes), "", "####")]
    lines += ["", "## Answers of stored queries"]
    if not found.answers:
        lines += ["", "No answer changed."]
    for answer in found.answers:
        lines += ["", f"### {answer.query}: {_plain(answer.title)}", ""]
        if answer.failure:
            lines.append(f"- {_plain(answer.failure)}")
        for word, rows in (("gained", answer.gained), ("lost", answer.lost)):
            lines += [f"- {word}: {_plain(' · '.join(filter(None, row)))}" for row in rows[:SHOWN_ANSWERS]]
            if len(rows) > SHOWN_ANSWERS:
                lines.append(f"- {word}: {len(rows) - SHOWN_ANSWERS} more")
    return "\n".join([*lines, "", NOTICE, ""])


def first_notes(version: str) -> str:
    """Return the notes of a release that none is compared with."""
    return f"# NET-KG {version}\n\nNo earlier release was named to compare it with.\n\n{NOTICE}\n"


def summary(found: Difference) -> str:
    """Return the number of changes of each kind, in a sentence."""
    parts = [f"{name} {_counts(changes)}" for name, changes in (("terms:", found.terms), ("statements:", found.records)) if changes]
    if found.answers:
        parts.append(f"answers of stored queries: {len(found.answers)} changed")
    return f"{'; '.join(parts).capitalize()}." if parts else "No difference."


def _counts(changes: Iterable[Change]) -> str:
    kinds = [change.change for change in changes]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in CHANGES if kind in kinds)


def _by_change(changes: Iterable[Change], otherwise: str, heading: str = "###") -> Iterator[str]:
    empty = True
    for kind, alike in groupby(changes, key=lambda change: change.change):
        empty = False
        yield from ("", f"{heading} {kind.capitalize()}", "")
        for change in alike:
            yield f"- `{change.key}` {_plain(change.label)}" + ("" if kind in ("added", "withdrawn") else ":")
            yield from _cells(change)
    if empty and otherwise:
        yield from ("", otherwise)


def _cells(change: Change) -> Iterator[str]:
    for cell in change.cells:
        if change.change not in ("added", "withdrawn"):
            yield f"  - {_changed(cell)}"
        elif cell.column not in _QUIET:
            yield f"  - {cell.column}: {_joined(cell.new or cell.old)}"


def _changed(cell: CellChange) -> str:
    if len(cell.old) > 1 or len(cell.new) > 1:
        gone = tuple(value for value in cell.old if value not in cell.new)
        come = tuple(value for value in cell.new if value not in cell.old)
        return f"{cell.column}: " + "; ".join(f"{word} {_joined(values)}" for word, values in (("lost", gone), ("gained", come)) if values)
    return f"{cell.column}: {_joined(cell.old)} → {_joined(cell.new)}"


def _joined(values: tuple[str, ...]) -> str:
    return " | ".join(map(_plain, values)) or "(empty)"


def _plain(text: str) -> str:
    """Return text on one line in which Markdown sees nothing of its own."""
    for sign in "\\`*_[]<>":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
