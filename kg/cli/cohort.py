"""``netkg cohort``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from kg.cli.common import opened, store_option
from kg.errors import SurroundingsError

SHOWN = 10
"""Bad rows that are shown when no file for them is named."""


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--mapping", type=click.Path(path_type=Path, dir_okay=False), help="What the columns mean, as YAML. Without it, columns are named like features.")
@click.option("--statements", default="", metavar="KIND|IDS", help="Only these: recommendation, approval, trial-result, or keys such as R010,R012.")
@click.option(
    "--form", type=click.Choice(["wide", "long", "summary"]), default="wide", show_default=True, help="A column per statement, a row per verdict, or counts."
)
@click.option("--as-of", default="", metavar="DATE", help="Only what stood at that date. [default: what is current]")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True, help="What decides.")
@click.option("--resume", is_flag=True, help="Go on with what an interrupted run left.")
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), help="Write bad rows to this CSV file, with row number and reason.")
@store_option
@click.pass_context
def cohort(
    context: click.Context,
    source: Path,
    target: Path,
    mapping: Path | None,
    statements: str,
    form: str,
    as_of: str,
    engine: str,
    resume: bool,
    errors: Path | None,
    store: str | None,
) -> None:
    """Give the verdict on every statement for every case of the table IN, and write them to OUT.

    IN and OUT are CSV or Parquet, by the ending of their names. OUT holds the number and the name of each case and the
    verdicts: in the wide form 0 does not apply, 1 applies if, 2 applies, 3 contradictory. Version of the graph, notice
    and codes stand in the metadata of a Parquet file, and in OUT.json beside a CSV file. A row that cannot be read is
    left out and listed; the exit code is then 1.

    \b
    Examples:
      netkg cohort cases.csv verdicts.parquet
      netkg cohort registry.csv verdicts.csv --mapping registry.yaml --errors bad.csv
      netkg cohort cases.parquet advice.csv --statements recommendation --form long
      netkg cohort cases.csv verdicts.parquet --resume       after an interruption
    """
    try:
        from kg.match.cohort import planned_job, run
        from kg.match.table import TableMapping, read_mapping
    except ImportError as error:
        raise SurroundingsError(f"cohorts need {error.name}", hint="pip install 'net-kg[cohort]'") from error
    from kg.match.match import Matcher
    from kg.match.spark import spark_engine

    graph = opened(store)
    matcher = Matcher(graph)
    read = read_mapping(mapping, matcher.terms) if mapping else TableMapping()
    job = planned_job(matcher, source, target, read, statements=statements, form=form, as_of=as_of)
    if job.unread:
        click.echo(f"columns that are not read: {', '.join(job.unread)}", err=True)
    chosen = spark_engine(graph.store.location) if engine == "spark" else None
    started = time.monotonic()
    try:
        report = run(matcher, job, resume=resume, errors=errors, progress=_progress(started), engine=chosen)
    except KeyboardInterrupt:
        click.echo("netkg: what is finished is kept; run the same again with --resume", err=True)
        raise
    if not errors:
        for bad in report.errors[:SHOWN]:
            click.echo(f"row {bad.row}: {': '.join(part for part in (bad.column, bad.reason) if part)}", err=True)
        if len(report.errors) > SHOWN:
            click.echo("… and more (--errors FILE lists all)", err=True)
    said = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in report.verdicts.items() if verdict != "contradictory")
    click.echo(f"{report.good} case(s), {len(job.statements)} statement(s): {said}", err=True)
    click.echo(f"{report.contradictory} contradictory case(s), {report.bad} bad row(s)", err=True)
    if report.bad:
        context.exit(1)


def _progress(started: float) -> Callable[[int], None]:
    """Return what shows on a terminal how far the work is."""
    last = started

    def show(rows: int) -> None:
        nonlocal last
        now = time.monotonic()
        if sys.stderr.isatty() and now - last > 1:
            last = now
            click.echo(f"{rows} rows, {rows / (now - started):.0f} a second", err=True)

    return show
