"""``netkg check``."""

from __future__ import annotations

import click

from kg.check.rules import read_rules
from kg.check.run import check as run_checks
from kg.settings import default_sources


@click.command()
@click.option("--rules", is_flag=True, help="List the rules about the graph, and check nothing.")
@click.pass_context
def check(context: click.Context, rules: bool) -> None:
    """Check everything: tables, OWL 2 DL profile, reasoner, rules about the graph, queries.

    Prints one line per finding and exits with 1 when there is any. The graph in use is not touched.
    """
    if rules:
        for rule in read_rules():
            click.echo(f"{rule.level:<5} {rule.name}: {rule.text}")
        return
    count = 0
    for finding in run_checks(default_sources()):
        click.echo(str(finding))
        count += 1
    click.echo(f"{count} finding(s)" if count else "all checks passed", err=True)
    if count:
        context.exit(1)
