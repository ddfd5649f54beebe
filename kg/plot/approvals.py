"""Timelines of regulatory decisions: one band per jurisdiction, one mark per decision at the time that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.markers import MarkerStyle

from kg.plot.data import Decision
from kg.plot.page import CURATION, CURATION_NOTE, Caption, References, band, ending, heading
from kg.plot.scale import Scale, label, span, year_scale
from kg.plot.sheet import BLACK, BLUE, GREY, MARGIN, ORANGE, PURPLE, RULE, SIZE, SMALL, VERMILION, Sheet, clean, width_of, wrap

TEXT_X, TEXT_WIDTH = MARGIN, 320.0
KIND_X, KIND_WIDTH = 360.0, 82.0
DATE_X, DATE_WIDTH = 448.0, 52.0
UNDATED_X = 522.0
PLOT_LEFT, PLOT_RIGHT = 550.0, 748.0
SOURCE_X, SOURCE_WIDTH = 763.0, 51.0
GIST_LINES = 3
PADDING = 3.0
MARK = 7.0
UNDATED = "date not known"
DAY_LENGTH = 10

SHAPES = {
    "approval": "o",
    "conditional approval": "h",
    "extension": "^",
    "complete response": "X",
    "refusal": "X",
    "withdrawal of application": "v",
    "discontinuation": "v",
    "pending": "D",
    "breakthrough designation": "*",
    "orphan designation": "*",
    "investigational": "s",
}
"""Kind of decision → shape; kinds that mean much the same share one, and the column beside it tells them apart."""
OTHER_SHAPE = "P"
SIZES = {"*": 10.0, "X": 8.5, "D": 6.5, "h": 8.0}
"""Of marks that would look too small or large beside a circle."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a status looks: in colour, and in black and white by what is filled.

    :param fill: part of the mark that is filled, as matplotlib names it
    """

    colour: str
    fill: str
    words: str


LOOKS = {
    "active": Look(BLUE, "full", "in force"),
    "not marketed": Look(ORANGE, "left", "not marketed"),
    "pending": Look(GREY, "none", "pending"),
    "refused": Look(VERMILION, "bottom", "refused"),
    "withdrawn": Look(PURPLE, "top", "withdrawn"),
}
OTHER_LOOK = Look(BLACK, "right", "other")


def approvals_sheet(decisions: Sequence[Decision], caption: Caption) -> Sheet:
    """Return a timeline; decisions without a date stand in a column of their own."""
    sheet = Sheet(caption.title, f"{caption.subtitle} {_spoken(decisions)}")
    references = References()
    y = heading(sheet, caption)
    y = _legend(sheet, y, decisions)
    dated = [span(decision.date) for decision in decisions if decision.date]
    scale = _scale(dated)
    y = _head(sheet, y, scale, undated=len(dated) < len(decisions))
    top = y
    place = None
    for decision in decisions:
        if decision.jurisdiction != place:
            place = decision.jurisdiction
            y = band(sheet, y, place)
        y = _row(sheet, y, decision, scale, references)
    _grid(sheet, top, y, scale)
    notes = []
    if any(len(decision.date) in range(1, DAY_LENGTH) for decision in decisions):
        notes.append("Bar around a mark: only the year or the month is known; the decision fell somewhere within the bar.")
    if any(decision.curation in CURATION for decision in decisions):
        notes.append(CURATION_NOTE)
    without = sum(1 for decision in decisions if not decision.date)
    if without:
        notes.append(f"{without} decision{'' if without == 1 else 's'} without a known date: in the column 'no date', left of the time axis.")
    ending(sheet, y + 8, notes, references, caption, left_out=("", ()))
    return sheet


def _scale(spans: Sequence[tuple[float, float]]) -> Scale | None:
    if not spans:
        return None
    first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
    return year_scale(PLOT_LEFT, PLOT_RIGHT, int(first), max(int(first), -int(-last // 1) - 1))


def _look(decision: Decision) -> Look:
    return LOOKS.get(decision.status, OTHER_LOOK)


def _mark(sheet: Sheet, x: float, y: float, shape: str, look: Look, gid: str = "") -> None:
    fill = "white" if look.fill == "none" else look.colour
    marker = MarkerStyle(shape, fillstyle="full" if look.fill == "none" else look.fill)  # type: ignore[arg-type]  # its names are literals
    sheet.mark(x, y, marker, size=SIZES.get(shape, MARK), fill=fill, edge=BLACK, gid=gid, edge_width=0.7)


def _legend(sheet: Sheet, y: float, decisions: Iterable[Decision]) -> float:
    """Explain the shapes and fills that occur, in lines that fit."""
    found = list(decisions)
    kinds = [kind for kind in SHAPES if any(decision.decision == kind for decision in found)]
    others = sorted({decision.decision for decision in found} - set(SHAPES))
    y = _legend_line(sheet, y, "Shape: decision", [(SHAPES.get(kind, OTHER_SHAPE), Look("white", "full", kind)) for kind in [*kinds, *others]])
    looks = [look for status, look in LOOKS.items() if any(decision.status == status for decision in found)]
    if any(decision.status not in LOOKS for decision in found):
        looks.append(OTHER_LOOK)
    return _legend_line(sheet, y, "Fill: status now", [("o", look) for look in looks]) + 6


def _legend_line(sheet: Sheet, y: float, title: str, entries: Iterable[tuple[str, Look]]) -> float:
    x = MARGIN + 82.0
    sheet.text(MARGIN, y + SIZE, title, bold=True)
    for shape, look in entries:
        width = 12 + width_of(look.words) + 14
        if x + width > sheet.width - MARGIN:
            x, y = MARGIN + 82.0, y + SIZE + 6
        _mark(sheet, x + 4, y + SIZE * 0.62, shape, look)
        sheet.text(x + 12, y + SIZE, look.words)
        x += width
    return y + SIZE + 6


def _head(sheet: Sheet, y: float, scale: Scale | None, *, undated: bool) -> float:
    sheet.line([MARGIN, sheet.width - MARGIN], [y, y], width=1.0)
    for x, text in ((TEXT_X, "Therapy (brand): indication in short"), (KIND_X, "Decision"), (DATE_X, "Date"), (SOURCE_X, "Source")):
        sheet.text(x, y + 3 + SIZE, text, bold=True)
    if undated:
        sheet.text(UNDATED_X, y + 3 + SIZE, "no date", size=SMALL, align="center", colour=GREY)
    if scale:
        _years(sheet, y + 3 + SIZE, scale)
    y += SIZE + 8
    sheet.line([MARGIN, sheet.width - MARGIN], [y, y], width=0.5)
    return y


def _years(sheet: Sheet, y: float, scale: Scale) -> None:
    for tick in scale.ticks:
        sheet.text(scale.place(tick), y, label(tick), size=SMALL, align="center")


def _grid(sheet: Sheet, top: float, bottom: float, scale: Scale | None) -> None:
    sheet.line([MARGIN, sheet.width - MARGIN], [bottom, bottom], width=0.7)
    if scale is None:
        return
    for tick in scale.ticks:
        sheet.line([scale.place(tick)] * 2, [top, bottom], colour=RULE, width=0.4, order=1.4)


def _row(sheet: Sheet, y: float, decision: Decision, scale: Scale | None, references: References) -> float:
    y += PADDING
    name = decision.therapy + (f" ({decision.brand.replace(' | ', ' / ')})" if decision.brand else "")
    look = _look(decision)
    text = sheet.lines(TEXT_X, y, wrap(name, TEXT_WIDTH, bold=True), bold=True)
    source = sheet.lines(SOURCE_X, y, wrap(references.cite(decision.sources), SOURCE_WIDTH))
    kind = sheet.lines(KIND_X, y, wrap(decision.decision, KIND_WIDTH))
    said = "" if decision.status in ("active", decision.decision) else look.words
    ends = [
        sheet.lines(TEXT_X, text, wrap(decision.gist, TEXT_WIDTH, SMALL, most=GIST_LINES), size=SMALL, colour=GREY),
        sheet.lines(KIND_X, kind, wrap(said, KIND_WIDTH, SMALL), size=SMALL, colour=GREY),
        sheet.lines(DATE_X, y, wrap(decision.date or UNDATED, DATE_WIDTH)),
        sheet.lines(SOURCE_X, source, wrap(CURATION.get(decision.curation, ""), SOURCE_WIDTH, SMALL), size=SMALL, colour=GREY),
    ]
    middle = y + SIZE * 0.62
    gid = decision.name.replace("/", "-")
    x = UNDATED_X
    if decision.date and scale:
        begin, end = (scale.place(time) for time in span(decision.date))
        x = (begin + end) / 2
        if len(decision.date) < DAY_LENGTH:
            _known_span(sheet, begin, end, middle, gid)
    _mark(sheet, x, middle, SHAPES.get(decision.decision, OTHER_SHAPE), look, f"{gid}-mark")
    y = max(ends) + PADDING
    sheet.line([MARGIN, sheet.width - MARGIN], [y, y], colour=RULE, width=0.3, order=1)
    return y


def _known_span(sheet: Sheet, begin: float, end: float, y: float, gid: str) -> None:
    """Draw the time within which a decision fell; its caps stand out above and below the mark."""
    sheet.line([begin, end], [y, y], width=1.2, gid=f"{gid}-span", order=3)
    for x in (begin, end):
        sheet.line([x, x], [y - MARK * 0.8, y + MARK * 0.8], width=0.8, order=3)


def _spoken(decisions: Iterable[Decision]) -> str:
    lines = [
        f"{decision.jurisdiction}, {decision.date or UNDATED}: {clean(decision.therapy)}, {decision.decision} ({_look(decision).words}), {clean(decision.gist)}"
        for decision in decisions
    ]
    return f"{len(lines)} decision{'' if len(lines) == 1 else 's'}. {' '.join(lines)}"
