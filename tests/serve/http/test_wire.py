"""Connections at their edges, spoken to byte by byte."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from kg.serve.http import wire
from kg.serve.http.wire import _manner
from tests.serving import PATIENCE, Serve, Served


class Line:
    """A connection on which a test says what it likes."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PATIENCE)

    def say(self, *pieces: bytes) -> None:
        """Send some bytes, each piece by itself."""
        for piece in pieces:
            self.socket.sendall(piece)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the next answer."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            assert byte, f"the connection ended after {head!r}"
            head += byte
        status, *lines = head.decode().rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = b""
        while missing := int(headers.get("content-length", 0)) - len(body):
            body += self.socket.recv(missing)
        return int(status.split()[1]), headers, body

    def ended(self) -> bool:
        """Wait for the end of the connection; tell whether nothing came before it."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def get(query: str, *headers: str) -> bytes:
    """Return a request as it goes over the wire."""
    return "\r\n".join([f"GET /sparql?query={quote(query)} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


Connect = Callable[[Served], Line]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Opens connections; they end with the test."""
    with ExitStack() as stack:

        def opened(served: Served) -> Line:
            line = Line(served.address)
            stack.callback(line.socket.close)
            return line

        yield opened


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "this never came about"
        time.sleep(0.05)


def running(served: Served) -> int:
    """Return the number of jobs that run on a server."""
    return int(httpx.get(f"{served.address}/health").json()["engine"]["running"])


@pytest.mark.parametrize("headers", [(), ("Accept: text/csv",), ("Connection: keep-alive",), ('If-None-Match: "other"', "X-Own: 1")])
def test_the_same_request_has_the_same_answer_each_time(connect: Connect, read_only: Served, headers: tuple[str, ...]) -> None:
    line = connect(read_only)
    request = get(f"SELECT ?o {{ <a:s> ?p ?o }} # {headers}", *headers)
    answers = []
    for _ in range(5):
        line.say(request)
        answers.append(line.answer())
    assert {status for status, _, _ in answers} == {200}
    assert len({body for _, _, body in answers}) == 1
    changing = {"date", "server-timing"}
    assert len({tuple(sorted((name, value) for name, value in found.items() if name not in changing)) for _, found, _ in answers}) == 1
    sources = [re.search(r"source;desc=(\w+)", found["server-timing"]) for _, found, _ in answers]
    seen = [source[1] for source in sources if source]
    assert seen[0] == "worker"
    assert seen[-1] == ("memory" if headers[:1] == ("Connection: keep-alive",) else "repeat")
    assert sorted(seen, key=["worker", "memory", "repeat"].index) == seen


def test_requests_that_do_not_wait_are_answered_in_order(connect: Connect, read_only: Served) -> None:
    line = connect(read_only)
    queries = [f"SELECT ({number} AS ?n) {{}}" for number in range(8)]
    line.say(b"".join(map(get, queries)))
    for query in queries[:4]:
        line.say(get(query))
    line.say(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", get("nonsense"))
    found = [json.loads(line.answer()[2])["results"]["bindings"][0]["n"]["value"] for _ in range(12)]
    assert found == [*map(str, range(8)), *map(str, range(4))]
    assert json.loads(line.answer()[2])["status"] == "ok"
    assert line.answer()[0] == 400


def test_a_request_may_come_in_pieces(connect: Connect, read_only: Served) -> None:
    request = get("ASK {}")
    for place in (1, 4, 15, len(request) - 1):
        line = connect(read_only)
        line.say(request[:place])
        time.sleep(0.05)  # so that the pieces arrive apart
        line.say(request[place:])
        assert json.loads(line.answer()[2])["boolean"] is True


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(get("ASK {}").replace(b"HTTP/1.1", b"HTTP/1.0"), id="an old version"),
        pytest.param(get("ASK {}", "Connection: close"), id="the last of its connection"),
    ],
)
def test_some_requests_are_the_last_of_their_connection(connect: Connect, read_only: Served, request_: bytes) -> None:
    for _ in range(3):
        line = connect(read_only)
        line.say(request_)
        assert json.loads(line.answer()[2])["boolean"] is True
        assert line.ended()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Odd\x00: 1\r\n\r\n", 400),
        (get("ASK {}", "X-Odd : 1"), 400),
        (b"GET /sparql?query=" + b"a" * (wire.TARGET_BYTES + 10) + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (get("ASK {}", *[f"X-{number}: {'a' * 1000}" for number in range(80)]), 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * (wire.TARGET_BYTES + wire.HEAD_BYTES + 10), 431),
    ],
)
def test_what_is_no_request_is_refused(connect: Connect, read_only: Served, request_: bytes, status: int) -> None:
    line = connect(read_only)
    line.say(request_)
    found, headers, body = line.answer()
    assert found == status
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["status"] == status
    assert line.ended()


