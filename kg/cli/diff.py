"""``netkg diff``."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from kg.cli.common import emit, output_option
from kg.diff import AnswerChange, Change, Difference, build_of_sources, compare, open_build, previous_build
from kg.diff.notes import release_notes
from kg.errors import UsageError
from kg.graph import NOTICE, Graph
from kg.query.render import ENTRY_WIDTH
from kg.settings import default_sources, default_store

SHOWN = 20
"""Records, terms or rows of one kind before the rest is counted only; --all shows everything."""
SHORT = 100
"""Characters of a value of a record that is new or gone."""
_LEFT_OUT = ("read_at", "type")
"""Columns that say little about a record that is new or gone."""
_SIGNS = {"added": "+", "changed": "~", "deprecated": "!", "withdrawn": "-"}


@click.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--sources", "from_sources", is_flag=True, help="Compare with what ontology and tables would build now; nothing is written.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", "notes", "markdown", "json", "tsv"]), default="table", show_default=True, help="Form of the report."
)
@click.option("--all", "everything", is_flag=True, help="Show every line of a table, however many. The other forms are always complete.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when there is a difference.")
@output_option
@click.pass_context
def diff(
    context: click.Context, old: str | None, new: str | None, from_sources: bool, form: str, everything: bool, exit_code: bool, output: Path | None
) -> None:
    """Say what changed between the graphs OLD and NEW: rows, terms, and answers of the stored queries.

    A graph is a store folder, one build inside it such as store/graph-3, the folder of a release or a file of one
    (.nq, .trig), or the address of a SPARQL endpoint. Of ontologies (.owl, .ttl) the terms are compared; take the same
    edition of both. Without OLD and NEW, the build before the one in use is compared with it; without NEW, OLD is
    compared with the graph in use. The graph in use is $NETKG_STORE, or that of the per-user data folder. A row that
    only moved is no difference.

    The form notes is Markdown for people, term by term and statement by statement; markdown has a table of all cells.

    \b
    Examples:
      netkg diff                        what the last build changed
      netkg diff --sources              what a build would change now
      netkg diff store-1.0 store-1.1 -f markdown -o changes.md
      netkg diff releases/2026-11-21 releases/2026-12-01 -f notes
    """
    before, after = _graphs(old, new, from_sources)
    found = compare(before, after)
    limit = None if everything else SHOWN
    if form == "notes":
        text = release_notes(found, before.version(), after.version())
    else:
        text = "\n".join(_table(found, limit)) if form == "table" else _RENDERERS[form](found)
    emit(text, output)
    if exit_code and found:
        context.exit(1)


def _graphs(old: str | None, new: str | None, from_sources: bool) -> tuple[Graph, Graph]:
    """Return the two graphs that are meant.

    :raises UsageError: when a second graph is named beside the sources
    """
    sources = default_sources()
    in_use = default_store()
    if from_sources:
        if new:
            raise UsageError("--sources takes the place of NEW", hint="netkg diff --sources, or netkg diff OLD --sources")
        return open_build(old or in_use, sources), build_of_sources(sources)
    if old:
        return open_build(old, sources), open_build(new or in_use, sources)
    return previous_build(in_use, sources), open_build(in_use, sources)


def _table(found: Difference, limit: int | None) -> Iterator[str]:
    width = min(shutil.get_terminal_size().columns, ENTRY_WIDTH) if sys.stdout.isatty() else ENTRY_WIDTH
    yield f"old: {found.old}"
    yield f"new: {found.new}"
    for section, changes in _sections(found):
        yield ""
        yield f"{section}: {_counts(changes)}"
        for _, alike in groupby(changes, key=lambda change: change.change):
            yield from _first([list(_entry(change, width)) for change in alike], limit)
    if found.answers:
        yield ""
        yield f"answers of stored queries: {len(found.answers)} changed"
    for answer in found.answers:
        yield f"  ~ {answer.query}: {_answer_counts(answer)}"
        for sign, rows in (("+", answer.gained), ("-", answer.lost)):
            yield from _first([_wrapped(" · ".join(filter(None, row)), width, 6, f"{sign} ") for row in rows], limit)
    yield ""
    yield f"{_summary(found)} {NOTICE}"


def _first(blocks: Sequence[Iterable[str]], limit: int | None) -> Iterator[str]:
    for block in blocks[:limit]:
        yield from block
    if limit is not None and len(blocks) > limit:
        yield f"      … and {len(blocks) - limit} more (--all)"


def _entry(change: Change, width: int) -> Iterator[str]:
    name = "" if change.key in change.label else f"  {change.label}"
    yield f"  {_SIGNS[change.change]} {change.key}{name}"
    if change.change in ("added", "withdrawn"):
        said = (f"{cell.column}: {_brief(cell.new or cell.old)}" for cell in change.cells if cell.column not in _LEFT_OUT)
        yield from _wrapped(" · ".join(said), width, 6)
        return
    for cell in change.cells:
        if len(cell.old) > 1 or len(cell.new) > 1:
            yield f"      {cell.column}:"
            yield from (line for value in cell.old if value not in cell.new for line in _wrapped(value, width, 8, "- "))
            yield from (line for value in cell.new if value not in cell.old for line in _wrapped(value, width, 8, "+ "))
        else:
            yield from _wrapped(f"{cell.column}: {_joined(cell.old)} → {_joined(cell.new)}", width, 6)


def _wrapped(text: str, width: int, indent: int, sign: str = "") -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, width, initial_indent=pad + sign, subsequent_indent=f"{pad}  ", break_long_words=False, break_on_hyphens=False)


def _brief(values: tuple[str, ...]) -> str:
    return textwrap.shorten(_joined(values), SHORT, placeholder=" …")


def _joined(values: tuple[str, ...]) -> str:
    return " | ".join(values) or "(empty)"


def _sections(found: Difference) -> Iterator[tuple[str, list[Change]]]:
    for section, changes in groupby((*found.records, *found.terms), key=lambda change: change.section):
        yield section, list(changes)


def _counts(changes: Iterable[Change]) -> str:
    counted = Counter(change.change for change in changes)
    return ", ".join(f"{counted[kind]} {kind}" for kind in _SIGNS if counted[kind])


def _answer_counts(answer: AnswerChange) -> str:
    if answer.failure:
        return answer.failure
    gained, lost = len(answer.gained), len(answer.lost)
    return ", ".join(f"{count} row{'' if count == 1 else 's'} {word}" for count, word in ((gained, "gained"), (lost, "lost")) if count)


def _summary(found: Difference) -> str:
    if not found:
        return "No difference."
    parts = [
        f"{len(things)} {one if len(things) == 1 else many}"
        for things, one, many in (
            (found.records, "row", "rows"),
            (found.terms, "term", "terms"),
            (found.answers, "answer of a stored query", "answers of stored queries"),
        )
        if things
    ]
    return f"Differences: {', '.join(parts)}."


def _markdown(found: Difference) -> str:
    lines = ["# Differences", "", f"Old: `{found.old}`  ", f"New: `{found.new}`"]
    for section, changes in _sections(found):
        lines += ["", f"## {section}: {_counts(changes)}", "", "| key | change | what | old | new |", "| --- | --- | --- | --- | --- |"]
        for change in changes:
            for cell in change.cells:
                cells = (change.key, change.change, cell.column, " \\| ".join(map(_escaped, cell.old)), " \\| ".join(map(_escaped, cell.new)))
                lines.append(f"| {' | '.join(cells)} |")
    if found.answers:
        lines += ["", f"## Answers of stored queries: {len(found.answers)} changed"]
    for answer in found.answers:
        lines += ["", f"### {answer.query}: {_answer_counts(answer)}", ""]
        if answer.gained or answer.lost:
            lines += ["| change | " + " | ".join(answer.columns) + " |", "|" + " --- |" * (len(answer.columns) + 1)]
        for word, rows in (("gained", answer.gained), ("lost", answer.lost)):
            lines += [f"| {word} | {' | '.join(map(_escaped, row))} |" for row in rows]
    return "\n".join([*lines, "", f"{_summary(found)} {NOTICE}", ""])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _json(found: Difference) -> str:
    return json.dumps(asdict(found) | {"notice": NOTICE}, ensure_ascii=False, indent=2) + "\n"


def _tsv(found: Difference) -> str:
    rows = [("kind", "section", "key", "change", "column", "old", "new")]
    for kind, changes in (("record", found.records), ("term", found.terms)):
        rows += [
            (kind, change.section, change.key, change.change, cell.column, " | ".join(cell.old), " | ".join(cell.new))
            for change in changes
            for cell in change.cells
        ]
    for answer in found.answers:
        columns = ", ".join(answer.columns)
        if answer.failure:
            rows.append(("answer", "queries", answer.query, "changed", "", "", answer.failure))
        rows += [("answer", "queries", answer.query, "lost", columns, " | ".join(row), "") for row in answer.lost]
        rows += [("answer", "queries", answer.query, "gained", columns, "", " | ".join(row)) for row in answer.gained]
    return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in rows)


_RENDERERS: dict[str, Callable[[Difference], str]] = {"markdown": _markdown, "json": _json, "tsv": _tsv}
