"""What all pages have: the frame, the search in it, and that they hold under any address and for anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Axe, Visit, watch

PAGES = ["", "sparql", "situation", "evidence", "about", "search?q=somatostatin", "term/Everolimus", "term/recommendation/R012", "term/no-such-term"]
NOTICE = "Research material, no medical advice."


def fits(page: Page) -> bool:
    """Return whether nothing is wider than the window."""
    fitting: bool = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return fitting


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_what_it_is_for_and_what_it_is_not(visit: Visit, path: str) -> None:
    page = visit(path)
    expect(page).to_have_title(re.compile(".+ – NET-KG$"))
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("contentinfo").get_by_text(NOTICE)).to_be_visible()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_text(["Home", "Query", "Therapies for a situation", "Evidence", "About"])


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_a_phone(visit: Visit, path: str) -> None:
    page = visit(path, width=360)
    page.wait_for_load_state("networkidle")
    assert fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "about", "search?q=somatostatin", "term/Everolimus", "term/recommendation/R012", "term/no-such-term"])
def test_nothing_serious_keeps_people_out(page: Page, visit: Visit, axe: Axe, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit(path)
    page.wait_for_load_state("networkidle")
    assert axe(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_content_policy(server: str, path: str) -> None:
    answer = httpx.get(f"{server}/{path}", headers={"Accept": "text/html"}, follow_redirects=True)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    scripts = re.findall(r"<script\b([^>]*)>", answer.text)
    assert all("src=" in script or "application/" in script for script in scripts)
    assert not re.search(r"<[^>]+\s(on[a-z]+|style)=", answer.text)


def test_the_search_is_reached_and_used_by_keyboard_alone(visit: Visit) -> None:
    page = visit("about")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search terms")
    expect(field).to_be_focused()
    page.keyboard.type("everol")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("everolimus")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/term/Everolimus$"))


def test_a_slash_in_a_field_is_a_slash(visit: Visit) -> None:
    page = visit("about")
    field = page.get_by_role("combobox", name="Search terms")
    field.focus()
    page.keyboard.type("a/b")
    expect(field).to_have_value("a/b")


def test_the_list_of_the_search_closes_and_begins_anew(visit: Visit) -> None:
    page = visit("about")
    field = page.get_by_role("combobox", name="Search terms")
    field.fill("insulin")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")


def test_what_is_found_is_shown_by_label_kind_identifier_and_what_matched(visit: Visit) -> None:
    page = visit("about")
    page.get_by_role("combobox", name="Search terms").fill("SSTR2")
    option = page.get_by_role("option").filter(has_text="somatostatin receptor type 2").first
    expect(option).to_contain_text("receptor")
    expect(option).to_contain_text("net:SomatostatinReceptor2")
    expect(option).to_contain_text("also called SSTR2")


def test_enter_without_a_choice_gives_all_that_was_found(visit: Visit) -> None:
    page = visit("about")
    page.get_by_role("combobox", name="Search terms").fill("somatostatin")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=somatostatin$"))
    expect(page.get_by_role("main").get_by_role("link", name="somatostatin receptor", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Search terms")).to_have_value("somatostatin")


def test_a_search_without_result_says_so(visit: Visit) -> None:
    page = visit("search?q=xqzzyxqzzy")
    expect(page.get_by_role("main")).to_contain_text("Nothing has that name.")
    page.get_by_role("combobox", name="Search terms").fill("xqzzyxqzzy1")
    expect(page.get_by_text("Nothing found.")).to_be_visible()


def test_the_first_stop_of_the_keyboard_leads_past_the_head(visit: Visit) -> None:
    page = visit("about")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("path", ["", "about", "term/Everolimus", "search?q=everolimus"])
def test_pages_are_read_without_scripts(browser: Browser, server: str, path: str) -> None:
    context = browser.new_context(base_url=f"{server}/", java_script_enabled=False)
    page = context.new_page()
    page.goto(path or "./")
    main = page.get_by_role("main")
    expect(main).to_contain_text({"": "Questions with ready answers", "about": "Limits of this server"}.get(path, "everolimus"))
    field = page.get_by_role("searchbox", name="Search terms", exact=True)
    if path:
        field.fill("lanreotide")
        field.press("Enter")
        expect(main.get_by_role("link", name="lanreotide", exact=True)).to_be_visible()
    context.close()


@contextmanager
def prefixed(server: str, prefix: str) -> Iterator[str]:
    """A proxy that hangs the server under a path, and tells it nothing: it yields the address of that path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(prefix):
                self.send_error(404)
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "accept-encoding")}
            answer = httpx.get(server + self.path.removeprefix(prefix), headers=headers, follow_redirects=False)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in ("transfer-encoding", "content-encoding", "connection", "content-length", "server", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        thread = Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_port}{prefix}/"
        finally:
            proxy.shutdown()
            thread.join()


def test_all_links_hold_under_a_path_of_a_proxy(browser: Browser, server: str) -> None:
    faults: list[str] = []
    with prefixed(server, "/some/where") as address:
        context = browser.new_context()
        watch(context, faults)
        page = context.new_page()
        page.goto(address)
        page.get_by_role("combobox").first.fill("everolimus")
        page.get_by_role("option", name=re.compile("^everolimus drug")).click()
        expect(page).to_have_url(f"{address}term/Everolimus")
        page.locator(".item-source .curie").first.click()
        expect(page).to_have_url(re.compile(f"^{re.escape(address)}term/recommendation/"))
        page.get_by_role("link", name="About").click()
        expect(page).to_have_url(f"{address}about")
        page.get_by_role("link", name="NET-KG", exact=True).click()
        expect(page).to_have_url(address)
        context.close()
    assert faults == []


@pytest.mark.parametrize("path", ["sparql", "sparql/", "term/recommendation/R012", "no/such/page"])
def test_the_parts_of_a_page_are_found_from_any_depth(visit: Visit, server: str, path: str) -> None:
    page = visit(path)
    assert page.get_by_role("link", name="NET-KG", exact=True).evaluate("(link) => link.href") == f"{server}/"
    expect(page.get_by_role("combobox", name="Search terms")).to_be_visible()  # its script was found


def test_scripts_are_kept_for_ever_and_packed(server: str) -> None:
    page = httpx.get(f"{server}/about").text
    script = re.search(r'src="\./(static/shell-[^"]+)"', page)
    assert script
    answer = httpx.get(f"{server}/{script[1]}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["fingerprint", "../pages.py", "%2e%2e%2fpages.py", "no-such-file.js"])
def test_no_other_file_is_handed_out(server: str, name: str) -> None:
    assert httpx.get(f"{server}/static/{name}").status_code == 404


def test_an_error_is_a_page_for_people_and_says_what_to_do(visit: Visit) -> None:
    page = visit("no/such/page?<script>alert(1)</script>")
    expect(page.get_by_role("main")).to_contain_text("404")
    page.get_by_role("link", name="To the first page").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("neuroendocrine")
