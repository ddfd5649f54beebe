"""The page with trials, approvals, disagreements and claims, driven as a person drives it."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from kg.plot.forest import DIFFERENCE, better_side
from tests.browser.conftest import WIDE, Axe, Visit

Json = dict[str, Any]

NARROW = 360
PATIENCE = 20_000
VIEWS = ("trials", "approvals", "disagreements", "claims")
NETTER = "evidence/NETTER-1-primary-pfs"
SVG = "{http://www.w3.org/2000/svg}"


def api(server: str, path: str, **params: str) -> Json:
    """Return what the API answers."""
    response = httpx.get(f"{server}/api/{path}", params=params, timeout=60)
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


def drawable(items: list[Json]) -> list[Json]:
    """Return the estimates that have an interval."""
    return [item for item in items if item["low"] is not None or item["high"] is not None]


def marks(page: Page) -> Locator:
    """Return the lines of the drawing."""
    return page.locator(".figure [data-item]")


def saved(page: Page, button: str) -> bytes:
    """Press a button that saves a file, and return the file."""
    with page.expect_download() as download:
        page.locator(".figure-bar").get_by_role("button", name=button).click()
    return download.value.path().read_bytes()


def records(rows: Json) -> list[Json]:
    """Return rows of a stored query by the names of their columns."""
    names = [column["name"] for column in rows["columns"]]
    return [dict(zip(names, row, strict=True)) for row in rows["rows"]]


def value(cell: Json | None) -> str:
    """Return what identifies a cell."""
    return str(cell["value"]) if cell else ""


# -- effect estimates --------------------------------------------------------------------------------------------------


def test_every_estimate_with_an_interval_has_one_mark(visit: Visit, server: str) -> None:
    page = visit("evidence")
    items = api(server, "forest")["items"]
    shown = drawable(items)
    assert 0 < len(shown) < len(items)
    expect(marks(page)).to_have_count(len(shown), timeout=PATIENCE)
    names = marks(page).evaluate_all("lines => lines.map(line => line.dataset.item)")
    assert sorted(names) == sorted(item["name"] for item in shown)
    expect(page.locator('.figure [data-part="effect"]')).to_have_count(len(shown))
    expect(page.locator(".left-out li")).to_have_count(len(items) - len(shown))
    expect(page.locator(".figure-bar")).to_contain_text(f"{len(shown)} estimates drawn, {len(items) - len(shown)} without interval")


def test_a_known_trial_stands_where_its_numbers_are(visit: Visit) -> None:
    page = visit("evidence?trial=NETTER-1&endpoint=progression-free survival")
    line = page.locator(f'[data-item="{NETTER}"]')
    expect(line).to_contain_text("0.21 (0.13–0.33)", timeout=PATIENCE)
    expect(line).to_have_attribute("aria-description", "progression-free survival, hazard ratio")
    places = page.evaluate(
        """name => {
          const line = document.querySelector(`[data-item="${name}"]`);
          const number = (element, key) => Number(element.getAttribute(key));
          const mark = line.querySelector('[data-part="effect"]'), interval = line.querySelector('[data-part="interval"]');
          const ticks = [...document.querySelectorAll('.figure text[text-anchor="middle"]')]
            .map(tick => [Number(tick.textContent), number(tick.firstChild, 'x')]);
          return {
            effect: number(mark, 'x') + number(mark, 'width') / 2, low: number(interval, 'x1'), high: number(interval, 'x2'),
            ticks: Object.fromEntries(ticks), one: number(document.querySelector('[data-part="reference"]'), 'x1'),
          };
        }""",
        NETTER,
    )
    left, one = places["ticks"]["0.1"], places["ticks"]["1"]
    assert places["one"] == pytest.approx(one)
    for name, number in (("effect", 0.21), ("low", 0.13), ("high", 0.33)):
        assert places[name] == pytest.approx(one + math.log10(number) * (one - left), abs=0.5), name


def test_effects_that_cannot_be_compared_never_share_an_axis(visit: Visit, server: str) -> None:
    page = visit("evidence")
    groups = {
        (item["measure"], item["unit"] if item["measure"] == DIFFERENCE else "", better_side(item["measure"], item["endpoint"]))
        for item in drawable(api(server, "forest")["items"])
    }
    expect(page.locator('.figure [data-part="reference"]')).to_have_count(len(groups), timeout=PATIENCE)


def test_filters_are_those_of_the_api_and_stay_in_the_address(visit: Visit, server: str) -> None:
    page = visit("evidence")
    expect(marks(page).first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("combobox", name="Therapy").fill("everolimus")
    page.get_by_role("option", name=re.compile("^everolimus")).first.click()
    page.get_by_label("Endpoint").select_option("overall survival")
    expected = drawable(api(server, "forest", therapy="Everolimus", endpoint="overall survival")["items"])
    assert expected
    expect(marks(page)).to_have_count(len(expected), timeout=PATIENCE)
    assert parse_qs(urlsplit(page.url).query) == {"therapy": ["Everolimus"], "endpoint": ["overall survival"]}
    page.reload()
    expect(marks(page)).to_have_count(len(expected), timeout=PATIENCE)
    expect(page.locator(".chosen")).to_contain_text("everolimus")
    page.get_by_role("button", name="any Therapy").click()
    everything = drawable(api(server, "forest", endpoint="overall survival")["items"])
    expect(marks(page)).to_have_count(len(everything), timeout=PATIENCE)


def test_estimates_are_filtered_by_who_assessed_them(visit: Visit, server: str) -> None:
    page = visit("evidence?assessor=central")
    expected = [item for item in drawable(api(server, "forest")["items"]) if item["assessor"] == "central"]
    assert expected
    expect(marks(page)).to_have_count(len(expected), timeout=PATIENCE)


def test_a_population_can_be_written_as_in_the_tables(visit: Visit, server: str) -> None:
    page = visit("evidence")
    field = page.get_by_role("combobox", name="Population that admits")
    field.fill("site=pancreas; grade=G2")
    field.press("Enter")
    expected = drawable(api(server, "forest", population="site=pancreas; grade=G2")["items"])
    expect(marks(page)).to_have_count(len(expected), timeout=PATIENCE)
    page.get_by_role("button", name="any Population that admits").click()
    field.fill("site=nowhere")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("nowhere", timeout=PATIENCE)


def test_the_csv_file_has_every_row(visit: Visit, server: str) -> None:
    page = visit("evidence?therapy=Everolimus")
    expect(marks(page).first).to_be_visible(timeout=PATIENCE)
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode())))
    items = api(server, "forest", therapy="Everolimus")["items"]
    assert [row["item"] for row in rows] == [item["name"] for item in items]
    assert [row["effect"] for row in rows] == [str(item["effect"]) for item in items]
    served = list(csv.reader(io.StringIO(httpx.get(f"{server}/api/forest", params={"therapy": "Everolimus", "format": "csv"}, timeout=60).text)))
    assert list(rows[0]) == served[0]


def test_the_drawing_can_be_saved(visit: Visit, server: str) -> None:
    page = visit("evidence?therapy=Everolimus")
    expect(marks(page).first).to_be_visible(timeout=PATIENCE)
    items = drawable(api(server, "forest", therapy="Everolimus")["items"])
    text = saved(page, "SVG").decode()
    drawing = ElementTree.fromstring(text)  # noqa: S314 - the page has just drawn it
    assert sorted(group.attrib["data-item"] for group in drawing.iter(f"{SVG}g") if "data-item" in group.attrib) == sorted(item["name"] for item in items)
    assert "Research material, no medical advice." in text
    assert "No pooled estimate" in text
    assert "var(--" not in text
    for source in items[0]["sources"]:
        assert source["label"] in "".join(drawing.itertext())
    assert saved(page, "PNG").startswith(b"\x89PNG\r\n")


def test_the_keys_lead_through_the_drawing_to_the_sources(visit: Visit) -> None:
    page = visit("evidence?therapy=Everolimus")
    first = marks(page).first
    expect(first).to_be_visible(timeout=PATIENCE)
    expect(page.locator('.figure [tabindex="0"]')).to_have_count(1)
    first.focus()
    page.keyboard.press("ArrowDown")
    second = marks(page).nth(1)
    expect(second).to_be_focused()
    card = page.get_by_role("complementary", name="Details of the line")
    expect(card).to_be_visible()
    page.keyboard.press("Enter")
    expect(card).to_be_focused()
    expect(card.get_by_role("link", name="The row in the graph")).to_have_attribute("href", re.compile("/term/evidence/"))
    assert card.locator(".citations a").count() > 0
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(second).to_be_focused()
    page.keyboard.press("End")
    expect(marks(page).last).to_be_focused()


def test_pointing_at_a_line_shows_its_details(visit: Visit) -> None:
    page = visit("evidence?trial=NETTER-1")
    line = page.locator(f'[data-item="{NETTER}"]')
    line.hover()
    card = page.get_by_role("complementary", name="Details of the line")
    expect(card).to_contain_text("0.21 (0.13–0.33)")
    page.get_by_role("heading", name="Evidence", exact=True).hover()
    expect(card).to_have_count(0)
    line.click()
    page.get_by_role("heading", name="Evidence", exact=True).hover()
    expect(card).to_be_visible()
    page.get_by_role("button", name="Close the details").click()
    expect(card).to_have_count(0)


def test_the_same_stands_in_a_table(visit: Visit, server: str) -> None:
    page = visit("evidence?therapy=Everolimus")
    page.get_by_text("The same as a table").click()
    items = api(server, "forest", therapy="Everolimus")["items"]
    expect(page.locator(".figure-table tbody tr")).to_have_count(len(items))


def test_trials_lead_to_their_estimates(visit: Visit, server: str) -> None:
    page = visit("evidence")
    table = page.locator(".data-table", has=page.get_by_role("table", name="Trials"))
    table.get_by_role("searchbox").fill("NETTER-1")
    row = table.get_by_role("row", name=re.compile("NETTER-1")).first
    expect(row.get_by_role("link", name="NETTER-1", exact=True)).to_have_attribute("href", re.compile("/term/trial/NETTER-1$"))
    items = [item for item in api(server, "forest")["items"] if item["trial"] == "NETTER-1"]
    expect(row).to_contain_text(str(len(items)))
    row.get_by_role("button").click()
    expect(marks(page)).to_have_count(len(drawable(items)), timeout=PATIENCE)
    page.go_back()
    expect(marks(page)).not_to_have_count(len(drawable(items)), timeout=PATIENCE)


# -- approvals ---------------------------------------------------------------------------------------------------------


def test_every_decision_has_one_mark_at_its_time(visit: Visit, server: str) -> None:
    page = visit("evidence?view=approvals")
    items = api(server, "approvals")["items"]
    expect(marks(page)).to_have_count(len(items), timeout=PATIENCE)
    expect(page.locator('.figure [data-part="mark"]')).to_have_count(len(items))
    partial = [item for item in items if item["date"] and len(item["date"]) < len("YYYY-MM-DD")]
    assert partial
    expect(page.locator('.figure [data-part="span"]')).to_have_count(len(partial))
    dated = [item for item in items if item["date"] and len(item["date"]) == len("YYYY-MM-DD")]
    places = page.evaluate(
        """names => names.map(name => {
          const mark = document.querySelector(`[data-item="${name}"] [data-part="mark"]`);
          return Number(mark.getAttribute('transform').match(/translate\\(([^ ]+)/)[1]);
        })""",
        [item["name"] for item in sorted(dated, key=lambda item: item["date"])],
    )
    assert places == sorted(places)
    assert places[0] < places[-1]


def test_withdrawn_and_refused_are_told_without_colour(visit: Visit, server: str) -> None:
    page = visit("evidence?view=approvals")
    items = api(server, "approvals")["items"]
    expect(marks(page)).to_have_count(len(items), timeout=PATIENCE)
    for status in ("withdrawn", "refused"):
        item = next(one for one in items if one["status"] == status)
        line = page.locator(f'[data-item="{item["name"]}"]')
        expect(line).to_contain_text(item["decision"])
        expect(line).to_have_attribute("aria-description", re.compile(f"now {status}"))
    assert page.locator(".legend dd", has_text="withdrawn").count() >= 1


def test_decisions_are_filtered_and_saved(visit: Visit, server: str) -> None:
    page = visit("evidence?view=approvals")
    expect(marks(page).first).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Jurisdiction", exact=True).select_option("Japan")
    items = api(server, "approvals", jurisdiction="Japan")["items"]
    expect(marks(page)).to_have_count(len(items), timeout=PATIENCE)
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode())))
    assert [(row["decision"], row["date"]) for row in rows] == [(item["name"], item["date"] or "") for item in items]
    drawing = ElementTree.fromstring(saved(page, "SVG").decode())  # noqa: S314 - the page has just drawn it
    assert sum(1 for group in drawing.iter(f"{SVG}g") if "data-item" in group.attrib) == len(items)
    assert saved(page, "PNG").startswith(b"\x89PNG\r\n")


# -- disagreements and claims ------------------------------------------------------------------------------------------


def test_disagreements_stand_side_by_side(visit: Visit, server: str) -> None:
    page = visit("evidence?view=disagreements")
    pairs = {(value(row["statement"]), value(row["against"])) for row in records(api(server, "query/where-sources-disagree"))}
    expect(page.locator(".pair")).to_have_count(len(pairs), timeout=PATIENCE)
    pair = page.locator(".pair").first
    expect(pair.get_by_role("region", name="In favour")).to_contain_text("recommended")
    expect(pair.get_by_role("region", name="Against")).to_contain_text(re.compile("not recommended|contraindicated"))
    assert pair.get_by_role("link").count() >= 4
    page.get_by_label("Scopes").select_option("all")
    every = {(value(row["statement"]), value(row["against"])) for row in records(api(server, "query/where-sources-disagree", scopes="all"))}
    assert len(every) > len(pairs)
    expect(page.locator(".pair")).to_have_count(len(every), timeout=PATIENCE)


def test_claims_show_their_verdict_and_what_speaks_against_them(visit: Visit, server: str) -> None:
    page = visit("evidence?view=claims")
    claims = {value(row["claim"]) for row in records(api(server, "query/public-claims"))}
    expect(page.get_by_text(f"{len(claims)} claims")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Show the other").click()
    expect(page.locator(".claim")).to_have_count(len(claims))
    page.get_by_label("Verdict").select_option("contradicted")
    wrong = records(api(server, "query/public-claims-wrong"))
    contradicted = {value(row["claim"]) for row in wrong if value(row["verdict"]).endswith("ClaimContradicted")}
    expect(page.get_by_text(f"{len(contradicted)} of {len(claims)} claims")).to_be_visible()
    first = page.locator(".claim").first
    expect(first.locator(".tag").first).to_have_text("contradicted")
    expect(first).to_contain_text("What speaks against it")
    expect(first).to_contain_text("Weighed against")
    assert parse_qs(urlsplit(page.url).query)["verdict"] == ["contradicted"]


# -- the page as a whole -----------------------------------------------------------------------------------------------


def test_views_have_addresses_and_keys(visit: Visit) -> None:
    page = visit("evidence?view=claims")
    expect(page.get_by_role("tab", name="Claims checked")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Claims checked").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Trials and effects")).to_be_focused()
    expect(page.get_by_role("heading", name="Effect estimates")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Approvals by jurisdiction")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["view"] == ["approvals"]
    page.go_back()
    expect(page.get_by_role("heading", name="Effect estimates")).to_be_visible()


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_leads_to_its_query(visit: Visit, view: str) -> None:
    page = visit(f"evidence?view={view}&therapy=Everolimus")
    links = page.get_by_role("link", name=re.compile("Show the query behind this"))
    expect(links.first).to_be_visible()
    for link in links.all():
        target = urlsplit(link.get_attribute("href") or "")
        asked = parse_qs(target.fragment)
        assert target.path.endswith("/sparql")
        assert "query" in asked or "stored" in asked


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_fits_a_phone(visit: Visit, view: str) -> None:
    page = visit(f"evidence?view={view}", width=NARROW)
    expect(page.locator(".figure [data-item], .pair, .claim").first).to_be_visible(timeout=PATIENCE)
    if view == "trials":
        expect(page.get_by_role("table", name="Trials")).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_keeps_people_out(visit: Visit, axe: Axe, view: str, width: int) -> None:
    page = visit(f"evidence?view={view}" + ("&therapy=Everolimus" if view in ("trials", "approvals") else ""), width=width)
    expect(page.locator(".figure [data-item], .pair, .claim").first).to_be_visible(timeout=PATIENCE)
    if view in ("trials", "approvals"):
        marks(page).first.focus()
        expect(page.get_by_role("complementary", name="Details of the line")).to_be_visible()
        page.get_by_text("The same as a table").click()
    assert axe(page) == []
