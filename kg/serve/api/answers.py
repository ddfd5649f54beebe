"""Replies in JSON and CSV, and arguments that are checked before they are used."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kg.errors import UnknownTermError, UsageError
from kg.graph import NOTICE
from kg.serve.calls import Reply

JSON = "application/json"
CSV = "text/csv; charset=utf-8"
MARKDOWN = "text/markdown; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
NOTED = (("NetKG-Notice", NOTICE),)
"""Header of answers whose form has no place for the notice."""


def as_json(document: Mapping[str, Any] | Sequence[Any]) -> Reply:
    """Return a JSON document as a reply."""
    return Reply(JSON, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), NOTED)


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Reply:
    """Return a table as a reply.

    :param name: of the file that a browser saves
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return Reply(CSV, buffer.getvalue().encode(), (*NOTED, saved_as(name)))


def saved_as(name: str) -> tuple[str, str]:
    """Return the header that names the file for those who save the answer."""
    return "Content-Disposition", f'inline; filename="{name}"'


def text_of(arguments: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return an argument that is text; surrounding blanks do not count.

    :raises UsageError: when it is something else
    """
    value = arguments.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise UsageError(f"{name} is not text", where=name)
    return value.strip() or default


def texts_of(arguments: Mapping[str, Any], name: str) -> list[str]:
    """Return an argument that is a list of texts; one text is a list of one.

    :raises UsageError: when it is something else
    """
    value = arguments.get(name) or []
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise UsageError(f"{name} is not a list of texts", where=name)
    return [item.strip() for item in values if item.strip()]


def number_of(arguments: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """Return an argument that is a whole number from 1.

    :param most: what is taken in place of anything larger
    :raises UsageError: when it is no such number
    """
    value = arguments.get(name)
    if value is None or value == "":
        return default
    text = str(value)
    if not text.isascii() or not text.isdigit() or not int(text[:18]):
        raise UsageError(f"{name} is not a whole number from 1", where=name)
    return min(int(text[:18]), most)


@contextmanager
def parameters() -> Iterator[None]:
    """Say of a parameter that names something unknown that the request is wrong, not that its address does not exist.

    :raises UsageError: in place of an unknown term, and of errors that name an option of the command line
    """
    try:
        yield
    except (UnknownTermError, UsageError) as error:
        raise UsageError(error.message, where=error.where.lstrip("-"), hint=error.hint) from error