def test_a_body_that_nobody_reads_does_not_harm_the_next_request(connect: Connect, read_only: Served) -> None:
    line = connect(read_only)
    line.say(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", b"cde", get("ASK {}"))
    assert line.answer()[0] == 405
    assert line.answer()[0] == 200


VALUES = " ".join(f"VALUES ?x{place} {{ {' '.join(map(str, range(200)))} }}" for place in range(5))
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {VALUES} }}"
POSTED = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(ENDLESS)}\r\n\r\n{ENDLESS}"


@pytest.mark.parametrize("request_", [get(ENDLESS), get(ENDLESS, "Connection: close"), POSTED.encode()], ids=["the short way", "the long way", "by POST"])
def test_the_work_for_a_client_that_goes_away_is_stopped(connect: Connect, read_only: Served, request_: bytes) -> None:
    line = connect(read_only)
    line.say(request_)
    until(lambda: running(read_only) == 1)
    line.socket.close()
    until(lambda: running(read_only) == 0)


def test_too_many_connections_are_turned_away(connect: Connect, serve: Serve, tmp_path: Path) -> None:
    served = serve(tmp_path / "store", "--writable", "--token", "t", "--connections", "3")
    lines = [connect(served) for _ in range(3)]
    for line in lines:
        line.say(get("ASK {}"))
        assert line.answer()[0] == 200
    late = connect(served)
    status, headers, body = late.answer()
    assert (status, headers["retry-after"], json.loads(body)["limit"]) == (503, "5", 3)
    assert late.ended()
    lines[0].socket.close()

    def welcome() -> bool:
        again = connect(served)
        again.say(get("ASK {}"))
        return again.answer()[0] == 200

    until(welcome)


@pytest.mark.parametrize(
    ("header", "short"),
    [
        ("Accept: text/csv", True),
        ("X-Own: ", False),
        ("X-Own:\ta b\t", True),
        ("Connection: close", False),
        ("Content-Length: 0", False),
        ("Transfer-Encoding: chunked", False),
        ("Expect: 100-continue", False),
        ("X-Forwarded-For: 192.0.2.1", False),
        ("Host: other", False),
        (" folded: line", False),
        ("X-Odd\x7f: 1", False),
    ],
)
def test_only_simple_requests_take_the_short_way(header: str, short: bool) -> None:
    block = f"Host: example.org\r\n{header}\r\n\r\n".encode("latin-1")
    assert (_manner(block, "") is not None) is short


def test_the_short_way_needs_a_host_and_knows_its_public_address() -> None:
    assert _manner(b"Accept: */*\r\n\r\n", "") is None
    assert _manner(b"Host: a/b\r\n\r\n", "") is None
    own, public = _manner(b"Host: a:1\r\n\r\n", ""), _manner(b"Host: a:1\r\n\r\n", "https://example.org/x/")
    assert own is not None
    assert public is not None
    assert (own.base, public.base) == ("http://a:1/", "https://example.org/x/")
