"""What routes use: have a worker do something for a request, and answer with what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.serve.calls import Reply
from kg.serve.engine.job import Engine, Job
from kg.serve.http.accept import wants_gzip
from kg.serve.http.answers import compressible, etag, finish, not_modified, unchanged


def engine_of(request: Request) -> Engine:
    """Return the engine behind the application."""
    engine: Engine = request.app.state.engine
    return engine


def client_of(request: Request) -> str:
    """Return whom a request is from, as far as the queue's fairness is concerned."""
    return request.client.host if request.client else ""


async def work(request: Request, call: str, arguments: Mapping[str, Any], *, timeout: float | None = None) -> Reply:
    """Have a worker do a call for a request; when the client goes away, the work is stopped.

    :param call: a name in :data:`kg.serve.calls.CALLS`
    :param arguments: plain values that :mod:`marshal` can write
    :param timeout: seconds, when less than the server's limit
    :raises Problem: when the call is refused or fails
    """
    return await engine_of(request).run(Job(call, dict(arguments), client_of(request), timeout))


async def reply_response(request: Request, reply: Reply, *, status: int = HTTPStatus.OK) -> Response:
    """Return the response that carries a reply: compressed if the client likes, or 304 when it has the answer already."""
    reading = request.method in ("GET", "HEAD") and status == HTTPStatus.OK
    gzip = wants_gzip(request.headers.get("accept-encoding", ""))
    tag = etag(engine_of(request).version, reply.media_type, reply.body, gzip and compressible(reply)) if reading else ""
    answer = await finish(reply, tag, gzip=gzip)
    if unchanged(request.headers.get("if-none-match", ""), tag):
        answer = not_modified(tag)
        status = answer.status
    response = Response(answer.body, status)
    response.raw_headers = answer.headers
    return response
