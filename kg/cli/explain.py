"""The text of ``netkg check --explain``."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator

from kg.check.mend import Mending, shown_path
from kg.check.row import Citation, RowExplanation
from kg.check.setting import Neighbour, Setting
from kg.model.population import Population
from kg.query.render import ENTRY_WIDTH

SHOWN = 8
"""Populations or rows of one kind before the rest is counted only."""
LITERAL = 90
"""Characters of a value in the list of triples."""
EMPTY = "No presentation can be in it: by the rules of the ontology, two of its criteria exclude each other. The build will refuse it."
_PAD = 14


def width() -> int:
    """Return the characters of a line."""
    return min(shutil.get_terminal_size().columns, ENTRY_WIDTH) if sys.stdout.isatty() else ENTRY_WIDTH


def mending_lines(found: Mending) -> Iterator[str]:
    """Yield one finding as a block of lines."""
    yield found.where + (f"  [{found.column}]" if found.column else "")
    for name, text in (("stands there", found.value), ("wrong", found.wrong), ("allowed", found.allowed), ("mend", found.mend)):
        yield from _field(name, text)


def row_lines(found: RowExplanation) -> Iterator[str]:
    """Yield the explanation of one row."""
    yield f"{found.name}  ({shown_path(found.where)})"
    yield f"  {found.label or found.summary}"
    if found.problems:
        yield ""
        yield f"  {len(found.problems)} thing(s) to mend"
        for mending in found.problems:
            yield ""
            yield from (f"  {line}" for line in mending_lines(mending))
    if found.words:
        yield from _heading("what it says" if not found.problems else "what the other cells say")
        for column, words in found.words:
            yield from _field(column, words, _PAD + 12)
    if not found.label:
        return
    yield from _heading("cited as")
    for citation in found.citations:
        yield from _citation(citation)
    yield from _field("read at", " | ".join(found.read_at) or "the document itself")
    yield from _field("curation", found.curation)
    if found.setting:
        yield from _setting(found.setting)
    if found.used_by:
        yield from _heading("rows that refer to it")
        for table, keys in found.used_by.items():
            yield from _field(table, _listed(keys), _PAD + 4)
    yield from _heading("stored queries that read such rows")
    yield from _wrapped(", ".join(found.queries) or "none", "    ")
    yield from _heading("what it becomes")
    subject, *rest = found.triples
    yield f"    {subject}"
    yield from (f"        {_short(line)} {'.' if number == len(rest) else ';'}" for number, line in enumerate(rest, start=1))


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield f"  {text}"


def _field(name: str, text: str, pad: int = _PAD) -> Iterator[str]:
    if text:
        label = f"    {name}: ".ljust(pad + 4)
        yield from textwrap.wrap(text, width(), initial_indent=label, subsequent_indent=" " * len(label), break_long_words=False, break_on_hyphens=False)


def _wrapped(text: str, pad: str) -> list[str]:
    following = pad + "  " if text.startswith("·") else pad
    return textwrap.wrap(text, width(), initial_indent=pad, subsequent_indent=following, break_long_words=False, break_on_hyphens=False)


def _citation(citation: Citation) -> Iterator[str]:
    yield from _wrapped(f"{citation.text} [{citation.document}]", "    ")
    for link in citation.links:
        yield f"      {link}"
    if citation.replaced_by:
        yield f"      replaced by {', '.join(citation.replaced_by)}"


def _setting(found: Setting) -> Iterator[str]:
    yield from _heading("where its population sits")
    if found.empty:
        yield from _wrapped(
            "No presentation can be in it: two of its cells exclude each other, by the rules of the ontology. The build will refuse it.", "    "
        )
        return
    if found.same:
        yield from _field("the same in", _listed(found.same))
    yield from _neighbours("lies within", found.wider)
    yield from _neighbours("contains", found.narrower)
    if not (found.same or found.wider or found.narrower):
        yield "    no other row has a population that contains it, lies within it, or means the same"
    if found.disagrees:
        yield from _heading("recommendations of other sources that disagree")
        yield from _wrapped(", ".join(f"recommendations:{key}" for key in found.disagrees), "    ")


def _neighbours(name: str, found: tuple[Neighbour, ...]) -> Iterator[str]:
    if not found:
        return
    yield f"    {name} {len(found)} other population{'' if len(found) == 1 else 's'}"
    for neighbour in found[:SHOWN]:
        yield from _wrapped(f"· {_text(neighbour.population)}", "      ")
        yield from _wrapped(_listed(neighbour.rows), "          ")
    if len(found) > SHOWN:
        yield f"      … and {len(found) - SHOWN} more"


def _text(population: Population) -> str:
    return textwrap.shorten(population.text, 3 * LITERAL, placeholder=" …")


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" … and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more


def _short(text: str) -> str:
    return text if len(text) <= LITERAL else f"{text[: LITERAL - 2].rstrip()} …"
