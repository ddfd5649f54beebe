from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from tests.serve.http.conftest import AUTHORIZED
from tests.serving import Serve, Served

ROWS = "SELECT ?n { VALUES ?n { 1 2 } }"
MANY = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o"


@pytest.fixture(scope="module", autouse=True)
def _data(writable: Served) -> None:
    triples = " ".join(f"<http://example.org/{number}> <a:p> 'value {number}' ." for number in range(200))
    httpx.post(f"{writable.address}/update", data={"update": f"INSERT DATA {{ {triples} }}"}, headers=AUTHORIZED).raise_for_status()


def ask(client: httpx.Client, query: str, **headers: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query}, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("query", "accept", "wanted", "content_type", "beginning"),
    [
        (ROWS, "*/*", "", "application/sparql-results+json", '{"head"'),
        (ROWS, "application/json", "", "application/json", '{"head"'),
        (ROWS, "text/csv", "", "text/csv; charset=utf-8", "n\r\n1"),
        (ROWS, "*/*", "tsv", "text/tab-separated-values; charset=utf-8", "?n\n1"),
        (ROWS, "text/csv", "srx", "application/sparql-results+xml", "<?xml"),
        ("ASK {}", "text/csv", "", "text/csv; charset=utf-8", "true"),
        ("ASK {}", "application/sparql-results+xml", "", "application/sparql-results+xml", "<?xml"),
        ("CONSTRUCT { <a:a> <a:b> 1 } {}", "*/*", "", "text/turtle; charset=utf-8", "<a:a>"),
        ("CONSTRUCT { <a:a> <a:b> 1 } {}", "application/json", "", "application/json", "["),
        ("CONSTRUCT { <a:a> <a:b> 1 } {}", "*/*", "application/n-triples", "application/n-triples", "<a:a>"),
        ("DESCRIBE <http://example.org/1>", "text/turtle;q=0.5, application/rdf+xml", "", "application/rdf+xml", "<?xml"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_form_of_answer_comes_in_the_format_asked_for(
    client: httpx.Client, method: str, query: str, accept: str, wanted: str, content_type: str, beginning: str
) -> None:
    fields = {"query": query} | ({"format": wanted} if wanted else {})
    sent = {"params": fields} if method == "GET" else {"data": fields}
    answer = client.request(method, "/sparql", headers={"Accept": accept}, **sent)  # type: ignore[arg-type] # one of the two
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert answer.text.startswith(beginning)


@pytest.mark.parametrize(("query", "accept"), [(ROWS, "image/png"), (ROWS, "text/turtle"), ("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv")])
def test_what_cannot_be_given_is_refused_with_the_offers(client: httpx.Client, query: str, accept: str) -> None:
    answer = ask(client, query, Accept=accept)
    assert answer.status_code == 406
    assert {"application/sparql-results+json", "text/turtle"} & set(answer.json()["offers"])


def test_an_answer_is_kept_until_the_graph_changes(client: httpx.Client, writer: httpx.Client) -> None:
    first = ask(client, ROWS)
    assert first.headers["cache-control"] == "no-cache"
    for tag in (first.headers["etag"], f"W/{first.headers['etag']}", f'"other", {first.headers["etag"]}', "*"):
        again = ask(client, ROWS, If_None_Match=tag)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert ask(client, ROWS, If_None_Match='"other"').status_code == 200
    assert ask(client, ROWS, Accept="text/csv", If_None_Match=first.headers["etag"]).status_code == 200
    writer.post("/update", data={"update": "INSERT DATA { <a:new> <a:p> <a:o> }"}).raise_for_status()
    changed = ask(client, ROWS, If_None_Match=first.headers["etag"])
    assert changed.status_code == 200
    assert changed.headers["netkg-version"] != first.headers["netkg-version"]


def test_repeated_questions_see_each_write(client: httpx.Client, writer: httpx.Client) -> None:
    query = "SELECT (COUNT(*) AS ?n) { GRAPH <a:counted> { ?s ?p ?o } }"
    for number in range(3):
        counts = {client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1] for _ in range(5)}
        assert counts == {str(number)}
        writer.post("/update", data={"update": f"INSERT DATA {{ GRAPH <a:counted> {{ <a:s> <a:p> {number} }} }}"}).raise_for_status()


@pytest.mark.parametrize("query", ["SELECT (RAND() AS ?n) {}", "SELECT (uuid() AS ?n) {}", "SELECT (STRUUID() AS ?n) {}", "SELECT (BNODE() AS ?n) {}"])
def test_an_answer_that_differs_each_time_is_not_kept(client: httpx.Client, query: str) -> None:
    answers = [ask(client, query) for _ in range(4)]
    assert len({answer.content for answer in answers}) == 4
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert "etag" not in answers[0].headers


def test_answers_are_compressed_for_those_who_like(client: httpx.Client) -> None:
    plain, packed = ask(client, MANY, Accept_Encoding="identity"), ask(client, MANY, Accept_Encoding="br, gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.content == packed.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert plain.headers["etag"] != packed.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]
    assert "content-encoding" not in ask(client, "ASK {}", Accept_Encoding="gzip").headers


def test_a_large_answer_is_compressed_whole(client: httpx.Client) -> None:
    query = "SELECT ?a ?b { ?a <a:p> ?x . ?b <a:p> ?y } LIMIT 20000"
    with client.stream("GET", "/sparql", params={"query": query, "format": "csv"}, headers={"Accept-Encoding": "gzip"}) as answer:
        body = b"".join(answer.iter_raw())
    assert len(gzip.decompress(body).splitlines()) == 20001


def test_a_packed_query_is_read(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    assert client.post("/sparql", content=gzip.compress(b"ASK {}"), headers=headers).json()["boolean"] is True


@pytest.mark.parametrize("path", ["/sparql", "/health", "/about", f"/sparql?query={quote(ROWS)}"])
def test_head_tells_what_get_gives(client: httpx.Client, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
    if path != "/health":  # it has the time in it
        assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/query", "/about", "/nowhere"])
def test_any_page_may_read(client: httpx.Client, path: str) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-own, content-type"}
    answer = client.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    assert answer.headers["access-control-allow-headers"] == "*"
    for given in (answer, client.get(path, headers={"Origin": "https://example.org"})):
        assert given.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in given.headers
        assert "NetKG-Version" in given.headers["access-control-expose-headers"]


def test_the_bare_address_gives_its_description_or_the_page(client: httpx.Client) -> None:
    for path in ("/sparql", "/sparql/", "/sparql?format=turtle"):
        description = client.get(path)
        assert description.headers["content-type"] == "text/turtle; charset=utf-8"
        assert f"<{str(client.base_url).rstrip('/')}/sparql>" in description.text
        page = client.get(path.partition("?")[0], headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "script-src 'self'" in page.headers["content-security-policy"]
    tag = client.get("/sparql").headers["etag"]
    assert client.get("/sparql", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/sparql", headers={"Accept": "application/ld+json"}).json()
    assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("sent", [{"params": {"query": ROWS, "format": "html"}}, {"params": {"query": ROWS}, "headers": {"Accept": "text/html,*/*;q=0.8"}}])
def test_people_are_led_to_the_page_with_their_query(client: httpx.Client, sent: dict[str, dict[str, str]]) -> None:
    answer = client.get("/sparql", **sent)  # type: ignore[arg-type] # parameters and headers
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert target.path == "/sparql"
    assert parse_qs(target.fragment)["query"] == [ROWS]


def test_problems_come_as_their_readers_like(client: httpx.Client) -> None:
    wrong = "SELECT <script>alert(1)</script>"
    document = ask(client, wrong)
    assert (document.status_code, document.headers["content-type"]) == (400, "application/problem+json")
    assert {"title", "status", "code", "detail"} <= document.json().keys()
    text = ask(client, wrong, Accept="text/plain;q=0.9, application/sparql-results+json;q=0.1")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    page = client.get("/<script>alert(1)</script>", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<script>alert" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


def test_the_public_address_is_believed_from_a_trusted_proxy_only(client: httpx.Client, serve: Serve, writable: Served) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "example.org", "X-Forwarded-Prefix": "/netkg", "X-Forwarded-For": "192.0.2.1"}
    for path in ("/sparql", "/netkg/sparql", "/netkg/sparql/"):
        assert "<https://example.org/netkg/sparql>" in client.get(path, headers=said).text
    assert client.get("/sparql", params={"query": "SELECT (<x> AS ?x) {}"}, headers=said).json()["results"]["bindings"][0]["x"]["value"] == (
        "https://example.org/netkg/x"
    )
    assert client.get("/netkg/health", headers=said).status_code == 200
    strict = serve(writable.log.parent / "other", "--writable", "--token", "t", "--trusted-proxies", "192.0.2.7")
    assert "example.org" not in httpx.get(f"{strict.address}/sparql", headers=said).text


@pytest.mark.parametrize(
    "header", [{"X-Forwarded-Host": "evil.example/<script>"}, {"X-Forwarded-Prefix": '/"><script>'}, {"X-Forwarded-Prefix": "//evil.example"}]
)
def test_odd_words_of_a_proxy_are_not_repeated(client: httpx.Client, header: dict[str, str]) -> None:
    answer = client.get("/sparql", headers=header)
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    assert "<script>" not in answer.text


def test_a_sub_path_of_the_operator_holds_whether_or_not_the_proxy_strips_it(serve: Serve, tmp_path: Path) -> None:
    served = serve(tmp_path / "store", "--writable", "--token", "t", "--base", "https://example.org/netkg/")
    for path in ("/sparql", "/netkg/sparql"):
        assert "<https://example.org/netkg/sparql>" in httpx.get(served.address + path).text
        moved = httpx.get(served.address + path, params={"query": ROWS, "format": "html"})
        assert moved.headers["location"].startswith("https://example.org/netkg/sparql#")
        answer = httpx.get(served.address + path, params={"query": "SELECT (<x> AS ?x) {}", "format": "csv"})
        assert "https://example.org/netkg/x" in answer.text
