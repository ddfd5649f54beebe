"""Forest plots: one line per effect estimate, with everything that is needed to judge it; nothing is pooled."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.plot.data import Arm, Item
from kg.plot.page import CURATION, CURATION_NOTE, Caption, References, band, ending, heading
from kg.plot.scale import Scale, difference_scale, label, ratio_scale
from kg.plot.sheet import BLUE, FIXED_SPACE, GREY, LEADING, MARGIN, RULE, SIZE, SMALL, Sheet, clean, wrap

DIFFERENCE = "difference"
MEASURES = ("hazard ratio", "odds ratio", "risk ratio", "ratio", DIFFERENCE)
"""Kinds of effect, in the order of their panels."""

TIMES = frozenset(
    {
        "overall survival",
        "progression-free survival",
        "recurrence-free survival",
        "time to death or progression",
        "time to progression",
        "time to treatment failure",
        "duration of response",
    }
)
"""Endpoints that end with an unwanted event."""
WANTED = frozenset(
    {
        "objective response rate",
        "complete response rate",
        "disease control rate",
        "clinical benefit rate",
        "stable disease rate",
        "symptom response",
        "progression-free survival rate",
        "overall survival rate",
        "resection rate",
        "response lasting at least 12 months",
        "antihypertensive dose reduction",
    }
)
UNWANTED = frozenset({"deaths", "immediate progression rate", "rescue octreotide use"})
FIRST_ENDPOINTS = ("progression-free survival", "overall survival")
UNITS = {"months": "mo", "per cent": "%", "ratio": "", "episodes per day": "per day"}
NOT_REACHED = "not reached"
_LIMIT = re.compile(r"(?<=[≥≤<>]) | (?=[≥≤<>%])")
"""Spaces of a limit such as ``Ki-67 ≤ 20 %``, where no line should end."""

TRIAL_X, TRIAL_WIDTH = MARGIN, 198.0
ARMS_X, ARMS_WIDTH = 234.0, 186.0
ASSESSOR_X, ASSESSOR_WIDTH = 428.0, 54.0
PLOT_LEFT, PLOT_RIGHT = 488.0, 656.0
EFFECT_X, EFFECT_WIDTH = 667.0, 92.0
SOURCE_X, SOURCE_WIDTH = 763.0, 51.0
POPULATION_LINES = 3
DISTINCTION_LINES = 4
DISTINCTION_LETTERS = 90
PADDING = 3.0
MARK = 5.5
"""Size of every mark: a size that differed would look like a weight."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Items that may share an axis.

    :param better: side that is good for the experimental group, ``lower`` or ``higher``; empty when it depends
    """

    measure: str
    unit: str
    better: str
    items: tuple[Item, ...]


def drawable(item: Item) -> bool:
    """Return whether an item has what a line needs: an interval, and for a ratio an effect above zero."""
    return (item.low is not None or item.high is not None) and (item.measure == DIFFERENCE or item.effect > 0)


def better_side(measure: str, endpoint: str) -> str:
    """Return on which side of an axis the experimental group does better: ``lower``, ``higher`` or nothing.

    >>> better_side("hazard ratio", "overall survival"), better_side("odds ratio", "objective response rate")
    ('lower', 'higher')
    """
    if measure == "hazard ratio":
        return "lower" if endpoint in TIMES | UNWANTED or endpoint in ("progression-free survival rate", "overall survival rate") else ""
    if endpoint in UNWANTED:
        return "lower"
    if endpoint in WANTED or (endpoint in TIMES and measure in ("ratio", DIFFERENCE)):
        return "higher"
    return ""


def panels(items: Iterable[Item]) -> list[Panel]:
    """Return items in panels, so that different kinds of effect, units or meanings of a side never share an axis."""
    groups: dict[tuple[int, str, str, str], list[Item]] = {}
    for item in items:
        place = MEASURES.index(item.measure) if item.measure in MEASURES else len(MEASURES)
        unit = item.unit if item.measure == DIFFERENCE else ""
        groups.setdefault((place, item.measure, unit, better_side(item.measure, item.endpoint)), []).append(item)
    return [Panel(measure, unit, better, tuple(sorted(groups[key], key=_order))) for key in sorted(groups) for _, measure, unit, better in [key]]


def _order(item: Item) -> tuple[int, str, str, str, str]:
    first = FIRST_ENDPOINTS.index(item.endpoint) if item.endpoint in FIRST_ENDPOINTS else len(FIRST_ENDPOINTS)
    return first, item.endpoint, item.experimental.therapy.casefold(), item.trial.casefold(), item.name


def forest_sheet(items: Sequence[Item], caption: Caption) -> Sheet:
    """Return a forest plot; items without interval are counted and listed below it."""
    shown = [item for item in items if drawable(item)]
    left_out = [item for item in items if not drawable(item)]
    sheet = Sheet(caption.title, f"{caption.subtitle} {_spoken(shown)}")
    references = References()
    apart = distinctions(items)
    y = heading(sheet, caption)
    cut = arrows = False
    for number, panel in enumerate(panels(shown), start=1):
        scale = _scale(panel)
        y = _panel_head(sheet, y, panel)
        top = y
        endpoint = ""
        for item in panel.items:
            if item.endpoint != endpoint:
                endpoint = item.endpoint
                y = band(sheet, y, endpoint)
            row = _Row(sheet, item, references, apart.get(item.name, ""))
            y = row.draw(y, scale)
            cut, arrows = cut or row.cut, arrows or row.arrows
        y = _axis(sheet, top, y, panel, scale, f"reference-{number}") + 12
    notes = _notes(shown, cut=cut, arrows=arrows)
    ending(sheet, y, notes, references, caption, left_out=_left_out(left_out, apart, references))
    return sheet


def _scale(panel: Panel) -> Scale:
    effects = [item.effect for item in panel.items]
    ends = [end for item in panel.items for end in (item.low, item.high) if end is not None]
    if panel.measure == DIFFERENCE:
        return difference_scale(PLOT_LEFT, PLOT_RIGHT, [*effects, *ends])
    return ratio_scale(PLOT_LEFT, PLOT_RIGHT, effects, ends)


def _panel_head(sheet: Sheet, y: float, panel: Panel) -> float:
    unit = f" in {panel.unit}" if panel.unit else ""
    scale = "" if panel.measure == DIFFERENCE else " (log scale)"
    short = {"hazard ratio": "HR", "odds ratio": "OR", "risk ratio": "RR"}.get(panel.measure, "Effect")
    sheet.line([MARGIN, sheet.width - MARGIN], [y, y], width=1.0)
    columns = [
        (TRIAL_X, "Trial · analysis", "population or subgroup, in short"),
        (ARMS_X, "Experimental v comparator", "n: median or rate"),
        (ASSESSOR_X, "Assessed", "time"),
        (PLOT_LEFT, panel.measure.capitalize() + unit + scale, ""),
        (EFFECT_X, f"{short} (interval)", "level"),
        (SOURCE_X, "Source", ""),
    ]
    for x, first, second in columns:
        sheet.text(x, y + 3 + SIZE, first, bold=True)
        if second:
            sheet.text(x, y + 3 + SIZE + SMALL * LEADING, second, size=SMALL, colour=GREY)
    y += 6 + SIZE + SMALL * LEADING + 2
    sheet.line([MARGIN, sheet.width - MARGIN], [y, y], width=0.5)
    return y


class _Row:
    """One item: its texts in columns, and its mark and interval on the axis."""

    def __init__(self, sheet: Sheet, item: Item, references: References, distinction: str) -> None:
        self.sheet = sheet
        self.item = item
        self.cut = False
        self.arrows = False
        self.distinction = distinction
        self.source = references.cite(item.sources)

    def draw(self, y: float, scale: Scale) -> float:
        """Draw the item below ``y``, and return where the next one begins."""
        y += PADDING
        ends = [
            self._trial(y),
            self._arms(y),
            self.sheet.lines(ASSESSOR_X, y, wrap(self.item.assessor, ASSESSOR_WIDTH) + wrap(self.item.time_point, ASSESSOR_WIDTH)),
            self.sheet.lines(EFFECT_X, y, wrap(effect_words(self.item), EFFECT_WIDTH, bold=True), bold=True),
            self.sheet.lines(SOURCE_X, y, wrap(self.source, SOURCE_WIDTH)),
        ]
        ends[3] = self.sheet.lines(EFFECT_X, ends[3], [_level_words(self.item)], size=SMALL, colour=GREY)
        ends[4] = self.sheet.lines(SOURCE_X, ends[4], wrap(CURATION.get(self.item.curation, ""), SOURCE_WIDTH, SMALL), size=SMALL, colour=GREY)
        self._interval(y + SIZE * 0.62, scale)
        y = max(ends) + PADDING
        self.sheet.line([MARGIN, self.sheet.width - MARGIN], [y, y], colour=RULE, width=0.3, order=1)
        return y

    def _trial(self, y: float) -> float:
        name = " · ".join(part for part in (self.item.trial, self.item.analysis) if part)
        y = self.sheet.lines(TRIAL_X, y, wrap(name, TRIAL_WIDTH, bold=True), bold=True)
        if self.item.subgroup:
            y = self.sheet.lines(TRIAL_X, y, wrap(f"subgroup: {self.item.subgroup}", TRIAL_WIDTH, SMALL), size=SMALL)
        population = _LIMIT.sub(FIXED_SPACE, self.item.population)
        self.cut = len(wrap(population, TRIAL_WIDTH, SMALL)) > POPULATION_LINES
        return self.sheet.lines(TRIAL_X, y, wrap(population, TRIAL_WIDTH, SMALL, most=POPULATION_LINES), size=SMALL, colour=GREY)

    def _arms(self, y: float) -> float:
        item = self.item
        for lead, arm, other in (("", item.experimental, item.comparator), ("v ", item.comparator, item.experimental)):
            if not arm.therapy:
                continue
            shown = replace(arm, n="") if item.subgroup else arm
            y = self.sheet.lines(ARMS_X, y, wrap(lead + arm_words(shown, other, item.unit), ARMS_WIDTH))
        y = self.sheet.lines(ARMS_X, y, wrap(total_words(item), ARMS_WIDTH, SMALL), size=SMALL, colour=GREY)
        return self.sheet.lines(ARMS_X, y, wrap(self.distinction, ARMS_WIDTH, SMALL, most=DISTINCTION_LINES), size=SMALL, colour=GREY)

    def _interval(self, y: float, scale: Scale) -> None:
        item, gid = self.item, self.item.name.replace("/", "-")
        low = scale.low if item.low is None else float(item.low)
        high = scale.high if item.high is None else float(item.high)
        self.sheet.line([scale.place(low), scale.place(high)], [y, y], colour=BLUE, width=1.3, gid=f"{gid}-interval", order=3)
        for side, open_end, x, arrow in (
            ("low", item.low is None or low < scale.low, PLOT_LEFT, "<"),
            ("high", item.high is None or high > scale.high, PLOT_RIGHT, ">"),
        ):
            if open_end:
                self.arrows = True
                self.sheet.mark(x, y, arrow, size=5, fill=BLUE, edge=BLUE, gid=f"{gid}-{side}-arrow")
            else:
                end = scale.place(low if side == "low" else high)
                self.sheet.line([end, end], [y - 2, y + 2], colour=BLUE, width=1.0, order=3)
        self.sheet.mark(scale.place(float(item.effect)), y, "s", size=MARK, fill=BLUE, edge="white", edge_width=0.5, gid=f"{gid}-effect")


def _axis(sheet: Sheet, top: float, y: float, panel: Panel, scale: Scale, gid: str) -> float:
    neutral = 0.0 if panel.measure == DIFFERENCE else 1.0
    x = scale.place(neutral)
    sheet.line([x, x], [top, y + 4], colour=GREY, width=0.7, dashed=True, gid=gid, order=1.5)
    y += 4
    sheet.line([PLOT_LEFT, PLOT_RIGHT], [y, y], width=0.7)
    for tick in scale.ticks:
        place = scale.place(tick)
        sheet.line([place, place], [y, y + 3], width=0.7)
        sheet.text(place, y + 4 + SMALL, label(tick), size=SMALL, align="center")
    y += 4 + SMALL * LEADING + 2
    below, above = {
        "lower": ("← favours experimental", "favours comparator →"),
        "higher": ("← favours comparator", "favours experimental →"),
    }.get(panel.better, ("← lower with experimental", "higher with experimental →"))
    sheet.text(x - 4, y + SMALL, below, size=SMALL, align="right")
    sheet.text(x + 4, y + SMALL, above, size=SMALL)
    return y + SMALL * LEADING


def _decimals(number: Decimal | None) -> int:
    exponent = number.normalize().as_tuple().exponent if number is not None else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _written(number: Decimal, decimals: int) -> str:
    return f"{number:.{decimals}f}".replace("-", "−")


def effect_words(item: Item) -> str:
    """Return effect and interval: ``0.47 (0.30–0.73)``; all numbers with as many decimals as the longest of them has."""
    decimals = max(_decimals(number) for number in (item.effect, item.low, item.high))
    low, high = ("NR" if end is None else _written(end, decimals) for end in (item.low, item.high))
    effect = _written(item.effect, decimals)
    if item.low is None and item.high is None:
        return effect
    to = f"{FIXED_SPACE}to{FIXED_SPACE}" if "−" in low + high else "–"
    return f"{effect} ({low}{to}{high})"


def _level_words(item: Item) -> str:
    return f"{item.level} % CI" if item.level else "level not stated"


def arm_words(arm: Arm, other: Arm, unit: str) -> str:
    """Return a group in words: therapy, number of people, median or rate; ``NR`` when a median was not reached."""
    words = arm.therapy + (f", n{FIXED_SPACE}{arm.n}" if arm.n else "")
    if arm.value is not None:
        decimals = max(_decimals(arm.value), _decimals(other.value))
        return f"{words}: {_written(arm.value, decimals)}{FIXED_SPACE}{UNITS.get(unit, unit)}".rstrip()
    if arm.reached:
        return f"{words}: {'NR' if arm.reached.casefold() == NOT_REACHED else arm.reached}"
    return words


def total_words(item: Item) -> str:
    """Return how many people were compared, where the groups do not say it: numbers of a subgroup are not known."""
    groups = [arm.n for arm in (item.experimental, item.comparator) if arm.n]
    total = item.n or " v ".join(groups)
    if not total or (not item.subgroup and len(groups) > 1):
        return ""
    return f"n {total} in the whole comparison" if item.subgroup else f"n {total} in all"


def _key(item: Item) -> tuple[str, ...]:
    arms = (part for arm in (item.experimental, item.comparator) for part in (arm.therapy, arm.n))
    return item.trial, item.analysis, item.population, item.subgroup, item.endpoint, item.time_point, item.assessor, *arms


def distinctions(items: Iterable[Item]) -> dict[str, str]:
    """Return row → what tells it from others that read alike: the regimens, else the curator's note, else its name."""
    groups: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        groups.setdefault(_key(item), []).append(item)
    found: dict[str, str] = {}
    for group in groups.values():
        one = group[0]
        if len(group) == 1 and one.experimental.therapy != one.comparator.therapy:
            continue
        for say in (_regimens, _note):
            texts = [say(item) for item in group]
            if len(set(texts)) == len(texts) and any(texts):
                found |= {item.name: text for item, text in zip(group, texts, strict=True)}
                break
        else:
            found |= {item.name: f"row {item.name.rpartition('/')[2]}" for item in group}
    return found


