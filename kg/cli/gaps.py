"""``netkg gaps``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli.common import emit, opened, output_option, store_option
from kg.cli.match import as_of_option, form_option
from kg.match.between import RECOMMENDATION
from kg.match.between import gaps as find_gaps
from kg.match.between import grid as grid_of
from kg.match.between_report import gaps_as_data, gaps_as_text
from kg.match.match import Matcher
from kg.match.statements import KINDS


@click.command()
@click.option("--aim", default="antitumour", show_default=True, metavar="A", help="Only statements with this aim; empty for any.")
@click.option("--feature", "features", multiple=True, metavar="KEY=VALUE,…", help="Values of a feature of the grid; repeatable. KEY= leaves the feature out.")
@click.option("--therapy", default="", metavar="T", help="Only statements about this therapy, its kinds and what it is a kind of.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS.values())), help="Kind of statement; repeatable. [default: recommendation]")
@click.option("--any-direction", is_flag=True, help="Let advice against, and insufficient evidence, cover a situation too.")
@as_of_option
@form_option
@output_option
@store_option
def gaps(
    aim: str,
    features: tuple[str, ...],
    therapy: str,
    kinds: tuple[str, ...],
    any_direction: bool,
    as_of: str,
    form: str,
    output: Path | None,
    store: str | None,
) -> None:
    """Say for which situations no statement advises a treatment.

    A grid of situations is gone through: every combination of the values of some features. A situation is covered when
    some statement in favour applies whatever else is unknown, covered in part when statements apply only if something
    further is so, and not covered when every statement is ruled out. Combinations that the ontology excludes are left
    out. Situations that differ in one feature only are told together.

    Without --feature the grid has primary sites, kinds of neoplasm, grades, receptor status, extent, resectability and
    line. A given feature replaces the one of that name or adds one; | joins values into one.

    \b
    Examples:
      netkg gaps
      netkg gaps --feature site=pancreas,lung --feature line=
      netkg gaps --feature "site=jejunum | ileum, pancreas" --feature progression=yes,no
      netkg gaps --therapy "peptide receptor radionuclide therapy"
      netkg gaps --kind approval --as-of 2015 -f json
    """
    graph = opened(store)
    axes = grid_of(features, graph.terms)
    found = find_gaps(Matcher(graph), axes, aim=aim, kinds=kinds or (RECOMMENDATION,), therapy=therapy, any_direction=any_direction, as_of=as_of)
    if form == "json":
        emit(json.dumps(gaps_as_data(found, graph.terms), ensure_ascii=False, indent=2), output)
    else:
        emit("\n".join(gaps_as_text(found, graph.terms, markdown=form == "md")), output)
