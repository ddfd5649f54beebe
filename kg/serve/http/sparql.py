"""The endpoint /sparql: what a request asks for, whether the answer is known, and else who is to find it.

It is asked by two: the raw ASGI application below, and :mod:`kg.serve.http.wire`, which knows simple requests by sight.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from kg.serve.calls import Reply
from kg.serve.engine.job import Engine, Job
from kg.serve.http.accept import GRAPHS_OFFERED, PAGE_OFFERED, Chosen, choose, sparql_choice, wants_gzip
from kg.serve.http.address import public_base
from kg.serve.http.answers import Answer, etag, finish, not_modified, unchanged
from kg.serve.http.bodies import read_body
from kg.serve.http.cache import Cache
from kg.serve.http.formats import GRAPHS, PAGE, PAGE_TYPES, RESULTS, named, offers
from kg.serve.http.headers import COMMON, POLICY
from kg.serve.http.problems import problem_from, rendered
from kg.serve.http.protocol import Operation, Parameters, read_get, read_post
from kg.serve.http.watch import Watch
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings

PATHS = ("/sparql", "/sparql/")
ALLOWED = "GET, HEAD, POST, OPTIONS"
DEAR = 0.05
"""Seconds that make an answer worth keeping the first time; cheaper ones are kept the second time."""
REMEMBERED = 50_000
"""Questions that are remembered as asked."""
VOLATILE = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")
"""What queries have in them whose answer may differ each time."""


class Manner(NamedTuple):
    """What the headers of a request say about the answer.

    :param base: public address of the server, with a slash at its end
    """

    accept: str
    gzip: bool
    if_none_match: str
    base: str


class Plan(NamedTuple):
    """How a query is to be answered.

    :param key: what the answer depends on, beside the version of the graph
    :param tag: validator of the answer; empty when it must not be kept
    """

    key: tuple[object, ...]
    version: str
    tag: str
    arguments: Mapping[str, Any]
    chosen: Chosen
    gzip: bool


class Endpoint:
    """Answers queries, from memory where it can.

    :ivar cache: answers by what they depend on
    :ivar repeats: answers as they go over the wire, by the bytes of the request
    """

    def __init__(self, settings: ServeSettings, engine: Engine) -> None:
        self.settings = settings
        self.engine = engine
        self.cache: Cache[Answer] = Cache(settings.cache_bytes // 2)
        self.repeats: Cache[bytes] = Cache(settings.cache_bytes // 2)
        self._asked: set[int] = set()
        self.watch = Watch(engine.health, lambda: self.cache.bytes + self.repeats.bytes)

    def planned(self, operation: Operation, manner: Manner, *, reading: bool) -> tuple[Answer, str] | Plan:
        """Return the answer and where it came from, or how to come by it.

        :param reading: whether the method is one whose answers clients may keep
        :raises Problem: when the client accepts nothing that can be given
        """
        chosen, kind = _choice(manner.accept, operation.format, manner.gzip, manner.base)
        if chosen.page:
            return _to_page(operation, manner.base), "page"
        if chosen.nothing:
            raise not_acceptable([*offers(RESULTS.values()), *offers(GRAPHS.values())])
        version = self.engine.version
        key = (operation.text, operation.default_graphs, operation.named_graphs, kind)
        known = self.cache.get(key, version)
        lasting = version and (known or not volatile(operation.text))
        tag = etag(version, *key) if lasting else ""
        if reading and manner.if_none_match and unchanged(manner.if_none_match, tag):
            return not_modified(tag), "client"
        if known:
            return known, "memory"
        arguments = {
            "query": operation.text,
            "base": manner.base + "sparql",
            "default_graphs": list(operation.default_graphs) if operation.default_graphs is not None else None,
            "named_graphs": list(operation.named_graphs) if operation.named_graphs is not None else None,
            "union": self.settings.union,
            "solutions": chosen.solutions,
            "boolean": chosen.boolean,
            "graph": chosen.graph,
            "limit_bytes": self.settings.result_bytes,
        }
        return Plan(key, version, tag, arguments, chosen, manner.gzip)

    async def found(self, plan: Plan, client: str) -> Answer:
        """Have a worker find the answer, and keep it.

        :raises Problem: when the query is refused or fails
        """
        started = time.perf_counter()
        reply = await self.engine.run(Job("sparql", plan.arguments, client))
        answer = await finish(_called(reply, plan.chosen), plan.tag, gzip=plan.gzip)
        if plan.tag and (time.perf_counter() - started > DEAR or self._asked_before(plan.key)):
            self.cache.put(plan.key, plan.version, answer, len(plan.arguments["query"]) + len(answer.body))
        return answer

    def _asked_before(self, key: tuple[object, ...]) -> bool:
        """Tell whether the same was asked lately: what is cheap and asked once only would push out what is worth keeping."""
        number = hash(key)
        if number in self._asked:
            return True
        if len(self._asked) >= REMEMBERED:
            self._asked.clear()
        self._asked.add(number)
        return False

    async def described(self, query_string: bytes, manner: Manner, client: str) -> Answer | None:
        """Return the service description, or nothing for those who would rather have the page.

        :raises Problem: when the client accepts none of both
        """
        wanted = Parameters(query_string).at_most_once("format")
        if wanted:
            form = PAGE if wanted.lower() in (PAGE, *PAGE_TYPES) else named(wanted, GRAPHS)
        else:
            choice = choose(manner.accept, GRAPHS_OFFERED + PAGE_OFFERED)
            form = choice[0] if choice else None
        if form is None:
            raise not_acceptable([*offers(GRAPHS.values()), PAGE_TYPES[0]])
        if form == PAGE:
            return None
        version = self.engine.version
        tag = etag(version, "description", form, manner.gzip, manner.base) if version else ""
        if unchanged(manner.if_none_match, tag):
            return not_modified(tag)
        arguments = {"endpoint": manner.base + "sparql", "base": manner.base, "format": form, "union": self.settings.union}
        arguments |= {"writable": self.settings.writable, "limits": self.settings.limits()}
        return await finish(await self.engine.run(Job("service-description", arguments, client)), tag, gzip=manner.gzip)


@lru_cache(maxsize=1024)
def _choice(accept: str, wanted: str, gzip: bool, base: str) -> tuple[Chosen, str]:
    """Return the formats of an answer, and in words all that it depends on beside the query and its dataset."""
    chosen = sparql_choice(accept, wanted)
    return chosen, repr((chosen, gzip, base))


class SparqlApp:
    """The endpoint as a raw ASGI application; everything that is not for it is passed on.

    :param app: the application behind it; it also has the page that people get at this address
    """

    def __init__(self, app: ASGIApp, endpoint: Endpoint) -> None:
        self._app = app
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] == "OPTIONS" or scope["path"].removeprefix(scope["root_path"]) not in PATHS:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = joined(scope["headers"])
        client = scope["client"][0] if scope["client"] else ""
        try:
            answer, source = await self._answer(scope, receive, headers, client)
        except Exception as error:  # noqa: BLE001 - whatever happens, the client gets an answer
            answer, source = failed(problem_from(error), headers.get(b"accept", b"").decode("latin-1"), self._endpoint.engine.version), "problem"
        if answer is None:
            await self._app(_without_slash(scope), receive, send)
            return
        seconds = time.perf_counter() - started
        fields = [*answer.headers, *COMMON, (b"netkg-version", self._endpoint.engine.version.encode()), (b"server-timing", timing(seconds, source))]
        await send({"type": "http.response.start", "status": answer.status, "headers": fields})
        await send({"type": "http.response.body", "body": answer.body})
        self._endpoint.watch.note("/sparql", scope["method"], scope["path"], answer.status, seconds, len(answer.body), client, source)

    async def _answer(self, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], client: str) -> tuple[Answer | None, str]:
        """Return the answer and where it came from; no answer when the page is to give one."""
        endpoint, method, query_string = self._endpoint, scope["method"], scope["query_string"]
        manner = manner_of(headers, public_base(scope))
        reading = method in ("GET", "HEAD")
        if reading and b"query=" not in query_string and b"update=" not in query_string:
            return await endpoint.described(query_string, manner, client), "description"
        if reading:
            operation = read_get(query_string)
        elif method == "POST":
            body = await read_body(receive, headers, endpoint.settings.request_bytes)
            operation = read_post("query", query_string, headers.get(b"content-type", b"").decode("latin-1"), body)
        else:
            hint = "send queries by GET or POST"
            raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, f"{method} means nothing here", code="METHOD-NOT-ALLOWED", hint=hint, headers={"Allow": ALLOWED})
        plan = endpoint.planned(operation, manner, reading=reading)
        return (await endpoint.found(plan, client), "worker") if isinstance(plan, Plan) else plan


def volatile(query: str) -> bool:
    """Tell whether the answer to a query may differ each time; when in doubt, yes."""
    capitals = query.upper()
    return any(word in capitals and re.search(rf"\b(?:STR)?{word}\b", capitals) for word in VOLATILE)


def joined(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return headers by name, those that are repeated joined as RFC 9110 says."""
    found = dict(pairs)
    if len(found) < len(pairs):
        found = {}
        for name, value in pairs:
            found[name] = found[name] + b", " + value if name in found else value
    return found


