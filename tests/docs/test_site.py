"""The site builds without a warning, stands on its own, and says everything that it promises to say."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Route, expect, sync_playwright

import kg
from docs.generate.cookbook import ROWS
from docs.generate.terms import Reference, anchor
from kg.export import FORMATS
from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE
from tests.conftest import ROOT, BuiltGraph

LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "image": "href", "object": "data"}
"""Element → attribute with an address that a browser loads."""
QUIET = {"canonical", "next", "prev", "license"}
"""Kinds of links that are never loaded."""
OUTSIDE_CSS = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//")


@dataclass
class Page(HTMLParser):
    """What one page of the site has: anchors, links, and what it loads."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag in LOADING and LOADING[tag] in said and said.get("rel", "") not in QUIET:
            self.loads.append(said[LOADING[tag]])

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def site(built: BuiltGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from the real graph."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(ROOT / "mkdocs.yml"), "--site-dir", str(folder)]
    environment = {"NETKG_STORE": str(built.folder), "NO_MKDOCS_2_WARNING": "1", "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Path → page."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        found[path.relative_to(site).as_posix()] = page
    return found


def test_every_link_inside_leads_to_a_page_and_an_anchor(site: Path, pages: dict[str, Page]) -> None:
    broken = [f"{name}: {link}" for name, page in pages.items() if name != "404.html" for link in page.links if not leads(site, pages, name, link)]
    assert broken == []


def leads(site: Path, pages: dict[str, Page], name: str, link: str) -> bool:
    url = urlsplit(link)
    if url.scheme or url.netloc:
        return True
    target = (site / name).parent / unquote(url.path) if url.path else site / name
    path = target.resolve().relative_to(site.resolve()).as_posix()
    if not url.fragment or path not in pages:
        return target.is_file()
    return unquote(url.fragment) in pages[path].anchors | {"__search", "__drawer"}


def test_nothing_is_loaded_from_elsewhere_and_all_that_is_loaded_is_there(site: Path, pages: dict[str, Page]) -> None:
    wrong = []
    for name, page in pages.items():
        for address in page.loads:
            url = urlsplit(address)
            outside = url.scheme not in ("", "data") or url.netloc
            if outside or (not url.scheme and name != "404.html" and not ((site / name).parent / unquote(url.path)).is_file()):
                wrong.append(f"{name}: {address}")
    wrong += [path.name for path in site.rglob("*.css") if OUTSIDE_CSS.search(path.read_text(encoding="utf-8"))]
    assert wrong == []


def test_the_reference_names_every_term(graph: kg.Graph, pages: dict[str, Page]) -> None:
    place = Reference(graph).place
    assert set(place) == set(graph.terms.kinds) | graph.terms.deprecated
    anchors = {page.path.replace(".md", ".html"): pages[page.path.replace(".md", ".html")].anchors for page in set(place.values())}
    assert [iri for iri, page in place.items() if anchor(iri) not in anchors[page.path.replace(".md", ".html")]] == []


def test_an_entry_says_what_the_ontology_says(pages: dict[str, Page]) -> None:
    text = " ".join("".join(pages["terms/care-option.html"].text).split())
    assert "net:Everolimus · class Oral mTOR inhibitor derived from sirolimus" in text
    assert "NCIT:C48387" in text


def test_the_cookbook_has_every_question_with_rows(graph: kg.Graph, pages: dict[str, Page]) -> None:
    assert {name for name in pages if name.startswith("cookbook/")} == {f"cookbook/{name}.html" for name in [*graph.queries, "index"]}
    without = []
    for name in graph.queries:
        text = " ".join("".join(pages[f"cookbook/{name}.html"].text).split())
        shown = re.search(r"(\d+) rows(?: with the defaults)?; the first (\d+)", text)
        if not shown or int(shown[1]) == 0 or int(shown[2]) != min(ROWS, int(shown[1])):
            without.append(name)
    assert without == []


def test_the_formats_are_listed_with_what_they_leave_out(pages: dict[str, Page]) -> None:
    text = pages["exports.html"].text
    assert [name for name in FORMATS if name not in text] == []
    assert any(part.endswith("× OBO Graphs has no place for general class inclusions") for part in text)


def test_the_pictures_are_drawn(site: Path, pages: dict[str, Page]) -> None:
    assert [link for link in pages["model-in-pictures.html"].loads if link.endswith(".svg")] == [
        f"images/model/{name}.svg" for name in ("statement", "population", "branches", "graphs")
    ]
    assert "net:recommendation/R012" in (site / "images" / "model" / "statement.svg").read_text(encoding="utf-8")


def test_search_works_from_a_folder_without_a_network(site: Path) -> None:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        page.route(re.compile(r"^https?:"), refuse)
        page.goto((site / "index.html").as_uri())
        page.get_by_role("textbox", name="Search").press_sequentially("dotatate")
        expect(page.locator(".md-search-result__list a").first).to_be_visible(timeout=PATIENCE)
        browser.close()
    assert asked == []


def paths(site: Path) -> Iterator[Path]:
    return (path for path in site.rglob("*") if path.is_file())


def test_nothing_of_the_workshop_is_published(site: Path) -> None:
    assert [path.name for path in paths(site) if path.suffix in (".py", ".pyc", ".tsv", ".md")] == []
