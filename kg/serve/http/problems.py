"""Problems as answers: JSON (RFC 9457), a page, or text, as the client likes; nothing of this machine in any of them."""

from __future__ import annotations

import json
import secrets
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import NetKGError
from kg.serve.http.accept import Offers, choose
from kg.serve.http.log import LOG
from kg.serve.http.work import engine_of
from kg.serve.pages import HTML, own_path, problem_html
from kg.serve.problem import Problem, problem_of

JSON = "application/problem+json"
OFFERED: Offers = (("json", (JSON, "application/json")), ("html", ("text/html",)), ("text", ("text/plain",)))

HINTS = {
    HTTPStatus.NOT_FOUND: "the addresses of this server are listed in /openapi.json",
    HTTPStatus.METHOD_NOT_ALLOWED: "the methods that this address understands are in the header Allow",
}


def problem_from(error: Exception) -> Problem:
    """Return what a client is told about any error; those that nobody foresaw are logged under a number that the client gets."""
    match error:
        case Problem():
            return error
        case NetKGError():
            return problem_of(error)
        case HTTPException():
            return _of_status(error)
        case _:
            number = secrets.token_hex(6)
            LOG.failure(number, error)
            return Problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "the server failed at this request",
                code="INTERNAL",
                hint=f"tell the operator the number {number}",
                extra={"number": number},
            )


def _of_status(error: HTTPException) -> Problem:
    status = HTTPStatus(error.status_code)
    return Problem(
        status,
        status.phrase.lower() if error.detail == status.phrase else error.detail,
        code=status.name.replace("_", "-"),
        hint=HINTS.get(status, ""),
        headers=error.headers or {},
    )


def rendered(problem: Problem, accept: str, path: str, version: str) -> tuple[str, bytes]:
    """Return content type and body of a problem.

    :param accept: the header Accept; empty when there is none
    :param path: of the request, without the prefix of a proxy
    :param version: of the graph
    """
    chosen = choose(accept, OFFERED)
    match chosen and chosen[0]:
        case "html":
            return HTML, problem_html(problem, path, version)
        case "text":
            return "text/plain; charset=utf-8", _text(problem).encode()
        case _:
            return JSON, (json.dumps(problem.document(), ensure_ascii=False, default=str) + "\n").encode()


def _text(problem: Problem) -> str:
    lines = [f"{problem.status}: {problem.title} [{problem.code}]", problem.detail, f"hint: {problem.hint}" if problem.hint else ""]
    return "\n".join(line for line in lines if line) + "\n"


def problem_response(request: Request, error: Exception) -> Response:
    """Return the response for an error; the handler of all exceptions of the application."""
    problem = problem_from(error)
    content_type, body = rendered(problem, request.headers.get("accept", ""), own_path(request), engine_of(request).version)
    headers = {**problem.headers, "Content-Type": content_type, "Vary": "Accept", "Cache-Control": "no-store"}
    return Response(body, problem.status, headers)
