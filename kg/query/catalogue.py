"""The library of stored queries: one ``.rq`` file each, with a header that other tools read too (grlc style)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kg.errors import QueryFileError, UsageError
from kg.query.params import TYPE_FORM, Parameter
from kg.sparql import substitute, variables
from kg.terms import Terms

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIELDS = {"title", "summary", "tags", "params", "columns", "min-rows"}


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """One query of the library.

    :param columns: name → meaning, in the order of the result
    :param min_rows: rows that the real graph gives at least, with default parameters
    """

    name: str
    title: str
    summary: str
    tags: tuple[str, ...]
    params: tuple[Parameter, ...]
    columns: dict[str, str]
    min_rows: int
    sparql: str

    def bound(self, values: Mapping[str, str], terms: Terms) -> str:
        """Return the SPARQL text with all parameters bound, given or default.

        :raises UsageError: when a parameter is unknown or its value does not fit
        """
        known = {param.name: param for param in self.params}
        for name in values:
            if name not in known:
                raise UsageError(f"{self.name} has no parameter {name!r}", hint=f"parameters: {', '.join(known) or 'none'}")
        return substitute(self.sparql, {param.variable: param.bind(values.get(param.name, param.default), terms) for param in self.params})


def read_catalogue(folder: Path) -> dict[str, StoredQuery]:
    """Return the queries of a folder by name.

    :raises QueryFileError: when a file has no valid header
    """
    return {path.stem: read_query(path) for path in sorted(folder.glob("*.rq"))}


def find(folder: Path, name: str) -> StoredQuery:
    """Return the query of that name; only its own file is read.

    :raises UsageError: when there is none; the hint names near ones
    :raises QueryFileError: when its file has no valid header
    """
    names = {path.stem: path for path in folder.glob("*.rq")}
    if name in names:
        return read_query(names[name])
    near = difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.4)
    raise UsageError(f"no stored query is called {name!r}", hint=f"did you mean {' or '.join(near)}?" if near else "list them with: netkg queries")


def read_query(path: Path) -> StoredQuery:
    """Return the query in a file.

    :raises QueryFileError: says what is wrong with the header or the body
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryFileError(f"cannot be read: {error}", where=str(path)) from error
    header, body = _split(text)
    try:
        fields = yaml.safe_load(header) or {}
    except yaml.YAMLError as error:
        raise QueryFileError(f"the header is not YAML: {error}", where=str(path)) from error
    if not isinstance(fields, dict):
        raise QueryFileError("the header is not a list of fields", where=str(path), hint="lines of the form: #+ title: …")
    return _query(path, fields, body)


def _split(text: str) -> tuple[str, str]:
    header, body = [], []
    for line in text.splitlines():
        if line.startswith("#+"):
            header.append(line[2:].removeprefix(" "))
        else:
            body.append(line)
    return "\n".join(header), "\n".join(body).strip() + "\n"


def _query(path: Path, fields: dict[str, Any], body: str) -> StoredQuery:
    where = str(path)
    if not _NAME.fullmatch(path.stem):
        raise QueryFileError("the name is not made of lower-case words and hyphens", where=where)
    missing, extra = sorted(_FIELDS - set(fields)), sorted(set(fields) - _FIELDS)
    if missing or extra:
        raise QueryFileError(f"header fields missing: {missing}; unknown: {extra}", where=where, hint=f"exactly these: {', '.join(sorted(_FIELDS))}")
    try:
        params = tuple(
            Parameter(name=str(item["name"]), type=str(item["type"]), default=str(item["default"]), help=str(item["help"])) for item in fields["params"] or []
        )
        columns = {str(item["name"]): str(item["help"]) for item in fields["columns"]}
        minimum = int(fields["min-rows"])
        tags = tuple(str(tag) for tag in fields["tags"])
    except (KeyError, TypeError, ValueError) as error:
        raise QueryFileError(f"a header field has the wrong form: {error!r}", where=where) from error
    for param in params:
        if not TYPE_FORM.fullmatch(param.type):
            raise QueryFileError(f"parameter {param.name} has an unknown type {param.type!r}", where=where)
    used = {name for name in variables(body) if name.startswith("?_")}
    declared = {param.variable for param in params}
    if used != declared:
        raise QueryFileError(f"parameters in header and body differ: {sorted(used ^ declared)}", where=where)
    return StoredQuery(path.stem, str(fields["title"]), str(fields["summary"]), tags, params, columns, minimum, body)
