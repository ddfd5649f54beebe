"""The addresses of the API: what a request asks for, and in which form."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.errors import UsageError
from kg.serve.api import evidence, export, match, stored, term
from kg.serve.api.concise import RDF_FORMS
from kg.serve.calls import Reply
from kg.serve.http.accept import Offers, choose
from kg.serve.http.address import public_base
from kg.serve.http.bodies import read_body
from kg.serve.http.formats import GRAPHS, PAGE, PAGE_TYPES, RESULTS, with_charset
from kg.serve.http.protocol import Parameters, media_type_of
from kg.serve.http.work import reply_response, work
from kg.serve.problem import Problem

Handler = Callable[[Request], Awaitable[Response]]

JSON_TYPES, CSV_TYPES, TEXT_TYPES = ("application/json", "text/json"), ("text/csv",), ("text/plain",)
MARKDOWN_TYPES = ("text/markdown", "text/x-markdown")

TABLES: Offers = ((evidence.JSON_FORM, JSON_TYPES), (evidence.CSV_FORM, CSV_TYPES))
STORED: Offers = (
    *((form.key, form.media_types) for form in RESULTS.values()),
    (PAGE, PAGE_TYPES),
    (stored.MARKDOWN_FORM, MARKDOWN_TYPES),
    (stored.TEXT_FORM, ("application/sparql-query",)),
)
STORED_SUFFIXES = {"csv": "csv", "tsv": "tsv", "json": "json", "srj": "json", "xml": "xml", "srx": "xml"} | {
    "html": PAGE,
    "md": stored.MARKDOWN_FORM,
    "rq": stored.TEXT_FORM,
}
LIBRARY: Offers = (("json", JSON_TYPES), (PAGE, PAGE_TYPES))
MATCHED: Offers = ((match.JSON_FORM, JSON_TYPES), (match.MARKDOWN_FORM, MARKDOWN_TYPES), (match.TEXT_FORM, TEXT_TYPES))
MATCHED_BY_ADDRESS: Offers = (*MATCHED, (PAGE, PAGE_TYPES))
TERMS: Offers = (
    *((key, tuple(name for name in GRAPHS[key].media_types if name not in JSON_TYPES)) for key in RDF_FORMS),
    (term.JSON_FORM, JSON_TYPES),
    (PAGE, PAGE_TYPES),
)
TERM_SUFFIXES = {GRAPHS[key].suffix: key for key in RDF_FORMS} | {"json": term.JSON_FORM, "html": PAGE}
ONTOLOGY_FILES = {"turtle": "net-kg.ttl", "rdfxml": "net-kg.owl"}
"""Form of the ontology as a whole → the download that has it."""


def given(request: Request, *allowed: str) -> Parameters:
    """Return the parameters of an address.

    :raises Problem: when there are others than those allowed
    """
    parameters = Parameters(request.scope["query_string"])
    if strange := sorted(parameters.names() - set(allowed)):
        known = ", ".join(allowed) or "none"
        raise Problem(400, f"there is no parameter {strange[0][:100]!r} here", code=UsageError.code, hint=f"parameters: {known}")
    return parameters


def form_of(request: Request, offered: Offers, wanted: str | None, suffixes: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Return the form that a client wants, and the media type by which it asks for it.

    :param wanted: what ``?format=`` or the end of the address says, which counts more than the header
    :param suffixes: further words that it may use
    :raises Problem: when none of the offers is wanted
    """
    if wanted:
        word = (suffixes or {}).get(wanted.lower(), wanted.lower())
        for key, media_types in offered:
            if word == key or word in media_types:
                return key, media_types[0]
    elif chosen := choose(request.headers.get("accept", ""), offered):
        return chosen
    raise Problem(
        406,
        "the answer does not come in a format that the client takes",
        code="NOT-ACCEPTABLE",
        hint="ask for one of these in the Accept header, or by ?format=",
        extra={"offers": [media_types[0] for _, media_types in offered]},
    )


def moved(request: Request, path: str) -> Response:
    """Return the answer that sends a client on to another address of ours."""
    return RedirectResponse(public_base(request.scope) + path, 303, headers={"Vary": "Accept", "Cache-Control": "no-cache"})


