"""The addresses of the API: parameters, forms, redirects, errors."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from kg.graph import NOTICE
from kg.prefixes import NET

CASE = {"site": "pancreas", "neoplasm": "NET", "grade": "G2"}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def problem(client: TestClient, status: int, path: str, **options: Any) -> dict[str, Any]:
    answer = client.get(path, **options)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["title"]
    assert document["code"]
    return document


@pytest.mark.parametrize(
    "path",
    [
        "/api/overview",
        "/api/search?q=everolimus",
        "/api/complete",
        "/api/query",
        "/api/query/trial-results",
        "/api/features",
        "/api/forest",
        "/api/approvals",
        "/export",
    ],
)
def test_json_comes_with_validators_and_the_notice(path: str, client: TestClient) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["netkg-notice"] == NOTICE
    assert answer.headers["access-control-allow-origin"] == "*"
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path).headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/api/search?query=x", "query"),
        ("/api/overview?x=1", "x"),
        ("/api/forest?therapies=everolimus", "therapies"),
        ("/term/Everolimus?lang=de", "lang"),
        ("/export?file=graph.nq", "file"),
        ("/openapi.json?x", "x"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(path: str, title: str, client: TestClient) -> None:
    assert title in problem(client, 400, path)["title"]


@pytest.mark.parametrize(
    "path", ["/api/search?q=a&q=b", "/query/trial-results?format=csv&format=json", "/api/search?q=%zz", "/api/search?q=%ff", "/api/search?limit=x"]
)
def test_parameters_that_cannot_be_read_are_refused(path: str, client: TestClient) -> None:
    problem(client, 400, path)


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        ("/query/trial-results.csv", "*/*", "text/csv; charset=utf-8"),
        ("/query/trial-results.tsv", "*/*", "text/tab-separated-values; charset=utf-8"),
        ("/query/trial-results.json", "*/*", "application/sparql-results+json"),
        ("/query/trial-results.xml", "*/*", "application/sparql-results+xml"),
        ("/query/trial-results.md", "*/*", "text/markdown; charset=utf-8"),
        ("/query/trial-results.rq", "*/*", "application/sparql-query"),
        ("/query/trial-results", "*/*", "application/sparql-results+json"),
        ("/query/trial-results", "application/json", "application/json"),
        ("/query/trial-results", "text/csv", "text/csv; charset=utf-8"),
        ("/query/trial-results", "text/csv;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("/query/trial-results?format=csv", "application/json", "text/csv; charset=utf-8"),
        ("/query", "application/json", "application/json"),
    ],
)
def test_stored_queries_come_in_the_form_asked_for(path: str, accept: str, media_type: str, client: TestClient) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


def test_parameters_of_stored_queries_are_bound(client: TestClient) -> None:
    rows = client.get("/query/agents-targeting-receptor.json?receptor=SomatostatinReceptor5").json()["results"]["bindings"]
    assert {row["receptor"]["value"] for row in rows} == {f"{NET}SomatostatinReceptor5"}
    assert "allowed" in problem(client, 400, "/query/forest-plot.csv?measure=odds")["hint"]
    assert "trial-results" in problem(client, 404, "/query/trial-result.csv")["hint"]
    assert ".csv" in problem(client, 404, "/query/trial-results.pdf")["hint"]
    assert problem(client, 406, "/query/trial-results", headers={"Accept": "image/png"})["offers"]


@pytest.mark.parametrize(
    "path", ["/query/agents-targeting-receptor.html?receptor=SomatostatinReceptor5", "/query/agents-targeting-receptor?receptor=SomatostatinReceptor5"]
)
def test_people_are_sent_to_the_query_page(path: str, client: TestClient) -> None:
    answer = client.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == 303
    location = urlsplit(answer.headers["location"])
    assert location.path == "/sparql"
    assert parse_qs(location.fragment)["stored"] == ["agents-targeting-receptor"]
    assert parse_qs(location.fragment)["p.receptor"] == ["SomatostatinReceptor5"]
    assert client.get("/query", headers={"Accept": BROWSER}).status_code == 303
    assert client.get("/query/agents-targeting-receptor.html?receptor=Nothing").status_code == 400


@pytest.mark.parametrize(
    ("path", "accept", "media_type", "engine"),
    [
        ("/term/Everolimus.ttl", "*/*", "text/turtle; charset=utf-8", ox.RdfFormat.TURTLE),
        ("/term/Everolimus.nt", "*/*", "application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("/term/Everolimus.jsonld", "*/*", "application/ld+json", ox.RdfFormat.JSON_LD),
        ("/term/Everolimus.rdf", "*/*", "application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("/term/recommendation/R012.ttl", "*/*", "text/turtle; charset=utf-8", ox.RdfFormat.TURTLE),
        ("/term/Everolimus", "*/*", "text/turtle; charset=utf-8", ox.RdfFormat.TURTLE),
        ("/term/Everolimus", "application/rdf+xml, text/turtle;q=0.4", "application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("/term/Everolimus", "application/ld+json", "application/ld+json", ox.RdfFormat.JSON_LD),
        ("/term/Everolimus?format=turtle", "application/json", "text/turtle; charset=utf-8", ox.RdfFormat.TURTLE),
        ("/term/net%3AEverolimus", "text/turtle", "text/turtle; charset=utf-8", ox.RdfFormat.TURTLE),
        ("/term/document/doi-10.1200-JCO.23.01529", "text/turtle", "text/turtle; charset=utf-8", ox.RdfFormat.TURTLE),
    ],
)
def test_terms_come_as_rdf(path: str, accept: str, media_type: str, engine: ox.RdfFormat, client: TestClient) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert any(True for _ in ox.parse(answer.content, format=engine))


def test_terms_come_as_json_and_as_a_page(client: TestClient) -> None:
    assert client.get("/term/Everolimus.json").json()["label"] == "everolimus"
    assert client.get("/term/Everolimus", headers={"Accept": "application/json"}).json()["label"] == "everolimus"
    page = client.get("/term/Everolimus", headers={"Accept": BROWSER})
    assert page.headers["content-type"].startswith("text/html")
    assert NOTICE in page.text
    assert client.get("/term/Everolimus.html").headers["content-type"].startswith("text/html")
    assert problem(client, 406, "/term/Everolimus", headers={"Accept": "image/png"})["offers"]


def test_an_unknown_term_is_not_found_and_near_ones_are_named(client: TestClient) -> None:
    assert "everolimus" in problem(client, 404, "/term/everolimis")["hint"]
    problem(client, 404, "/term/everolimis.ttl")
    evil = client.get("/term/%3Cscript%3Ealert(1)%3C/script%3E", headers={"Accept": BROWSER})
    assert evil.status_code == 404
    assert "<script>alert" not in evil.text


@pytest.mark.parametrize("name", ["Everolimus", "recommendation/R012", "trial/NETTER-1", "graph/data/trials", "document/doi-10.1200-JCO.23.01529"])
def test_identifiers_lead_to_what_is_known_of_them(name: str, client: TestClient) -> None:
    answer = client.get(f"/{name}", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"http://testserver/term/{name}")
    assert "Accept" in answer.headers["vary"]
    followed = client.get(f"/{name}", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert followed.headers["content-type"].startswith("text/turtle")


def test_the_identifier_of_the_ontology_leads_to_the_ontology(client: TestClient) -> None:
    assert client.get("/ontology", headers={"Accept": "text/turtle"}).headers["location"].endswith("/export/net-kg.ttl")
    assert client.get("/ontology", headers={"Accept": "application/rdf+xml"}).headers["location"].endswith("/export/net-kg.owl")
    assert client.get("/ontology", headers={"Accept": BROWSER}).headers["location"].endswith("/term/ontology")


@pytest.mark.parametrize("path", ["/Nothing", "/recommendation/R999999", "/..%2f..%2fetc/passwd", "/%00", "/a%20b", "/term/", "/query/a/b", "/api/nothing"])
def test_any_other_address_does_not_exist(path: str, client: TestClient) -> None:
    problem(client, 404, path)


def test_a_proxy_may_put_everything_under_a_path(client: TestClient) -> None:
    forwarded = {"X-Forwarded-Host": "example.org", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/netkg"}
    near = TestClient(client.app, base_url="http://testserver", follow_redirects=False, client=("127.0.0.1", 1))
    assert near.get("/recommendation/R012", headers=forwarded).headers["location"] == "https://example.org/netkg/term/recommendation/R012"
    assert near.get("/openapi.json", headers=forwarded).json()["servers"] == [{"url": "https://example.org/netkg"}]


def test_a_case_is_matched_from_body_and_from_address(client: TestClient) -> None:
    sent = client.post("/match", json=CASE)
    assert (sent.status_code, sent.json()["notice"]) == (200, NOTICE)
    assert client.get("/match", params=CASE).json() == sent.json()
    as_yaml = client.post("/match", content="site: pancreas\nneoplasm: NET\ngrade: G2\n", headers={"Content-Type": "application/yaml"})
    assert as_yaml.json() == sent.json()
    as_curl_sends = client.post("/match", content=json.dumps(CASE), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert as_curl_sends.json() == sent.json()
    few = client.post("/match?verdict=applies", json=CASE).json()
    assert {statement["verdict"] for statement in few["statements"]} == {"applies"}


@pytest.mark.parametrize(("accept", "media_type"), [("text/markdown", "text/markdown; charset=utf-8"), ("text/plain", "text/plain; charset=utf-8")])
def test_a_match_is_written_out_for_people(accept: str, media_type: str, client: TestClient) -> None:
    answer = client.post("/match", json=CASE, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert NOTICE in answer.text


def test_a_shared_link_takes_people_to_the_form(client: TestClient) -> None:
    answer = client.get("/match?site=pancreas&grade=G2", headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["location"]) == (303, "http://testserver/situation?site=pancreas&grade=G2")


def test_a_case_that_is_not_understood_is_told_key_by_key(client: TestClient) -> None:
    answer = client.post("/match", json={"site": "pankreas", "grade": "G9"})
    assert answer.status_code == 422
    assert [error["key"] for error in answer.json()["errors"]] == ["site", "grade"]
    assert client.get("/match?grade=G9").status_code == 422
    assert client.get("/match?grade=G2&as_of=soon").status_code == 400
    assert client.post("/match?colour=red", json=CASE).status_code == 400
    assert client.post("/match", content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}).status_code == 400
    assert client.post("/match", content=b"x" * (5 * 2**20)).status_code == 413
    assert client.put("/match", json=CASE).status_code == 405


def test_what_follows_is_told_from_body_and_address(client: TestClient) -> None:
    typed = {"site": "pancreas", "neoplasm": "NET", "ki67": "8", "mitoses": "2"}
    sent = client.post("/api/derive", json=typed)
    assert "grade" in {item["feature"] for item in sent.json()["derived"]}
    assert client.get("/api/derive", params=typed | {"line": ""}).json() == sent.json()


def test_labels_are_asked_for_by_post(client: TestClient) -> None:
    assert client.post("/api/labels", json={"iris": [f"{NET}Everolimus"]}).json()["labels"][f"{NET}Everolimus"]["label"] == "everolimus"
    for body in (b"", b"{", b"[]", b"{}", b'{"iris": 1}', b"[" * 100_000, b"\xff"):
        assert client.post("/api/labels", content=body).status_code == 400
    assert client.post("/api/labels", json={"iris": [1]}).status_code == 400
    assert client.get("/api/labels").status_code == 405


def test_figures_come_as_json_or_csv(client: TestClient) -> None:
    for path in ("/api/forest?therapy=everolimus&endpoint=PFS&endpoint=OS", "/api/approvals?therapy=PRRT&jurisdiction=US"):
        assert client.get(path).headers["content-type"] == "application/json"
        assert client.get(path, headers={"Accept": "text/csv"}).headers["content-type"] == "text/csv; charset=utf-8"
        assert client.get(f"{path}&format=csv").headers["content-type"] == "text/csv; charset=utf-8"
    assert problem(client, 400, "/api/forest?therapy=everolimos")["hint"]
    problem(client, 406, "/api/forest?format=png")


def test_downloads_are_saved_under_their_names(client: TestClient) -> None:
    answer = client.get("/export/queries.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="queries.zip"'
    assert client.get("/export/queries.zip", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    problem(client, 404, "/export/nothing.zip")
