"""The query page: from typing to rows, drawings, downloads and links; by mouse, by keyboard, and on a phone."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests.browser.conftest import Axe, Visit

TRIALS = """PREFIX net: <https://w3id.org/net-kg/>
SELECT ?trial WHERE { ?trial a net:ClinicalTrial } ORDER BY ?trial LIMIT 3"""
COUNTS = """PREFIX net: <https://w3id.org/net-kg/>
SELECT ?class (COUNT(?s) AS ?records) WHERE { ?s a ?class ; net:source ?source } GROUP BY ?class ORDER BY DESC(?records) LIMIT 8"""
HEAVY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

Query = Callable[..., Page]
"""Opens the page with a query in its address, run unless told otherwise."""


@pytest.fixture
def query(visit: Visit) -> Query:
    """Opens the page with a query in its address, run unless told otherwise."""

    def open_with(text: str, *, run: bool = True) -> Page:
        return visit(f"sparql#query={quote(text)}{'&run=1' if run else ''}")

    return open_with


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="SPARQL query")


def text_of(page: Page) -> str:
    return editor(page).inner_text().strip()


def write(page: Page, text: str) -> None:
    """Type into the empty editor, without the brackets that it would add by itself."""
    editor(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def view(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def cell(page: Page, row: int, column: int) -> Locator:
    return page.get_by_role("grid").locator(f"[data-spot='{row} {column}']")


def offers(page: Page) -> Locator:
    return page.locator(".cm-tooltip-autocomplete [role=option]")


def downloaded(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8")


def test_a_typed_query_gives_rows_with_labels_that_lead_to_their_pages(visit: Visit) -> None:
    page = visit("sparql")
    write(page, TRIALS)
    run(page)
    expect(page.get_by_text(re.compile(r"^3 rows · .+ · .+"))).to_be_visible()
    first = cell(page, 0, 0)
    expect(first.locator(".curie")).to_contain_text("net:trial/")
    first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/term/trial/"))


def test_labels_can_be_switched_off(query: Query) -> None:
    page = query("PREFIX net: <https://w3id.org/net-kg/> SELECT ?x WHERE { VALUES ?x { net:Everolimus } }")
    expect(cell(page, 0, 0)).to_contain_text("everolimus")
    page.get_by_label("Labels").uncheck()
    expect(cell(page, 0, 0)).to_have_text("https://w3id.org/net-kg/Everolimus")


def test_a_label_is_enough_to_write_an_identifier_and_its_prefix(visit: Visit) -> None:
    page = visit("sparql")
    write(page, "SELECT * WHERE { ?s ?p ")
    page.keyboard.type("everol")
    expect(offers(page).first).to_contain_text("net:Everolimus")
    expect(offers(page).first).to_contain_text("everolimus")
    expect(page.locator(".cm-completionInfo")).to_contain_text("mTOR inhibitor")
    page.keyboard.press("Tab")
    assert text_of(page) == "PREFIX net: <https://w3id.org/net-kg/>\nSELECT * WHERE { ?s ?p net:Everolimus"
    page.keyboard.press("ControlOrMeta+z")
    assert text_of(page) == "SELECT * WHERE { ?s ?p everol"


@pytest.mark.parametrize(
    ("written", "typed", "offered"),
    [
        ("SELECT * WHERE { ?s a ", "Recom", "net:Recommendation"),
        ("SELECT * WHERE { ?s ", "hasAdv", "net:hasAdverseEffect"),
        ("SELECT * WHERE { ?trial ?p ?o . ?o ?q ", "?tr", "?trial"),
        ("SELECT * WHERE { ?s ?p ?o ; net:the", "r", "net:therapy"),
        ("SELECT * WHERE { ?s (rdfs:subClassOf|^net:the", "r", "net:therapy"),
        ("SELECT * WHERE { ", "OPT", "OPTIONAL"),
        ("SELECT * WHERE { ?s ?p ?o FILTER(", "STRST", "STRSTARTS"),
        ("SELECT * WHERE { VALUES ?x { ", "insulinom", "net:Insulinoma"),
        ("PREFIX ", "sko", "skos:"),
        ("SELECT * WHERE { ?s a [ ", "hasAdv", "net:hasAdverseEffect"),
    ],
)
def test_what_is_offered_fits_the_place(visit: Visit, written: str, typed: str, offered: str) -> None:
    page = visit("sparql")
    write(page, written)
    page.keyboard.type(typed)
    expect(offers(page).first).to_contain_text(offered)


@pytest.mark.parametrize("written", ["# ", 'SELECT * WHERE { ?s ?p "', "SELECT * WHERE { ?s ?p <http://example.org/"])
def test_nothing_is_offered_in_comments_strings_and_addresses(visit: Visit, written: str) -> None:
    page = visit("sparql")
    write(page, "SELECT * WHERE { ?s ?p ")
    page.keyboard.type("everol")
    expect(offers(page).first).to_be_visible()
    page.keyboard.press("Escape")
    write(page, written)
    page.keyboard.type("everol")
    page.keyboard.press("ControlOrMeta+ ")
    expect(offers(page)).to_have_count(0)


def test_a_prefix_is_declared_as_soon_as_it_is_typed(visit: Visit) -> None:
    page = visit("sparql")
    write(page, "# skos: in a comment\nSELECT * WHERE { ?s ")
    page.keyboard.type("skos")
    expect(offers(page).first).to_contain_text("skos:")
    page.keyboard.type(":")
    assert text_of(page) == "# skos: in a comment\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\nSELECT * WHERE { ?s skos:"


def test_an_unknown_prefix_is_marked_before_anything_is_sent(visit: Visit) -> None:
    page = visit("sparql")
    write(page, "SELECT * WHERE { ?s nowhere:thing ?o }")
    mark = page.locator(".cm-lintRange-error")
    expect(mark).to_have_text("nowhere:thing")
    mark.hover()
    expect(page.locator(".cm-diagnostic")).to_contain_text("nowhere: is not declared")


def test_a_mistake_is_shown_at_its_place(visit: Visit) -> None:
    page = visit("sparql")
    write(page, "SELECT * WHERE {\n  ?s ?p ?o .\n  FILTR(?o)\n}")
    run(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("QUERY")
    mark = page.locator(".cm-lintRange-error")
    expect(mark).to_be_visible()
    page.get_by_role("button", name=re.compile("Go to line 3")).click()
    expect(page.locator(".cm-activeLine")).to_contain_text("FILTR")
    page.keyboard.press("End")
    page.keyboard.type(" ")
    expect(mark).to_have_count(0)


def test_stop_ends_a_heavy_query(query: Query) -> None:
    page = query(HEAVY)
    button = page.get_by_role("button", name="Stop")
    expect(button).to_be_visible()
    expect(page.locator(".run-state")).to_contain_text(re.compile(r"\d"))
    button.click()
    expect(page.get_by_text(re.compile("^Stopped after"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="The query was stopped.")).to_be_attached()
    write(page, TRIALS)
    run(page)
    expect(page.get_by_text(re.compile("^3 rows"))).to_be_visible()


def test_values_of_an_example_are_chosen_in_a_form(visit: Visit) -> None:
    page = visit("sparql")
    page.get_by_label("Filter examples").fill("therapies for a situation")
    page.get_by_role("button", name="Therapies for a situation", exact=True).click()
    expect(page.get_by_role("tab", name="Therapies for a situation")).to_have_attribute("aria-selected", "true")
    form = page.get_by_role("form", name="Values for: Therapies for a situation")
    form.get_by_label("grade").select_option("G3")
    site = form.get_by_role("combobox", name="site")
    site.fill("ileu")
    page.get_by_role("option", name=re.compile("^ileum")).click()
    form.get_by_role("button", name="Use these values").click()
    expect(page.get_by_role("grid")).to_be_visible()
    found = text_of(page)
    assert "net:Grade3" in found
    assert "net:Ileum" in found
    assert "net:Grade2 " not in found.split("MINUS", maxsplit=1)[0]


def test_a_wrong_value_is_explained(visit: Visit) -> None:
    page = visit("sparql#stored=therapies-by-situation")
    form = page.get_by_role("form", name="Values for: Therapies for a situation")
    form.get_by_role("combobox", name="site").fill("nowhere")
    form.get_by_role("button", name="Use these values").click()
    expect(page.get_by_role("alert")).to_contain_text("nowhere")


def test_downloads_hold_full_identifiers(query: Query) -> None:
    page = query(TRIALS)
    texts = {}
    for suffix in ("CSV", "TSV", "JSON", "XML"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=re.compile(f"^Download {suffix}")).click()
        assert waiting.value.suggested_filename.endswith(f".{suffix.lower()}")
        texts[suffix] = downloaded(waiting.value)
    rows = list(csv.DictReader(io.StringIO(texts["CSV"])))
    assert len(rows) == 3
    assert all(row["trial"].startswith("https://w3id.org/net-kg/trial/") for row in rows)
    assert [binding["trial"]["value"] for binding in json.loads(texts["JSON"])["results"]["bindings"]] == [row["trial"] for row in rows]
    assert texts["TSV"].startswith("?trial")
    assert "<sparql" in texts["XML"]


def test_triples_are_a_table_a_graph_and_turtle(query: Query) -> None:
    page = query("PREFIX net: <https://w3id.org/net-kg/> CONSTRUCT { net:Everolimus net:inhibits ?o } WHERE { net:Everolimus net:inhibits ?o }")
    expect(cell(page, 0, 0)).to_contain_text("everolimus")
    view(page, "Graph")
    expect(page.get_by_role("img", name=re.compile("^Graph of 2 nodes and 1 arrow"))).to_be_visible()
    view(page, "Text")
    expect(page.get_by_label("Text of the answer")).to_contain_text("https://w3id.org/net-kg/Everolimus")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("^Download TTL")).click()
    assert "https://w3id.org/net-kg/" in downloaded(waiting.value)


def test_a_yes_is_a_yes(query: Query) -> None:
    page = query("ASK { ?s ?p ?o }")
    expect(page.get_by_role("tabpanel").filter(has_text="The graph holds such a pattern.")).to_contain_text("Yes")
    write(page, "ASK { <https://example.org/nothing> ?p ?o }")
    run(page)
    expect(page.get_by_text("The graph holds no such pattern.")).to_be_visible()


def test_no_rows_are_said_in_words(query: Query) -> None:
    page = query("SELECT * WHERE { ?s ?p ?o } LIMIT 0")
    expect(page.get_by_text(re.compile("^No rows"))).to_be_visible()


def test_a_fitting_shape_gets_a_chart_that_can_be_kept(query: Query) -> None:
    page = query(COUNTS)
    view(page, "Chart")
    chart = page.locator(".chart-figure svg")
    expect(chart).to_be_visible()
    assert chart.locator("[aria-label=bar] rect").count() == 8
    expect(chart.locator("text", has_text="records")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="SVG").click()
    assert downloaded(waiting.value).count("<rect") >= 8
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PNG").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")
    run(page)
    expect(chart).to_be_visible()  # the view stays when the query is run again


@pytest.mark.parametrize(
    ("columns", "row", "kind"),
    [
        ("?when ?n", "('2020-01-31'^^xsd:date 4) ('2021-01-31'^^xsd:date 6)", "Line over time"),
        ("?when ?n", "('2020'^^xsd:gYear 4) ('2021'^^xsd:gYear 6)", "Line over time"),
        ("?x ?y", "(1 2.5) (3 4e0)", "Points"),
        ("?word ?n ?m", "('one' 1 2) ('two' 2 3)", "Bars"),
    ],
)
def test_the_shape_decides_on_the_chart(query: Query, columns: str, row: str, kind: str) -> None:
    values = f"SELECT * WHERE {{ VALUES ({columns}) {{ {row} }} }}"
    page = query(f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {values}".replace("*", columns))
    view(page, "Chart")
    expect(page.get_by_label("Chart", exact=True).locator("option:checked")).to_have_text(kind)
    expect(page.locator(".chart-figure svg")).to_be_visible()


def test_text_alone_gets_no_chart(query: Query) -> None:
    page = query(TRIALS)
    expect(page.get_by_role("tab", name="Table")).to_be_visible()
    expect(page.get_by_role("tab", name="Chart")).to_have_count(0)


def test_two_columns_of_identifiers_are_a_graph_with_a_limit(query: Query) -> None:
    page = query("SELECT ?a ?b WHERE { ?a <http://www.w3.org/2000/01/rdf-schema#subClassOf> ?b FILTER(isIRI(?a) && isIRI(?b)) } LIMIT 450")
    view(page, "Graph")
    expect(page.get_by_text("The first 400 of 450 arrows are drawn")).to_be_visible()


def test_rows_sort_filter_and_turn_pages(query: Query) -> None:
    page = query("SELECT ?n WHERE { VALUES ?n { " + " ".join(str(number) for number in range(120)) + " } }")
    heading = page.get_by_role("button", name="n", exact=True)
    heading.click()
    heading.click()
    expect(cell(page, 0, 0)).to_have_text("119")  # as numbers, not as text
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("51–100 of 120")).to_be_visible()
    page.get_by_label("Filter rows").fill("7")
    expect(page.get_by_text("21 of 120 rows")).to_be_visible()
    expect(cell(page, 0, 0)).to_have_text("117")


def test_a_hundred_thousand_rows_stay_usable(query: Query) -> None:
    page = query("SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 100000")
    expect(page.get_by_text(re.compile("^100,000 rows"))).to_be_visible(timeout=60_000)
    expect(page.get_by_role("grid").locator("tbody tr")).to_have_count(50)
    page.get_by_role("button", name="Last").click()
    expect(page.get_by_text("99,951–100,000 of 100,000")).to_be_visible()


def test_columns_can_be_made_wider_and_narrower(query: Query) -> None:
    page = query(COUNTS)
    handle = page.get_by_role("separator", name="Width of class")
    heading = page.get_by_role("columnheader").filter(has=handle)
    before = heading.bounding_box()
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    after = heading.bounding_box()
    assert before
    assert after
    assert after["width"] == pytest.approx(before["width"] - 72, abs=3)


@pytest.mark.parametrize("text", [TRIALS, COUNTS + "\n# " + "a long comment " * 40, 'ASK { ?s ?p "naïve – 𝛂 & + % #" }'])
def test_a_shared_link_brings_the_query_back_and_does_not_run_it(query: Query, text: str) -> None:
    page = query(text, run=False)
    page.get_by_role("button", name="Share or use in code").click()
    link = page.get_by_label("Link to this query")
    expect(link).to_have_value(re.compile("#"))
    address = link.input_value()
    assert "run=1" not in address
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(address)
    expect(editor(page)).to_contain_text(text.splitlines()[-1].strip()[:60])
    assert text_of(page) == text.strip()
    expect(page.get_by_role("grid")).to_have_count(0)
    assert page.url.endswith("/sparql")


def test_an_unchanged_example_is_shared_by_name(visit: Visit) -> None:
    page = visit("sparql#stored=therapies-by-situation&p.grade=G3&run=1")
    expect(page.get_by_role("grid")).to_be_visible()
    page.get_by_role("button", name="Share or use in code").click()
    link = page.get_by_label("Link to this query")
    expect(link).to_have_value(re.compile(r"#stored=therapies-by-situation&p\.grade=G3$"))
    page.get_by_label("Run the query when the link is opened").check()
    expect(link).to_have_value(re.compile("&run=1$"))


def test_a_query_in_the_address_proper_is_read_too(visit: Visit) -> None:
    page = visit(f"sparql?query={quote(TRIALS)}")
    expect(editor(page)).to_contain_text("LIMIT 3")


QUOTED = r"""SELECT ('it\'s "quoted" \\ \"\"\" text' AS ?x) WHERE {}"""


@pytest.mark.parametrize(
    ("text", "program", "expected"),
    [
        (QUOTED, "curl", """x\r\n"it's ""quoted"" \\ \"\"\"\"\"\" text\"\r\n"""),
        (QUOTED, "Python (SPARQLWrapper)", repr({"x": 'it\'s "quoted" \\ """ text'}) + "\n"),
        ("ASK { ?s ?p ?o }", "Python (SPARQLWrapper)", "True\n"),
    ],
)
def test_the_same_query_as_code_gives_the_same_answer(query: Query, text: str, program: str, expected: str) -> None:
    page = query(text, run=False)
    page.get_by_role("button", name="Share or use in code").click()
    code = page.get_by_label(f"The query for {program}").inner_text()
    command = ["bash", "-c", code] if program == "curl" else [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode() == expected


def test_triples_as_code_come_as_turtle(query: Query) -> None:
    page = query("CONSTRUCT { <https://example.org/a> <https://example.org/b> 7 } WHERE {}", run=False)
    page.get_by_role("button", name="Share or use in code").click()
    for program, start in (("curl", ["bash", "-c"]), ("Python (SPARQLWrapper)", [sys.executable, "-P", "-c"])):
        code = page.get_by_label(f"The query for {program}").inner_text()
        done = subprocess.run([*start, code], capture_output=True, check=True, timeout=60)
        assert b"<https://example.org/a> <https://example.org/b> 7" in done.stdout
    assert "text/turtle" in page.get_by_label("The query for R (httr2)").inner_text()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_tabs_and_history_survive_a_reload(query: Query) -> None:
    page = query(TRIALS)
    expect(page.get_by_text(re.compile("^3 rows"))).to_be_visible()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name of the query").fill("three trials")
    left_at_once = "document.querySelector('form.rename').requestSubmit(); dispatchEvent(new Event('pagehide')); JSON.stringify(localStorage)"
    assert "three trials" in page.evaluate(left_at_once)
    page.reload()
    tab = page.get_by_role("tab", name="three trials")
    expect(tab).to_have_attribute("aria-selected", "true")
    assert text_of(page) == TRIALS
    page.get_by_role("button", name="Close").click()
    expect(tab).to_have_count(0)
    view(page, "History")
    page.get_by_role("button", name=re.compile("3 rows")).click()
    expect(editor(page)).to_contain_text("LIMIT 3")


def test_undo_keeps_to_its_tab(visit: Visit) -> None:
    page = visit("sparql")
    write(page, "ASK { ?first ?p ?o }")
    page.get_by_role("button", name="New query").click()
    write(page, "ASK { ?second ?p ?o }")
    page.get_by_role("tab", name="Query 1").click()
    expect(editor(page)).to_contain_text("?first")
    editor(page).click()
    page.keyboard.press("ControlOrMeta+z")
    page.keyboard.press("ControlOrMeta+z")
    assert "?second" not in text_of(page)
    assert "ClinicalTrial" in text_of(page)


def test_everything_goes_without_a_mouse(visit: Visit) -> None:
    page = visit("sparql")
    editor(page).focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(TRIALS)
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_text(re.compile("^3 rows"))).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # Tab leaves the editor
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset.spot") == "0 0":
            break
    expect(cell(page, 0, 0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(cell(page, 1, 0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/term/trial/"))


def test_tabs_go_by_arrows_and_names_by_f2(visit: Visit) -> None:
    page = visit("sparql")
    page.get_by_role("button", name="New query").click()
    page.get_by_role("tab", name="Query 2").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Query 1")).to_be_focused()
    page.keyboard.press("F2")
    page.get_by_label("Name of the query").fill("first")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="first")).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.get_by_role("tab", name="first")).to_have_count(0)
    expect(page.get_by_role("tab", name="Query 2")).to_be_focused()


def test_a_limit_is_told_with_its_figure(page: Page, visit: Visit) -> None:
    document: dict[str, Any] = {"title": "the query took too long", "status": 503, "code": "TIME-LIMIT", "limit": 30, "elapsed": 30.02, "hint": "ask for less"}
    visit("sparql")
    page.route(re.compile("/sparql$"), lambda route: route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(document)))
    run(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("the query took too long")
    expect(alert).to_contain_text("30.02")
    expect(alert).to_contain_text("ask for less")


def test_a_server_that_is_gone_is_said_in_words(page: Page, visit: Visit, faults: list[str]) -> None:
    visit("sparql")
    page.route(re.compile("/sparql$"), lambda route: route.abort())
    run(page)
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    faults.clear()  # the browser notes the failure that this test is about


def test_an_update_is_not_sent(visit: Visit) -> None:
    page = visit("sparql")
    write(page, "DELETE WHERE { ?s ?p ?o }")
    run(page)
    expect(page.get_by_role("alert")).to_contain_text("is an update")


def test_identifiers_that_are_scripts_become_no_links(query: Query) -> None:
    page = query('SELECT (IRI("javascript:alert(1)") AS ?x) ("<img src=x onerror=alert(1)>" AS ?y) WHERE {}')
    expect(cell(page, 0, 0)).to_contain_text("javascript:alert(1)")
    expect(cell(page, 0, 0).get_by_role("link")).to_have_count(0)
    expect(cell(page, 0, 1)).to_have_text("<img src=x onerror=alert(1)>")


def test_a_phone_shows_all_without_scrolling_sideways(query: Query) -> None:
    page = query(COUNTS)
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.get_by_role("grid")).to_be_visible()
    for name in ("Table", "Chart", "Text"):
        view(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    page.get_by_role("button", name="Share or use in code").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_assistive_technology_finds_no_serious_fault(page: Page, visit: Visit, axe: Axe, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    visit("sparql#stored=therapies-by-situation&run=1")
    expect(page.get_by_role("grid")).to_be_visible()
    assert axe(page) == []
    for name in ("Graph", "Text", "History", "Keys"):
        view(page, name)
        assert axe(page) == [], name
    page.get_by_role("button", name="Share or use in code").click()
    assert axe(page) == []


def test_the_address_holds_no_query_that_is_sent_to_the_server(page: Page, visit: Visit) -> None:
    seen: list[str] = []
    page.on("request", lambda request: seen.append(unquote(request.url)))
    visit(f"sparql#query={quote(TRIALS)}")
    expect(editor(page)).to_contain_text("LIMIT 3")
    assert not [address for address in seen if "LIMIT" in address and "#" not in address]
