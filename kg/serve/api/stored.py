"""The library of stored queries: what there is, and their answers."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from kg.errors import UnknownTermError, UsageError
from kg.graph import NOTICE, Graph
from kg.match.place import shown
from kg.prefixes import NET, compress
from kg.query.catalogue import StoredQuery
from kg.query.kept import kept, version
from kg.query.params import ANY, Parameter
from kg.query.render import render
from kg.serve.api.answers import MARKDOWN, NOTED, as_json, saved_as, text_of
from kg.serve.api.links import cell, href, labels_of
from kg.serve.calls import Reply, call
from kg.terms import plain_label

PAGE, MARKDOWN_FORM, TEXT_FORM = "page", "md", "rq"
"""Forms beside the result formats of SPARQL: rows with labels for a page, a Markdown table, the query itself."""
RESULT_FORMS = {"json": "srj", "xml": "srx", "csv": "csv", "tsv": "tsv"}
"""Result formats of SPARQL → ending of the file that a browser saves."""


def stored(graph: Graph, _arguments: Mapping[str, Any]) -> Reply:
    """Return all stored queries with their parameters and columns."""
    return as_json(described(graph))


@kept
def described(graph: Graph) -> list[dict[str, Any]]:
    """Return what each stored query is about, what it takes and gives."""
    return [_described(graph, query) for query in graph.queries.values()]


def _described(graph: Graph, query: StoredQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "summary": query.summary,
        "tags": list(query.tags),
        "params": [_parameter(graph, param) for param in query.params],
        "columns": [{"name": name, "help": text} for name, text in query.columns.items()],
        "sparql": _default(graph, query),
    }


def _default(graph: Graph, query: StoredQuery) -> str:
    """Return the query with its defaults, or as it stands when this graph does not know the terms that they name."""
    try:
        return query.bound({}, graph.terms)
    except UsageError:
        return query.sparql


def _parameter(graph: Graph, param: Parameter) -> dict[str, Any]:
    kind, _, detail = param.type.partition(":")
    described: dict[str, Any] = {"name": param.name, "type": param.type, "default": param.default, "help": param.help}
    if kind == "choice":
        labels = graph.terms.labels
        values = sorted(graph.terms.choices(detail).items())
        described["choices"] = [{"value": ANY, "label": ANY}, *({"value": code, "label": plain_label(labels.get(iri, code))} for code, iri in values)]
    if kind == "term" and detail:
        iri = NET + detail
        described["root"] = {"iri": iri, "curie": compress(iri), "label": graph.terms.labels.get(iri), "name": detail, "href": href(iri)}
    return described


def rows(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Run a stored query.

    :param arguments: ``name``; ``params``: name → value; ``form``: :data:`PAGE`, :data:`MARKDOWN_FORM` or one of
        :data:`RESULT_FORMS`; ``limit_bytes`` of the answer, for the latter
    :raises UnknownTermError: when no query has that name
    :raises UsageError: when a parameter or its value is unknown
    """
    query = _found(graph, text_of(arguments, "name"))
    text = query.bound(arguments.get("params") or {}, graph.terms)
    form = text_of(arguments, "form", PAGE)
    if form in RESULT_FORMS:
        asked = {"query": text, "base": "", "default_graphs": None, "named_graphs": None, "union": True, "solutions": form, "boolean": form, "graph": None}
        answer = call("sparql")(graph, asked | {"limit_bytes": arguments.get("limit_bytes", 0)})
        return Reply(answer.media_type, answer.body, (*answer.headers, *NOTED, saved_as(f"{query.name}.{RESULT_FORMS[form]}")))
    if form == MARKDOWN_FORM:
        table = render(graph.select(text), "markdown", title=query.title)
        return Reply(MARKDOWN, table.encode(), (saved_as(f"{query.name}.md"),))
    return as_json(_page(graph, query, text))


def bound(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Return a stored query as SPARQL text with its parameters bound.

    :param arguments: ``name`` and ``params`` as for :func:`rows`
    :raises UnknownTermError: when no query has that name
    :raises UsageError: when a parameter or its value is unknown
    """
    query = _found(graph, text_of(arguments, "name"))
    text = query.bound(arguments.get("params") or {}, graph.terms)
    return Reply("application/sparql-query", text.encode(), (saved_as(f"{query.name}.rq"),))


def _page(graph: Graph, query: StoredQuery, text: str) -> dict[str, Any]:
    result = graph.select(text)
    labels = labels_of(graph, result.labels)
    labels |= {iri: plain_label(label) for iri, label in labels.items() if iri in result.values}
    return {
        "name": query.name,
        "title": query.title,
        "summary": query.summary,
        "notice": NOTICE,
        "version": version(graph),
        "columns": [{"name": name, "help": query.columns.get(name, "")} for name in result.columns],
        "rows": [[cell(term, labels) for term in row] for row in result.rows],
        "sparql": text,
    }


def _found(graph: Graph, name: str) -> StoredQuery:
    if name in graph.queries:
        return graph.queries[name]
    near = difflib.get_close_matches(name[:100], graph.queries, n=3, cutoff=0.4)
    raise UnknownTermError(f"no stored query is called {shown(name)}", hint=f"did you mean {' or '.join(near)}?" if near else "the list of all is at /query")
