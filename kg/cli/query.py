"""``netkg query``, ``netkg queries`` and ``netkg sparql``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.common import emit, format_option, opened, output_option, store_option, timeout_option
from kg.errors import QueryError, UsageError
from kg.prefixes import PREFIXES, sparql_prologue
from kg.query.catalogue import StoredQuery, find, read_catalogue
from kg.query.render import render
from kg.settings import default_sources
from kg.store import Rows


@click.command()
@click.argument("name")
@click.option("-p", "--param", "pairs", multiple=True, metavar="KEY=VALUE", help="Set a parameter; give it several times for several.")
@click.option("--show-sparql", is_flag=True, help="Print the SPARQL text with parameters bound, and do not run it.")
@timeout_option
@format_option
@output_option
@store_option
def query(name: str, pairs: tuple[str, ...], show_sparql: bool, timeout: float | None, form: str, output: Path | None, store: str | None) -> None:
    """Run the stored query NAME.

    \b
    Examples:
      netkg query therapies-for-inoperable-sstr-positive
      netkg query agents-targeting-receptor -p receptor=SomatostatinReceptor2 -f csv
    """
    graph = opened(store)
    stored = find(graph.sources.queries, name)
    text = stored.bound(_parameters(pairs), graph.terms)
    emit(text if show_sparql else render(graph.select(text, timeout=timeout), form, title=stored.title), output)


def _parameters(pairs: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"{pair!r} is not of the form KEY=VALUE", where="--param")
        if key in values:
            raise UsageError(f"{key!r} is given twice", where="--param")
        values[key] = value
    return values


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def queries(name: str | None, as_json: bool) -> None:
    """List the questions of the library, or explain the one called NAME."""
    folder = default_sources().queries
    chosen = [find(folder, name)] if name else list(read_catalogue(folder).values())
    if as_json:
        emit(json.dumps([_as_dict(stored) for stored in chosen], ensure_ascii=False, indent=2), None)
    elif name:
        emit(_explained(chosen[0]), None)
    else:
        width = max(len(stored.name) for stored in chosen)
        emit("\n".join(f"{stored.name:<{width}}  {stored.title}" for stored in chosen), None)


def _as_dict(stored: StoredQuery) -> dict[str, object]:
    return {
        "name": stored.name,
        "title": stored.title,
        "summary": stored.summary,
        "tags": list(stored.tags),
        "parameters": [{"name": param.name, "type": param.type, "default": param.default, "help": param.help} for param in stored.params],
        "columns": stored.columns,
    }


def _explained(stored: StoredQuery) -> str:
    lines = [stored.title, "", stored.summary, ""]
    if stored.params:
        lines += ["Parameters:", *(f"  {param.name}  ({param.type}, default {param.default})  {param.help}" for param in stored.params), ""]
    lines += ["Columns:", *(f"  {name}  {meaning}" for name, meaning in stored.columns.items()), "", stored.sparql]
    return "\n".join(lines)


@click.command()
@click.argument("text", required=False)
@click.option("--file", "path", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Read the query from a file.")
@timeout_option
@format_option
@output_option
@store_option
def sparql(text: str | None, path: Path | None, timeout: float | None, form: str, output: Path | None, store: str | None) -> None:
    """Run a SPARQL query, given as TEXT, with --file, or on standard input.

    The prefixes of the project (net:, rdfs:, skos: …) need not be declared. CONSTRUCT and DESCRIBE answer in
    Turtle, ASK with true or false.

    \b
    Example:
      netkg sparql "SELECT ?drug WHERE { ?drug net:targets net:SomatostatinReceptor2 }"
    """
    if text is None:
        text = path.read_text(encoding="utf-8") if path else sys.stdin.read()
    graph = opened(store)
    prologue = sparql_prologue()
    try:
        answer = graph.sparql(prologue + text, timeout=timeout)
    except QueryError as error:
        raise error.moved(-prologue.count("\n")) from None
    if isinstance(answer, bool):
        emit("true" if answer else "false", output)
    elif isinstance(answer, Rows):
        emit(render(graph.result(answer), form), output)
    else:
        turtle = ox.serialize(answer, format=ox.RdfFormat.TURTLE, prefixes={key: iri for key, iri in PREFIXES.items() if key.isalpha()})
        emit((turtle or b"").decode(), output)