def plain(call: str, *once: str, many: tuple[str, ...] = ()) -> Handler:
    """Return a handler that hands parameters on to a call.

    :param once: parameters that can be given once
    :param many: parameters that can be given several times
    """

    async def handler(request: Request) -> Response:
        parameters = given(request, *once, *many)
        arguments: dict[str, Any] = {name: parameters.at_most_once(name) for name in once}
        return await reply_response(request, await work(request, call, arguments | {name: list(parameters.all(name)) for name in many}))

    return handler


def table(call: str, *once: str, many: tuple[str, ...] = ()) -> Handler:
    """Return a handler as :func:`plain` does, for answers that come as JSON or CSV."""

    async def handler(request: Request) -> Response:
        parameters = given(request, *once, *many, "format")
        form, _ = form_of(request, TABLES, parameters.at_most_once("format"))
        arguments: dict[str, Any] = {name: parameters.at_most_once(name) for name in once} | {"form": form}
        return await reply_response(request, await work(request, call, arguments | {name: list(parameters.all(name)) for name in many}))

    return handler


async def labels(request: Request) -> Response:
    """Return labels for the identifiers in the body, a JSON document."""
    given(request)
    try:
        document = json.loads(await _body(request))
    except (ValueError, RecursionError) as error:
        raise Problem(400, "the body is not JSON", code=UsageError.code, detail=str(error)[:200], hint='send {"iris": ["…"]}') from error
    if not isinstance(document, dict) or not isinstance(document.get("iris"), list):
        raise Problem(400, "the body names no identifiers", code=UsageError.code, hint='send {"iris": ["…"]}')
    return await reply_response(request, await work(request, "labels", {"iris": document["iris"]}))


async def library(request: Request) -> Response:
    """Return the list of all stored queries; people see the home page, which has them by theme."""
    form, _ = form_of(request, LIBRARY, given(request, "format").at_most_once("format"))
    return moved(request, "#questions") if form == PAGE else await reply_response(request, await work(request, "stored", {}))


async def stored_rows(request: Request) -> Response:
    """Return the rows of a stored query with labels, for pages."""
    arguments = {"name": request.path_params["name"], "params": _bound(request), "form": stored.PAGE}
    return await reply_response(request, await work(request, "stored-rows", arguments))


async def stored_query(request: Request) -> Response:
    """Return the answer of a stored query in the form that the end of the address or the client says."""
    parameters = Parameters(request.scope["query_string"])
    name, dot, suffix = request.path_params["name"].partition(".")
    if dot and suffix not in STORED_SUFFIXES:
        raise Problem(404, "there is no such form of the answer", code="NOT-FOUND", hint=f"end the address in .{', .'.join(STORED_SUFFIXES)}")
    form, media_type = form_of(request, STORED, suffix or parameters.at_most_once("format"), STORED_SUFFIXES)
    arguments = {"name": name, "params": _bound(request)}
    if form == PAGE:
        from kg.serve.pages import stored_address

        await work(request, "stored-text", arguments)  # says what is wrong with the name or a parameter
        return moved(request, stored_address(name, **arguments["params"]))
    if form == stored.TEXT_FORM:
        return await reply_response(request, await work(request, "stored-text", arguments))
    limit = request.app.state.settings.result_bytes
    reply = await work(request, "stored-rows", arguments | {"form": form, "limit_bytes": limit})
    return await reply_response(request, Reply(with_charset(media_type), reply.body, reply.headers))


def _bound(request: Request) -> dict[str, str]:
    """Return the parameters of a stored query.

    :raises Problem: when one is given twice
    """
    parameters = Parameters(request.scope["query_string"])
    return {name: parameters.at_most_once(name) or "" for name in sorted(parameters.names() - {"format"})}


async def matched(request: Request) -> Response:
    """Return the verdicts for a case: the body of a POST, or what the address of a GET says."""
    parameters = Parameters(request.scope["query_string"])
    asked = {"as_of": parameters.at_most_once("as_of"), "verdicts": list(parameters.all("verdict"))}
    if request.method == "POST":
        given(request, "as_of", "verdict", "format")
        case = await _case(request)
        form, _ = form_of(request, MATCHED, parameters.at_most_once("format"))
    else:
        case = {"settings": _settings(parameters, "as_of", "verdict", "format")}
        form, _ = form_of(request, MATCHED_BY_ADDRESS, parameters.at_most_once("format"))
        if form == PAGE:
            query = request.scope["query_string"].decode("latin-1")
            return moved(request, f"situation?{query}" if query else "situation")
    return await reply_response(request, await work(request, "match", case | asked | {"form": form}))


