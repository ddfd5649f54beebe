from __future__ import annotations

import pytest

from kg.serve.http.accept import ROWS_OFFERED, Chosen, choose, ranges, sparql_choice, wants_gzip
from kg.serve.http.formats import GRAPHS, RESULTS, named, with_charset

JSON = ("json", "application/sparql-results+json")
XML = ("xml", "application/sparql-results+xml")
CSV = ("csv", "text/csv")
TSV = ("tsv", "text/tab-separated-values")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("", JSON, id="no header"),
        pytest.param("text/csv", CSV, id="good"),
        pytest.param("application/foo", None, id="bad"),
        pytest.param("*/*", JSON, id="star"),
        pytest.param("text/*", ("json", "text/json"), id="substar"),
        pytest.param("text/foo;q=0.5 , text/json ; q = 0.7", ("json", "text/json"), id="explicit priority"),
        pytest.param("text/csv;q=0.5,application/sparql-results+xml;q=0.7", XML, id="explicit priority among offers"),
        pytest.param("text/json,text/foo", ("json", "text/json"), id="implicit priority"),
        pytest.param("text/tab-separated-values,text/csv", TSV, id="the first named of equals"),
        pytest.param("text/foo;q=0.9,text/csv", CSV, id="implicit and explicit priority"),
        pytest.param("*/*,text/csv", CSV, id="named before wildcard at equal quality"),
        pytest.param("*/*;q=0.1,text/csv;q=0.05", JSON, id="higher quality before named"),
        pytest.param("*/*,application/sparql-results+json;q=0", ("json", "application/json"), id="exclusion of one name"),
        pytest.param("text/csv;q=0,text/*", ("json", "text/json"), id="exclusion below a wildcard"),
        pytest.param("text/csv;q=0", None, id="exclusion alone"),
        pytest.param("text/*;q=0,*/*;q=0.5", JSON, id="exclusion of a kind"),
        pytest.param("text/csv;charset=utf-8", CSV, id="charset"),
        pytest.param("text/csv; charset=latin-1, application/sparql-results+xml;q=0.1", XML, id="foreign charset"),
        pytest.param("text/csv;header=present;q=0.3,application/sparql-results+xml;q=0.2", CSV, id="other parameters"),
        pytest.param('text/csv;note="a,b;q=0";q=0.9,application/sparql-results+xml;q=0.5', CSV, id="quoted parameter"),
        pytest.param("TEXT/CSV", CSV, id="capitals"),
        pytest.param(" , ,text/csv,", CSV, id="empty elements"),
        pytest.param("nonsense", JSON, id="nothing that can be read is nothing said"),
        pytest.param("*/csv,text/csv;q=0.2", CSV, id="a wildcard at the wrong place counts for nothing"),
        pytest.param("text/csv;q=2,application/sparql-results+xml", XML, id="quality beyond its bounds"),
        pytest.param("text/csv;q=0.1234,application/sparql-results+xml;q=0.1", XML, id="quality with too many digits"),
    ],
)
def test_the_client_gets_what_it_likes_best(header: str, expected: tuple[str, str] | None) -> None:
    assert choose(header, ROWS_OFFERED) == expected


def test_a_long_header_is_read_in_no_time() -> None:
    assert len(ranges("a/b;" * 10_000 + '"' * 1001)) == 1


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "wanted", "expected"),
    [
        ("", "", ("json", "json", "turtle", False)),
        ("*/*", "", ("json", "json", "turtle", False)),
        (BROWSER, "", ("xml", "xml", "rdfxml", True)),
        ("text/html", "", (None, None, None, True)),
        ("text/html, application/sparql-results+json", "", ("json", "json", None, True)),
        ("application/sparql-results+json, text/html;q=0.9", "", ("json", "json", None, False)),
        ("text/turtle", "", (None, None, "turtle", False)),
        ("application/json", "", ("json", "json", "jsonld", False)),
        ("application/rdf+xml", "csv", ("csv", "csv", None, False)),
        ("", "text/csv", ("csv", "csv", None, False)),
        ("", "srx", ("xml", "xml", None, False)),
        ("", "ttl", (None, None, "turtle", False)),
        ("", "JSON", ("json", "json", "jsonld", False)),
        ("", "html", (None, None, None, True)),
        ("", "docx", (None, None, None, False)),
    ],
)
def test_each_form_of_answer_has_its_own_format(header: str, wanted: str, expected: tuple[str | None, str | None, str | None, bool]) -> None:
    assert sparql_choice(header, wanted)[:4] == expected


def test_an_answer_is_called_what_its_client_called_it() -> None:
    chosen = sparql_choice("application/json", "")
    assert dict(chosen.content_types) == {"application/sparql-results+json": "application/json", "application/ld+json": "application/json"}


def test_nothing_wanted_is_nothing() -> None:
    assert sparql_choice("image/png", "").nothing
    assert not Chosen(None, None, "turtle", False, ()).nothing


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("x-gzip", True),
        ("gzip, deflate, br", True),
        ("gzip;q=0", False),
        ("gzip; q=0.5, identity; q=0.8", False),
        ("gzip;q=0.8, identity;q=0.8", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("br", False),
        ("gzip;q=nonsense", False),
        ("identity", False),
        ("GZIP", True),
    ],
)
def test_gzip_is_used_when_it_is_liked(header: str, expected: bool) -> None:
    assert wants_gzip(header) is expected


@pytest.mark.parametrize("form", [*RESULTS.values(), *GRAPHS.values()], ids=lambda form: form.key)
def test_each_format_has_the_media_type_that_the_engine_gives_it(form: object) -> None:
    engine = form.engine  # type: ignore[attr-defined] # of either kind
    assert with_charset(form.media_types[0]).startswith(engine.media_type.partition(";")[0])  # type: ignore[attr-defined] # as above


def test_formats_are_found_by_all_their_names() -> None:
    assert {named(name, GRAPHS) for name in ("rdfxml", "rdf", "application/rdf+xml", "owl", "xml")} == {"rdfxml"}
    assert named("rdfxml", RESULTS) is None
