"""The pages for people: everything to be read is written here; scripts only make it livelier."""

from __future__ import annotations

import gzip
import json
import mimetypes
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.graph import NOTICE
from kg.serve.calls import Reply
from kg.serve.http.accept import wants_gzip
from kg.serve.http.address import public_base
from kg.serve.http.work import engine_of, reply_response, work
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings

FOLDER = Path(__file__).parent
HTML = "text/html; charset=utf-8"
PLACES = (
    ("home", "", "Home"),
    ("query", "sparql", "Query"),
    ("situation", "situation", "Therapies for a situation"),
    ("evidence", "evidence", "Evidence"),
    ("about", "about", "About"),
)
"""Name of a page, its address, its name in the navigation."""
INTERFACES = (
    ("sparql", "SPARQL 1.1 endpoint; its service description for programs, the query page for people"),
    ("query", "the stored queries, each an address with parameters: .csv, .tsv, .json, .xml, .html"),
    ("openapi.json", "description of the whole interface (OpenAPI 3.1)"),
    ("export", "downloads with checksums: the graph, the ontology, the tables, the queries"),
    (".well-known/void", "description of the dataset (VoID)"),
    ("health", "state of this server"),
)
EXAMPLES = ("everolimus", "177Lu-dotatate", "insulinoma", "NETTER-1", "SSTR2", "CHEBI:68478")
"""Searches to try; the tests see to it that each finds something."""
DOWNLOADS = (
    ("ttl", "text/turtle", "Turtle"),
    ("jsonld", "application/ld+json", "JSON-LD"),
    ("nt", "application/n-triples", "N-Triples"),
    ("rdf", "application/rdf+xml", "RDF/XML"),
    ("json", "application/json", "JSON"),
)
"""Ending of a term's address, media type, name of the format."""
TONES = {
    "recommended": "for",
    "may be considered": "for",
    "decision in force": "for",
    "primary endpoint met": "for",
    "contraindicated": "against",
    "not recommended": "against",
    "application refused": "against",
    "decision withdrawn": "against",
    "primary endpoint missed": "against",
}
"""Words of closed lists that speak for or against something; all others leave it open."""
MARKS = {"for": "M3 8.5l3.5 3.5L13 4.5", "against": "M4 4l8 8M12 4l-8 8", "open": "M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.35-1 .8-1 1.6M8 12.4v.1"}
"""Drawings that say the same as the colour: tick, cross, question mark."""
MATCH_WORDS = {
    "skos:exactMatch": "the same as",
    "skos:closeMatch": "close to",
    "skos:broadMatch": "narrower than",
    "skos:narrowMatch": "broader than",
    "skos:relatedMatch": "related to",
}
SMALLEST_THEME = 3
"""A theme of the library with fewer questions gives them to a larger one that they belong to as well."""
SHOWN_SOURCES = 8
SHOWN_RESULTS = 50
SUGGESTED = 5


_RELEASES: dict[str, str] = {}
"""Tag of the present state of the graph → the version that people know."""


# -- rendering -------------------------------------------------------------------------------------------------------


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals |= {
        "notice": NOTICE,
        "places": PLACES,
        "script": lambda page: _manifest().get(page, {}).get("script", ""),
        "styles": lambda page: _manifest().get(page, {}).get("style", ""),
        "plural": plural,
        "tones": TONES,
        "marks": MARKS,
        "query_page": query_address,
        "stored_page": stored_address,
    }
    return environment


def html(template: str, path: str, version: str, **context: Any) -> bytes:
    """Return a page.

    :param template: file of the folder ``templates``; its name is that of the page
    :param path: of the request, without the prefix of a proxy: all links are relative to it
    :param version: tag of the state of the graph
    :param context: what else the template speaks of
    """
    page = template.removesuffix(".html")
    release = _RELEASES.get(version, "")
    return _environment().get_template(template).render({"page": page, "root": root_of(path), "version": release, "searched": ""} | context).encode()


