"""``netkg questions``."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.common import emit, opened, output_option, render, store_option
from kg.graph import NOTICE, Result
from kg.match.questions import Question
from kg.match.questions import questions as all_questions

COLUMNS = ("key", "feature", "kind", "unit", "values", "examples")


@click.command()
@click.option("-f", "--format", "form", type=click.Choice(("table", "json", "markdown")), default="table", show_default=True, help="Form of the answer.")
@output_option
@store_option
def questions(form: str, output: Path | None, store: str | None) -> None:
    """List what can be said of a situation: the keys of a case, their values and units, in order.

    \b
    Examples:
      netkg questions
      netkg questions --format json
    """
    found = all_questions(opened(store).terms)
    if form == "json":
        emit(json.dumps({"notice": NOTICE, "questions": [_as_dict(question) for question in found]}, ensure_ascii=False, indent=2) + "\n", output)
        return
    rows: list[tuple[ox.Literal | None, ...]] = [tuple(ox.Literal(cell) if cell else None for cell in _cells(question)) for question in found]
    emit(render(Result(COLUMNS, list(rows), {}), form, title="What can be said of a situation"), output)


def _cells(question: Question) -> tuple[str, ...]:
    examples = "; ".join(example if isinstance(example, str) else json.dumps(example, ensure_ascii=False) for example in question.examples)
    return question.key, question.name, question.kind.value, question.unit, _values(question), examples


def _values(question: Question) -> str:
    """Return in words what the feature can be."""
    if question.root:
        return f"kinds of {question.root[0]} ({question.root[1]}; {question.count})"
    if question.codes:
        return ", ".join(code for code, _ in question.codes)
    others = ", ".join(unit for unit in question.units if unit != question.unit)
    return f"{question.possible}{f'; also in {others}' if others else ''}"


def _as_dict(question: Question) -> dict[str, object]:
    return {
        "key": question.key,
        "name": question.name,
        "kind": question.kind.value,
        "order": question.order,
        "unit": question.unit or None,
        "units": list(question.units),
        "possible": question.possible or None,
        "values": [{"code": code, "label": label} for code, label in question.codes],
        "root": {"label": question.root[0], "id": question.root[1]} if question.root else None,
        "count": question.count,
        "examples": list(question.examples),
    }
