"""The description of the API for programs: OpenAPI 3.1, made from the library and from what the routes offer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import kg
from kg.graph import NOTICE, Graph
from kg.match.questions import SCHEMA_FILE
from kg.match.verdict import Verdict
from kg.prefixes import NET
from kg.query.kept import version
from kg.query.params import ANY
from kg.serve.api.answers import as_json
from kg.serve.api.concise import RDF_FORMS
from kg.serve.api.export import DOWNLOADS, SUMS
from kg.serve.api.stored import described
from kg.serve.calls import Reply
from kg.serve.http.formats import GRAPHS, RESULTS

Json = dict[str, Any]

OBJECT: Json = {"type": "object"}
TEXT: Json = {"type": "string"}
CASE = "#/components/schemas/Case"
_ERRORS = {
    "400": "a parameter or the query is wrong; the answer says what would be right",
    "401": "the token is missing or wrong",
    "404": "there is nothing of that name; the answer names near ones",
    "406": "none of the formats on offer is wanted; the answer lists them",
    "413": "the request is larger than the limit",
    "415": "the body is of a kind that is not understood",
    "422": "the case is not understood; the answer names every place that is wrong",
    "503": "too much is asked for at once; see Retry-After",
    "504": "the time limit was met; the work was stopped",
    "507": "the answer, or the memory that it needs, is larger than the limit",
}
_LITERALS: dict[str, Json] = {
    "text": TEXT,
    "number": {"type": "number"},
    "integer": {"type": "integer", "minimum": 0},
    "date": TEXT | {"pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
}


def openapi(graph: Graph, arguments: Mapping[str, Any]) -> Reply:
    """Describe the API.

    :param arguments: ``server``: its public address; ``limits``: name → value; ``writable``
    """
    return as_json(description(graph, arguments["server"], arguments["limits"], writable=arguments["writable"]))


def description(graph: Graph, server: str, limits: Mapping[str, float], *, writable: bool) -> Json:
    """Return the description as an OpenAPI document.

    :param limits: those that bite, by the name of their setting
    """
    listed = "; ".join(f"{name} {value:g}" for name, value in limits.items())
    paths = _sparql() | _descriptions() | _graph_store(writable=writable) | _library(graph)
    paths |= _matching() | _terms() | _evidence() | _downloads() | _state()
    if writable:
        paths |= _update()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "NET-KG",
            "version": kg.__version__,
            "summary": "The computable knowledge of neuroendocrine tumours and their treatment.",
            "description": f"{NOTICE} Version of the graph: {version(graph)}. Limits: {listed}.",
            "license": {"name": "Data CC BY 4.0, code Apache-2.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": server.rstrip("/") or "/"}],
        "tags": [
            {"name": "sparql", "description": "The SPARQL 1.1 endpoint."},
            {"name": "library", "description": "Questions with parameters, each at an address of its own."},
            {"name": "matching", "description": "Which therapies suit a situation, and why."},
            {"name": "terms", "description": "What the graph says of a term, trial, document or statement."},
            {"name": "evidence", "description": "Effect estimates and regulatory decisions as data for figures."},
            {"name": "downloads", "description": "The whole graph and what it was made from."},
            {"name": "state", "description": "The server itself."},
        ],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {
                f"Problem{status}": {"description": text, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
                for status, text in _ERRORS.items()
            },
            **({"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}} if writable else {}),
        },
    }


def _operation(name: str, tag: str, summary: str, content: Mapping[str, Json], *parameters: Json, errors: str = "", **more: Any) -> Json:
    """Return one operation.

    :param content: media type → schema of the answer
    :param errors: statuses that it can end with, beside those that every request can
    """
    statuses = sorted({*errors.split(), "503", "504"})
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        **({"parameters": list(parameters)} if parameters else {}),
        "responses": {
            "200": {"description": "the answer", "content": {media_type: {"schema": schema} for media_type, schema in content.items()}},
            **{status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses},
        },
        **more,
    }


def _parameter(name: str, about: str, schema: Json, example: object = None, *, where: str = "query", required: bool = False, many: bool = False) -> Json:
    kind = {"type": "array", "items": schema} if many else schema
    found: Json = {"name": name, "in": where, "description": about, "required": required or where == "path", "schema": kind}
    if many:
        found |= {"style": "form", "explode": True}
    return found | ({} if example is None else {"example": [example] if many else example})


def _format(*names: str) -> Json:
    return _parameter("format", "the form of the answer, in place of the header Accept", TEXT | {"enum": list(names)})


def _rows() -> dict[str, Json]:
    return {form.media_types[0]: {"$ref": "#/components/schemas/Rows"} if form.key == "json" else TEXT for form in RESULTS.values()}


def _rdf() -> dict[str, Json]:
    return {form.media_types[0]: TEXT for form in GRAPHS.values()}


def _sparql() -> Json:
    dataset = (
        _parameter("default-graph-uri", "graph that is part of the default graph", TEXT | {"format": "uri"}, many=True),
        _parameter("named-graph-uri", "graph that can be named", TEXT | {"format": "uri"}, many=True),
    )
    example = f"SELECT ?drug WHERE {{ ?drug <{NET}targets> <{NET}SomatostatinReceptor2> }}"
    query = _parameter("query", "a SPARQL 1.1 query; without it the service description is returned", TEXT, example)
    content = {**_rows(), **_rdf()}
    body = {
        "required": True,
        "content": {
            "application/sparql-query": {"schema": TEXT, "example": example},
            "application/x-www-form-urlencoded": {"schema": {"type": "object", "required": ["query"], "properties": {"query": TEXT}}},
        },
    }
    errors = "400 406 413 507"
    return {
        "/sparql": {
            "get": _operation("sparql", "sparql", "Answer a SPARQL query", content, query, *dataset, _format(*RESULTS, *GRAPHS), errors=errors),
            "post": _operation("sparqlByPost", "sparql", "Answer a SPARQL query", content, *dataset, errors=errors, requestBody=body),
        }
    }


def _library(graph: Graph) -> Json:
    paths: Json = {
        "/query": {"get": _operation("listQueries", "library", "All stored queries with their parameters", {"application/json": {"type": "array"}})},
    }
    for query in described(graph):
        parameters = [_stored_parameter(param) for param in query["params"]]
        words = "".join(word.capitalize() for word in query["name"].split("-"))
        operation = _operation(
            f"query{words}",
            "library",
            query["title"],
            _rows() | {"text/markdown": TEXT},
            *parameters,
            _format("json", "csv", "tsv", "xml", "md", "rq"),
            errors="400 406 507",
            description=query["summary"] + "\n\nColumns:\n" + "\n".join(f"- `{column['name']}`: {column['help']}" for column in query["columns"]),
        )
        paths[f"/query/{query['name']}"] = {"get": operation}
    return paths


def _stored_parameter(param: Mapping[str, Any]) -> Json:
    kind, _, detail = param["type"].partition(":")
    schema = _LITERALS.get(kind, TEXT)
    about = param["help"]
    if kind == "choice":
        schema = TEXT | {"enum": [choice["value"] for choice in param["choices"]]}
    if kind == "term":
        about += f" (name, label, CURIE or IRI of a kind of {param['root']['label']})" if "root" in param else " (name, label, CURIE or IRI)"
    if kind == "record":
        about += f" (identifier of a row of {detail})"
    default: object = param["default"]
    if schema.get("type") in ("number", "integer") and param["default"]:
        default = float(param["default"]) if schema["type"] == "number" else int(param["default"])
    return _parameter(param["name"], about, schema | {"default": default}, default)


def _matching() -> Json:
    case = {"$ref": CASE}
    example = {"site": "pancreas", "grade": "G2", "sstr": "positive", "resectability": "unresectable"}
    body = {
        "required": True,
        "description": "a case of our own, a Phenopacket v2 or a FHIR R4 bundle; told apart by their content",
        "content": {"application/json": {"schema": {"anyOf": [case, OBJECT]}, "example": example}, "application/yaml": {"schema": TEXT}},
    }
    asked = (
        _parameter("as_of", "a date: only what had been published by then, and not replaced, is considered", _LITERALS["date"]),
        _parameter("verdict", "list only statements with this verdict", TEXT | {"enum": [verdict.value for verdict in Verdict]}, many=True),
        _format("json", "md", "text"),
    )
    settings = {"type": "object", "additionalProperties": TEXT}
    free = {"name": "case", "in": "query", "style": "form", "explode": True, "schema": settings, "example": {"site": "pancreas", "grade": "G2"}}
    answer = {"application/json": {"$ref": "#/components/schemas/Match"}, "text/markdown": TEXT, "text/plain": TEXT}
    derived = {"application/json": {"$ref": "#/components/schemas/Derived"}}
    return {
        "/match": {
            "get": _operation("matchByAddress", "matching", "Therapies for a situation", answer, free, *asked, errors="400 406 422"),
            "post": _operation("match", "matching", "Therapies for a situation", answer, *asked, errors="400 406 413 422", requestBody=body),
        },
        "/api/derive": {"post": _operation("derive", "matching", "What follows from a case", derived, errors="413 422", requestBody=body)},
        "/api/features": {"get": _operation("features", "matching", "What can be said of a situation", {"application/json": OBJECT})},
    }


def _terms() -> Json:
    name = _parameter("name", "local name, CURIE, IRI, label, exact synonym, or TABLE/ID of a record", TEXT, "Everolimus", where="path")
    content = {GRAPHS[key].media_types[0]: TEXT for key in RDF_FORMS} | {"application/json": {"$ref": "#/components/schemas/Term"}, "text/html": TEXT}
    searched = (
        _parameter("q", "part of a label, a synonym or an identifier", TEXT, "lanreotide", required=True),
        _parameter("limit", "results at most", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
        _parameter("root", "a class below which results must lie", TEXT, "CareOption"),
        _parameter("kind", "the only kind that counts, such as trial", TEXT),
    )
    labels = {
        "required": True,
        "content": {"application/json": {"schema": _object({"iris": {"type": "array", "items": TEXT}}), "example": {"iris": [f"{NET}Everolimus"]}}},
    }
    json_only = {"application/json": OBJECT}
    return {
        "/term/{name}": {
            "get": _operation("term", "terms", "What the graph says of a term or record", content, name, _format(*RDF_FORMS, "json", "html"), errors="404 406")
        },
        "/api/search": {
            "get": _operation(
                "search",
                "terms",
                "Find terms, records and stored queries",
                {"application/json": {"$ref": "#/components/schemas/Found"}},
                *searched,
                errors="400",
            )
        },
        "/api/labels": {"post": _operation("labels", "terms", "Labels of identifiers", json_only, errors="400 413", requestBody=labels)},
        "/api/complete": {"get": _operation("complete", "terms", "What an editor can offer while a query is typed", json_only)},
        "/api/overview": {"get": _operation("overview", "terms", "What is in the graph", json_only)},
    }


def _evidence() -> Json:
    therapy = _parameter("therapy", "narrower therapies and regimens that contain it are included", TEXT, "everolimus")
    content = {"application/json": OBJECT, "text/csv": TEXT}
    forest = (
        therapy,
        _parameter("population", "a population such as site=pancreas; grade=G2, or its identifier", TEXT, "site=pancreas"),
        _parameter("endpoint", "such as PFS", TEXT, "PFS", many=True),
        _parameter("measure", "one kind of effect", TEXT, "hazard ratio"),
        _parameter("trial", "acronym", TEXT, many=True),
        _format("json", "csv"),
    )
    decisions = (therapy, _parameter("jurisdiction", "such as United States", TEXT, ANY), _format("json", "csv"))
    return {
        "/api/forest": {"get": _operation("forest", "evidence", "Effect estimates", content, *forest, errors="400 406")},
        "/api/approvals": {"get": _operation("approvals", "evidence", "Regulatory decisions", content, *decisions, errors="400 406")},
    }


def _downloads() -> Json:
    file = _parameter("file", "which file", TEXT | {"enum": [*DOWNLOADS, SUMS]}, SUMS, where="path")
    content = {"text/plain": TEXT} | {download.media_type.partition(";")[0]: TEXT for download in DOWNLOADS.values()}
    return {
        "/export": {"get": _operation("listDownloads", "downloads", "All downloads with sizes and checksums", {"application/json": OBJECT})},
        "/export/{file}": {"get": _operation("download", "downloads", "A download", content, file, errors="404")},
    }


def _state() -> Json:
    return {
        "/health": {"get": _operation("health", "state", "Whether the server answers, and how it is doing", {"application/json": OBJECT})},
        "/metrics": {"get": _operation("metrics", "state", "Counts for Prometheus", {"text/plain": TEXT})},
        "/openapi.json": {"get": _operation("openapi", "state", "This description", {"application/json": OBJECT})},
    }


def _descriptions() -> Json:
    void = _operation("void", "sparql", "What the graph consists of, with counts: VoID", _rdf(), _format(*GRAPHS), errors="406")
    turtle = _operation("voidTurtle", "sparql", "The same, Turtle", {"text/turtle": TEXT})
    examples = _operation("examples", "sparql", "Example queries and prefixes, as editors read them", _rdf(), _format(*GRAPHS), errors="406")
    return {"/.well-known/void": {"get": void}, "/void.ttl": {"get": turtle}, "/.well-known/sparql-examples": {"get": examples}}


def _graph_store(*, writable: bool) -> Json:
    """Return the Graph Store HTTP Protocol."""
    graph = _parameter("graph", "IRI of a named graph", TEXT | {"format": "uri"}, f"{NET}graph/meta")
    default = _parameter("default", "the default graph, in place of a named one; has no value", TEXT)
    found = {"get": _operation("readGraph", "sparql", "A whole graph", _rdf(), graph, default, _format(*GRAPHS), errors="400 404 406 507")}
    if writable:
        body = {"required": True, "content": {form.media_types[0]: {"schema": TEXT} for form in GRAPHS.values()}}
        for method, name, summary in (("put", "replaceGraph", "Replace a graph"), ("post", "addToGraph", "Add to a graph")):
            found[method] = _written(name, summary, graph, default, requestBody=body)
        found["delete"] = _written("removeGraph", "Remove a graph", graph, default)
    return {"/store": found}


def _update() -> Json:
    body = {"required": True, "content": {"application/sparql-update": {"schema": TEXT}}}
    return {"/update": {"post": _written("update", "Change the graph: the whole update or nothing", requestBody=body)}}


def _written(name: str, summary: str, *parameters: Json, **more: Any) -> Json:
    """Return an operation of writers, who send their token."""
    operation = _operation(name, "sparql", summary, {}, *parameters, errors="400 401 413 415", security=[{"token": []}], **more)
    del operation["responses"]["200"]
    operation["responses"] |= {"201": {"description": "done; the graph is new"}, "204": {"description": "done"}}
    return operation


def _object(properties: Json, *required: str) -> Json:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _schemas() -> Json:
    notice = TEXT | {"const": NOTICE}
    wrong = _object({"key": TEXT | {"type": ["string", "null"]}, "where": {"type": ["string", "null"]}, "message": TEXT, "hint": {"type": ["string", "null"]}})
    statement = _object({"statement": TEXT, "verdict": TEXT | {"enum": [verdict.value for verdict in Verdict]}})
    therapy = _object(
        {"therapy": TEXT, "label": TEXT, "aim": TEXT, "summary": TEXT, "statements": _list(statement), "gates": _list(OBJECT)}, "therapy", "summary"
    )
    result = _object(
        {"iri": {"type": ["string", "null"]}, "name": TEXT, "label": TEXT, "matched": TEXT, "kind": TEXT, "definition": TEXT, "href": TEXT}, "name", "label"
    )
    return {
        "Problem": _object(
            {"title": TEXT, "status": {"type": "integer"}, "code": TEXT, "detail": TEXT, "hint": TEXT, "errors": _list(wrong)}, "title", "status", "code"
        ),
        "Case": _case(),
        "Rows": _object({"head": _object({"vars": _list(TEXT)}), "results": _object({"bindings": _list(OBJECT)}), "boolean": {"type": "boolean"}}, "head"),
        "Match": _object(
            {"version": TEXT, "notice": notice, "presentation": OBJECT, "contradiction": _list(OBJECT), "derived": _list(OBJECT)}
            | {"therapies": _list(therapy), "statements": _list(OBJECT), "next_tests": _list(OBJECT), "labels": OBJECT},
            *("version", "notice", "presentation", "therapies", "statements", "next_tests"),
        ),
        "Derived": _object(
            {"notice": notice, "facts": _list(OBJECT), "derived": _list(OBJECT), "contradiction": _list(OBJECT), "errors": _list(wrong)}, "derived", "errors"
        ),
        "Term": _object(
            {"iri": TEXT, "curie": TEXT, "name": TEXT, "label": TEXT, "kind": TEXT, "definition": TEXT, "notice": notice, "version": TEXT},
            "iri",
            "label",
            "notice",
        ),
        "Found": _object({"notice": notice, "version": TEXT, "q": TEXT, "results": _list(result)}, "results"),
    }


def _case() -> Json:
    """Return the schema of a case with its references made to hold inside this document."""
    text = SCHEMA_FILE.read_text(encoding="utf-8").replace('"$ref": "#/', f'"$ref": "{CASE}/')
    schema: Json = json.loads(text)
    return {name: value for name, value in schema.items() if name not in ("$schema", "$id")}
