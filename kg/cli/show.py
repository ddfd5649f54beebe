"""``netkg show``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from kg.cli.common import emit, opened, store_option
from kg.graph import NOTICE
from kg.prefixes import compress
from kg.query.explain import Explanation, explain

SHOWN = 12
"""Lines of one kind before the rest is counted only; --all shows everything."""


@click.command()
@click.argument("term")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, complete.")
@click.option("--all", "everything", is_flag=True, help="Print every line, however many.")
@store_option
def show(term: str, as_json: bool, everything: bool, store: str | None) -> None:
    """Explain TERM: definition, place in the hierarchy, relations, mappings, statements and their sources.

    TERM is a name, label, synonym, CURIE or IRI, or a record such as recommendation/R001.

    \b
    Examples:
      netkg show everolimus
      netkg show "carcinoid syndrome" --json
    """
    found = explain(opened(store), term)
    if as_json:
        emit(json.dumps(asdict(found) | {"notice": NOTICE}, ensure_ascii=False, indent=2), None)
    else:
        emit("\n".join(_lines(found, None if everything else SHOWN)), None)


def _lines(found: Explanation, limit: int | None) -> Iterator[str]:
    yield f"{found.label}  ({compress(found.iri)})"
    yield from _meaning(found)
    yield from _some("kinds of it", found.children, limit)
    for name, values in found.relations.items():
        yield from _some(name, values, limit)
    for name, values in found.incoming.items():
        yield from _some(f"← {name}", values, limit)
    yield from _some("mapped to", found.mappings, limit)
    for kind, statements in found.statements.items():
        yield from _said(kind, statements, limit)
    for name, values in found.records.items():
        yield from _some(name, values, limit)
    yield f"  {NOTICE}"


def _meaning(found: Explanation) -> Iterator[str]:
    if found.definition:
        yield f"  {found.definition}"
        yield f"  defined after: {', '.join(found.definition_sources)}"
    if found.comment:
        yield f"  note: {found.comment}"
    for scope, names in sorted(found.synonyms.items()):
        yield f"  {scope} synonyms: {'; '.join(names)}"
    for path in found.paths:
        if len(path) > 1:
            yield f"  is a: {' ‹ '.join(path[1:])}"


def _said(kind: str, statements: list[tuple[str, str, str]], limit: int | None) -> Iterator[str]:
    yield f"  {kind} ({len(statements)}):"
    for says, source, curation in statements[:limit]:
        yield f"    - {says}"
        yield f"      source: {source}; read: {curation}"
    if limit is not None and len(statements) > limit:
        yield f"    … and {len(statements) - limit} more (--all)"


def _some(name: str, values: list[str], limit: int | None) -> Iterator[str]:
    if values:
        more = f" … and {len(values) - limit} more" if limit is not None and len(values) > limit else ""
        yield f"  {name}: {'; '.join(values[:limit])}{more}"
