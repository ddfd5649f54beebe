"""Intervals: what belongs to them, how they are written, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model.interval import Interval, plain

numbers = st.decimals(min_value=0, max_value=10**6, allow_nan=False, allow_infinity=False, places=3) | st.integers(0, 200).map(Decimal)
any_decimal = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e30"), max_value=Decimal("1e30"))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = draw(st.none() | numbers), draw(st.none() | numbers)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    closed = low is not None and low == high
    return Interval(
        low, high, low_open=low is not None and not closed and draw(st.booleans()), high_open=high is not None and not closed and draw(st.booleans())
    )


def naive(interval: Interval, number: Decimal) -> bool:
    """Decide membership by fractions, one case at a time."""
    value = Fraction(number)
    if interval.low is not None:
        low = Fraction(interval.low)
        if value < low or (interval.low_open and value == low):
            return False
    if interval.high is not None:
        high = Fraction(interval.high)
        if value > high or (interval.high_open and value == high):
            return False
    return True


@given(intervals().filter(lambda interval: interval != Interval()))
def test_written_form_reads_back_as_the_same_interval(interval: Interval) -> None:
    assert Interval.parse(str(interval)) == interval


@given(intervals(), numbers)
def test_membership_agrees_with_a_naive_comparison(interval: Interval, number: Decimal) -> None:
    assert (number in interval) == naive(interval, number)


@given(intervals())
def test_an_end_belongs_to_the_interval_unless_it_is_open(interval: Interval) -> None:
    if interval.low is not None:
        assert (interval.low in interval) != interval.low_open
    if interval.high is not None:
        assert (interval.high in interval) != interval.high_open


@given(intervals(), numbers, numbers, numbers)
def test_what_lies_between_two_members_is_a_member(interval: Interval, first: Decimal, second: Decimal, third: Decimal) -> None:
    low, middle, high = sorted((first, second, third))
    if low in interval and high in interval:
        assert middle in interval


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("<3", ["0", "2.999", "2.9999999999999999999999999999"], ["3", "3.0", "3.0000000000000000000000000001", "20"]),
        ("<=20", ["20", "20.00", "19.99999999999999999999"], ["20.00000000000000000001"]),
        (">20", ["20.00000000000000000001", "100"], ["20", "20.0", "19.999999999999999999999"]),
        (">=3", ["3", "3.000", "3.1"], ["2.9999999999999999999999999999999999"]),
        ("3..20", ["3", "20", "3.0", "11"], ["2.99999999999999999999999999", "20.0000000000000000000001"]),
        ("[3..20)", ["3", "19.9999999999999999999999999"], ["20", "2.9"]),
        ("(3..20]", ["20", "3.000000000000000000000000001"], ["3", "3.0", "20.1"]),
        ("3", ["3", "3.00"], ["2.9999999999999999999999999", "3.0000000000000000000000001"]),
    ],
)
def test_limits_of_grades_are_exact(text: str, inside: list[str], outside: list[str]) -> None:
    interval = Interval.parse(text)
    assert [number for number in inside if Decimal(number) not in interval] == []
    assert [number for number in outside if Decimal(number) in interval] == []


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("=7", "7"),
        ("7.0", "7"),
        (" 7 ", "7"),
        ("007", "7"),
        ("3-20", "3..20"),
        ("3–20", "3..20"),
        ("[3..20]", "3..20"),
        ("3 .. 20", "3..20"),
        ("3..3", "3"),
        ("≤ 20", "<=20"),
        ("≥2.50", ">=2.5"),
        ("(2.0..20.0]", "(2..20]"),
    ],
)
def test_ways_of_writing_one_interval_are_equal(text: str, same: str) -> None:
    assert Interval.parse(text) == Interval.parse(same)
    assert str(Interval.parse(text)) == str(Interval.parse(same))
    assert hash(Interval.parse(text)) == hash(Interval.parse(same))


@pytest.mark.parametrize("text", ["20..3", "(20..3]", "20-3", "3.001..3"])
def test_a_reversed_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"reversed: .* is greater than"):
        Interval.parse(text)


@pytest.mark.parametrize("text", ["(3..3]", "[3..3)", "(3..3)", "(3..3.0]"])
def test_an_empty_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="around 3 is empty"):
        Interval.parse(text)


@pytest.mark.parametrize("text", ["(3..20", "3..20]", "3..20)", "[3..20"])
def test_a_bracket_on_one_side_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="bracket on one side"):
        Interval.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "any",
        "three",
        "-1",
        "<-1",
        "1e3",
        ".5",
        "5.",
        "1,5",
        "<",
        "3..",
        "..3",
        "<3..5",
        "3...5",
        "3..4..5",
        "NaN",
        "inf",
        "٣",
        "³",
        "3 %",
        "[3]",
        "> > 3",
        "3\n\n4",
    ],
)
def test_what_is_no_interval_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number or an interval such as"):
        Interval.parse(text)


@given(st.text(alphabet="0123456789.<>=[]() -–≤≥x", max_size=12))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        interval = Interval.parse(text)
    except ValueError as error:
        assert "interval" in str(error) or "bracket" in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert Interval.parse(str(interval)) == interval


@pytest.mark.parametrize(
    ("text", "words"), [("<3", "< 3"), (">=2", "≥ 2"), ("3..20", "≥ 3 and ≤ 20"), ("(2..20)", "> 2 and < 20"), ("7.0", "7"), ("<=0.50", "≤ 0.5")]
)
def test_words_are_as_people_write(text: str, words: str) -> None:
    assert Interval.parse(text).words() == words


def test_the_unlimited_interval_holds_every_number() -> None:
    assert Decimal("-1e99") in Interval()
    assert Decimal("1e99") in Interval()
    assert (str(Interval()), Interval().words()) == ("any", "any")


@given(any_decimal)
def test_the_plain_form_keeps_the_number_and_has_no_exponent(number: Decimal) -> None:
    text = plain(number)
    assert Decimal(text) == number
    assert "E" not in text.upper()
    assert not ("." in text and text.endswith(("0", ".")))


def test_the_plain_form_of_no_number_is_empty() -> None:
    assert plain(None) == ""
