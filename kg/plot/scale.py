"""Axes: from a number or a date to a place on the page."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

STEPS = (1, 2, 5)
MOST_TICKS = 9
REACH = 5
"""How many times beyond the outermost effects an axis goes for the ends of intervals; ends beyond it get an arrow."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis between two places.

    :param low: number at the left end
    :param high: number at the right end
    :param ticks: numbers with a label
    :param logarithmic: equal ratios are equally far apart
    """

    left: float
    right: float
    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def place(self, number: float) -> float:
        """Return where a number lies; outside the axis it is at the nearer end."""
        number = min(max(number, self.low), self.high)
        if self.logarithmic:
            share = (math.log(number) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        else:
            share = (number - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)


def ratio_scale(left: float, right: float, effects: Iterable[Decimal], ends: Iterable[Decimal]) -> Scale:
    """Return a logarithmic axis that shows 1, all effects, and the ends of intervals unless they are far away."""
    centres = [float(effect) for effect in effects]
    bounds = [float(end) for end in ends if end > 0]
    low = min(*centres, 1.0, max(min([*centres, *bounds]), min(centres) / REACH))
    high = max(*centres, 1.0, min(max([*centres, *bounds]), max(centres) * REACH))
    steps = [step * 10.0**power for power in range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2) for step in STEPS]
    first = max(step for step in steps if step <= low * (1 + 1e-9) and step < 1)
    last = min(step for step in steps if step >= high * (1 - 1e-9) and step > 1)
    ticks = [step for step in steps if first <= step <= last]
    if len(ticks) > MOST_TICKS:
        ticks = [tick for tick in ticks if math.isclose(math.log10(tick), round(math.log10(tick)), abs_tol=1e-9)]
    stride = math.ceil(len(ticks) / MOST_TICKS)
    return Scale(left, right, first, last, tuple(ticks[::stride]), logarithmic=True)


def difference_scale(left: float, right: float, numbers: Iterable[Decimal]) -> Scale:
    """Return an even axis that shows 0 and all numbers."""
    found = [float(number) for number in numbers]
    low, high = min([*found, 0.0]), max([*found, 0.0])
    step = _step((high - low) or 1.0)
    first, last = math.floor(low / step), math.ceil(high / step)
    if first == last:
        first, last = first - 1, last + 1
    return Scale(left, right, first * step, last * step, tuple(number * step for number in range(first, last + 1)))


def _step(span: float) -> float:
    power = 10.0 ** math.floor(math.log10(span / 4))
    return next(step * power for step in (*STEPS, 10) if span / (step * power) <= MOST_TICKS - 2)


YEAR_STEPS = (1, 2, 5, 10, 20, 50)
YEAR_ROOM = 26.0
"""Points that the label of a year needs."""


def year_scale(left: float, right: float, first: int, last: int) -> Scale:
    """Return an axis of years that begins with ``first`` and ends with the end of ``last``."""
    years = last - first + 1
    step = next((step for step in YEAR_STEPS if (right - left) * step / years >= YEAR_ROOM), YEAR_STEPS[-1])
    ticks = [float(year) for year in range(first, last + 2) if year % step == 0]
    return Scale(left, right, float(first), float(last + 1), tuple(ticks))


def span(date: str) -> tuple[float, float]:
    """Return the time that a date says, in years: a whole year for ``2018``, a month for ``2018-02``, else a day.

    >>> span("2018")
    (2018.0, 2019.0)
    >>> span("2018-07") == (2018.5, 2018 + 7 / 12)
    True
    """
    year, *rest = (int(part) for part in date.split("-"))
    if not rest:
        return float(year), float(year + 1)
    month = rest[0] - 1
    begins, ends = year + month / 12, year + (month + 1) / 12
    if len(rest) == 1:
        return begins, ends
    width = (ends - begins) / _days(year, month + 1)
    return begins + (rest[1] - 1) * width, begins + rest[1] * width


def _days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def label(number: float) -> str:
    """Return a tick's label: no exponent where it can be read without, and a true minus sign.

    >>> label(0.05), label(1.0), label(-10.0), label(200.0)
    ('0.05', '1', '−10', '200')
    """
    return f"{number:.10g}".replace("-", "−")
