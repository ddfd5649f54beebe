"""Options and output that several verbs share."""

from __future__ import annotations

from pathlib import Path

import click

from kg.files import write_whole
from kg.graph import Graph, open_graph
from kg.query.render import FORMS

store_option = click.option("--store", metavar="DIR|URL", help="Store folder or SPARQL endpoint. [default: $NETKG_STORE, then the per-user data folder]")
output_option = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of standard output.")
timeout_option = click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Stop the query when it takes longer.")
format_option = click.option("-f", "--format", "form", type=click.Choice(FORMS), default="table", show_default=True, help="Form of the answer.")


def opened(store: str | None) -> Graph:
    """Open the graph that an option names."""
    return open_graph(store, memory=False)  # one question does not repay the copying


def emit(text: str, output: Path | None) -> None:
    """Write text to standard output, or to a file all at once.

    :raises SurroundingsError: when the file cannot be written; an older file is then unchanged
    """
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    write_whole(output, [text])
