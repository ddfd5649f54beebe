"""Connections: uvicorn's, with a short way for the requests that come most often, and with limits for slow clients.

A plain ``GET /sparql?query=…`` that arrives in one piece on an idle connection needs neither a general parser nor an
application: it is recognised by sight, and when the very same bytes have been answered before, since the graph last
changed, the answer is written at once. Everything else takes the ordinary way through uvicorn.
"""

from __future__ import annotations

import asyncio
import re
import time
from functools import lru_cache
from http import HTTPStatus
from typing import Any, ClassVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from kg.serve.http.address import FORWARDED, HOST
from kg.serve.http.answers import Answer
from kg.serve.http.headers import COMMON_LINES, Headers
from kg.serve.http.problems import problem_from
from kg.serve.http.protocol import read_get
from kg.serve.http.sparql import Endpoint, Manner, Plan, failed, joined, manner_of, timing
from kg.serve.problem import Problem

START = b"GET /sparql?"
END = b" HTTP/1.1"
TARGET = re.compile(rb"query=[!$-~]*")
"""A query string that begins with the query and has nothing odd in it."""
BLOCK = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[!-~](?:[\t -~]*[!-~])?[ \t]*\r\n)+\r\n")
"""A block of headers that every parser reads in the same way."""
LONGEST_BLOCK = 4096
"""Bytes of a block of headers that is remembered."""
NOT_SIMPLE = (b"connection", b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer")
"""Headers of requests that take the ordinary way."""

TARGET_BYTES = 256 * 1024
"""Bytes that an address may have; longer queries are sent by POST."""
HEAD_BYTES = 64 * 1024
"""Bytes that the headers of a request may have."""
HEAD_SECONDS = 15.0
"""Time that a client has to send the head of a request."""
REST_SECONDS = 5.0
"""Time that a client has to send the rest of a body that nobody reads."""
STALLED_SECONDS = 60.0
"""Time after which a client that takes nothing of its answer is given up."""


class Connection(HttpToolsProtocol):
    """One connection of a client; see :func:`connections`."""

    endpoint: ClassVar[Endpoint]
    public_base: ClassVar[str]
    most: ClassVar[int]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._task: asyncio.Task[None] | None = None
        self._refusal: Problem | None = None
        self._late = b""
        self._quick = self._stopping = self._in_head = self._in_body = False
        self._head_size = self._fields_size = self._piece = self._unsent = 0
        self._used = 0.0
        self._head_timer: asyncio.TimerHandle | None = None
        self._stalled_timer: asyncio.TimerHandle | None = None

    # The short way

    def data_received(self, data: bytes) -> None:
        """Take what the client sends."""
        if self._quick:  # it does not wait for the answer: what it sends meanwhile waits
            self._late += data
            if len(self._late) > HIGH_WATER_LIMIT:  # not before: who does not read does not see the client leave
                self.flow.pause_reading()
            return
        if data.startswith(START) and self._idle() and self._answered(data):
            return
        self._head_size += len(data)
        self._piece = len(data)
        super().data_received(data)
        if self._in_head and self._head_size > TARGET_BYTES + HEAD_BYTES:
            self._refuse(_too_long(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers", HEAD_BYTES))

    def _idle(self) -> bool:
        """Tell whether nothing else is going on on this connection."""
        unfinished = self.cycle is not None and not self.cycle.response_complete
        return not (unfinished or self._in_head or self._in_body or self._stopping or self.flow.write_paused or self.transport.is_closing())

    def _answered(self, data: bytes) -> bool:
        """Answer a request that can be recognised by sight, or have it answered; tell whether it was one."""
        endpoint = self.endpoint
        known = endpoint.repeats.get(data, endpoint.engine.version)
        if known is not None:
            self.transport.write(STATUS_LINE[200] + self._date() + known)
            endpoint.watch.repeated(len(known))
            self._rest()
            return True
        line, _, block = data.partition(b"\r\n")
        target = line[len(START) : -len(END)]
        if not line.endswith(END) or len(block) > LONGEST_BLOCK or not TARGET.fullmatch(target):
            return False
        manner = _manner(block, self.public_base)
        if manner is None:
            return False
        self._begin(data, target, manner)
        return True

    def _begin(self, data: bytes, target: bytes, manner: Manner) -> None:
        started = time.perf_counter()
        endpoint = self.endpoint
        try:
            plan = endpoint.planned(read_get(target), manner, reading=True)
        except Exception as error:  # noqa: BLE001 - whatever happens, the client gets an answer
            plan = failed(problem_from(error), manner.accept, endpoint.engine.version), "problem"
        if isinstance(plan, Plan):
            self._quick = True
            self._stop_head_timer()
            self._task = self.loop.create_task(self._find(plan, manner, started))
            self.tasks.add(self._task)
            return
        answer, source = plan
        if source == "memory":
            lines = _lines(answer.headers, endpoint.engine.version, b"source;desc=repeat")
            endpoint.repeats.put(data, endpoint.engine.version, lines + answer.body, len(data) + len(lines) + len(answer.body))
        self._reply(answer, source, started)

    async def _find(self, plan: Plan, manner: Manner, started: float) -> None:
        """Have the answer found; the task ends quietly when the client goes away."""
        source = "worker"
        try:
            answer = await self.endpoint.found(plan, self._name())
        except asyncio.CancelledError:
            self.transport.close()
            return
        except Exception as error:  # noqa: BLE001 - whatever happens, the client gets an answer
            answer, source = failed(problem_from(error), manner.accept, self.endpoint.engine.version), "problem"
        finally:
            self.tasks.discard(self._task)
            self._task = None
        self._reply(answer, source, started)
        self._quick = False
        if self._late:
            late, self._late = self._late, b""
            self.flow.resume_reading()
            self.data_received(late)

    def _reply(self, answer: Answer, source: str, started: float) -> None:
        seconds = time.perf_counter() - started
        self.endpoint.watch.note("/sparql", "GET", "/sparql", answer.status, seconds, len(answer.body), self._name(), source)
        if self.transport.is_closing():
            return
        lines = _lines(answer.headers, self.endpoint.engine.version, timing(seconds, source))
        if self._stopping:
            lines = b"connection: close\r\n" + lines
        self.transport.write(b"".join((STATUS_LINE[answer.status], self._date(), lines, answer.body)))
        self._rest()
        if self._stopping:
            self.transport.close()

    def _date(self) -> bytes:
        """Return the headers that uvicorn adds to each answer, anew each second."""
        return _joined(tuple(self.server_state.default_headers))

    def _name(self) -> str:
        return self.client[0] if self.client else ""

    def _rest(self) -> None:
        """Wait for the next request."""
        self.server_state.total_requests += 1
        self._stop_head_timer()
        self._used = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """End the connection unless it was used meanwhile: the short way does not wind the clock up for each request."""
        left = self._used + self.timeout_keep_alive - self.loop.time()
        if self._quick or left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(max(left, 1), self.timeout_keep_alive_handler)
        elif self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    # Beginning and end

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Greet a client, or turn it away when too many are here."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._late_head)
        if len(self.connections) > self.most:
            self._refuse(
                Problem(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    "too many connections are open",
                    code="BUSY",
                    hint="try again in a few seconds",
                    extra={"limit": self.most},
                    headers={"Retry-After": "5"},
                )
            )

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the work for a client that is gone."""
        super().connection_lost(exc)
        self._stop_head_timer()
        self._stop_stalled_timer()
        if self._task is not None and not self._task.done():
            self._task.cancel()

    def shutdown(self) -> None:
        """Let the request that runs be the last."""
        self._stopping = True
        if not self._quick:
            super().shutdown()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        async def until_gone(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await app(scope, receive, send)
            except (asyncio.CancelledError, ClientDisconnect):
                if not cycle.disconnected:
                    raise
            except Exception:
                if not cycle.response_started:  # else it has been answered and logged
                    raise

        self._task = task = self.loop.create_task(cycle.run_asgi(until_gone))  # type: ignore[arg-type] # starlette's and uvicorn's words for the same
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # Limits

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        super().on_message_begin()
        self._in_head = True
        self._head_size = self._piece
        self._fields_size = 0
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._late_head)

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address."""
        super().on_url(url)
        if len(self.url) > TARGET_BYTES:
            self._forbid(_too_long(HTTPStatus.REQUEST_URI_TOO_LONG, "address", TARGET_BYTES))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        super().on_header(name, value)
        self._fields_size += len(name) + len(value)
        if self._fields_size > HEAD_BYTES:
            self._forbid(_too_long(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers", HEAD_BYTES))

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._stop_head_timer()
        self._in_head, self._in_body = False, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request; not long for the rest of this one."""
        super().on_response_complete()
        if self._in_body:
            self.loop.call_later(REST_SECONDS, self._late_rest, self.cycle)

    def _late_rest(self, cycle: RequestResponseCycle) -> None:
        if self._in_body and self.cycle is cycle:
            self.transport.abort()

    def _late_head(self) -> None:
        self._head_timer = None
        title = f"the head of the request did not come within {HEAD_SECONDS:g} seconds"
        if self._in_head:
            self._refuse(Problem(HTTPStatus.REQUEST_TIMEOUT, title, code="SLOW-REQUEST", extra={"limit": HEAD_SECONDS}))
        else:
            self.transport.close()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _forbid(self, problem: Problem) -> None:
        """Have the parser give up; uvicorn then calls :meth:`send_400_response`."""
        self._refusal = problem
        raise ValueError(problem.title)

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that cannot be read."""
        self._refuse(self._refusal or Problem(HTTPStatus.BAD_REQUEST, "this is no request that HTTP knows", detail=msg, code="HTTP"))

    def _refuse(self, problem: Problem) -> None:
        """Tell of a problem, and end the connection."""
        if self.transport.is_closing():
            return
        answer = failed(problem, "", self.endpoint.engine.version)
        lines = _lines([*answer.headers, (b"connection", b"close")], self.endpoint.engine.version, b"total;dur=0")
        self.transport.write(STATUS_LINE[problem.status] + self._date() + lines + answer.body)
        self.transport.close()
        self.endpoint.watch.note("refused", "-", "-", problem.status, 0, len(answer.body), self._name())

    def pause_writing(self) -> None:
        """Wait until the client takes more, but not for ever."""
        super().pause_writing()
        self._unsent = self.transport.get_write_buffer_size()
        self._stop_stalled_timer()
        self._stalled_timer = self.loop.call_later(STALLED_SECONDS, self._look_at_stalled)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._stop_stalled_timer()

    def _look_at_stalled(self) -> None:
        unsent = self.transport.get_write_buffer_size()
        if unsent >= self._unsent:
            self.transport.abort()
            return
        self._unsent = unsent
        self._stalled_timer = self.loop.call_later(STALLED_SECONDS, self._look_at_stalled)

    def _stop_stalled_timer(self) -> None:
        if self._stalled_timer is not None:
            self._stalled_timer.cancel()
            self._stalled_timer = None


def connections(endpoint: Endpoint, public_base: str, most: int) -> type[Connection]:
    """Return the class of a server's connections.

    :param endpoint: answers the requests that are recognised by sight
    :param public_base: public address with a slash at its end; empty when each request tells
    :param most: connections that may be open at the same time
    """
    return type("ServerConnection", (Connection,), {"endpoint": endpoint, "public_base": public_base, "most": most})


@lru_cache(maxsize=1024)
def _manner(block: bytes, public_base: str) -> Manner | None:
    """Return what a block of headers says about the answer, or nothing when it asks for the ordinary way."""
    if not BLOCK.fullmatch(block):
        return None
    pairs = [(name.lower(), value.strip(b" \t")) for name, _, value in (line.partition(b":") for line in block[:-4].split(b"\r\n"))]
    names = [name for name, _ in pairs]
    if names.count(b"host") != 1 or any(name in NOT_SIMPLE or name.startswith(FORWARDED) for name in names):
        return None
    headers = joined(pairs)
    host = headers[b"host"].decode("latin-1")
    return manner_of(headers, public_base or f"http://{host}/") if HOST.fullmatch(host) else None


@lru_cache(maxsize=4)
def _joined(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


def _lines(headers: Headers, version: str, times: bytes) -> bytes:
    """Return the end of a head as it goes over the wire."""
    return b"%b%bnetkg-version: %b\r\nserver-timing: %b\r\n\r\n" % (
        b"".join([b"%b: %b\r\n" % header for header in headers]),
        COMMON_LINES,
        version.encode(),
        times,
    )


def _too_long(status: HTTPStatus, what: str, limit: int) -> Problem:
    hint = "send long queries by POST" if what == "address" else "send fewer headers"
    return Problem(status, f"the {what} may have {limit} bytes at most", code="REQUEST-SIZE", hint=hint, extra={"limit": limit})
