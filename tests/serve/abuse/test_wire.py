"""What no ordinary client sends: broken HTTP, contradictory and huge headers, slow clients, packed bombs, strange paths."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
import zlib
from urllib.parse import quote

import pytest

from tests.conformance.client import send
from tests.serve.abuse.target import Target, eventually, problem

HOST = b"Host: a\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
SLOW_CLIENTS = 100


def statuses(received: bytes) -> list[int]:
    """Return the statuses of all answers in what was received."""
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


BROKEN = {
    "nothing": b"",
    "empty lines": b"\r\n\r\n\r\n\r\n",
    "noise": bytes(range(256)) * 10,
    "a TLS greeting": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    "no version": b"GET /health\r\n\r\n",
    "an old version": b"GET /health HTTP/0.9\r\n\r\n",
    "an unknown version": b"GET /health HTTP/7.3\r\n" + HOST + b"\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an unknown method": b"BREW /health HTTP/1.1\r\n" + HOST + b"\r\n",
    "a space in the path": b"GET /he alth HTTP/1.1\r\n" + HOST + b"\r\n",
    "a bare line feed in a header": b"GET /health HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "a null in a header": b"GET /health HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "a header without a name": b"GET /health HTTP/1.1\r\n" + HOST + b": b\r\n\r\n",
    "a space before the colon": b"GET /health HTTP/1.1\r\n" + HOST + b"X : b\r\n\r\n",
    "a folded header": b"GET /health HTTP/1.1\r\n" + HOST + b"X: a\r\n  b\r\n\r\n",
    "two lengths": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nquery",
    "two lengths in one": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 5, 50\r\n\r\nquery",
    "a negative length": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: -5\r\n\r\nquery",
    "a length with a sign": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: +5\r\n\r\nquery",
    "a length that is no number": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: five\r\n\r\nquery",
    "a length beyond any number": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 99999999999999999999999999\r\n\r\nquery",
    "a huge length": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 999999999999999\r\n\r\nquery",
    "a length and chunks": b"POST /sparql HTTP/1.1\r\n"
    + HOST
    + FORM
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
    "chunks coded twice": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks of a wrong size": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nquery\r\n0\r\n\r\n",
    "chunks of a negative size": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nquery\r\n0\r\n\r\n",
    "a chunk beyond any number": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nquery\r\n0\r\n\r\n",
    "an upgrade": b"GET /health HTTP/1.1\r\n"
    + HOST
    + b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: YQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "half a body": b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 500\r\n\r\nquery",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_http_is_refused_or_dropped(kind: str, target: Target) -> None:
    received = target.raw(BROKEN[kind], wait=5, shut=True)
    assert len(statuses(received)) <= 1
    assert all(status < 500 for status in statuses(received))
    if kind.startswith(("two lengths", "a negative", "a length", "chunk", "a chunk", "a null", "noise", "a TLS", "a header without", "a space before")):
        assert statuses(received) in ([], [400], [413])
    assert b"Traceback" not in received


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "PATCH", "DELETE", "PUT", "LOCK"])
@pytest.mark.parametrize("path", ["/", "/sparql", "/health", "/query", "/match", "/store", "/update"])
def test_other_methods_are_refused(method: str, path: str, target: Target) -> None:
    received = target.raw(f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode(), wait=5)
    assert all(400 <= status < 500 for status in statuses(received))


def test_requests_in_one_go_are_answered_in_their_order(target: Target) -> None:
    queries = [f"SELECT ({number} AS ?n) {{}}" for number in range(50)]
    requests = b"".join(f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: a\r\nAccept: text/csv\r\n\r\n".encode() for text in queries)
    received = target.raw(requests + b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert statuses(received) == [200] * 51
    places = [received.index(f"\r\n\r\nn\r\n{number}\r\n".encode()) for number in range(50)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "headers",
    [
        b"X: " + b"a" * 5_000_000 + b"\r\n",
        b"".join(b"X%d: a\r\n" % number for number in range(100_000)),
        b"Cookie: " + b"a=b; " * 500_000 + b"\r\n",
        b"Accept: " + b"text/turtle;q=0.5, " * 100_000 + b"\r\n",
        b"a" * 1_000_000 + b": b\r\n",
    ],
    ids=["long", "many", "cookies", "accept", "name"],
)
def test_huge_headers_are_refused(headers: bytes, target: Target) -> None:
    start = time.monotonic()
    received = target.raw(b"GET /health HTTP/1.1\r\n" + HOST + headers + b"Connection: close\r\n\r\n")
    assert all(400 <= status < 500 for status in statuses(received))
    assert time.monotonic() - start < 2  # while its head is read, nobody else is served


@pytest.mark.parametrize(
    "accept", [b"*/*;q=" + b"9" * 5000, b"/" * 5000, b"," * 5000, b"text/html;q=nan", b"text/html;q=-1", b'text/html;a="' + b"\\" * 3000, b"\xff\xfe"]
)
def test_a_strange_accept_header_is_no_error_of_ours(accept: bytes, target: Target) -> None:
    received = target.raw(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n" + HOST + b"Accept: " + accept + b"\r\nConnection: close\r\n\r\n", wait=5)
    assert all(status < 500 for status in statuses(received))


@pytest.mark.parametrize(
    "name",
    [
        "Accept-Encoding",
        "If-None-Match",
        "If-Modified-Since",
        "Range",
        "Origin",
        "Content-Type",
        "Authorization",
        "X-Forwarded-For",
        "X-Forwarded-Prefix",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "Forwarded",
        "Content-Encoding",
        "Expect",
        "Accept-Language",
        "Accept-Charset",
    ],
)
@pytest.mark.parametrize(
    "value", [b"", b"\xff\xfe\x80", b'"', b"," * 2000, b"\xe2\x80\xa8", b"a" * 4000, b"bytes=0-0,1-1,-1", b"../../x", b"http://[", b'W/"', b"-1"]
)
def test_strange_headers_are_no_error_of_ours(name: str, value: bytes, target: Target) -> None:
    for start in (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n", b"POST /sparql HTTP/1.1\r\nContent-Length: 0\r\n", b"GET /term/therapy HTTP/1.1\r\n"):
        received = target.raw(start + HOST + name.encode() + b": " + value + b"\r\nConnection: close\r\n\r\n", wait=5)
        assert all(status < 500 for status in statuses(received)), received[:500]


EVIL = ["\r\nX-Evil: 1", "\nX-Evil: 1", "\r\n\r\n<script>", "\u2028X-Evil: 1", "\x00"]


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize(
    "path",
    [
        "/{evil}",
        "/query/{evil}",
        "/query/a.csv?b={evil}",
        "/term/{evil}",
        "/export/{evil}",
        "/static/{evil}",
        "/sparql?format={evil}",
        "/sparql?query=ASK%7B%7D&format={evil}",
        "/sparql?query={evil}&format=html",
        "/sparql?query=ASK%7B%7D&default-graph-uri={evil}",
        "/api/search?q={evil}",
        "/therapy{evil}",
    ],
)
def test_no_header_can_be_smuggled_into_an_answer(path: str, evil: str, target: Target) -> None:
    received = target.raw(f"GET {path.format(evil=quote(evil, safe=''))} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode())
    head = received.partition(b"\r\n\r\n")[0]
    assert b"x-evil" not in {line.partition(b":")[0].lower() for line in head.replace(b"\n", b"\r\n").split(b"\r\n")}
    assert all(status < 500 for status in statuses(received))


def test_only_a_trusted_proxy_says_where_the_server_is(target: Target, strict: Target) -> None:
    spoofed = {
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Prefix": "/evil",
        "X_Forwarded_For": "203.0.113.9",
        "Forwarded": "host=evil.example",
    }
    for path in ("/sparql", "/", "/openapi.json", "/.well-known/void", "/query", "/term/therapy"):
        answer = strict.get(path, Accept="text/turtle, application/json;q=0.9, text/html;q=0.8", **spoofed)
        assert b"evil" not in answer.body
        assert "evil" not in str(answer.headers)
    assert b"https://evil.example/evil/sparql" in target.get("/sparql", Accept="text/turtle", **spoofed).body  # 127.0.0.1 is trusted unless said otherwise


@pytest.mark.parametrize(
    "host", ['a"><script>alert(1)</script>', "a/../b", "a b", "a@b", "", "a:99999", "[::1", "a" * 3000, "a\\b", "a?b", "a#b", "é", "javascript:x"]
)
def test_a_strange_host_is_not_repeated_as_it_is(host: str, target: Target) -> None:
    for path in ("/", "/sparql", "/sparql?query=ASK%7B%7D&format=html", "/openapi.json", "/nothing"):
        received = target.raw(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html, */*;q=0.1\r\nConnection: close\r\n\r\n".encode())
        assert all(status < 500 for status in statuses(received)), received[:300]
        assert b"<script>alert" not in received


BOMB = gzip.compress(b"\0" * 200_000_000, 9)


@pytest.mark.parametrize("path", ["/sparql", "/match", "/update", "/api/labels", "/api/derive"])
def test_a_packed_bomb_is_not_unpacked(path: str, target: Target) -> None:
    before = target.megabytes()
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json" if "sparql" not in path else "application/sparql-query"}
    answer = send(target.address + path, "POST", body=BOMB, headers=headers)
    assert 400 <= answer.status < 500
    assert problem(answer)
    assert target.megabytes() < before + 80


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x1f\x8b",
        gzip.compress(b"ASK {}")[:-4],
        gzip.compress(b"ASK {}") + b"more",
        b"ASK {}",
        zlib.compress(b"ASK {}"),
        gzip.compress(gzip.compress(b"ASK {}")),
    ],
    ids=["empty", "magic", "cut", "more", "plain", "zlib", "twice"],
)
def test_badly_packed_bodies_are_refused(body: bytes, target: Target) -> None:
    answer = send(f"{target.address}/sparql", "POST", body=body, headers={"Content-Encoding": "gzip", "Content-Type": "application/sparql-query"})
    assert 400 <= answer.status < 500
    assert problem(answer)


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "compress", "zstd", "x"])
def test_packings_that_are_not_known_are_refused(coding: str, target: Target) -> None:
    answer = send(f"{target.address}/sparql", "POST", body=b"ASK {}", headers={"Content-Encoding": coding, "Content-Type": "application/sparql-query"})
    assert answer.status == 415


def test_a_packed_query_is_understood(target: Target) -> None:
    answer = send(
        f"{target.address}/sparql", "POST", body=gzip.compress(b"ASK {}"), headers={"Content-Encoding": "gzip", "Content-Type": "application/sparql-query"}
    )
    assert answer.status == 200


def test_deep_and_strange_json_is_refused(target: Target) -> None:
    bodies = [
        b"[" * 400_000,
        b'{"a":' * 100_000,
        b"{",
        b"null",
        b"1",
        b'"a"',
        b"[]",
        b'{"site": 1e999}',
        b'{"site": NaN}',
        b"\xff",
        b'{"site": "\\ud800"}',
        b'{"age": ' + b"9" * 100_000 + b"}",
    ]
    for path in ("/match", "/api/derive", "/api/labels"):
        for body in bodies:
            answer = send(target.address + path, "POST", body=body, headers={"Content-Type": "application/json"})
            assert 400 <= answer.status < 500 or answer.status == 200, (path, body[:20], answer.text)


def test_yaml_that_grows_is_refused(target: Target) -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9))
    for body in (text, "!!python/object/apply:os.system ['id']", "? [[[[", "a: *b", "- " * 100_000, "%YAML 9.9\n---\na"):
        answer = send(f"{target.address}/match", "POST", body=body.encode(), headers={"Content-Type": "application/yaml"})
        assert 400 <= answer.status < 500, answer.text


PATHS = [
    "/static/../../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/%252e%252e%252f%252e%252e%252fetc/passwd",
    "/static/..%5c..%5cetc%5cpasswd",
    "/static//etc/passwd",
    "/static/%00/etc/passwd",
    "/static/....//....//etc/passwd",
    "/static/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "/static/.",
    "/static/",
    "/static/../app.py",
    "/static/%2e%2e/settings.py",
    "/static/..;/app.py",
    "/export/../../pyproject.toml",
    "/export/..%2f..%2fpyproject.toml",
    "/export//etc/passwd",
    "/export/%2e%2e/%2e%2e/etc/passwd",
    "/export/data/../../../pyproject.toml",
    "/query/../../pyproject.toml",
    "/query/..%2f..%2fpyproject.toml",
    "/query/%2e%2e%2fREADME",
    "/term/../../etc/passwd",
    "/term/..%2f..%2fetc%2fpasswd",
    "/term/file:///etc/passwd",
    "/term/%2fetc%2fpasswd",
    "//etc/passwd",
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/.git/config",
    "/.env",
    "file:///etc/passwd",
    "http://evil.example/",
    "*",
    "/" + "a/" * 5000,
    "/" + "%2e%2e%2f" * 3000,
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_no_path_leads_out(path: str, accept: str, target: Target) -> None:
    received = target.raw(f"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: {accept}\r\nConnection: close\r\n\r\n".encode())
    assert all(300 <= status < 500 for status in statuses(received)) or path in {"http://evil.example/", "//etc/passwd"}
    for secret in (b"root:", b"[project]", b"from __future__", b"[core]"):
        assert secret not in received
    location = next((line for line in received.split(b"\r\n") if line.lower().startswith(b"location:")), b"")
    assert b"evil" not in location
    assert not location.lower().startswith(b"location: //")


def test_clients_that_send_their_headers_slowly_hold_nobody_up(target: Target) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(target.connection()) for _ in range(SLOW_CLIENTS)]
        for _ in range(5):
            for connection in slow:
                connection.sendall(b"G" if _ == 0 else b"E" if _ == 1 else b"T" if _ == 2 else b" /")
            start = time.monotonic()
            assert target.works()
            assert time.monotonic() - start < 1


def test_clients_that_send_their_bodies_slowly_hold_nobody_up(target: Target) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(target.connection()) for _ in range(SLOW_CLIENTS)]
        for connection in slow:
            connection.sendall(b"POST /sparql HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 100000\r\n\r\nquery=")
        for _ in range(5):
            for connection in slow:
                connection.sendall(b"A")
            assert target.health()["engine"]["running"] == 0
            start = time.monotonic()
            assert target.works()
            assert time.monotonic() - start < 1


def test_clients_that_do_not_read_hold_nobody_up(target: Target) -> None:
    before = target.megabytes()
    query = quote("SELECT * WHERE { ?a ?b ?c } LIMIT 8000")
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            connection = stack.enter_context(target.connection())
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: a\r\nAccept: text/csv\r\n\r\n".encode())
        assert eventually(lambda: target.health()["engine"]["running"] == 0 and target.health()["engine"]["waiting"] == 0)
        assert target.works()
    assert eventually(lambda: target.megabytes() < before + 100)


def test_a_connection_that_never_asks_is_closed(target: Target) -> None:
    with target.connection(wait=60) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nX: ")
        assert statuses(connection.recv(4096)) in ([], [408])


def test_descriptors_are_given_back(target: Target) -> None:
    before = target.descriptors()
    for _ in range(200):
        with target.connection() as connection:
            connection.sendall(b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\n")
    assert eventually(lambda: target.descriptors() <= before + 2)


def test_health_is_plain_json(target: Target) -> None:
    answer = target.get("/health", Origin="http://evil.example")
    assert json.loads(answer.body)["status"] == "ok"
    assert "access-control-allow-credentials" not in answer.headers
