"""Requests made up at random: whatever comes, it is answered or refused, and never an error of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.serve.abuse.target import Target

PATHS = st.sampled_from(
    [
        b"/",
        b"/sparql",
        b"/sparql/",
        b"/update",
        b"/store",
        b"/query",
        b"/query/approvals-by-jurisdiction",
        b"/query/approvals-by-jurisdiction.csv",
        b"/match",
        b"/term/therapy",
        b"/export",
        b"/api/search",
        b"/api/labels",
        b"/api/complete",
        b"/api/query",
        b"/api/forest",
        b"/api/derive",
        b"/openapi.json",
        b"/health",
        b"/metrics",
        b"/.well-known/void",
        b"/static/x",
    ]
)
METHODS = st.sampled_from([b"GET", b"GET", b"GET", b"POST", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"PATCH"])
NAMES = st.sampled_from(
    [
        b"query",
        b"update",
        b"format",
        b"default-graph-uri",
        b"named-graph-uri",
        b"using-graph-uri",
        b"graph",
        b"default",
        b"q",
        b"limit",
        b"therapy",
        b"site",
        b"age",
        b"version",
    ]
)
QUERIES = st.sampled_from([b"ASK {}", b"SELECT * { ?s ?p ?o } LIMIT 2", b"CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", b"DESCRIBE <a:a>", b"CLEAR ALL"])
TYPES = st.sampled_from(
    [
        b"application/x-www-form-urlencoded",
        b"application/sparql-query",
        b"application/sparql-update",
        b"application/json",
        b"application/yaml",
        b"text/turtle",
        b"multipart/form-data; boundary=a",
        b"application/sparql-query; charset=utf-16",
    ]
)
ACCEPTS = st.sampled_from(
    [
        b"*/*",
        b"text/html",
        b"application/json",
        b"text/csv;q=0.5, text/turtle",
        b"application/sparql-results+xml",
        b"text/*;q=0",
        b"image/png",
        b"application/ld+json;profile=x",
    ]
)

text = st.text(max_size=30).map(lambda value: value.encode("utf-8", "surrogatepass"))
value = st.one_of(QUERIES, text, st.binary(max_size=30), st.integers().map(lambda number: str(number).encode()))
encoded = value.map(lambda raw: quote_from_bytes(raw).encode())
untidy = st.one_of(encoded, st.binary(max_size=20).map(lambda raw: raw.translate(None, b" \r\n\t\x00#")))
parameters = st.lists(st.tuples(st.one_of(NAMES, encoded), untidy), max_size=4).map(lambda pairs: b"&".join(b"=".join(pair) for pair in pairs))
header_value = st.one_of(ACCEPTS, TYPES, text, st.binary(max_size=20)).map(lambda raw: raw.translate(None, b"\r\n\x00").strip())
headers = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b"Accept",
                b"Content-Type",
                b"Accept-Encoding",
                b"If-None-Match",
                b"Origin",
                b"Range",
                b"Authorization",
                b"X-Forwarded-For",
                b"X-Forwarded-Prefix",
                b"X-Forwarded-Host",
            ]
        ),
        header_value,
    ),
    max_size=4,
)
bodies = st.one_of(
    st.just(b""),
    value,
    parameters,
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.sampled_from(["site", "age", "iris", "grade"]), inner, max_size=3),
        max_leaves=8,
    ).map(lambda data: json.dumps(data).encode()),
)


@settings(max_examples=400)
@given(method=METHODS, path=PATHS, query=parameters, fields=headers, body=bodies)
def test_no_request_is_an_error_of_ours(abused: Target, method: bytes, path: bytes, query: bytes, fields: list[tuple[bytes, bytes]], body: bytes) -> None:
    lines = [b"%s %s%s HTTP/1.1" % (method, path, b"?" + query if query else b""), b"Host: a", b"Connection: close"]
    lines += [b"%s: %s" % field for field in fields]
    lines += [b"Content-Length: %d" % len(body)]
    check(abused.raw(b"\r\n".join(lines) + b"\r\n\r\n" + body), method)


@settings(max_examples=150)
@given(noise=st.binary(min_size=1, max_size=200))
def test_noise_is_refused(abused: Target, noise: bytes) -> None:
    check(abused.raw(noise + b"\r\n\r\n", wait=5, shut=True), b"")


def check(received: bytes, method: bytes) -> None:
    """Fail unless what was received is nothing, or one answer that is whole and no error of the server."""
    if not received:
        return
    head, _, body = received.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    assert status < 500 or status in {503, 504, 507}, received[:1000]
    fields = {name.strip().lower(): content.strip() for name, _, content in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
    if method != b"HEAD" and b"content-length" in fields:
        assert len(body) == int(fields[b"content-length"])
    if fields.get(b"content-type", b"").startswith(b"application/problem+json") and method != b"HEAD":
        told: dict[str, Any] = json.loads(body)
        assert told["status"] == status
        assert told["code"] != "INTERNAL"
