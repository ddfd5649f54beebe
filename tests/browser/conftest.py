"""Pages in a real browser: every test fails on an error in the console and on any request to another machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect, sync_playwright

from tests.serving import serve, server

__all__ = ["serve", "server"]

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
BUILT = ROOT / "kg" / "serve" / "static" / "manifest.json"
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 20_000
"""Milliseconds that a test waits for what must happen."""
HEIGHT = 900
WIDE = 1280

Visit = Callable[..., Page]
"""Opens a path of the server in a window of a width; gives back the page."""
Axe = Callable[[Page], list[str]]
"""Returns what keeps people out of a page, as far as axe finds it serious or critical."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser for all tests of this folder; it must be gone before others, since it holds an event loop."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    if not BUILT.is_file():
        pytest.skip("the page's scripts have not been built: run scripts/setup")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the browser so far; a test that provokes a fault on purpose may clear it."""
    return []


@pytest.fixture
def context(browser: Browser, server: str, faults: list[str]) -> Iterator[BrowserContext]:
    """A profile of its own for the test, which fails when anything went wrong in its pages."""
    found = browser.new_context(base_url=f"{server}/", viewport={"width": WIDE, "height": HEIGHT})
    found.set_default_timeout(PATIENCE)
    found.grant_permissions(["clipboard-read", "clipboard-write"])
    watch(found, faults)
    yield found
    found.close()
    assert faults == []


def watch(context: BrowserContext, faults: list[str]) -> None:
    """Note what goes wrong in the pages of a context."""

    def on_console(message: ConsoleMessage) -> None:
        # An error status is what a page shows to people on purpose; that its own files are there is seen below.
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded"):
            faults.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.hostname != "127.0.0.1":
            faults.append(f"request to another machine: {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 400 and response.request.resource_type in ("script", "stylesheet", "image", "font"):
            faults.append(f"{response.status} for {response.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: faults.append(f"error: {error.error}"))
    context.on("request", on_request)
    context.on("response", on_response)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page."""
    return context.new_page()


@pytest.fixture
def visit(page: Page) -> Visit:
    """Opens a path of the server, relative to its root."""

    def open_path(path: str = "", *, width: int = WIDE) -> Page:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(path.removeprefix("/") or "./")
        return page

    return open_path


@pytest.fixture(scope="package")
def axe() -> Axe:
    """Looks for what keeps people out, with axe-core."""
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run scripts/setup")
    source = AXE.read_text(encoding="utf-8")

    def findings(page: Page) -> list[str]:
        page.evaluate(source)
        violations = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        return [
            f"{violation['id']}: {violation['help']}: {[node['target'] for node in violation['nodes']][:5]}"
            for violation in violations
            if violation["impact"] in ("serious", "critical")
        ]

    return findings
