"""What every figure has: a heading, numbered references, notes and a footer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg.plot.data import Document
from kg.plot.sheet import GREY, LEADING, MARGIN, PALE, RULE, SIZE, SMALL, TITLE, Sheet, wrap

NOTICE = "Research software, no medical advice."
GUTTER = 18.0
CURATION = {"abstract": "read in abstract", "secondary": "secondary page", "unverified": "not verified"}
"""How far a row was checked, in a narrow column; rows read in the source itself carry no remark."""
CURATION_NOTE = "Below a source: how far the row was checked when it was not read in the source itself."


@dataclass(frozen=True, slots=True)
class Caption:
    """What a figure says about itself.

    :param subtitle: which question it answers
    :param version: of the graph
    """

    title: str
    subtitle: str
    version: str


@dataclass(slots=True)
class References:
    """Numbers documents in the order in which they are cited."""

    _numbers: dict[Document, int] = field(default_factory=dict)

    def cite(self, documents: Iterable[Document]) -> str:
        """Return the numbers of some documents, such as ``[2, 5]``."""
        numbers = sorted(self._numbers.setdefault(document, len(self._numbers) + 1) for document in documents)
        return f"[{', '.join(str(number) for number in numbers)}]" if numbers else ""

    def lines(self) -> list[str]:
        """Return the list of documents, each with its number."""
        return [f"[{number}] {' · '.join((document.label, *document.numbers))}" for document, number in self._numbers.items()]


def heading(sheet: Sheet, caption: Caption) -> float:
    """Write title and subtitle, and return where the figure begins."""
    inner = sheet.width - 2 * MARGIN
    y = sheet.lines(MARGIN, MARGIN, wrap(caption.title, inner, TITLE, bold=True), size=TITLE, bold=True)
    return sheet.lines(MARGIN, y + 1, wrap(caption.subtitle, inner, 8.0), size=8.0, colour=GREY) + 6


def band(sheet: Sheet, y: float, text: str) -> float:
    """Write the heading of a group of lines on a pale band, and return where the group begins."""
    inner = sheet.width - 2 * MARGIN
    lines = wrap(text[:1].upper() + text[1:], inner - 6, bold=True)
    height = len(lines) * SIZE * LEADING + 4
    sheet.box(MARGIN, y, inner, height, PALE)
    sheet.lines(MARGIN + 3, y + 2, lines, bold=True)
    return y + height + 1


def ending(sheet: Sheet, y: float, notes: Sequence[str], references: References, caption: Caption, *, left_out: tuple[str, Sequence[str]]) -> None:
    """Write notes, what is not shown, references, and the footer; the page ends there."""
    inner = sheet.width - 2 * MARGIN
    for note in notes:
        y = sheet.lines(MARGIN, y, wrap(note, inner, SMALL), size=SMALL) + 2
    y = _columns(sheet, y + 6, *left_out)
    y = _columns(sheet, y + 6, "Sources", references.lines())
    sheet.line([MARGIN, sheet.width - MARGIN], [y + 6, y + 6], colour=RULE, width=0.5)
    footer = f"NET-KG {caption.version} · {NOTICE} · Data: CC BY 4.0"
    sheet.text(MARGIN, y + 9 + SMALL, footer, size=SMALL, colour=GREY)
    sheet.height = y + 9 + SMALL + MARGIN


def _columns(sheet: Sheet, y: float, title: str, entries: Sequence[str]) -> float:
    """Write a list in two columns of about the same height, and return where they end."""
    if not entries:
        return y
    sheet.text(MARGIN, y + SMALL, title, size=SMALL, bold=True)
    y += SMALL * LEADING + 2
    column = (sheet.width - 2 * MARGIN - GUTTER) / 2
    wrapped = [wrap(entry, column, SMALL) for entry in entries]
    total = sum(len(lines) for lines in wrapped)
    left: list[str] = []
    right: list[str] = []
    for lines in wrapped:
        (left if not right and 2 * len(left) + len(lines) <= total + 1 else right).extend(lines)
    return max(sheet.lines(MARGIN, y, left, size=SMALL), sheet.lines(MARGIN + column + GUTTER, y, right, size=SMALL))
