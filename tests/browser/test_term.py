"""The page of a term or record: what it is, what is said of it, and the way to the data behind."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit


def test_a_drug_is_explained_with_its_sources(visit: Visit) -> None:
    page = visit("term/Everolimus")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_have_text("everolimus")
    expect(main).to_contain_text("mTOR inhibitor")
    expect(main.get_by_role("link", name="CHEBI:68478").first).to_have_attribute("href", "http://purl.obolibrary.org/obo/CHEBI_68478")
    expect(main).to_contain_text("Afinitor")
    place = page.get_by_role("list", name="From the root to everolimus").first
    expect(place.get_by_role("listitem").last).to_have_text("everolimus")
    place.get_by_role("link", name="mTOR inhibitor").click()
    expect(page).to_have_url(re.compile("/term/MTORInhibitor$"))


def test_statements_show_direction_source_and_curation_in_words(visit: Visit) -> None:
    page = visit("term/Everolimus")
    recommendation = page.get_by_role("region", name=re.compile("^Recommendations")).get_by_role("article").first
    expect(recommendation.locator(".item-facts")).to_contain_text(re.compile("recommended|may be considered"))
    expect(recommendation.locator(".item-facts svg")).not_to_have_count(0)
    expect(recommendation.locator(".item-source")).to_contain_text(re.compile("read (in|on)"))
    expect(recommendation.locator(".source a").first).to_have_attribute("href", re.compile("term/document/"))
    recommendation.locator(".item-source .curie").click()
    expect(page).to_have_url(re.compile("/term/recommendation/"))
    expect(page.get_by_role("heading", name="What it says")).to_be_visible()


def test_long_lists_are_folded_and_unfold(visit: Visit) -> None:
    page = visit("term/Everolimus")
    recommendations = page.get_by_role("region", name=re.compile("^Recommendations"))
    before = recommendations.locator("article:visible").count()
    recommendations.get_by_text(re.compile(r"^\d+ more recommendations$")).click()
    assert recommendations.locator("article:visible").count() > before


def test_the_population_opens_in_full(visit: Visit) -> None:
    page = visit("term/Everolimus")
    whom = page.locator(".item-whom").first
    whom.locator("summary").click()
    expect(whom.get_by_role("link", name="This population")).to_be_visible()


@pytest.mark.parametrize("what", ["sources of the definition", "place in the hierarchy", "relations from here", "statements", "mappings"])
def test_each_section_shows_the_query_behind_it(visit: Visit, what: str) -> None:
    page = visit("term/Everolimus")
    link = page.get_by_role("link", name=re.compile(f"^Show the query behind this ?: {what}$"))
    assert "#query=" in (link.get_attribute("href") or "")
    assert "Everolimus" in (link.get_attribute("href") or "")


def test_the_query_behind_a_section_runs(visit: Visit) -> None:
    page = visit("term/Everolimus")
    page.get_by_role("link", name=re.compile("relations from here$")).click()
    expect(page).to_have_url(re.compile(r"/sparql"))
    expect(page.get_by_text(re.compile(r"^\d+ rows · "))).to_be_visible()


def test_relations_are_sentences_and_a_small_graph(visit: Visit) -> None:
    page = visit("term/Everolimus")
    relations = page.get_by_role("region", name="Relations")
    expect(relations).to_contain_text(re.compile("everolimus inhibits target mTOR kinase"))
    graph = page.get_by_role("img", name=re.compile("^Graph of everolimus"))
    expect(graph.locator("canvas").first).to_be_visible()
    assert painted(page)


def painted(page: Page) -> bool:
    """Return whether the drawing of the graph has more than its background."""
    found: bool = page.evaluate(
        """() => [...document.querySelectorAll('#term-canvas canvas')].some((canvas) => {
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            return data.some((value) => value !== 0);
        })"""
    )
    return found


def test_a_click_in_the_graph_leads_to_the_term(visit: Visit) -> None:
    page = visit("term/Everolimus")
    canvas = page.locator("#term-canvas")
    expect(canvas.locator("canvas").first).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    # The places of the terms are those of the drawing: what everolimus leads to stands in a column on the right.
    page.mouse.click(box["x"] + box["width"] - min(215, box["width"] * 0.3), box["y"] + 30)
    expect(page).not_to_have_url(re.compile("/term/Everolimus$"))
    expect(page).to_have_url(re.compile("/term/"))


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("ttl", "text/turtle"),
        ("jsonld", "application/ld+json"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
        ("json", "application/json"),
    ],
)
@pytest.mark.parametrize("term", ["Everolimus", "recommendation/R012"])
def test_downloads_are_there(visit: Visit, server: str, term: str, suffix: str, media_type: str) -> None:
    page = visit(f"term/{term}")
    link = page.get_by_role("region", name="This page as data").locator(f"a[href$='.{suffix}']")
    address = link.evaluate("(link) => link.href")
    assert address == f"{server}/term/{term}.{suffix}"
    assert httpx.get(address).headers["content-type"].startswith(media_type)


def test_identifiers_are_copied(visit: Visit) -> None:
    page = visit("term/Everolimus")
    page.get_by_role("button", name="Copy CURIE").click()
    expect(page.get_by_role("button", name="copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "net:Everolimus"


def test_mappings_lead_out_and_say_how_close_they_are(visit: Visit) -> None:
    page = visit("term/Everolimus")
    mappings = page.get_by_role("region", name="In other vocabularies")
    expect(mappings).to_contain_text("the same as CHEBI:68478")
    expect(mappings).to_contain_text("close to ATC:L04AH02")


def test_an_unknown_term_suggests_what_may_be_meant(visit: Visit) -> None:
    page = visit("term/Everolimos")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="Did you mean")).to_be_visible()
    main.get_by_role("link", name="everolimus", exact=True).click()
    expect(page).to_have_url(re.compile("/term/Everolimus$"))


def test_script_in_a_name_is_text(visit: Visit) -> None:
    page = visit("term/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(page.get_by_role("main")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.get_by_role("main").locator("img")).to_have_count(0)


@pytest.mark.parametrize("name", ["Grade2", "trial/NETTER-1", "document/pmid-28076709", "hasAdverseEffect", "PancreaticNET", "dataset"])
def test_all_kinds_of_things_have_a_page(visit: Visit, name: str) -> None:
    page = visit(f"term/{name}")
    expect(page.get_by_role("heading", level=1)).not_to_be_empty()
    expect(page.get_by_role("heading", name="This page as data")).to_be_visible()


def test_on_paper_there_is_no_frame(visit: Visit, page: Page) -> None:
    visit("term/recommendation/R012")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("contentinfo")).to_contain_text("no medical advice")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
