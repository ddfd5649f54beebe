"""Queries that are wrong, huge, deep, endless or too large: each gets a clear answer, and nobody else notices."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from tests.serve.abuse.target import ENDLESS, SLACK, TIMEOUT, Target, eventually, problem

DEPTH = 100_000

MALFORMED = [
    b"",
    b" ",
    b"{",
    b"SELECT",
    b"SELECT * WHERE { ?s ?p",
    b"SELECT * WHERE { ?s ?p ?o } }",
    b"SELECT * WHERE { ?s ?p 'unclosed }",
    b"SELECT * WHERE { ?s ?p <unclosed }",
    b"SELECT ?s WHERE { ?s unknown:name ?o }",
    b"ASK { FILTER(NOSUCHFUNCTION(1)) }",
    b"ASK { ?s <http://a b> ?o }",
    b"ASK\x00{}",
    b"\xff\xfeA\x00S\x00K\x00",
    b"ASK { ?s ?p '\xed\xa0\x80' }",
    b"ASK {} ; ASK {}",
    b"INSERT DATA { <a:a> <a:b> <a:c> }",
    b"DROP ALL",
    b"SELECT (COUNT(?s) AS ?n) ?p { ?s ?p ?o }",
    b"SELECT (1 AS ?x) (2 AS ?x) {}",
    b"ASK { BIND(1 AS ?x) BIND(2 AS ?x) }",
    b"ASK { VALUES (?a ?b) { (1) } }",
    b"\\u0041SK {",
    "ASK { ‘quoted’ }".encode(),
    b"GET / HTTP/1.1\r\n\r\n",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_query_is_the_clients_fault(text: bytes, target: Target) -> None:
    answer = target.query(text)
    assert 400 <= answer.status < 500
    assert problem(answer)


@pytest.mark.parametrize("text", [b"SELECT * WHERE {\n  ?s ?p\n}", b"ASK {\n\n ?s ?p ?o .. }"])
def test_a_syntax_error_has_its_place(text: bytes, target: Target) -> None:
    found = problem(target.query(text))
    assert found["line"] == 3
    assert found["column"] >= 1


DEEP: dict[str, Callable[[int], str]] = {
    "groups": lambda n: f"ASK {'{' * n}{'}' * n}",
    "unclosed groups": lambda n: f"ASK {'{' * n}",
    "brackets": lambda n: f"ASK {{ FILTER({'(' * n}1{')' * n}) }}",
    "negations": lambda n: f"ASK {{ FILTER({'!' * n}true) }}",
    "minus signs": lambda n: f"ASK {{ FILTER({'- ' * n}1) }}",
    "sums": lambda n: f"ASK {{ FILTER({'1+' * n}1) }}",
    "alternatives": lambda n: f"ASK {{ FILTER({'false||' * n}true) }}",
    "calls": lambda n: f"ASK {{ FILTER({'STR(' * n}1{')' * n}) }}",
    "choices": lambda n: f"ASK {{ FILTER({'IF(true,' * n}1{',2)' * n}) }}",
    "unions": lambda n: f"ASK {{ {{}}{'UNION{}' * n} }}",
    "optional parts": lambda n: f"ASK {{ {'OPTIONAL{' * n}{'}' * n} }}",
    "optional parts in a row": lambda n: f"ASK {{ {'OPTIONAL{?s ?p ?o}' * (n // 2)} }}",
    "subqueries": lambda n: f"ASK {'{SELECT*' * n}{{}}{'}' * n}",
    "absence": lambda n: f"ASK {{ {'FILTER NOT EXISTS{' * (n // 2)}{'}' * (n // 2)} }}",
    "differences": lambda n: f"ASK {{ ?s ?p ?o {'MINUS{?s ?p ?o}' * (n // 2)} }}",
    "binds": lambda n: f"ASK {{ {' '.join(f'BIND({i} AS ?v{i})' for i in range(n // 3))} }}",
    "path brackets": lambda n: f"ASK {{ ?s {'(' * n}<a:a>{')' * n} ?o }}",
    "path stars": lambda n: f"ASK {{ ?s {'(' * n}<a:a>{')*' * n} ?o }}",
    "path inverses": lambda n: f"ASK {{ ?s {'^(' * n}<a:a>{')' * n} ?o }}",
    "path sequence": lambda n: f"ASK {{ ?s {'<a:>/' * n}<a:> ?o }}",
    "path choices": lambda n: f"ASK {{ ?s {'<a:>|' * n}<a:> ?o }}",
    "blank nodes": lambda n: f"ASK {{ {'[<a:a>' * n}<a:a>{']' * n} <a:a> <a:a> }}",
    "lists": lambda n: f"ASK {{ {'(' * n}{')' * n} <a:a> <a:a> }}",
    "patterns": lambda n: f"ASK {{ {'?s ?p ?o.' * n} }}",
    "template": lambda n: f"CONSTRUCT {{ {'[<a:a>' * n}<a:a>{']' * n} <a:a> <a:a> }} WHERE {{}}",
    "graphs": lambda n: f"ASK {{ {'GRAPH<a:>{' * (n // 2)}{'}' * (n // 2)} }}",
    "prefixes": lambda n: "".join(f"PREFIX p{i}:<a:> " for i in range(n // 2)) + "ASK {}",
    "values": lambda n: f"ASK {{ VALUES ?a {{ {'1 ' * (4 * n)} }} }}",
    "options of IN": lambda n: f"ASK {{ FILTER(1 IN ({','.join('2' for _ in range(4 * n))})) }}",
    "triple terms": lambda n: f"ASK {{ {'<<(<a:a><a:a>' * (n // 3)}<a:a>{')>>' * (n // 3)} <a:a> <a:a> }}",
    "aggregates": lambda n: f"SELECT ({'SUM(' * n}1{')' * n} AS ?x) {{}}",
    "exists in expressions": lambda n: f"ASK {{ FILTER({'EXISTS{FILTER(' * (n // 3)}true{')}' * (n // 3)}) }}",
}


@pytest.mark.parametrize("kind", DEEP)
def test_a_deep_query_costs_only_its_own_client(kind: str, target: Target) -> None:
    with _others(target) as statuses:
        start = time.monotonic()
        answer = target.query(DEEP[kind](DEPTH)[:990_000])
        taken = time.monotonic() - start
    assert set(statuses) == {200}
    assert taken < TIMEOUT + SLACK + 1  # of which some goes by while it waits
    if answer.status != 200:
        assert problem(answer)["code"] != "INTERNAL"


def test_deep_queries_of_many_clients_at_once(target: Target) -> None:
    statuses: list[int] = []
    text = DEEP["brackets"](DEPTH)
    threads = [threading.Thread(target=lambda: statuses.append(target.query(text).status)) for _ in range(12)]
    with _others(target) as small:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(statuses) == 12
    assert all(400 <= status < 600 for status in statuses)
    assert set(small) == {200}


@contextlib.contextmanager
def _others(target: Target) -> Iterator[list[int]]:
    """Send small queries for the time of a block, and give their statuses."""
    statuses: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            statuses.append(target.query("ASK { ?s ?p ?o }").status)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield statuses
    finally:
        done.set()
        thread.join()


LONG = {
    "cross product": ENDLESS,
    "cross product with rows": "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f FILTER(STR(?c) = CONCAT(STR(?f), 'no')) }",
    "path over everything": "SELECT (COUNT(*) AS ?n) WHERE { ?a (<a:a>|!<a:a>)* ?b }",
    "paths in a row": "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<a:a>)+ ?b . ?b (!<a:b>)+ ?c . ?c (^!<a:c>)+ ?d }",
    "paths in paths": "SELECT (COUNT(*) AS ?n) WHERE { ?a ((!<a:a>|^!<a:a>)+/(!<a:a>)*)+ ?b }",
    "regular expressions": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER REGEX(CONCAT(STR(?c), STR(?f)), '(a*)*(b*)*(c*)*(d|e|f){2,30}$') }",
    "replacement": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(REPLACE(CONCAT(STR(?c), STR(?f)), '(.)', '$1$1$1$1')) = 3) }",
    "hashes": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(SHA512(CONCAT(STR(?c), STR(?f))) = 'x') }",
    "absence": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c FILTER NOT EXISTS { ?d ?e ?f FILTER(STRLEN(STR(?f)) > 100000 + STRLEN(STR(?c))) } }",
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_query_is_stopped_in_time_and_its_client_told_why(kind: str, target: Target) -> None:
    start = time.monotonic()
    answer = target.query(LONG[kind])
    taken = time.monotonic() - start
    found = problem(answer)
    assert answer.status >= 500
    assert found["code"] == "TIME-LIMIT"
    assert found["limit"] == TIMEOUT
    assert TIMEOUT * 0.9 < taken < TIMEOUT + SLACK
    assert eventually(lambda: target.working() == [])


LARGE = {
    "rows": "SELECT * WHERE { ?a ?b ?c }",
    "rows of a cross product": "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }",
    "statements": "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }",
    "sorted cross product": "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c",
    "distinct cross product": "SELECT DISTINCT ?a ?d ?c ?f WHERE { ?a ?b ?c . ?d ?e ?f }",
    "groups": "SELECT ?a ?d (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d",
    "optional parts": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i } } }",
    "joined text": "SELECT (GROUP_CONCAT(?c) AS ?t) WHERE { ?a ?b ?c . ?d ?e ?f }",
    "doubled text": "SELECT ?t40 WHERE { BIND('0123456789' AS ?t0) " + " ".join(f"BIND(CONCAT(?t{i}, ?t{i}) AS ?t{i + 1})" for i in range(40)) + " }",
}


@pytest.mark.parametrize("kind", LARGE)
def test_an_answer_that_is_too_large_is_no_answer(kind: str, target: Target) -> None:
    with _others(target) as statuses:
        answer = target.query(LARGE[kind])
    assert problem(answer)["code"] in {"RESULT-LIMIT", "MEMORY-LIMIT", "TIME-LIMIT"}
    assert answer.status >= 500
    assert set(statuses) == {200}


def test_all_of_a_large_answer_below_the_limit_comes(target: Target) -> None:
    answer = target.query("SELECT * WHERE { ?a ?b ?c } LIMIT 5000", "text/csv")
    assert answer.status == 200
    assert answer.body.endswith(b"\n")
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_a_request_beyond_the_limit_is_refused(target: Target) -> None:
    answer = target.query("ASK {}" + " " * 1_000_000)
    found = problem(answer)
    assert answer.status == 413
    assert found["limit"] == 1_000_000


def test_a_huge_address_is_refused(target: Target) -> None:
    received = target.raw(b"GET /sparql?query=" + b"A" * 3_000_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert not received or received.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 414", b"HTTP/1.1 431"))


def test_work_stops_when_the_client_goes(patient: Target) -> None:
    with patient.connection() as connection:
        connection.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert eventually(lambda: patient.health()["engine"]["running"] == 1)
        assert eventually(lambda: len(patient.working()) == 1)
    assert eventually(lambda: patient.health()["engine"]["running"] == 0, within=5)
    assert eventually(lambda: patient.working() == [], within=5)


def test_queries_that_wait_are_forgotten_when_their_clients_go(patient: Target) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(20):
            connection = stack.enter_context(patient.connection())
            connection.sendall(f"GET /sparql?query={quote(ENDLESS)}%20LIMIT%20{number + 10} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert eventually(lambda: patient.health()["engine"]["running"] > 0)
        assert eventually(lambda: patient.health()["engine"]["waiting"] > 0)
    assert eventually(lambda: patient.health()["engine"]["running"] == 0, within=8)
    assert patient.health()["engine"]["waiting"] == 0
    assert eventually(lambda: patient.working() == [], within=5)


def test_more_than_may_wait_are_turned_away_at_once(target: Target) -> None:
    answers: list[tuple[int, str]] = []

    def ask(number: int) -> None:
        answer = target.query(f"{ENDLESS} LIMIT {number + 10}")
        answers.append((answer.status, problem(answer)["code"]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(130)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = {code for _, code in answers}
    assert {status for status, _ in answers} <= {503, 504}
    assert codes <= {"BUSY", "TIME-LIMIT"}
    assert sum(code == "BUSY" for _, code in answers) >= 20
    assert sum(code == "TIME-LIMIT" for _, code in answers) >= 4
