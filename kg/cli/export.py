"""``netkg export``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console

from kg.cli.common import opened, store_option
from kg.errors import SurroundingsError, UsageError
from kg.export import FORMATS, Format
from kg.export.loss import Losses
from kg.export.source import Edition, Source

_LIST = "\n".join(f"  {entry.name:<9} {entry.title}" for entry in FORMATS.values())


@click.command(
    help=f"""Write the graph in FORMAT, for other tools.

The same graph gives the same bytes. What a format has no place for is counted on standard error, and listed axiom by
axiom with --loss. A file takes its place only when it is complete.

\b
Formats:
{_LIST}

\b
Examples:
  netkg export nq > net.nq
  netkg export owl --edition full -o net-full.owl
  netkg export csv -o tables/
  netkg export graphml -o net.graphml --loss left-out.tsv
"""
)
@click.argument("form", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file or, for a format of several files, into this folder.")
@click.option(
    "--edition",
    type=click.Choice([edition.value for edition in Edition]),
    default=Edition.INFERRED.value,
    show_default=True,
    help=f"For {', '.join(entry.name for entry in FORMATS.values() if entry.editions)}: the ontology as edited (base), with the superclasses "
    "that the reasoner found and the mappings (inferred), or with all records too (full).",
)
@click.option("--loss", type=click.Path(path_type=Path, dir_okay=False), help="Write what could not be carried to this table: term, axiom, reason.")
@store_option
def export(form: str, output: Path | None, edition: str, loss: Path | None, store: str | None) -> None:
    """Write the graph in one format."""
    entry = FORMATS[form]
    source = Source(opened(store), Edition(edition))
    losses = Losses()
    with Console(stderr=True).status(f"writing {entry.title}"), _target(entry, output) as path:  # shown on a terminal only
        entry.writer()(source, path, losses)
    if loss is not None:
        losses.write(loss)
    for reason, count in losses.by_reason().items():
        click.echo(f"left out: {count:,} × {reason}", err=True)


@contextmanager
def _target(entry: Format, output: Path | None) -> Iterator[Path]:
    """Yield where to write: the file itself, a file that is copied to standard output, or a folder that takes its place at the end."""
    if output is None and entry.is_folder:
        raise UsageError(f"{entry.name} is several files", hint=f"name a folder: netkg export {entry.name} -o FOLDER")
    if output is None:
        with TemporaryDirectory(prefix="netkg-") as folder:
            yield Path(folder) / "export"
            with (Path(folder) / "export").open("rb") as stream:
                shutil.copyfileobj(stream, sys.stdout.buffer)
    elif entry.is_folder:
        with _whole_folder(output) as folder:
            yield folder
    else:
        yield output


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside the one named; its files move in when all are complete, and nothing else there is touched."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".netkg-", dir=folder) as fresh:
            yield Path(fresh)
            for path in sorted(Path(fresh).iterdir()):
                path.replace(folder / path.name)
    except OSError as error:
        raise SurroundingsError(f"cannot be written: {error.strerror}", where=str(folder)) from error
