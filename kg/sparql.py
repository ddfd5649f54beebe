"""SPARQL text, token by token: enough to replace variables and to see keywords, without taking a string for syntax."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

Term = ox.NamedNode | ox.Literal

_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|<[^<>"{}|^`\\\s]*>|\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<variable>[?$][A-Za-z0-9_]+)|(?P<word>[A-Za-z][\w.\-]*:?|:[\w.\-]*)""",
    re.DOTALL,
)


def substitute(sparql: str, bindings: Mapping[str, Term]) -> str:
    """Return the query with variables replaced by RDF terms.

    Whole variable tokens are replaced by serialised terms; comments, IRIs and strings are left alone, so a value can
    never become syntax.

    :param bindings: variable with its question mark → term
    """

    def replace(match: re.Match[str]) -> str:
        term = bindings.get(match["variable"] or "")
        return match[0] if term is None else str(term)

    return _TOKEN.sub(replace, sparql)


def variables(sparql: str) -> set[str]:
    """Return the variables of a query, with question mark."""
    return {match["variable"] for match in _TOKEN.finditer(sparql) if match["variable"]}


def calls_service(sparql: str) -> bool:
    """Return whether a query has a SERVICE clause."""
    previous = ""
    for match in _TOKEN.finditer(sparql):
        if match["word"] and match["word"].upper() == "SERVICE" and not previous.endswith(":"):
            return True
        previous = match["word"] or ""
    return False
