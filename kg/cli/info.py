"""``netkg info``."""

from __future__ import annotations

import click

from kg.cli.common import opened, store_option
from kg.graph import NOTICE
from kg.prefixes import GRAPH
from kg.store import graph_counts


@click.command()
@store_option
def info(store: str | None) -> None:
    """Say what is in the graph: version, graphs, counts, licence."""
    graph = opened(store)
    counts = graph_counts(graph.store)
    lines = [
        f"NET-KG {graph.version()}",
        f"store: {graph.store.location}",
        "licence: ontology and data CC BY 4.0, code Apache-2.0",
        f"notice: {NOTICE}",
        f"queries: {len(graph.queries)}",
        f"classes: {sum(1 for _ in graph.terms.classes())}",
        "statements by graph:",
        *(f"  {count:>9,}  {name.removeprefix(GRAPH)}" for name, count in counts.items()),
        f"  {sum(counts.values()):>9,}  in all",
    ]
    click.echo("\n".join(lines))
