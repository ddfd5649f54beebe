from __future__ import annotations

import gzip
import zlib
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from kg.serve.http import bodies
from kg.serve.http.bodies import read_body
from kg.serve.http.protocol import FORM, Parameters, media_type_of, read_get, read_post
from kg.serve.problem import Problem


@pytest.mark.parametrize(
    ("query_string", "status", "words"),
    [
        (b"", 400, "missing"),
        (b"query=a&query=b", 400, "2 times"),
        (b"query=%", 400, "percent-encoded"),
        (b"query=%4", 400, "percent-encoded"),
        (b"query=%zz", 400, "percent-encoded"),
        (b"query=%ff%fe", 400, "UTF-8"),
        (b"query=a&format=csv&format=json", 400, "2 times"),
        (b"query=a&default-graph-uri=relative", 400, "absolute"),
        (b"query=a&named-graph-uri=", 400, "absolute"),
        (b"query=a&default-graph-uri=http%3A%2F%2Fa%2F%3E%3C", 400, "absolute"),
        (b"update=a", 400, "by GET"),
        (b"query=a&update=b", 400, "by GET"),
    ],
)
def test_wrong_addresses_are_refused(query_string: bytes, status: int, words: str) -> None:
    with pytest.raises(Problem, match=words) as refused:
        read_get(query_string)
    assert refused.value.status == status


def test_the_dataset_is_named_in_the_address() -> None:
    operation = read_get(b"query=ASK+%7B%7D&default-graph-uri=a:b&default-graph-uri=a:c&named-graph-uri=a:d&format=csv&other=x")
    assert operation.text == "ASK {}"
    assert operation.default_graphs == ("a:b", "a:c")
    assert operation.named_graphs == ("a:d",)
    assert operation.format == "csv"


def test_one_kind_of_graphs_leaves_the_other_empty() -> None:
    assert read_get(b"query=a&named-graph-uri=a:d").default_graphs == ()
    assert read_get(b"query=a").default_graphs is None


@pytest.mark.parametrize(
    ("kind", "query_string", "content_type", "body", "status"),
    [
        ("query", b"", "", b"query=a", 415),
        ("query", b"", "text/plain", b"query=a", 415),
        ("query", b"", "application/sparql-query; charset=utf-16", b"a", 415),
        ("query", b"", "application/sparql-query", b"\xff\xfe", 400),
        ("query", b"query=a", "application/sparql-query", b"a", 400),
        ("query", b"", "application/sparql-update", b"a", 400),
        ("query", b"", FORM, b"update=a", 400),
        ("query", b"", FORM, b"query=a&query=b", 400),
        ("query", b"", FORM, b"", 400),
        ("update", b"", FORM, b"query=a", 400),
        ("update", b"", "application/sparql-query", b"a", 400),
        ("update", b"", FORM, b"update=%e9", 400),
    ],
)
def test_wrong_bodies_are_refused(kind: str, query_string: bytes, content_type: str, body: bytes, status: int) -> None:
    with pytest.raises(Problem) as refused:
        read_post(kind, query_string, content_type, body)  # type: ignore[arg-type] # one of the two
    assert refused.value.status == status


def test_forms_and_direct_bodies_are_read() -> None:
    assert read_post("query", b"", f"{FORM};charset=UTF-8", b"query=a+b%2B").text == "a b+"
    direct = read_post("query", b"default-graph-uri=a:b&format=xml", "Application/SPARQL-query", "é".encode())
    assert (direct.text, direct.default_graphs, direct.format) == ("é", ("a:b",), "xml")
    update = read_post("update", b"using-graph-uri=a:b", "application/sparql-update", b"x")
    assert (update.default_graphs, update.named_graphs) == (("a:b",), ())


def test_the_media_type_is_read_without_its_parameters() -> None:
    assert media_type_of('Text/Turtle; charset="utf-8"') == "text/turtle"


