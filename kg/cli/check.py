"""``netkg check``."""

from __future__ import annotations

import click

from kg.check.rules import LEVELS, all_rules, is_shown
from kg.check.run import check as run_checks
from kg.check.shapes import SHAPES, can_check_shapes
from kg.errors import UsageError
from kg.settings import default_sources


@click.command()
@click.argument("rows", nargs=-1, metavar="[TABLE:ID]...")
@click.option("--explain", is_flag=True, help="Say of each finding how to mend it; with rows: explain these rows, and check nothing else.")
@click.option("--level", type=click.Choice(LEVELS, case_sensitive=False), default="WARN", show_default=True, help="The least serious findings to show.")
@click.option("--rules", is_flag=True, help="List the rules with their levels, and check nothing.")
@click.pass_context
def check(context: click.Context, rows: tuple[str, ...], explain: bool, level: str, rules: bool) -> None:
    """Check everything: tables, OWL 2 DL profile, reasoner, rules about the graph, SHACL shapes, queries.

    Prints one line per finding: its level, the rule, the term or row, and what stands there; then how to mend it. Exits
    with 1 when an ERROR or WARN is shown. The graph in use is not touched. Rules with underscores in their names are
    those of the ROBOT report; docs/quality.md says which rule stands for which check of other projects.

    \b
    Examples:
      netkg check                                   everything, in about half a minute
      netkg check --level INFO                      remarks too, which fail nothing
      netkg check --explain                         each finding with file and line, and what to do about it
      netkg check --explain recommendations:R012    one row at once: what it says, where it sits, how it is cited
      netkg check --rules                           what is checked
    """
    if rules:
        for rule in all_rules().values():
            if is_shown(rule.level, level):
                click.echo(f"{rule.level:<5} {rule.name}: {rule.text}")
        return
    if rows and not explain:
        raise UsageError("rows are named only to have them explained", hint=f"netkg check --explain {' '.join(rows)}")
    failed = _explain_rows(rows) if rows else _explain_all(level) if explain else _list(level)
    if not rows:
        if not can_check_shapes():
            click.echo(f"not checked: the shapes in ontology/{SHAPES} (pip install 'net-kg[shacl]')", err=True)
        click.echo(f"{failed} finding(s)" if failed else "all checks passed", err=True)
    if failed:
        context.exit(1)


def _list(level: str) -> int:
    """Print the findings and how to mend them, and return how many fail the check."""
    failed = 0
    broken = set()
    for finding in run_checks(default_sources()):
        if is_shown(finding.level, level):
            click.echo(str(finding))
            broken.add(finding.rule)
            failed += finding.level != "INFO"
    for name, rule in all_rules().items():
        if name in broken:
            click.echo(f"to mend {name}: {rule.mend}", err=True)
    return failed


def _explain_all(level: str) -> int:
    """Print the findings with their explanation, and return how many fail the check."""
    from kg.check.mend import mendings
    from kg.cli.explain import mending_lines

    failed = 0
    for number, mending in enumerate(mendings(default_sources(), level)):
        click.echo("\n".join(["", *mending_lines(mending)] if number else mending_lines(mending)))
        failed += mending.level != "INFO"
    return failed


def _explain_rows(rows: tuple[str, ...]) -> int:
    """Print what there is to say of some rows, and return the number of things to mend."""
    from kg.check.row import explain_rows
    from kg.cli.explain import row_lines

    count = 0
    for number, found in enumerate(explain_rows(rows, default_sources())):
        click.echo("\n".join(["", *row_lines(found)] if number else row_lines(found)))
        count += len(found.problems)
    return count
