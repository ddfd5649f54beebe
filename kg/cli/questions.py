"""``netkg questions``."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.common import emit, opened, output_option, store_option
from kg.graph import NOTICE, Result
from kg.match.questions import Question, question_data
from kg.match.questions import questions as all_questions
from kg.query.render import render

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
        emit(json.dumps({"notice": NOTICE, "questions": [question_data(question) for question in found]}, ensure_ascii=False, indent=2) + "\n", output)
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
