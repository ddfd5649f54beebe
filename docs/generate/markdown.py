"""Markdown of generated pages: text that is no markup, tables, links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~$^])")
_SPACE = re.compile(r"\s+")


def plain(text: str, most: int | None = None) -> str:
    """Return text so that Markdown shows it as it is, on one line.

    :param most: characters; a longer text is cut and ends with an ellipsis

    >>> plain("a_b | <c>")
    'a\\\\_b \\\\| \\\\<c\\\\>'
    """
    flat = _SPACE.sub(" ", text).strip()
    if most is not None and len(flat) > most:
        flat = flat[: most - 1].rstrip() + "…"
    return _MARKUP.sub(r"\\\1", flat)


def code(text: str) -> str:
    """Return text as code for a cell of a table."""
    return f"<code>{text.replace('&', '&amp;').replace('<', '&lt;').replace('|', '&#124;').replace('*', '&#42;').replace('_', '&#95;')}</code>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def fence(language: str, text: str) -> str:
    """Return a block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"
