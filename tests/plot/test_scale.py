"""Axes: from numbers and dates to places."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.plot.scale import MOST_TICKS, difference_scale, label, ratio_scale, span, year_scale

ratios = st.decimals("0.001", "1000", places=3, allow_nan=False)


@given(st.lists(ratios, min_size=1, max_size=5), st.lists(ratios, max_size=5))
def test_a_ratio_axis_shows_one_and_every_effect_and_has_few_ticks(effects: list[Decimal], ends: list[Decimal]) -> None:
    scale = ratio_scale(100, 300, effects, ends)
    for number in (1.0, *map(float, effects)):
        assert scale.low <= number * (1 + 1e-9)
        assert number * (1 - 1e-9) <= scale.high
    assert 2 <= len(scale.ticks) <= MOST_TICKS
    assert scale.low < 1 < scale.high


def test_on_a_ratio_axis_equal_ratios_are_equally_far_apart() -> None:
    scale = ratio_scale(0, 300, [Decimal("0.2"), Decimal(5)], [])
    assert scale.place(1) - scale.place(0.5) == pytest.approx(scale.place(2) - scale.place(1))
    assert (scale.place(scale.low), scale.place(scale.high)) == (0, 300)


def test_a_far_end_of_an_interval_does_not_stretch_the_axis() -> None:
    near = ratio_scale(0, 300, [Decimal("0.5")], [Decimal("0.1"), Decimal("2.4")])
    far = ratio_scale(0, 300, [Decimal("0.5")], [Decimal("0.0001"), Decimal(9999)])
    assert near.low == far.low == pytest.approx(0.1)
    assert far.high < 10
    assert far.place(9999) == 300


@given(st.lists(st.decimals(-1000, 1000, places=2, allow_nan=False), max_size=6))
def test_an_axis_of_differences_shows_zero_and_every_number(numbers: list[Decimal]) -> None:
    scale = difference_scale(0, 100, numbers)
    for number in (0.0, *map(float, numbers)):
        assert scale.low - 1e-6 <= number <= scale.high + 1e-6
    assert any(abs(tick) < 1e-9 for tick in scale.ticks)
    assert len(scale.ticks) <= MOST_TICKS + 1


@pytest.mark.parametrize(
    ("date", "begin", "end"),
    [
        ("2018", 2018, 2019),
        ("2018-01", 2018, 2018 + 1 / 12),
        ("2018-12", 2018 + 11 / 12, 2019),
        ("2018-01-01", 2018, 2018 + 1 / 12 / 31),
        ("2020-02-29", 2020 + 2 / 12 - 1 / 12 / 29, 2020 + 2 / 12),
        ("2018-12-31", 2019 - 1 / 12 / 31, 2019),
    ],
)
def test_a_date_says_a_span_of_time(date: str, begin: float, end: float) -> None:
    assert span(date) == pytest.approx((begin, end))


@pytest.mark.parametrize(
    ("first", "last", "years"), [(2018, 2018, [2018, 2019]), (2010, 2014, [2010, 2011, 2012, 2013, 2014, 2015]), (1994, 2026, [1995, 2000, 2005])]
)
def test_an_axis_of_years_has_whole_years_that_do_not_collide(first: int, last: int, years: list[int]) -> None:
    scale = year_scale(0, 198, first, last)
    assert list(scale.ticks[: len(years)]) == years
    assert all(second - first >= 25 for first, second in zip(map(scale.place, scale.ticks), map(scale.place, scale.ticks[1:]), strict=False))
    assert (scale.low, scale.high) == (first, last + 1)


@pytest.mark.parametrize(("number", "text"), [(0.05, "0.05"), (1.0, "1"), (-10.0, "−10"), (2020.0, "2020"), (0.1 + 0.2, "0.3")])
def test_labels_of_ticks(number: float, text: str) -> None:
    assert label(number) == text