async def derived(request: Request) -> Response:
    """Return what follows from a case that may not be complete yet."""
    parameters = Parameters(request.scope["query_string"])
    case = await _case(request) if request.method == "POST" else {"settings": _settings(parameters)}
    return await reply_response(request, await work(request, "derive", case))


def _settings(parameters: Parameters, *others: str) -> list[str]:
    return [f"{name}={value}" for name in sorted(parameters.names() - set(others)) for value in parameters.all(name) if value.strip()]


async def _case(request: Request) -> dict[str, Any]:
    """Return the case in the body; what is sent as a form, as curl does, is taken for what it looks like."""
    media_type = media_type_of(request.headers.get("content-type", ""))
    syntax = "json" if "json" in media_type else "yaml" if "yaml" in media_type else ""
    return {"document": await _body(request), "syntax": syntax}


async def _body(request: Request) -> bytes:
    headers = {name: value for name, value in request.headers.raw if name in (b"content-encoding", b"content-length")}
    return await read_body(request.receive, headers, request.app.state.settings.request_bytes)


async def terms(request: Request) -> Response:
    """Return what the graph says of a term or record: a page, a JSON document, or RDF."""
    parameters = given(request, "format")
    name, dot, suffix = request.path_params["name"].rpartition(".")
    if not dot or suffix not in TERM_SUFFIXES:
        name, suffix = request.path_params["name"], ""
    form, media_type = form_of(request, TERMS, suffix or parameters.at_most_once("format"), TERM_SUFFIXES)
    if form == PAGE:
        from kg.serve.pages import term_page

        return await term_page(request, name)
    reply = await work(request, "term", {"name": name, "form": form})
    return await reply_response(request, Reply(with_charset(media_type), reply.body, reply.headers))


async def exports(request: Request) -> Response:
    """Return a download, or the list of all, or their checksums.

    Each file is a job of its own: the first time, all of them together take longer than one job may.
    """
    given(request)
    name = request.path_params.get("file", "")
    if name not in ("", export.SUMS):
        return await reply_response(request, await work(request, "export", {"file": name}))
    facts = [json.loads((await work(request, "export-facts", {"file": file})).body) for file in export.DOWNLOADS]
    return await reply_response(request, export.sums(facts) if name else export.listed(facts))


async def openapi(request: Request) -> Response:
    """Return the description of the API for programs."""
    given(request)
    settings = request.app.state.settings
    arguments = {"server": public_base(request.scope), "limits": settings.limits(), "writable": settings.writable}
    return await reply_response(request, await work(request, "openapi", arguments))


async def dereferenced(request: Request) -> Response:
    """Send those who follow one of our identifiers to what is known of it; any other address does not exist.

    :raises Problem: when it is no identifier of ours
    """
    path = request.path_params["path"].rstrip("/")
    await work(request, "known", {"path": path})
    form, _ = form_of(request, TERMS, None)
    if path == "ontology" and form in ONTOLOGY_FILES:
        return moved(request, f"export/{ONTOLOGY_FILES[form]}")
    query = request.scope["query_string"].decode("latin-1")
    return moved(request, f"term/{quote(path, safe='/')}" + (f"?{query}" if query else ""))


routes: list[BaseRoute] = [
    Route("/api/overview", plain("overview")),
    Route("/api/search", plain("search", "q", "limit", "root", "kind")),
    Route("/api/complete", plain("complete")),
    Route("/api/labels", labels, methods=["POST"]),
    Route("/api/query", plain("stored")),
    Route("/api/query/{name}", stored_rows),
    Route("/api/features", plain("features")),
    Route("/api/derive", derived, methods=["GET", "POST"]),
    Route("/api/forest", table("forest", "therapy", "population", "measure", many=("endpoint", "trial"))),
    Route("/api/approvals", table("approvals", "therapy", "jurisdiction")),
    Route("/query", library, name="library"),
    Route("/query/{name}", stored_query, name="query"),
    Route("/match", matched, methods=["GET", "POST"], name="match"),
    Route("/term/{name:path}", terms, name="term"),
    Route("/export", exports, name="exports"),
    Route("/export/{file}", exports, name="export"),
    Route("/openapi.json", openapi, name="openapi"),
]

last_routes: list[BaseRoute] = [Route("/{path:path}", dereferenced)]
"""What comes after the routes of all others."""