@given(st.text())
def test_any_text_survives_a_form(text: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
    try:
        text.encode()
    except UnicodeEncodeError:
        with pytest.raises(Problem):
            Parameters(f"query={encoded}".encode())
    else:
        assert Parameters(f"query={encoded}".encode()).exactly_once("query") == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("= =3D\t\r\n ==\n% +_~ ")
def test_any_text_survives_the_way_that_browsers_and_curl_write_it(text: str) -> None:
    for encoded in (quote_plus(text), quote(text), quote(text, safe="=?/\n\r\t ")):
        assert Parameters(f"query={encoded}".encode()).exactly_once("query") == text


def sends(*messages: Message) -> Receive:
    """Return a client that sends these messages."""
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return receive


def pieces(*bodies: bytes) -> Receive:
    """Return a client that sends a body in pieces."""
    return sends(*({"type": "http.request", "body": body, "more_body": place + 1 < len(bodies)} for place, body in enumerate(bodies)))


GZIP = {b"content-encoding": b"gzip"}


@pytest.mark.anyio
async def test_a_body_is_read_piece_by_piece() -> None:
    assert await read_body(pieces(b"ab", b"", b"cd"), {}, 4) == b"abcd"


@pytest.mark.anyio
async def test_a_packed_body_is_unpacked() -> None:
    packed = gzip.compress(b"abcd" * 1000)
    assert await read_body(pieces(packed[:7], packed[7:]), GZIP, 4000) == b"abcd" * 1000


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("receive", "headers", "status"),
    [
        pytest.param(pieces(b"abc", b"de"), {}, 413, id="larger than it may be"),
        pytest.param(pieces(b""), {b"content-length": b"5"}, 413, id="larger by its own word"),
        pytest.param(pieces(gzip.compress(b"abcde")), GZIP, 413, id="larger when unpacked"),
        pytest.param(pieces(gzip.compress(bytes(10**8))), GZIP, 413, id="a bomb"),
        pytest.param(pieces(b"abcd"), GZIP, 400, id="not packed at all"),
        pytest.param(pieces(gzip.compress(b"abcd")[:-3]), GZIP, 400, id="cut off"),
        pytest.param(pieces(gzip.compress(b"ab") + b"c"), GZIP, 400, id="with something behind it"),
        pytest.param(pieces(b"abcd"), {b"content-encoding": b"br"}, 415, id="packed otherwise"),
        pytest.param(pieces(zlib.compress(b"abcd")), {b"content-encoding": b"gzip, gzip"}, 415, id="packed twice"),
    ],
)
async def test_bodies_beyond_the_limits_are_refused(receive: Receive, headers: dict[bytes, bytes], status: int) -> None:
    with pytest.raises(Problem) as refused:
        await read_body(receive, headers, 4)
    assert refused.value.status == status


@pytest.mark.anyio
async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr(bodies, "PATIENCE", 0.01)

    async def never() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    with pytest.raises(Problem) as refused:
        await read_body(never, {}, 4)
    assert refused.value.status == 408


@pytest.mark.anyio
@pytest.mark.parametrize(("slowest", "comes"), [(10_000, False), (0.1, True)])
async def test_a_body_that_comes_drop_by_drop_is_not_waited_for(slowest: float, comes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr(bodies, "PATIENCE", 0.1)
    monkeypatch.setattr(bodies, "SLOWEST", slowest)
    drops = pieces(*[b"a"] * 10)

    async def receive() -> Message:
        await asyncio.sleep(0.03)
        return await drops()

    if comes:
        assert await read_body(receive, {}, 10) == b"a" * 10
    else:
        with pytest.raises(Problem) as refused:
            await read_body(receive, {}, 10)
        assert refused.value.status == 408


@pytest.mark.anyio
async def test_a_client_that_goes_away_ends_the_reading() -> None:
    with pytest.raises(ClientDisconnect):
        await read_body(sends({"type": "http.disconnect"}), {}, 4)