def manner_of(headers: Mapping[bytes, bytes], base: str) -> Manner:
    """Return what headers say about the answer."""
    accept, accept_encoding, if_none_match = (headers.get(name, b"").decode("latin-1") for name in (b"accept", b"accept-encoding", b"if-none-match"))
    return Manner(accept, wants_gzip(accept_encoding), if_none_match, base)


def timing(seconds: float, source: str) -> bytes:
    """Return the header Server-Timing: how long it took, and where the answer came from."""
    return b"total;dur=%.2f, source;desc=%b" % (seconds * 1000, source.encode())


def not_acceptable(offered: list[str]) -> Problem:
    """Return the problem of a client that accepts nothing that can be given."""
    return Problem(
        HTTPStatus.NOT_ACCEPTABLE,
        "nothing that can be given here is accepted",
        detail="Offers: " + ", ".join(offered),
        code="NOT-ACCEPTABLE",
        hint="change the header Accept, or name a format: ?format=csv",
        extra={"offers": offered},
    )


def failed(problem: Problem, accept: str, version: str) -> Answer:
    """Return the answer of this endpoint that tells of a problem.

    :param accept: the header Accept; empty when there is none
    :param version: of the graph
    """
    content_type, body = rendered(problem, accept, PATHS[0], version)
    fields = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"vary", b"Accept"),
        (b"cache-control", b"no-store"),
        *((name.lower().encode(), value.encode()) for name, value in problem.headers.items()),
        *([(b"content-security-policy", POLICY)] if content_type.startswith("text/html") else []),
    ]
    return Answer(problem.status, fields, body)


def _without_slash(scope: Scope) -> Scope:
    """Return the scope that finds the page, which is routed without a slash; its links are relative to what the client wrote."""
    return {**scope, "path": scope["path"].rstrip("/")}


def _to_page(operation: Operation, base: str) -> Answer:
    """Send a browser to the page with the query in it."""
    location = f"{base}sparql#query={quote(operation.text, safe='')}&run=1"
    headers = [(b"location", location.encode()), (b"content-length", b"0"), (b"vary", b"Accept"), (b"cache-control", b"no-store")]
    return Answer(HTTPStatus.SEE_OTHER, headers, b"")


def _called(reply: Reply, chosen: Chosen) -> Reply:
    """Return a reply whose media type is called what its client called it."""
    for given, name in chosen.content_types:
        if given == reply.media_type and name != given:
            return Reply(name, reply.body, reply.headers)
    return reply