async def render(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Return the response that carries a page."""
    state = engine_of(request).version
    if state not in _RELEASES:
        _RELEASES.clear()
        _RELEASES[state] = (await ask(request, "overview"))["version"]
    body = html(template, own_path(request), state, **context)
    return await reply_response(request, Reply(HTML, body), status=status)


def own_path(request: Request) -> str:
    """Return the path of a request as the client wrote it, without the prefix under which the application hangs."""
    raw: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    return raw.decode("latin-1").removeprefix(quote(request.scope.get("root_path", "")))


def root_of(path: str) -> str:
    """Return the way from a path to the root of the server, so that links hold under any prefix.

    >>> root_of("/"), root_of("/about"), root_of("/term/recommendation/R012")
    ('./', './', '../../')
    """
    return "../" * (path.count("/") - 1) or "./"


def plural(word: str, count: int) -> str:
    """Return the word for so many of a kind.

    >>> plural("trial", 2), plural("affinity", 2), plural("evidence", 2), plural("trial", 1)
    ('trials', 'affinities', 'evidence', 'trial')
    """
    if count == 1 or word.endswith(("evidence", "expression")):
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def query_address(sparql: str, *, run: bool = True) -> str:
    """Return the address of the query page with a query in it, relative to the root."""
    return "sparql#" + urlencode({"query": sparql} | ({"run": "1"} if run else {}))


def stored_address(name: str, *, run: bool = True, **params: str) -> str:
    """Return the address of the query page with a stored query in it, relative to the root."""
    return "sparql#" + urlencode({"stored": name} | {f"p.{key}": value for key, value in params.items()} | ({"run": "1"} if run else {}))


# -- scripts and styles ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    media_type: str
    body: bytes
    packed: bytes


@cache
def _static() -> Mapping[str, _File]:
    """Return the built scripts and styles by name: nothing else can be asked for."""
    found = {}
    for path in sorted((FOLDER / "static").glob("*.*")):
        media_type = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        body = path.read_bytes()
        found[path.name] = _File(media_type + charset, body, gzip.compress(body, mtime=0))
    return found


@cache
def _manifest() -> Mapping[str, Mapping[str, str]]:
    """Return page → names of its script and style; nothing when they have not been built, and pages do without."""
    manifest = _static().get("manifest.json")
    pages: dict[str, dict[str, str]] = json.loads(manifest.body) if manifest else {}
    return pages


async def static(request: Request) -> Response:
    """Return a script or style; its name changes with its content, so it may be kept for ever."""
    name = request.path_params["name"]
    file = _static().get(name)
    if file is None:
        raise Problem(404, "there is no such file", code="NOT-FOUND", detail=name)
    hashed = name in {item for files in _manifest().values() for item in files.values()} or name.startswith("part-")
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache", "Vary": "Accept-Encoding"}
    if wants_gzip(request.headers.get("accept-encoding", "")):
        return Response(file.packed, media_type=file.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(file.body, media_type=file.media_type, headers=headers)


# -- pages -----------------------------------------------------------------------------------------------------------


async def home(request: Request) -> Response:
    """Return the first page: search, the founding question, the library by theme, what is in the graph."""
    overview = await ask(request, "overview")
    queries = {query["name"]: query for theme in overview["themes"] for query in theme["queries"]}
    founding = next((query for theme in overview["themes"] if theme["tag"] == "founding question" for query in theme["queries"]), None)
    named = [source for source in overview["sources"] if source["issuer"]]
    return await render(
        request,
        "home.html",
        overview=overview,
        founding=founding and queries[founding["name"]],
        themes=grouped_once(overview["themes"]),
        examples=EXAMPLES,
        counts_in_words=_counts_in_words(overview),
        sources=named[:SHOWN_SOURCES],
        other_sources=len(named) - SHOWN_SOURCES,
        dataset=await ask(request, "dataset", base=public_base(request.scope)),
    )


def grouped_once(themes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the themes of the library with each question in one of them: the smallest that is not too small.

    :param themes: ``tag``, ``title`` and ``queries`` of each; a question may be in several
    """
    own: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for theme in themes:
        for query in theme["queries"]:
            own[query["name"]].append(theme)
    chosen: dict[str, list[dict[str, Any]]] = defaultdict(list)
    queries = {query["name"]: query for theme in themes for query in theme["queries"]}
    for name, candidates in own.items():
        large = [theme for theme in candidates if len(theme["queries"]) >= SMALLEST_THEME]
        best = min(large, key=lambda theme: len(theme["queries"])) if large else max(candidates, key=lambda theme: len(theme["queries"]))
        chosen[best["tag"]].append(queries[name])
    kept = [{"title": theme["title"], "queries": chosen[theme["tag"]]} for theme in themes if len(chosen[theme["tag"]]) > 1]
    rest = [query for theme in themes if len(chosen[theme["tag"]]) == 1 for query in chosen[theme["tag"]]]
    return [*kept, *([{"title": "Also", "queries": rest}] if rest else [])]


def _counts_in_words(overview: Mapping[str, Any]) -> str:
    counts = {count["label"]: count["count"] for count in overview["counts"]}
    parts = [f"{counts[name]:,} {name}" for name in ("recommendations", "regulatory decisions", "trials", "documents cited") if name in counts]
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else f"{overview['statements']:,} statements"


async def about(request: Request) -> Response:
    """Return what this is, under which licences and limits, how to cite it, how programs use it."""
    overview = await ask(request, "overview")
    return await render(
        request,
        "about.html",
        overview=overview,
        interfaces=INTERFACES,
        limits=limits_in_words(request.app.state.settings),
        documents=sum(source["documents"] for source in overview["sources"]),
    )


def limits_in_words(settings: ServeSettings) -> list[dict[str, str]]:
    """Return what each limit is about, and its value with its unit."""
    values = settings.limits()
    return [
        {"about": item.metadata["about"], "value": _with_unit(values[item.name], item.metadata["unit"])} for item in fields(settings) if item.name in values
    ]


def _with_unit(value: float, unit: str) -> str:
    if unit != "bytes":
        return f"{value:g} {unit}".strip()
    for name, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if value >= size:
            return f"{value / size:g} {name}"
    return f"{value:g} bytes"


async def search(request: Request) -> Response:
    """Return what fits the words that somebody typed: the same as the list below the field, for those without scripts."""
    searched = request.query_params.get("q", "").strip()
    results = (await ask(request, "search", q=searched, limit=SHOWN_RESULTS))["results"] if searched else []
    return await render(request, "search.html", searched=searched, results=results, more=len(results) == SHOWN_RESULTS)


async def term_page(request: Request, name: str) -> Response:
    """Return what the graph says of a term or record; when there is none, what may have been meant.

    :param name: local name, CURIE, IRI or label, as in the address without the ending of a format
    """
    try:
        this = await ask(request, "term", name=name)
    except Problem as problem:
        if problem.status != HTTPStatus.NOT_FOUND:
            raise
        found = await ask(request, "search", q=name.replace("/", " "), limit=SUGGESTED)
        page = problem_html(problem, own_path(request), engine_of(request).version, found["results"])
        return await reply_response(request, Reply(HTML, page), status=problem.status)
    own = f"term/{quote(this['name'], safe='/')}"
    return await render(request, "term.html", this=this, relations=by_property(this["relations"]), own=own, downloads=DOWNLOADS, match_words=MATCH_WORDS)


def by_property(relations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return relations of one term as one sentence for each property: the property and the objects."""
    groups: dict[str, dict[str, Any]] = {}
    for relation in relations:
        group = groups.setdefault(relation["property"]["iri"], {"property": relation["property"], "objects": []})
        group["objects"].append(relation["object"])
    return list(groups.values())


async def query_page(request: Request) -> Response:
    """Return the editor; its query stands in the fragment of the address, which never reaches the server."""
    return await render(request, "query.html")


async def situation(request: Request) -> Response:
    """Return the page of a situation: a form, and the answer."""
    return await render(request, "situation.html")


async def evidence(request: Request) -> Response:
    """Return the page of trials with their forest plots, approvals, disagreements and claims."""
    return await render(request, "evidence.html")


def problem_html(problem: Problem, path: str, version: str, suggestions: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """Return the page that tells a person of a problem.

    :param path: of the request, as for :func:`html`
    :param suggestions: results of a search that may be what was meant
    """
    heading = problem.title[:1].upper() + problem.title[1:]
    return html("problem.html", path, version, problem=problem, heading=heading, suggestions=suggestions)


async def ask(request: Request, call: str, **arguments: Any) -> Any:
    """Return the JSON document that a call gives back.

    :raises Problem: when it is refused or fails
    """
    return json.loads((await work(request, call, arguments)).body)


routes: list[BaseRoute] = [
    Route("/", home, name="home"),
    Route("/about", about, name="about"),
    Route("/search", search, name="search"),
    Route("/situation", situation, name="situation"),
    Route("/evidence", evidence, name="evidence"),
    Route("/static/{name}", static, name="static"),
]
