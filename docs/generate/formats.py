"""The table of export formats with what each leaves out, counted by writing every one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import kg
from docs.generate.markdown import code, plain, table
from kg.export import FORMATS, Format
from kg.export.loss import Losses
from kg.export.source import Source

NAMED = 4
"""Files of a folder that are named."""
REASONS = 3
"""Reasons that are named; the report of ``--loss`` has all."""


def formats(graph: kg.Graph) -> str:
    """Return the table."""
    return table(("format", "what", "files", "left out"), _rows(Source(graph)))


def _rows(source: Source) -> Iterator[tuple[str, ...]]:
    with TemporaryDirectory(prefix="netkg-docs-") as folder:
        for entry in FORMATS.values():
            files, losses = _written(entry, source, Path(folder) / f"net{entry.suffix}-{entry.name}")
            yield code(entry.name), plain(entry.title), files, _left_out(losses)


def _written(entry: Format, source: Source, path: Path) -> tuple[str, Losses]:
    """Write one format, and return its files and what it left out."""
    losses = Losses()
    if entry.is_folder:
        path.mkdir()
    entry.writer()(source, path, losses)
    if not entry.is_folder:
        return code(entry.suffix), losses
    names = sorted(found.relative_to(path).as_posix() for found in path.rglob("*") if found.is_file())
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(map(code, names[:NAMED])) + more, losses


def _left_out(losses: Losses) -> str:
    found = list(losses.by_reason().items())
    named = len(found) if len(found) <= REASONS + 1 else REASONS
    lines = [f"{count:,} × {plain(reason)}" for reason, count in found[:named]]
    if named < len(found):
        lines.append(f"{sum(count for _, count in found[named:]):,} for {len(found) - named} other reasons")
    return "<br>".join(lines) or "nothing"
