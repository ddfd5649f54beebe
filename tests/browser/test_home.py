"""The first page: search, the founding question, the library by theme, what is in the graph."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from playwright.sync_api import expect

from kg.serve.pages import EXAMPLES
from tests.browser.conftest import Visit


def test_typing_finds_and_a_choice_leads_to_the_term(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search terms, synonyms and identifiers")
    expect(field).to_be_focused()
    page.keyboard.type("insulinoma")
    expect(page.get_by_role("option").first).to_contain_text("insulinoma")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/term/Insulinoma$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("insulinoma")


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_finds_something(server: str, text: str) -> None:
    assert httpx.get(f"{server}/api/search", params={"q": text}).json()["results"]


def test_a_question_opens_the_query_page_filled_in_and_run(visit: Visit) -> None:
    page = visit()
    page.get_by_role("main").get_by_role("link", name="Tumour types of a site", exact=True).click()
    expect(page).to_have_url(re.compile("/sparql"))
    expect(page.get_by_text(re.compile(r"^\d+ rows · "))).to_be_visible()


def test_the_founding_question_leads_to_its_answer(visit: Visit) -> None:
    page = visit()
    founding = page.get_by_role("region", name=re.compile("^Which therapies are advised or licensed"))
    expect(founding.get_by_role("link", name="See the answer")).to_have_attribute("href", re.compile("#stored=therapies-for-inoperable-sstr-positive&run=1"))
    founding.get_by_role("link", name="Ask for another situation").click()
    expect(page).to_have_url(re.compile("/situation$"))


def test_every_stored_query_stands_under_one_theme(visit: Visit, server: str) -> None:
    page = visit()
    names = [query["name"] for query in httpx.get(f"{server}/api/query").json()]
    links = page.locator("#themes li > a").evaluate_all("(all) => all.map((link) => link.hash)")
    assert sorted(links) == sorted(f"#stored={name}&run=1" for name in names)
    expect(page.locator("#themes h3").first).to_be_visible()


def test_questions_are_filtered_by_words(visit: Visit) -> None:
    page = visit()
    field = page.get_by_role("searchbox", name="Filter the questions")
    field.fill("sources disagree")
    expect(page.locator("#themes li:visible a", has_text="Where sources disagree")).to_have_count(1)
    shown = page.locator("#themes li:visible").count()
    assert 0 < shown < 10
    field.fill("xqzzy")
    expect(page.locator("#themes li:visible")).to_have_count(0)
    expect(page.get_by_text("No question has these words.")).to_be_visible()
    field.fill("")
    assert page.locator("#themes li:visible").count() > 50


def test_counts_are_those_of_the_graph_and_lead_on(visit: Visit, server: str) -> None:
    page = visit()
    overview = httpx.get(f"{server}/api/overview").json()
    contents = page.get_by_role("region", name="What is in the graph")
    expect(contents).to_contain_text(overview["version"])
    for count in overview["counts"]:
        entry = contents.locator("div", has=page.get_by_role("link", name=count["label"], exact=True))
        expect(entry).to_contain_text(f"{count['count']:,}")
        assert httpx.get(f"{server}/{count['href']}", headers={"Accept": "text/html"}).status_code == 200


def test_the_dataset_is_described_for_search_engines(server: str) -> None:
    page = httpx.get(f"{server}/").text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block
    described = json.loads(block[1])
    assert described["@type"] == "Dataset"
    for name in ("description", "identifier", "keywords", "license", "name", "url"):  # what Bioschemas wants at least
        assert described[name]
    for download in described["distribution"]:
        assert httpx.head(download["contentUrl"], timeout=60).status_code == 200
