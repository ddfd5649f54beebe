"""``netkg build``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.build import build as build_graph
from kg.cli.common import store_option
from kg.errors import UsageError
from kg.prefixes import GRAPH
from kg.settings import default_sources, default_store


@click.command()
@click.option("--lenient", is_flag=True, help="Load the good rows and list the bad ones, instead of refusing all; then exit with 1.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@store_option
@click.pass_context
def build(context: click.Context, lenient: bool, quiet: bool, store: str | None) -> None:
    """Make the graph from the ontology and the curated tables.

    The new graph replaces the old one only when it is complete: if a table is wrong, the reasoner finds a
    contradiction, the disk is full or you press Ctrl-C, the graph in use stays as it was.
    """
    location = store or default_store()
    if location.startswith(("http://", "https://")):
        raise UsageError("a graph is built into a folder, not into a server", where="--store")
    folder = Path(location).expanduser()

    def progress(stage: str, seconds: float | None) -> None:
        if not quiet:
            click.echo(f"  {stage} …", err=True, nl=False) if seconds is None else click.echo(f" {seconds:.1f} s", err=True)

    if not quiet:
        click.echo(f"building {folder}", err=True)
    built = build_graph(default_sources(), folder, lenient=lenient, progress=progress)
    for problem in built.loaded.report.problems:
        click.echo(f"left out: {problem}", err=True)
    if not quiet:
        for graph, count in built.graphs.items():
            click.echo(f"  {count:>9,}  {graph.removeprefix(GRAPH)}", err=True)
        click.echo(f"  {sum(built.graphs.values()):>9,}  statements in all, {sum(built.seconds.values()):.1f} s", err=True)
    if built.loaded.report.problems:
        context.exit(1)