def _regimens(item: Item) -> str:
    texts = [arm.regimen for arm in (item.experimental, item.comparator)]
    return " v ".join(text for text in texts if text)


def _note(item: Item) -> str:
    return item.note


def _notes(shown: Sequence[Item], *, cut: bool, arrows: bool) -> list[str]:
    notes = [
        "No pooled estimate: trials differ in population, comparator and assessment, and items of one trial overlap. All marks have one size; it is no weight."
    ]
    abbreviations = ["CI confidence interval", "n number of people"]
    if any(arm.reached.casefold() == NOT_REACHED or item.low is None or item.high is None for item in shown for arm in (item.experimental, item.comparator)):
        abbreviations.append("NR not reached")
    if any(item.unit == "months" for item in shown):
        abbreviations.append("mo months")
    notes.append(f"{'; '.join(abbreviations)}." + (" Arrow: the interval goes beyond the axis." if arrows else ""))
    if any(item.curation in CURATION for item in shown):
        notes.append(CURATION_NOTE)
    if cut:
        notes.append("…: a population with more conditions than fit; all of them: netkg query forest-plot, column population.")
    return notes


def _left_out(items: Sequence[Item], apart: Mapping[str, str], references: References) -> tuple[str, list[str]]:
    title = f"{len(items)} item{'' if len(items) == 1 else 's'} without interval not shown"
    return title, [_left_out_words(item, apart.get(item.name, ""), references) for item in items]


def _cut(text: str) -> str:
    return textwrap.shorten(text.rstrip("."), DISTINCTION_LETTERS, placeholder=" …")


def _left_out_words(item: Item, distinction: str, references: References) -> str:
    assessor = "" if item.assessor == "not stated" else item.assessor
    details = ", ".join(part for part in (item.analysis, item.subgroup, item.time_point, assessor, _cut(distinction)) if part)
    named = f"{item.trial} ({details})" if details else item.trial
    return f"{named}, {item.endpoint}: {item.measure} {effect_words(item)} {references.cite(item.sources)}".rstrip()


def _spoken(items: Sequence[Item]) -> str:
    """Return the lines in words, for those who do not see the figure."""
    lines = [
        f"{clean(item.trial)}, {item.endpoint}: {item.experimental.therapy} v {item.comparator.therapy or 'no comparator'}, {item.measure} {effect_words(item)}"
        for panel in panels(items)
        for item in panel.items
    ]
    return f"{len(lines)} line{'' if len(lines) == 1 else 's'}. {'; '.join(lines)}."
