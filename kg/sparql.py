"""SPARQL text, token by token: enough to replace variables and to see keywords, without taking a string for syntax."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as ox

from kg.errors import QueryError

Term = ox.NamedNode | ox.Literal

_TOKEN = re.compile(
    r"""(?P<skip>\\.|\#[^\n\r]*|<(?:[^<>"{}|^`\\\s]|\\[uU][0-9A-Fa-f]+)*>|\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<variable>[?$][A-Za-z0-9_]+)|(?P<word>[A-Za-z][\w.\-]*:?|:[\w.\-]*)""",
    re.DOTALL,
)

_TOKEN_OR_BRACE = re.compile(_TOKEN.pattern + "|(?P<brace>[{}])", re.DOTALL)


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


def names_graphs(sparql: str) -> bool:
    """Return whether a query says with FROM what it is about."""
    return any(True for _ in _after(sparql, "FROM"))


class Call(NamedTuple):
    """A place where SPARQL wants another server to be called.

    :param address: whom; empty when it is not written as a whole IRI
    :param silent: whether a failure is to be passed over
    :param start: where the address stands in the text
    """

    address: str
    silent: bool
    start: int


def calls(sparql: str, keyword: str) -> Iterator[Call]:
    """Yield each SERVICE or LOAD."""
    for following in _after(sparql, keyword):
        silent = False
        for match in following:
            if (match["word"] or "").upper() == "SILENT":
                silent = True
                continue
            text = match[0]
            yield Call(text[1:-1] if text.startswith("<") and "\\" not in text else "", silent, match.start())
            break
        else:
            yield Call("", silent, len(sparql))


def _after(sparql: str, keyword: str) -> Iterator[Iterator[re.Match[str]]]:
    """Yield, for each place where a keyword stands, the tokens that follow it."""
    if keyword.lower() not in sparql.lower():
        return
    previous = ""
    for match in _TOKEN.finditer(sparql):
        if match["word"] and match["word"].upper() == keyword and not previous.endswith(":"):
            yield (later for later in _TOKEN.finditer(sparql, match.end()) if not later[0].startswith("#"))
        previous = match["word"] or ""


def using(update: str, default: Iterable[str], named: Iterable[str]) -> str:
    """Return an update whose WHERE parts are about the given graphs.

    :raises QueryError: when it says itself, by USING or WITH, what it is about, or a name is no IRI
    """
    try:
        clauses = "".join([*(f"USING {ox.NamedNode(iri)} " for iri in default), *(f"USING NAMED {ox.NamedNode(iri)} " for iri in named)])
    except ValueError as error:
        raise QueryError(f"the name of a graph is no IRI: {error}") from None
    parts, done, depth, previous = [], 0, 0, ""
    for match in _TOKEN_OR_BRACE.finditer(update):
        depth += {"{": 1, "}": -1}.get(match["brace"] or "", 0)
        word = (match["word"] or "").upper() if not previous.endswith(":") else ""
        if depth == 0 and word in ("USING", "WITH"):
            raise QueryError(f"the graphs are given twice: by the request and by {word} in the update")
        if depth == 0 and word == "WHERE":
            pattern = _group(update, match.end()) if previous == "DELETE" else ""  # DELETE WHERE is short for both
            parts += [update[done : match.start()], pattern, " ", clauses]
            done = match.start()
        previous = word or match[0] if not match[0].startswith("#") else previous
    return "".join([*parts, update[done:]])


def _group(text: str, start: int) -> str:
    """Return the group in braces that begins after a place."""
    depth = 0
    for match in _TOKEN_OR_BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match["brace"] or "", 0)
        if match["brace"] == "}" and depth == 0:
            return text[start : match.end()]
    return ""


_PLACE = re.compile(r"error at ([0-9]+):([0-9]+): (.*)", re.DOTALL)


def unreadable(error: SyntaxError, text: str, what: str = "query") -> QueryError:
    """Return our error for the one of pyoxigraph's parser, with the place in the text."""
    found = _PLACE.match(str(error))
    if not found:
        return QueryError(f"the {what} cannot be read: {error}")
    line, column = int(found[1]), int(found[2])
    rest = "".join(text.split("\n")[line - 1 : line])[column - 1 :].strip()
    where = f"at “{rest[:_SHOWN]}{'…' if len(rest) > _SHOWN else ''}”" if rest else "at the end of the line"
    reasons = _REASON.findall(re.sub(r"\[[^\]]*\]", "", found[3]))
    why = "; ".join(dict.fromkeys(reasons)) or "something is missing or too much"
    return QueryError(f"the {what} cannot be read {where}: {why}", where=f"line {line}, column {column}", place=(line, column))


_REASON = re.compile(r"[A-Z][A-Za-z]*(?: [A-Za-z]+)+")
"""What the parser says in words; the keywords and signs that it lists beside are those of its deepest attempt, and mislead."""
_SHOWN = 30
