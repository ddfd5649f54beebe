"""``netkg export``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.common import opened, store_option
from kg.files import write_whole


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(["nq"]))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of standard output.")
@store_option
def export(form: str, output: Path | None, store: str | None) -> None:  # noqa: ARG001 - click checks the format
    """Write the whole graph as N-Quads (nq), sorted: the same graph gives the same bytes."""
    lines = sorted(f"{quad} .\n" for quad in opened(store).store.quads())
    if output is None:
        for line in lines:
            click.echo(line, nl=False)
        return
    write_whole(output, lines)
