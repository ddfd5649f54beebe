"""Timelines of decisions: one mark per decision, at the time that is known of it."""

from __future__ import annotations

import pytest

import kg
from kg.plot.approvals import DATE_X, PLOT_LEFT, PLOT_RIGHT, SHAPES, UNDATED_X, approvals_sheet
from kg.plot.data import Decision, Document, decisions
from kg.plot.scale import span
from tests.plot.rows import CAPTION, DECISION, Drawing, decision


@pytest.fixture(scope="module")
def whole(graph: kg.Graph) -> Drawing:
    """Everything that the graph has."""
    return drawn(*decisions(graph))


def drawn(*items: Decision) -> Drawing:
    return Drawing(approvals_sheet(items, CAPTION).render("svg"))


def year_at(drawing: Drawing, x: float, first: str, last: str) -> float:
    """Return the time at a place of the axis, as a reader would find it between two labels."""
    left, right = drawing.x_of(first), drawing.x_of(last)
    return int(first) + (x - left) / (right - left) * (int(last) - int(first))


def test_a_decision_stands_at_its_date_with_therapy_indication_and_source() -> None:
    drawing = drawn(DECISION)
    x, y = drawing.mark("approval-A-mark")
    begin, end = span("2016-02-26")
    assert begin <= year_at(drawing, x, "2016", "2017") <= end
    assert 0 < drawing.y_of("drug a (Brand)") - y < 7
    assert drawing.y_of("2016-02-26") == drawing.y_of("drug a (Brand)") == drawing.y_of("[1]")
    for text in ("Canada", "Tumours of the pancreas.", "[1] A paper, Journal 2020 · PMID 1 · doi:10.1/x", "in force"):
        assert text in drawing.words
    assert "approval-A-span" not in drawing.ids


@pytest.mark.parametrize(("date", "begin", "end"), [("2018", 2018, 2019), ("2018-07", 2018.5, 2018 + 7 / 12)])
def test_a_partial_date_is_drawn_as_the_span_that_it_says(date: str, begin: float, end: float) -> None:
    drawing = drawn(decision(name="approval/B", date="2010-01-01"), decision(date=date), decision(name="approval/C", date="2020-12-31"))
    (left, y), (right, _) = drawing.line("approval-A-span")
    assert year_at(drawing, left, "2010", "2012") == pytest.approx(begin, abs=1e-3)
    assert year_at(drawing, right, "2010", "2012") == pytest.approx(end, abs=1e-3)
    x, mark_y = drawing.mark("approval-A-mark")
    assert x == pytest.approx((left + right) / 2, abs=1e-3)
    assert y == mark_y
    assert date in drawing.words.split("\n")
    assert "Bar around a mark" in drawing.words


def test_a_decision_without_a_date_stands_in_a_column_of_its_own() -> None:
    drawing = drawn(decision(date=""), decision(name="approval/B"))
    assert drawing.mark("approval-A-mark")[0] == UNDATED_X < PLOT_LEFT <= drawing.mark("approval-B-mark")[0] <= PLOT_RIGHT
    assert "1 decision without a known date" in drawing.words
    assert [x for x, _, text in drawing.texts if text == "date not"] == [DATE_X]


def test_without_any_date_there_is_no_time_axis() -> None:
    drawing = drawn(decision(date=""))
    assert drawing.mark("approval-A-mark")[0] == UNDATED_X
    assert not [text for _, _, text in drawing.texts if text.isdigit()]


def test_kinds_of_decision_differ_in_shape_and_states_in_fill() -> None:
    kinds = ("approval", "conditional approval", "extension", "refusal", "withdrawal of application", "pending", "breakthrough designation", "investigational")
    drawing = drawn(*(decision(name=f"approval/{number}", decision=kind) for number, kind in enumerate(kinds)))
    assert len({drawing.shape(f"approval-{number}-mark") for number in range(len(kinds))}) == len(kinds)
    states = ("active", "not marketed", "refused", "withdrawn")
    drawing = drawn(*(decision(name=f"approval/{number}", status=status) for number, status in enumerate(states)))
    assert len({drawing.shape(f"approval-{number}-mark") for number in range(len(states))}) == len(states)
    assert all(text in drawing.words for text in ("in force", "not marketed", "refused", "withdrawn"))


def test_a_kind_that_is_new_has_a_shape_and_a_name_too() -> None:
    drawing = drawn(decision(decision="new kind", status="new state"))
    assert drawing.words.count("new kind") == 2
    assert "other" in drawing.words


def test_every_kind_of_the_closed_list_has_a_shape(graph: kg.Graph) -> None:
    assert set(graph.terms.choices("DecisionKind")) == set(SHAPES)


@pytest.mark.parametrize("name", ["x" * 400, "word " * 200, "Ünïcödé-µ 中文 " * 20, "a & b < c > d $e$"])
def test_a_huge_or_strange_label_is_wrapped_and_disturbs_nothing(name: str) -> None:
    strange = decision(therapy=name, brand=name, gist=name, jurisdiction=name, decision=name[:60], sources=(Document("x", name),))
    drawing = drawn(strange, decision(name="approval/B"))
    assert drawing.collisions() == []
    assert drawing.outside() == []


def test_every_decision_of_the_graph_has_one_mark_and_no_text_touches_another(graph: kg.Graph, whole: Drawing) -> None:
    found = decisions(graph)
    marks = [name.removesuffix("-mark") for name in whole.ids if name.endswith("-mark")]
    assert sorted(marks) == sorted(one.name.replace("/", "-") for one in found)
    spans = [name.removesuffix("-span") for name in whole.ids if name.endswith("-span")]
    assert sorted(spans) == sorted(one.name.replace("/", "-") for one in found if one.date and len(one.date) < 10)
    assert whole.collisions() == []
    assert whole.outside() == []
    assert len(whole.ids) == len(set(whole.ids))


def test_jurisdictions_are_bands_that_hold_their_decisions(graph: kg.Graph, whole: Drawing) -> None:
    heads = sorted((whole.y_of(place[:1].upper() + place[1:]), place) for place in {one.jurisdiction for one in decisions(graph)})
    for one in decisions(graph):
        y = whole.mark(f"{one.name.replace('/', '-')}-mark")[1]
        assert [place for top, place in heads if top < y][-1] == one.jurisdiction
