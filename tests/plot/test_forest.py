"""Forest plots: which items stand on which lines, exactly where, and what is said about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import pytest

import kg
from kg.plot.data import Arm, Document, Item, forest_items
from kg.plot.forest import PLOT_LEFT, PLOT_RIGHT, arm_words, better_side, distinctions, drawable, effect_words, forest_sheet, panels, total_words
from kg.plot.sheet import SMALL
from tests.plot.rows import CAPTION, ITEM, Drawing, item


@pytest.fixture(scope="module")
def whole(graph: kg.Graph) -> Drawing:
    """Everything that the graph has."""
    return drawn(*forest_items(graph))


def drawn(*items: Item) -> Drawing:
    return Drawing(forest_sheet(items, CAPTION).render("svg"))


def ratio_at(drawing: Drawing, x: float) -> float:
    """Return the number at a place of the axis, as a reader would find it between two labels."""
    left, right = drawing.x_of("0.5"), drawing.x_of("1")
    return math.exp(math.log(0.5) + (x - left) / (right - left) * math.log(2))


def test_effect_and_interval_are_drawn_exactly_where_the_axis_says() -> None:
    drawing = drawn(ITEM)
    (low, y), (high, _) = drawing.line("evidence-A-pfs-interval")
    x, mark_y = drawing.mark("evidence-A-pfs-effect")
    assert [ratio_at(drawing, place) for place in (low, x, high)] == pytest.approx([0.3, 0.47, 0.73])
    assert y == mark_y


def test_a_line_says_everything_that_is_needed_to_judge_it() -> None:
    words = drawn(ITEM).words
    for text in (
        "ALPHA · primary",
        "pancreas; NET",
        "Progression-free survival",
        "central",
        "drug a, n 100: 11.4 mo",
        "v placebo, n 99: 5.0 mo",
        "0.47 (0.30–0.73)",
        "95 % CI",
        "[1]",
        "[1] A paper, Journal 2020 · PMID 1 · doi:10.1/x",
        "Hazard ratio (log scale)",
    ):
        assert text in words.split("\n")


def test_a_mark_stands_on_the_line_of_its_trial() -> None:
    drawing = drawn(item(name="evidence/A", trial="ALPHA"), item(name="evidence/B", trial="BETA", effect="0.9", low="0.8", high="1.1"))
    for name, text, effect in (("A", "ALPHA · primary", "0.47 (0.30–0.73)"), ("B", "BETA · primary", "0.9 (0.8–1.1)")):
        _, y = drawing.mark(f"evidence-{name}-effect")
        assert drawing.y_of(text) == drawing.y_of(effect)
        assert 0 < drawing.y_of(text) - y < SMALL


def test_every_mark_has_one_size_and_nothing_is_pooled() -> None:
    drawing = drawn(item(name="evidence/A", experimental=Arm("a", "10")), item(name="evidence/B", experimental=Arm("b", "9000")))
    assert drawing.shape("evidence-A-effect") == drawing.shape("evidence-B-effect")
    assert sum(name.endswith("-effect") for name in drawing.ids) == 2
    assert "No pooled estimate" in drawing.words


def test_items_are_grouped_by_endpoint_then_sorted_by_therapy_and_trial() -> None:
    items = [
        item(name="evidence/4", trial="D", endpoint="time to progression"),
        item(name="evidence/3", trial="C", endpoint="overall survival"),
        item(name="evidence/2", trial="A", experimental=Arm("zzz")),
        item(name="evidence/1", trial="B", experimental=Arm("Aaa")),
        item(name="evidence/0", trial="A", experimental=Arm("aaa")),
    ]
    for order in (items, items[::-1]):
        drawing = drawn(*order)
        assert sorted("01234", key=lambda name: drawing.mark(f"evidence-{name}-effect")[1]) == list("01234")
        heads = [drawing.y_of(text) for text in ("Progression-free survival", "Overall survival", "Time to progression")]
        assert heads == sorted(heads)


def test_different_kinds_of_effect_never_share_an_axis() -> None:
    items = [
        item(name="evidence/A"),
        item(name="evidence/B", measure="odds ratio", endpoint="objective response rate", effect="2", low="1.5", high="3"),
        item(name="evidence/C", measure="difference", endpoint="objective response rate", unit="per cent", effect="-3", low="-5", high="-1"),
        item(name="evidence/D", measure="difference", endpoint="objective response rate", unit="months", effect="3", low="1", high="5"),
        item(name="evidence/E", measure="odds ratio", endpoint="deaths", effect="2", low="1.5", high="3"),
        item(name="evidence/F", measure="new measure", effect="2", low="1.5", high="3"),
    ]
    found = panels(items)
    assert [len(panel.items) for panel in found] == [1] * len(items)
    assert [panel.measure for panel in found] == ["hazard ratio", "odds ratio", "odds ratio", "difference", "difference", "new measure"]
    words = drawn(*items).words
    for text in ("Hazard ratio (log scale)", "Odds ratio (log scale)", "Difference in per cent", "Difference in months"):
        assert text in words


@pytest.mark.parametrize(
    ("measure", "endpoint", "side"),
    [
        ("hazard ratio", "overall survival", "lower"),
        ("hazard ratio", "symptom response", ""),
        ("odds ratio", "objective response rate", "higher"),
        ("odds ratio", "rescue octreotide use", "lower"),
        ("odds ratio", "overall survival", ""),
        ("difference", "overall survival", "higher"),
        ("difference", "rescue octreotide use", "lower"),
        ("ratio", "tumour-to-non-tumour ratio", ""),
    ],
)
def test_which_side_is_better_is_said_only_where_it_is_known(measure: str, endpoint: str, side: str) -> None:
    assert better_side(measure, endpoint) == side
    drawing = drawn(item(measure=measure, endpoint=endpoint))
    left = {"lower": "← favours experimental", "higher": "← favours comparator", "": "← lower with experimental"}[side]
    assert left in drawing.words


def test_the_reference_line_stands_at_no_effect() -> None:
    drawing = drawn(ITEM)
    assert {x for x, _ in drawing.line("reference-1")} == {drawing.x_of("1")}
    drawing = drawn(item(measure="difference", unit="per cent", effect="-14.8", low="-26.8", high="-2.8"))
    assert {x for x, _ in drawing.line("reference-1")} == {drawing.x_of("0")}
    assert "(−26.8 to −2.8)" in drawing.words


def test_an_item_without_interval_is_counted_and_listed_but_not_drawn() -> None:
    bare = item(name="evidence/B", trial="BETA", subgroup="over 70", effect="0.6", low=None, high=None, sources=(Document("x", "Other paper"),))
    drawing = drawn(ITEM, bare)
    assert "evidence-B-effect" not in drawing.ids
    assert "1 item without interval not shown" in drawing.words
    assert "BETA (primary, over 70, central), progression-free survival: hazard ratio 0.6 [2]" in drawing.words
    assert "[2] Other paper" in drawing.words
    assert not drawable(bare)


def test_a_median_that_was_not_reached_is_nr() -> None:
    words = drawn(item(experimental=Arm("drug a", "10", None, "not reached"))).words
    assert "drug a, n 10: NR" in words
    assert "NR not reached" in words
    assert "NR" not in drawn(ITEM).words
    assert arm_words(Arm("a", "", None, "over 5 years"), Arm("b"), "months") == "a: over 5 years"


def test_an_interval_with_one_end_is_open_at_the_other() -> None:
    open_end = item(high=None)
    assert effect_words(open_end) == "0.47 (0.30–NR)"
    drawing = drawn(open_end)
    assert drawing.mark("evidence-A-pfs-high-arrow")[0] == PLOT_RIGHT
    assert "evidence-A-pfs-low-arrow" not in drawing.ids


def test_ends_beyond_the_axis_get_an_arrow_and_keep_their_numbers() -> None:
    drawing = drawn(item(effect="0.5", low="0.0001", high="9999"))
    (left, _), (right, _) = drawing.line("evidence-A-pfs-interval")
    assert (left, right) == (PLOT_LEFT, PLOT_RIGHT)
    assert drawing.mark("evidence-A-pfs-low-arrow")[0] == PLOT_LEFT
    assert drawing.mark("evidence-A-pfs-high-arrow")[0] == PLOT_RIGHT
    assert "Arrow: the interval goes beyond the axis." in drawing.words
    assert "(0.0001–9999.0000)" in drawing.words
    assert "Arrow" not in drawn(ITEM).words


def test_zero_cannot_stand_on_an_axis_of_ratios() -> None:
    assert "evidence-A-pfs-low-arrow" in drawn(item(low="0")).ids
    assert not drawable(item(effect="0", low="0", high="1"))
    assert drawable(item(effect="0", low="-1", high="1", measure="difference"))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (("0.47", "0.3", "0.73"), "0.47 (0.30–0.73)"),
        (("0.276", "0.182", "0.418"), "0.276 (0.182–0.418)"),
        (("2.7", "1.2", "6"), "2.7 (1.2–6.0)"),
        (("20", "10", "100"), "20 (10–100)"),
    ],
)
def test_numbers_of_an_interval_have_as_many_decimals(numbers: Sequence[str], words: str) -> None:
    effect, low, high = numbers
    assert effect_words(item(effect=effect, low=low, high=high)) == words


def test_the_confidence_level_is_that_of_the_item() -> None:
    assert "90 % CI" in drawn(item(level="90")).words
    assert "level not stated" in drawn(item(level="")).words


def test_how_far_a_row_was_checked_is_said_unless_it_was_read_in_the_source() -> None:
    assert "abstract" in drawn(item(curation="abstract")).words
    assert "secondary" in drawn(item(curation="secondary")).words
    assert "how far the row was checked" not in drawn(ITEM).words


def test_numbers_of_the_whole_comparison_are_not_given_to_a_subgroup() -> None:
    subgroup = item(subgroup="G2")
    assert total_words(subgroup) == "n 199 in the whole comparison"
    words = drawn(subgroup).words
    assert "subgroup: G2" in words
    assert "n 100" not in words
    assert total_words(item(subgroup="G2", n="")) == "n 100 v 99 in the whole comparison"
    assert total_words(item(experimental=Arm("a"))) == "n 199 in all"
    assert total_words(ITEM) == ""


def test_items_that_read_alike_are_told_apart() -> None:
    low, high = Arm("drug a", regimen="250 mg"), Arm("drug a", regimen="500 mg")
    placebo = Arm("placebo")
    assert distinctions([item(name="e/1", experimental=low, comparator=placebo), item(name="e/2", experimental=high, comparator=placebo)]) == {
        "e/1": "250 mg",
        "e/2": "500 mg",
    }
    assert distinctions([item(name="e/1", note="Adjusted."), item(name="e/2")]) == {"e/1": "Adjusted.", "e/2": ""}
    assert distinctions([item(name="e/1"), item(name="e/2")]) == {"e/1": "row 1", "e/2": "row 2"}
    assert distinctions([item(name="e/1", experimental=low, comparator=high)]) == {"e/1": "250 mg v 500 mg"}
    assert distinctions([ITEM]) == {}
    assert distinctions([item(name="e/1"), item(name="e/2", experimental=Arm("drug a", "50"))]) == {}


def test_a_long_note_of_an_item_that_is_not_drawn_is_cut() -> None:
    bare = [item(name=f"evidence/{number}", low=None, high=None, note=f"{number} " + "word " * 60) for number in range(2)]
    drawing = drawn(ITEM, *bare)
    assert drawing.words.count("word …") == 2


def test_a_figure_names_the_graph_and_that_it_is_no_advice() -> None:
    drawing = drawn(ITEM)
    assert "NET-KG 2030-01-02 · Research software, no medical advice. · Data: CC BY 4.0" in drawing.words
    title, description = (next(element.text for element in drawing.root if element.get("id") == key) for key in ("title", "description"))
    assert title == "A title"
    assert "ALPHA, progression-free survival: drug a v placebo, hazard ratio 0.47 (0.30–0.73)" in str(description)


@pytest.mark.parametrize("name", ["x" * 400, "word " * 200, "Ünïcödé-µ 中文 " * 20, "a & b < c > d $e$"])
def test_a_huge_or_strange_label_is_wrapped_and_disturbs_nothing(name: str) -> None:
    strange = item(trial=name, subgroup=name, population=name, assessor=name, experimental=Arm(name, "1"), note=name, sources=(Document("x", name),))
    drawing = drawn(strange, item(name="evidence/B", trial="BETA"))
    assert drawing.collisions() == []
    assert drawing.outside() == []
    assert {"evidence-A-pfs-effect", "evidence-B-effect"} <= set(drawing.ids)
    assert "BETA · primary" in drawing.words


def test_no_text_of_the_whole_graph_touches_another_or_leaves_the_page(whole: Drawing) -> None:
    assert whole.collisions() == []
    assert whole.outside() == []


def test_every_item_of_the_graph_is_drawn_or_listed(graph: kg.Graph, whole: Drawing) -> None:
    items, drawing = forest_items(graph), whole
    marks = {name.removesuffix("-effect") for name in drawing.ids if name.endswith("-effect")}
    assert marks == {item.name.replace("/", "-") for item in items if item.low is not None}
    left_out = sum(1 for item in items if item.low is None and item.high is None)
    assert f"{left_out} items without interval not shown" in drawing.words
    assert len(drawing.ids) == len(set(drawing.ids))


def test_numbers_are_exact_decimals() -> None:
    assert effect_words(item(effect=Decimal("0.1") + Decimal("0.2"), low="0.1", high="0.7")) == "0.3 (0.1–0.7)"
