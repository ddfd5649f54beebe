"""Script in what a request says: it never comes back as script, and no page would run it."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.conformance.client import Answer, send
from tests.serve.abuse.target import Target, problem

SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*191}}",
    "${7*191}",
    "<svg/onload=alert(1)>",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
]
PLACES = [
    "/{script}",
    "/{script}.html",
    "/query/{script}",
    "/query/{script}.html",
    "/query/approvals-by-jurisdiction.html?jurisdiction={script}",
    "/query/approvals-by-jurisdiction.html?{script}=1",
    "/query/approvals-by-jurisdiction.{script}",
    "/term/{script}",
    "/term/{script}.html",
    "/export/{script}",
    "/static/{script}",
    "/static/{script}.js",
    "/sparql?query={script}",
    "/sparql?query=ASK%7B%7D&format={script}",
    "/sparql?format={script}",
    "/sparql?query=ASK%7B%7D&default-graph-uri={script}",
    "/sparql?query=SELECT%20%28%22{script}%22%20AS%20%3Fx%29%20%7B%7D",
    "/match?site={script}",
    "/match?{script}=1",
    "/situation?site={script}",
    "/evidence?therapy={script}",
    "/api/search?q={script}",
    "/api/forest?therapy={script}",
    "/api/query/{script}",
    "/about?{script}",
    "/?q={script}",
    "/.well-known/{script}",
]
DANGEROUS = re.compile(rb"<script>alert|<img src=x|<svg/onload|1337|href=[\"']?javascript:")


def check(answer: Answer) -> None:
    """Fail when a browser would run what a request said."""
    assert answer.status < 500, answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in answer.headers
    if answer.media_type in {"text/html", "application/xhtml+xml", "image/svg+xml"}:
        assert not DANGEROUS.search(answer.body), answer.text
        policy = directives(answer.headers["content-security-policy"])
        assert "'unsafe-inline'" not in policy.get("script-src", policy["default-src"])
        assert "'unsafe-eval'" not in policy.get("script-src", policy["default-src"])
        assert all("http" not in source and source != "*" for sources in policy.values() for source in sources)
        assert policy["frame-ancestors"] == ["'none'"]
        assert policy["base-uri"] in (["'none'"], ["'self'"])
        assert policy.get("object-src", policy["default-src"]) == ["'none'"]


def directives(policy: str) -> dict[str, list[str]]:
    """Return the directives of a content-security policy."""
    return {name: sources for name, *sources in (part.split() for part in policy.split(";") if part.strip())}


@pytest.mark.parametrize("place", PLACES)
def test_script_in_an_address_is_harmless(place: str, target: Target) -> None:
    for script in SCRIPTS:
        check(target.get(place.format(script=quote(script, safe="")), Accept="text/html,application/xhtml+xml,*/*;q=0.8"))
        check(target.get(place.format(script=quote(script, safe="")), Accept="*/*"))


@pytest.mark.parametrize("path", ["/sparql", "/match", "/update", "/store", "/api/labels", "/api/derive", "/nowhere"])
@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "application/json", "application/yaml", "application/sparql-query", "text/html", "<script>alert(1)</script>"],
)
def test_script_in_a_body_is_harmless(path: str, media_type: str, target: Target) -> None:
    for script in SCRIPTS:
        body = (
            f"query={quote(script)}" if "form" in media_type else f'{{"site": "{script}", "iris": ["{script}"]}}' if "json" in media_type else f"site: {script}"
        )
        check(send(target.address + path, "POST", body=body.encode(), headers={"Content-Type": media_type, "Accept": "text/html"}))


@pytest.mark.parametrize(
    "name",
    [
        "Accept",
        "Accept-Language",
        "User-Agent",
        "Referer",
        "X-Forwarded-Host",
        "X-Forwarded-Prefix",
        "X-Forwarded-Proto",
        "Origin",
        "Content-Encoding",
        "Authorization",
        "Cookie",
    ],
)
def test_script_in_a_header_is_harmless(name: str, target: Target) -> None:
    for path in ("/", "/sparql", "/nowhere", "/term/therapy", "/query", "/about"):
        for script in SCRIPTS[:4]:
            headers = {"Accept": "text/html", name: script}
            check(send(target.address + path, headers=headers))


@pytest.mark.parametrize(
    "path",
    ["/", "/sparql", "/situation", "/evidence", "/about", "/term/Lutetium177Dotatate", "/nowhere", "/query/nothing"],
)
def test_every_page_has_its_policy(path: str, patient: Target) -> None:
    answer = patient.get(path, Accept="text/html")
    assert answer.media_type == "text/html"
    check(answer)


def test_a_problem_is_one_shape_for_programs(target: Target) -> None:
    for path in (
        "/nowhere",
        "/query/nothing",
        "/term/nothing",
        "/export/nothing",
        "/static/nothing.js",
        "/sparql?query=nonsense",
        "/api/query/nothing",
        "/api/nothing",
        "/.well-known/nothing",
    ):
        assert problem(target.get(path, Accept="application/json")) == problem(target.get(path)), path


def test_answers_may_be_read_from_other_pages_but_without_credentials(target: Target) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/api/search?q=a", "/nowhere"):
        answer = target.get(path, Origin="http://elsewhere.example")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
