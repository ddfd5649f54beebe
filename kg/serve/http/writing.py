"""What writers send: SPARQL updates to /update, whole graphs to /store (Graph Store HTTP Protocol)."""

from __future__ import annotations

import json
import uuid
from hmac import compare_digest
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.serve.calls import Reply
from kg.serve.engine.changes import FORM
from kg.serve.engine.job import Job
from kg.serve.http.accept import GRAPHS_OFFERED, choose
from kg.serve.http.address import public_base
from kg.serve.http.bodies import read_body
from kg.serve.http.formats import GRAPHS, named, offers, with_charset
from kg.serve.http.protocol import IRI, Parameters, bad_request, media_type_of, read_post
from kg.serve.http.sparql import joined, not_acceptable
from kg.serve.http.work import client_of, engine_of, reply_response, work
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings

SCHEME = "Bearer"
UNQUOTED = "/:@!$&'()*+,;=~"
"""Characters that stand for themselves in a path."""
CHALLENGE = f'{SCHEME} realm="writing"'


def authorised(request: Request) -> None:
    """Let only those pass who may write.

    :raises Problem: 403 when the server is read-only, 401 when the token is missing or wrong
    """
    settings: ServeSettings = request.app.state.settings
    if not settings.writable:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "this server is read-only",
            code="READ-ONLY",
            hint="its operator can start it with --writable, on a store of its own",
        )
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != SCHEME.lower() or not compare_digest(token.strip().encode(), settings.token.encode()):
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "the token is wrong" if token else "writers must send their token",
            code="TOKEN",
            hint=f"send the header Authorization: {SCHEME} and the token",
            headers={"WWW-Authenticate": CHALLENGE},
        )


async def body_of(request: Request) -> bytes:
    """Return what a writer sends.

    :raises Problem: when it is too large
    """
    settings: ServeSettings = request.app.state.settings
    return await read_body(request.receive, joined(request.headers.raw), settings.upload_bytes, setting="upload_bytes")


async def update(request: Request) -> Response:
    """Do a SPARQL 1.1 update: all of it or nothing."""
    authorised(request)
    body = await body_of(request)
    operation = read_post("update", request.scope["query_string"], request.headers.get("content-type", ""), body)
    arguments = {
        "update": operation.text,
        "base": public_base(request.scope) + "sparql",
        "default_graphs": list(operation.default_graphs) if operation.default_graphs is not None else None,
        "named_graphs": list(operation.named_graphs) if operation.named_graphs is not None else None,
    }
    await engine_of(request).write(Job("update", arguments, client_of(request)))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def graph_of(request: Request) -> str | None:
    """Return the graph that an address of the graph store means; ``None`` for the default graph.

    An address below /store is itself the name of a graph.

    :raises Problem: when it means none, or two
    """
    parameters = Parameters(request.scope["query_string"])
    if below := request.path_params.get("below"):
        if "graph" in parameters or "default" in parameters:
            raise bad_request("a request of the graph store names one graph", hint="the address names it already")
        return f"{public_base(request.scope)}store/{quote(below, safe=UNQUOTED)}"
    name = parameters.at_most_once("graph")
    default = parameters.at_most_once("default")
    if (name is None) == (default is None):
        raise bad_request("a request of the graph store names one graph", hint="add ?default, or ?graph= and the IRI of a named graph")
    if name is not None and not IRI.fullmatch(name):
        raise bad_request(f"{name!r} is no absolute IRI", hint="write the IRI of the graph in full")
    return name


async def read_graph(request: Request) -> Response:
    """Return a graph in the format that the client likes."""
    name = graph_of(request)
    wanted = Parameters(request.scope["query_string"]).at_most_once("format")
    choice = choose(request.headers.get("accept", ""), GRAPHS_OFFERED)
    form, media_type = ((key := named(wanted, GRAPHS)), key and GRAPHS[key].media_types[0]) if wanted else choice or (None, None)
    if not form or not media_type:
        raise not_acceptable(offers(GRAPHS.values()))
    settings: ServeSettings = request.app.state.settings
    reply = await work(request, "graph", {"graph": name, "form": form, "limit_bytes": settings.result_bytes})
    return await reply_response(request, Reply(with_charset(media_type), reply.body, reply.headers))


async def write_graph(request: Request) -> Response:
    """Replace a graph (PUT), add to it (POST), or remove it (DELETE)."""
    authorised(request)
    parameters = Parameters(request.scope["query_string"])
    fresh = request.method == "POST" and "graph" not in parameters and "default" not in parameters
    fresh = fresh and not request.path_params.get("below")
    name = f"{public_base(request.scope)}store/{uuid.uuid4().hex}" if fresh else graph_of(request)
    content_type = request.headers.get("content-type", "")
    media_type = content_type if (known := media_type_of(content_type)) == FORM else known
    body = await body_of(request)
    base = name or public_base(request.scope) + "store?default"
    arguments = {"method": request.method, "graph": name, "body": body, "media_type": media_type, "base": base}
    reply = await engine_of(request).write(Job("graph-store", arguments, client_of(request)))
    created = request.method != "DELETE" and json.loads(reply.body)["created"]
    headers = {"Location": name} if fresh and name else {}
    return Response(status_code=HTTPStatus.CREATED if created else HTTPStatus.NO_CONTENT, headers=headers)


routes: list[BaseRoute] = [
    Route("/update", update, methods=["POST"], name="update"),
    Route("/store", read_graph, methods=["GET"], name="store"),
    Route("/store", write_graph, methods=["PUT", "POST", "DELETE"], name="store-writing"),
    Route("/store/{below:path}", read_graph, methods=["GET"], name="graph"),
    Route("/store/{below:path}", write_graph, methods=["PUT", "POST", "DELETE"], name="graph-writing"),
]
