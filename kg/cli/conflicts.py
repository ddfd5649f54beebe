"""``netkg conflicts``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli.common import emit, opened, output_option, store_option
from kg.cli.match import as_of_option, form_option
from kg.match.between import conflicts as find_conflicts
from kg.match.between import special_cases as find_special_cases
from kg.match.between_report import conflicts_as_data, conflicts_as_text
from kg.match.match import Matcher


@click.command()
@click.option("--therapy", default="", metavar="T", help="Only about this therapy, its kinds and what it is a kind of.")
@click.option("--all-overlaps", is_flag=True, help="Also pairs whose scopes overlap without one lying within the other.")
@click.option("--approvals", is_flag=True, help="Also set refused and withdrawn approvals against advice in favour.")
@click.option("--special-cases", is_flag=True, help="Also list recommendations that are special cases of others.")
@as_of_option
@form_option
@output_option
@store_option
def conflicts(therapy: str, all_overlaps: bool, approvals: bool, special_cases: bool, as_of: str, form: str, output: Path | None, store: str | None) -> None:
    """Say where one source advises a therapy and another advises against it, and for whom both speak.

    Two recommendations of different sources disagree when they are about the same therapy, or one about a kind of the
    other's, share an aim, point in opposite directions, and some situation lies in both scopes. That common part is
    described exactly, with how the two scopes stand to each other: the same, one within the other, or overlapping.

    \b
    Examples:
      netkg conflicts                                  scopes that are the same or nested
      netkg conflicts --all-overlaps -f json -o all.json
      netkg conflicts --therapy lanreotide --as-of 2020
      netkg conflicts --approvals                      with refused and withdrawn approvals
      netkg conflicts --special-cases --therapy "peptide receptor radionuclide therapy"
    """
    graph = opened(store)
    matcher = Matcher(graph)
    found = find_conflicts(matcher, therapy=therapy, all_overlaps=all_overlaps, approvals=approvals, as_of=as_of)
    special = find_special_cases(matcher, therapy=therapy, as_of=as_of) if special_cases else None
    if form == "json":
        emit(json.dumps(conflicts_as_data(found, graph.terms, special), ensure_ascii=False, indent=2), output)
    else:
        emit("\n".join(conflicts_as_text(found, graph.terms, special, markdown=form == "md")), output)
