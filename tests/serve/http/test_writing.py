from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.serving import Serve, Served

TURTLE = {"Content-Type": "text/turtle"}
G = "http://example.org/g"


def count(client: httpx.Client, pattern: str) -> int:
    answer = client.get("/sparql", params={"query": f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", "format": "csv"})
    return int(answer.text.split()[1])


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic a token for tests", "Bearer ä", "a token for tests"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/update"), ("PUT", "/store?default"), ("POST", "/store"), ("DELETE", "/store?default")])
def test_writers_show_their_token(client: httpx.Client, method: str, path: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    answer = client.request(method, path, headers=headers, content=b"nonsense")  # type: ignore[arg-type] # bytes are fine
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert "a token" not in answer.text


def test_the_scheme_is_read_in_any_case(client: httpx.Client) -> None:
    answer = client.post("/update", data={"update": "CLEAR DEFAULT"}, headers={"Authorization": "bearer a token for tests"})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(("method", "path"), [("POST", "/update"), ("PUT", "/store?default"), ("POST", "/store"), ("DELETE", "/store?graph=a:b")])
def test_a_read_only_server_says_so(reader: httpx.Client, method: str, path: str) -> None:
    answer = reader.request(method, path)
    assert answer.status_code == 403
    assert answer.json()["code"] == "READ-ONLY"


def test_a_read_only_server_gives_graphs(reader: httpx.Client) -> None:
    assert reader.get("/store?default").text.strip() == '<a:s> <a:p> "o" .'
    assert reader.head("/store?default").status_code == 200
    assert reader.get("/store", params={"graph": G}).status_code == 404


def test_an_update_is_done_whole_or_not_at_all(client: httpx.Client, writer: httpx.Client) -> None:
    before = count(client, "?s ?p ?o")
    answer = writer.post("/update", data={"update": f"INSERT DATA {{ <a:half> <a:p> 1 }} ; CREATE GRAPH <{G}x> ; CREATE GRAPH <{G}x>"})
    assert answer.status_code == 400
    assert count(client, "?s ?p ?o") == before
    assert client.get("/store", params={"graph": f"{G}x"}).status_code == 404


def test_a_graph_lives_and_dies(client: httpx.Client, writer: httpx.Client) -> None:
    at = {"graph": G}
    assert client.get("/store", params=at).status_code == 404
    assert client.head("/store", params=at).status_code == 404
    assert writer.put("/store", params=at, content="<> <a:p> <o> .", headers=TURTLE).status_code == 201
    got = client.get("/store", params=at, headers={"Accept": "application/n-triples"})
    assert (got.headers["content-type"], got.text) == ("application/n-triples", "<http://example.org/g> <a:p> <http://example.org/o> .\n")
    assert client.head("/store", params=at).status_code == 200
    assert client.get("/store", params=at, headers={"If-None-Match": client.get("/store", params=at).headers["etag"]}).status_code == 304
    assert writer.put("/store", params=at, content="<a:s> <a:p> 1 .", headers=TURTLE).status_code == 204
    assert writer.post("/store", params=at, content=b'[{"@id": "a:s", "a:p": 2}]', headers={"Content-Type": "application/ld+json"}).status_code == 204
    assert count(client, f"GRAPH <{G}> {{ ?s ?p ?o }}") == 2
    assert writer.put("/store", params=at, content="", headers=TURTLE).status_code == 204
    assert client.get("/store", params=at).text == ""
    assert writer.delete("/store", params=at).status_code == 204
    assert writer.delete("/store", params=at).status_code == 404
    assert client.get("/store", params=at).status_code == 404


def test_the_default_graph_is_always_there(client: httpx.Client, writer: httpx.Client) -> None:
    assert writer.put("/store?default", content="<a:d> <a:p> 1 .", headers=TURTLE).status_code == 204
    assert client.get("/store?default&format=nt").text == '<a:d> <a:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    assert writer.delete("/store?default").status_code == 204
    assert client.get("/store?default").text == ""


def test_a_graph_without_a_name_gets_one(writer: httpx.Client, writable: Served) -> None:
    answer = writer.post("/store", content="<a:s> <a:p> 1 .", headers=TURTLE)
    assert answer.status_code == 201
    assert answer.headers["location"].startswith(f"{writable.address}/store/")
    assert httpx.get(answer.headers["location"]).text.startswith("<a:s>")
    assert httpx.get(f"{writable.address}/store", params={"graph": answer.headers["location"]}).text.startswith("<a:s>")


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("GET", "/store", {}, "", 400),
        ("PUT", "/store", TURTLE, "", 400),
        ("DELETE", "/store", {}, "", 400),
        ("GET", "/store?default&graph=a:b", {}, "", 400),
        ("GET", "/store?graph=a:b&graph=a:c", {}, "", 400),
        ("GET", "/store?graph=relative", {}, "", 400),
        ("PUT", "/store?graph=../relative", TURTLE, "", 400),
        ("PUT", "/store?graph=a:%3E%20", TURTLE, "", 400),
        ("PUT", "/store?graph=a:b", TURTLE, "no turtle", 400),
        ("PUT", "/store?graph=a:b", {}, "<a:s> <a:p> 1 .", 415),
        ("PUT", "/store?graph=a:b", {"Content-Type": "image/png"}, "<a:s> <a:p> 1 .", 415),
        ("PUT", "/store?graph=a:b", {"Content-Type": "text/turtle; charset=latin-1"}, "<a:s> <a:p> 1 .", 415),
        ("GET", "/store?default", {"Accept": "image/png"}, "", 406),
        ("GET", "/store?default&format=docx", {}, "", 406),
        ("PATCH", "/store?default", {}, "", 405),
        ("PUT", "/update", {}, "", 405),
    ],
)
def test_wrong_requests_change_nothing(
    client: httpx.Client, writer: httpx.Client, method: str, path: str, headers: dict[str, str], body: str, status: int
) -> None:
    assert writer.request(method, path, headers=headers, content=body).status_code == status
    assert client.get("/store?graph=a:b").status_code == 404


def test_what_is_too_large_is_refused(serve: Serve, tmp_path: Path) -> None:
    served = serve(tmp_path / "store", "--writable", "--token", "t", "--upload-bytes", "1000", "--request-bytes", "100")
    authorized = {"Authorization": "Bearer t", "Content-Type": "application/sparql-update"}
    fitting = "INSERT DATA { <a:s> <a:p> 'x' }".replace("x", "x" * 900)
    assert httpx.post(f"{served.address}/update", content=fitting, headers=authorized).status_code == 204
    assert httpx.post(f"{served.address}/update", content=fitting * 50_000, headers=authorized, timeout=60).status_code == 413
    refused = httpx.post(f"{served.address}/update", content=fitting * 2, headers=authorized)
    assert refused.status_code == 413
    assert (refused.json()["setting"], refused.json()["limit"]) == ("upload_bytes", 1000)
    refused = httpx.post(f"{served.address}/sparql", data={"query": "ASK {}" + " " * 100})
    assert refused.status_code == 413
    assert refused.json()["setting"] == "request_bytes"
