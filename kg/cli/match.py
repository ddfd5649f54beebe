"""``netkg match`` and ``netkg why``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli.common import emit, opened, output_option, store_option
from kg.errors import UsageError
from kg.graph import Graph
from kg.match.case import from_settings
from kg.match.match import Match, Matcher
from kg.match.presentation import Presentation
from kg.match.read import read_presentation
from kg.match.report import as_data, as_text, statement_data, why_text

FORMS = ("text", "json", "md")
set_option = click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="One thing that is known, for instance grade=G2; repeatable.")
as_of_option = click.option("--as-of", default="", metavar="DATE", help="Consider only what had been published, and not replaced, at this date.")
form_option = click.option("-f", "--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="Form of the answer.")


def answered(graph: Graph, case: Path | None, settings: tuple[str, ...], as_of: str) -> Match:
    """Match what a file, or the options, say of a situation.

    :raises UsageError: when both or neither are given
    :raises CaseError: when they are not understood
    """
    if (case is None) == (not settings):
        raise UsageError("a situation is either a file or given with --set", hint="netkg match --set site=pancreas --set grade=G2")
    presentation: Presentation = from_settings(settings, graph.terms) if case is None else read_presentation(case, graph)
    return Matcher(graph).match(presentation, as_of)


@click.command()
@click.argument("case", required=False, type=click.Path(path_type=Path, dir_okay=False))
@set_option
@as_of_option
@form_option
@output_option
@store_option
def match(case: Path | None, settings: tuple[str, ...], as_of: str, form: str, output: Path | None, store: str | None) -> None:
    """Say which therapies suit a situation, with reasons, sources, and what is still unknown.

    CASE is a YAML or JSON file: a case of our own, a Phenopacket v2 or a FHIR R4 bundle. What is not stated is unknown, and
    unknown is never no: a statement applies, does not apply, or applies if something unknown turns out so.

    \b
    Examples:
      netkg match --set resectability=unresectable --set sstr=positive --set grade=G2
      netkg match cases/pancreas.yaml --format json -o answer.json
      netkg match patient.json --as-of 2020
      netkg questions                       the features and their values
    """
    found = answered(opened(store), case, settings, as_of)
    emit(rendered(found, form), output)


def rendered(found: Match, form: str) -> str:
    """Return an answer in one of :data:`FORMS`."""
    if form == "json":
        return json.dumps(as_data(found), ensure_ascii=False, indent=2)
    return "\n".join(as_text(found, markdown=form == "md"))


@click.command()
@click.argument("arguments", nargs=-1, required=True, metavar="[CASE] THERAPY")
@set_option
@as_of_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@store_option
def why(arguments: tuple[str, ...], settings: tuple[str, ...], as_of: str, as_json: bool, store: str | None) -> None:
    """Say, statement by statement, why THERAPY is or is not advised in a situation.

    Statements about kinds of the therapy, and about what it is a kind of, are shown too.

    \b
    Examples:
      netkg why cases/pancreas.yaml 177Lu-dotatate
      netkg why --set site=lung --set neoplasm="typical carcinoid" everolimus
    """
    if len(arguments) > 1 + (not settings):
        raise UsageError("give one therapy, and one file unless --set is used")
    case = Path(arguments[0]) if not settings and len(arguments) > 1 else None
    therapy = arguments[-1]
    graph = opened(store)
    found = answered(graph, case, settings, as_of)
    results = found.why(therapy)
    label = graph.terms.labels[graph.terms.resolve(therapy)]
    if as_json:
        data = {
            "therapy": label,
            "version": found.version,
            "notice": found.notice,
            "statements": [statement_data(result, graph.terms) for result in results],
        }
        emit(json.dumps(data, ensure_ascii=False, indent=2), None)
    else:
        emit("\n".join(why_text(found, label, results)), None)
