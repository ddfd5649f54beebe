"""``netkg check``."""

from __future__ import annotations

import click

from kg.check.rules import read_rules
from kg.check.run import check as run_checks
from kg.errors import UsageError
from kg.settings import default_sources


@click.command()
@click.argument("rows", nargs=-1, metavar="[TABLE:ID]...")
@click.option("--explain", is_flag=True, help="Say of each finding how to mend it; with rows: explain these rows, and check nothing else.")
@click.option("--rules", is_flag=True, help="List the rules about the graph, and check nothing.")
@click.pass_context
def check(context: click.Context, rows: tuple[str, ...], explain: bool, rules: bool) -> None:
    """Check everything: tables, OWL 2 DL profile, reasoner, rules about the graph, queries.

    Prints one line per finding and exits with 1 when there is any. The graph in use is not touched.

    \b
    Examples:
      netkg check                                   everything, in about a quarter of a minute
      netkg check --explain                         the same, with what to do about each finding
      netkg check --explain recommendations:R012    one row at once: what it says, where it sits, how it is cited
    """
    if rules:
        for rule in read_rules():
            click.echo(f"{rule.level:<5} {rule.name}: {rule.text}")
        return
    if rows and not explain:
        raise UsageError("rows are named only to have them explained", hint=f"netkg check --explain {' '.join(rows)}")
    count = _explain_rows(rows) if rows else _explain_all() if explain else _list()
    if not rows:
        click.echo(f"{count} finding(s)" if count else "all checks passed", err=True)
    if count:
        context.exit(1)


def _list() -> int:
    count = 0
    for finding in run_checks(default_sources()):
        click.echo(str(finding))
        count += 1
    return count


def _explain_all() -> int:
    from kg.check.mend import mendings
    from kg.cli.explain import mending_lines

    count = 0
    for count, mending in enumerate(mendings(default_sources()), start=1):
        click.echo("\n".join(["", *mending_lines(mending)] if count > 1 else mending_lines(mending)))
    return count


def _explain_rows(rows: tuple[str, ...]) -> int:
    """Print what there is to say of some rows, and return the number of things to mend."""
    from kg.check.row import explain_rows
    from kg.cli.explain import row_lines

    count = 0
    for number, found in enumerate(explain_rows(rows, default_sources())):
        click.echo("\n".join(["", *row_lines(found)] if number else row_lines(found)))
        count += len(found.problems)
    return count
