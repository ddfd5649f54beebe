"""``netkg plot``."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from pathlib import Path

import click

from kg.cli.common import opened, store_option
from kg.errors import SurroundingsError, UsageError
from kg.files import write_whole
from kg.plot.data import ANY, ANY_THERAPY, decisions, forest_items, population_words, therapy_words

FORMATS = ("svg", "png", "pdf")

therapy_option = click.option(
    "--therapy", metavar="TERM", default=ANY_THERAPY, help="Label, local name or CURIE; narrower therapies are included. [default: any]"
)
figure_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; .svg, .png or .pdf. [default: a name made from the therapy, .svg]"
)
format_option = click.option("-f", "--format", "form", type=click.Choice(FORMATS), help="Needed only when the name of the file does not say it.")


@click.group()
def plot() -> None:
    """Draw figures: a forest plot of the evidence, or a timeline of approvals.

    \b
    Examples:
      netkg plot forest --therapy everolimus -o everolimus.svg
      netkg plot approvals --therapy PRRT -o prrt.pdf

    Every figure carries its sources, the version of the graph and how far each row was checked. The same graph
    gives the same SVG. Figures need matplotlib: pip install 'net-kg[plot]'
    """


@plot.command()
@therapy_option
@click.option("--population", metavar="CELL|ID", default=ANY, help="Comparisons whose population admits it, such as site=pancreas. [default: any]")
@click.option("--endpoint", "endpoints", metavar="ENDPOINT", multiple=True, help="Such as PFS or 'overall survival'; several times for several. [default: all]")
@click.option(
    "--measure",
    type=click.Choice([ANY, "hazard ratio", "odds ratio", "risk ratio", "ratio", "difference"]),
    default=ANY,
    show_default=True,
    help="One kind of effect; any draws a panel for each.",
)
@click.option("--trial", "trials", metavar="TRIAL", multiple=True, help="Such as NETTER-1; several times for several. [default: all]")
@figure_option
@format_option
@store_option
def forest(
    therapy: str,
    population: str,
    endpoints: tuple[str, ...],
    measure: str,
    trials: tuple[str, ...],
    output: Path | None,
    form: str | None,
    store: str | None,
) -> None:
    """Draw a forest plot: one line per effect estimate, nothing pooled.

    Included are narrower therapies, regimens that contain the therapy, and for a procedure the agents it uses. A
    population is written as in the tables; what a trial does not restrict, it admits. Kinds of effect never share
    an axis. Estimates without an interval are counted and listed below the figure.

    \b
    Examples:
      netkg plot forest --therapy everolimus -o everolimus.svg
      netkg plot forest --therapy "somatostatin analogue" --endpoint PFS -o analogues.pdf
      netkg plot forest --population "site=pancreas; grade=G2" --measure "hazard ratio" -o pancreas.png
      netkg plot forest --trial NETTER-1 --trial NETTER-2
    """
    _require_matplotlib()
    graph = opened(store)
    name = therapy_words(graph, therapy)
    target, kind = _target(output, form, "forest", name)
    items = forest_items(graph, therapy=therapy, population=population, endpoints=endpoints, measure=measure, trials=trials)
    from kg.plot.forest import drawable, forest_sheet
    from kg.plot.page import Caption

    drawn = [item for item in items if drawable(item)]
    if not drawn:
        found = f"{len(items)} effect estimate{'' if len(items) == 1 else 's'}, none with an interval" if items else "no effect estimate"
        raise UsageError(f"nothing to draw: {found} for these options", hint="leave an option out, or see: netkg query forest-plot")
    limits = [
        f"Therapy: {name}, narrower ones and regimens that contain it; their comparators may contain it too." if name else "",
        f"Populations that admit: {words}." if (words := population_words(graph, population)) else "",
        f"Trials: {', '.join(trials)}." if trials else "",
    ]
    subtitle = " ".join(["Published effect estimates of single comparisons, as curated in the graph.", *filter(None, limits)])
    caption = Caption(f"Forest plot: {name or 'all therapies'}", subtitle, graph.version())
    write_whole(target, [forest_sheet(items, caption).render(kind)])
    _report(target, len(drawn), "line", f"{len(items) - len(drawn)} without interval listed" if len(items) > len(drawn) else "")


@plot.command()
@therapy_option
@click.option("--jurisdiction", metavar="NAME", default=ANY, help="Such as 'United States' or 'European Union'. [default: any]")
@figure_option
@format_option
@store_option
def approvals(therapy: str, jurisdiction: str, output: Path | None, form: str | None, store: str | None) -> None:
    """Draw a timeline of regulatory decisions: approvals, extensions, refusals, withdrawals.

    One band per jurisdiction, one mark per decision. Where only the year or month is known, a bar shows the time
    within which the decision fell; decisions without a date stand in a column of their own.

    \b
    Examples:
      netkg plot approvals --therapy PRRT -o prrt.svg
      netkg plot approvals --jurisdiction "United States" -o us.pdf
    """
    _require_matplotlib()
    graph = opened(store)
    name = therapy_words(graph, therapy)
    target, kind = _target(output, form, "approvals", name)
    found = decisions(graph, therapy=therapy, jurisdiction=jurisdiction)
    if not found:
        raise UsageError("nothing to draw: no regulatory decision for these options", hint="leave an option out, or see: netkg query approvals-by-jurisdiction")
    from kg.plot.approvals import approvals_sheet
    from kg.plot.page import Caption

    limits = f" Therapy: {name} and narrower ones." if name else ""
    limits += f" Jurisdiction: {found[0].jurisdiction}." if jurisdiction != ANY else ""
    caption = Caption(f"Regulatory decisions: {name or 'all therapies'}", f"Decisions of authorities, as curated in the graph.{limits}", graph.version())
    write_whole(target, [approvals_sheet(found, caption).render(kind)])
    undated = sum(1 for decision in found if not decision.date)
    _report(target, len(found), "decision", f"{undated} without a date" if undated else "")


def _require_matplotlib() -> None:
    """Say what to install before any work is done.

    :raises SurroundingsError: when matplotlib is missing
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise SurroundingsError("figures need matplotlib, which is not installed", hint="pip install 'net-kg[plot]'")


def _target(output: Path | None, form: str | None, kind: str, name: str) -> tuple[Path, str]:
    """Return the file to write and its format.

    :raises UsageError: when neither option says the format, or they contradict each other
    """
    if output is None:
        form = form or FORMATS[0]
        return Path(f"{kind}-{_slug(name)}.{form}" if name else f"{kind}.{form}"), form
    ending = output.suffix.removeprefix(".").lower()
    if ending in FORMATS:
        if form and form != ending:
            raise UsageError(f"{output.name!r} ends in .{ending}, but the format is {form}", where="--format", hint="leave --format out")
        return output, ending
    if form is None:
        raise UsageError(f"the format cannot be told from {output.name!r}", where="--output", hint=f"end it in .{', .'.join(FORMATS)}, or give --format")
    return output, form


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-") or "figure"


def _report(target: Path, count: int, noun: str, more: str) -> None:
    click.echo(f"wrote {target}: {count} {noun}{'' if count == 1 else 's'}{f', {more}' if more else ''}", err=True)
