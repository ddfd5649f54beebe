"""Intervals of decimal numbers with open and closed ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

NUMBER = r"[0-9]{1,18}(?:\.[0-9]{1,18})?"
"""More digits than this a store cannot compare exactly."""
_ONE_SIDED = re.compile(rf"(<=|>=|<|>|=|≤|≥)?\s*({NUMBER})")
_TWO_SIDED = re.compile(rf"([\[(])?\s*({NUMBER})\s*(?:\.\.|-|–)\s*({NUMBER})\s*([\])])?")


@dataclass(frozen=True, slots=True)
class Interval:
    """A non-empty set of numbers between two ends; an end of ``None`` is unlimited.

    >>> Interval.parse("(2..20]")
    Interval(low=Decimal('2'), high=Decimal('20'), low_open=True, high_open=False)
    >>> Decimal("3") in Interval.parse("<3")
    False
    """

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None:
            if self.low > self.high:
                raise ValueError(f"the interval is reversed: {self.low} is greater than {self.high}")
            if self.low == self.high and (self.low_open or self.high_open):
                raise ValueError(f"the interval around {self.low} is empty")

    def __contains__(self, number: Decimal) -> bool:
        above = self.low is None or number > self.low or (number == self.low and not self.low_open)
        below = self.high is None or number < self.high or (number == self.high and not self.high_open)
        return above and below

    def meet(self, other: Interval) -> Interval | None:
        """Return the numbers in both intervals, or nothing when there are none."""
        low, low_open = max(self._low_end, other._low_end)
        high, high_closed = min(self._high_end, other._high_end)
        try:
            return Interval(
                low if low.is_finite() else None, high if high.is_finite() else None, low.is_finite() and low_open, high.is_finite() and not high_closed
            )
        except ValueError:
            return None

    @property
    def _low_end(self) -> tuple[Decimal, bool]:
        return (Decimal("-Infinity") if self.low is None else self.low), self.low_open

    @property
    def _high_end(self) -> tuple[Decimal, bool]:
        return (Decimal("Infinity") if self.high is None else self.high), not self.high_open

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Read ``<3``, ``>=2``, ``7``, ``3..20``, ``(2..20]`` and the like.

        :raises ValueError: when the text is none of these, or the interval would be empty
        """
        text = text.strip()
        if match := _TWO_SIDED.fullmatch(text):
            left, low, high, right = match.groups()
            if (left is None) != (right is None):
                raise ValueError(f"{text!r} has a bracket on one side only")
            return cls(Decimal(low), Decimal(high), left == "(", right == ")")
        if match := _ONE_SIDED.fullmatch(text):
            sign, number = match[1] or "=", Decimal(match[2])
            if sign == "=":
                return cls(number, number)
            if sign in ("<", "<=", "≤"):
                return cls(high=number, high_open=sign == "<")
            return cls(low=number, low_open=sign == ">")
        raise ValueError(f"{text!r} is not a number or an interval such as <3, >=2, 3..20 or (2..20]")

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "any"
        if self.low == self.high:
            return plain(self.low)
        if self.low is None:
            return f"{'<' if self.high_open else '<='}{plain(self.high)}"
        if self.high is None:
            return f"{'>' if self.low_open else '>='}{plain(self.low)}"
        return f"{'(' if self.low_open else '['}{plain(self.low)}..{plain(self.high)}{')' if self.high_open else ']'}"

    def words(self) -> str:
        """Return the interval as people write it: ``≥ 3 and ≤ 20``."""
        if self.low is not None and self.low == self.high:
            return plain(self.low)
        parts = []
        if self.low is not None:
            parts.append(f"{'>' if self.low_open else '≥'} {plain(self.low)}")
        if self.high is not None:
            parts.append(f"{'<' if self.high_open else '≤'} {plain(self.high)}")
        return " and ".join(parts) or "any"


def plain(number: Decimal | None) -> str:
    """Return a decimal in its shortest plain form: no exponent, no trailing zeros after the point.

    >>> plain(Decimal("20.0")), plain(Decimal("1E+2"))
    ('20', '100')
    """
    if number is None:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
