"""The page: lines that fit, texts that survive, files that can be told apart."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kg.plot.sheet import FIXED_SPACE, SMALL, Sheet, clean, width_of, wrap
from tests.plot.rows import Drawing


@given(st.text(alphabet="abc  -/W…é中", max_size=60), st.floats(25, 200))
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(text: str, width: float) -> None:
    lines = wrap(text, width)
    assert all(width_of(line) <= width + 0.01 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_line_does_not_end_at_a_fixed_space() -> None:
    assert wrap(f"aaaa bbbb n{FIXED_SPACE}100", width_of("aaaa bbbb n") + 1) == ["aaaa bbbb", f"n{FIXED_SPACE}100"]


def test_a_text_that_is_cut_off_says_so() -> None:
    lines = wrap("one two three four five six", width_of("one two"), most=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(width_of(line) <= width_of("one two") for line in lines)
    assert wrap("one two", 500, most=2) == ["one two"]


def test_control_characters_become_blanks() -> None:
    assert clean("a\x00b\tc\nd") == "a b c d"


def sheet(text: str) -> Sheet:
    page = Sheet("Title & <more>", f"About {text}", width=400, height=100)
    page.text(10, 20, text)
    page.line([10, 20], [30, 30], gid="line")
    page.mark(50, 50, "o", gid="mark")
    page.box(60, 60, 10, 10, "#ffffff")
    return page


@pytest.mark.parametrize(
    "text", ["plain", "a < b & c > d", "$x^2$ _y_ {z}", "中文 ελληνικά עברית", "α-interferon ≥ 2 × 10⁹/L", "\\frac{1}{2}", "emoji 🩺", "'quoted' \"twice\""]
)
def test_any_text_is_text_in_the_svg(text: str) -> None:
    drawing = Drawing(sheet(text).render("svg"))
    assert drawing.texts == [(10, 20, text)]
    assert drawing.line("line") == [(10, 30), (20, 30)]
    assert drawing.mark("mark") == (50, 50)


def test_an_svg_tells_screen_readers_what_it_shows() -> None:
    root = Drawing(sheet("x").render("svg")).root
    assert root.attrib["role"] == "img"
    labels = {element.get("id"): element.text for element in root if element.get("id") in root.attrib["aria-labelledby"].split()}
    assert labels == {"title": "Title & <more>", "description": "About x"}


@pytest.mark.parametrize(("form", "begin"), [("svg", b"<?xml"), ("png", b"\x89PNG\r\n"), ("pdf", b"%PDF-")])
def test_the_same_page_gives_the_same_bytes_without_a_date(form: str, begin: bytes) -> None:
    first, second = (sheet("中 x").render(form) for _ in range(2))
    assert first == second
    assert first.startswith(begin)
    assert b"CreationDate" not in first
    assert b"dc:date" not in first


def test_a_picture_is_as_wide_as_paper_at_print_resolution() -> None:
    picture = Image.open(io.BytesIO(sheet("x").render("png")))
    assert picture.size == pytest.approx((400 / 72 * 200, 100 / 72 * 200), abs=1)
    assert picture.info["Title"] == "Title & <more>"


def test_a_very_high_page_is_a_picture_too() -> None:
    page = sheet("x")
    page.width, page.height = 10, 30000
    assert Image.open(io.BytesIO(page.render("png"))).size[1] <= 65000


def test_settings_of_the_user_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib as mpl

    plain = sheet("x").render("svg")
    monkeypatch.setitem(mpl.rcParams, "font.family", ["serif"])
    monkeypatch.setitem(mpl.rcParams, "lines.linewidth", 9.0)
    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "path")
    assert sheet("x").render("svg") == plain


def test_small_print_can_be_read() -> None:
    assert SMALL >= 7
