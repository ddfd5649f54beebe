"""A page for figures: text, lines and marks at exact places, with matplotlib as the pen.

All places are in points from the upper left corner. Nothing depends on the user's matplotlib settings, on the clock or
on the order of a set, so that the same calls give the same bytes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Literal

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

POINTS_PER_INCH = 72
PNG_DPI = 200
HIGHEST_PNG = 65000
"""Pixels."""
WIDTH = 842.0
"""Of a page: A4, landscape."""
MARGIN = 28.0
SIZE = 7.5
"""Of ordinary text; nothing is smaller than :data:`SMALL`."""
SMALL = 7.0
TITLE = 13.0
LEADING = 1.22
"""Distance of two lines, in text sizes."""
BLACK, GREY, PALE, RULE = "#1a1a1a", "#595959", "#f0f2f4", "#b8bec4"
BLUE, ORANGE, VERMILION, PURPLE = "#0072B2", "#E69F00", "#D55E00", "#CC79A7"
"""Of the palette of Okabe and Ito, which people with any kind of colour vision can tell apart."""

STYLE = {
    "font.family": ["DejaVu Sans"],
    "svg.fonttype": "none",
    "svg.hashsalt": "net-kg",
    "pdf.fonttype": 42,
    "path.simplify": False,
}
FIXED_SPACE = "\u00a0"
"""Where no line may end."""
FAMILIES = "'DejaVu Sans', Verdana, Arial, sans-serif"
"""Where the first font is not installed, the next one is no wider."""
FORMATS = ("svg", "png", "pdf")

Align = Literal["left", "center", "right"]


@cache
def _word_width(word: str, size: float, bold: bool) -> float:
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is drawn by the viewer's font
        width, _, _ = text_to_path.get_text_width_height_descent(word, font, ismath=False)
    return float(width)


def width_of(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Return how wide a text is, in points."""
    words = text.split(" ")
    return sum(_word_width(word, size, bold) for word in words if word) + (len(words) - 1) * _space(size, bold)


def _space(size: float, bold: bool) -> float:
    return _word_width("n n", size, bold) - _word_width("nn", size, bold)


def wrap(text: str, width: float, size: float = SIZE, *, bold: bool = False, most: int | None = None) -> list[str]:
    """Return a text in lines that are not wider than some points; a word that is too long is cut.

    :param most: how many lines there may be; a text that is cut off ends with an ellipsis
    """
    lines: list[str] = []
    line = ""
    for word in filter(None, clean(text).split(" ")):
        for part in _fitting(word, width, size, bold):
            longer = f"{line} {part}" if line else part
            if not line or width_of(longer, size, bold=bold) <= width:
                line = longer
            else:
                lines.append(line)
                line = part
    lines += [line] if line else []
    if most is None or len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width_of(f"{last} …", size, bold=bold) > width:
        last = last.rpartition(" ")[0]
    return [*lines[: most - 1], f"{last} …".strip()]


def _fitting(word: str, width: float, size: float, bold: bool) -> list[str]:
    """Return a word in parts that fit, cut after slashes and hyphens where it can be."""
    if width_of(word, size, bold=bold) <= width:
        return [word]
    parts, part = [], ""
    for letter in word:
        if part and width_of(part + letter, size, bold=bold) > width:
            cut = max(part.rfind(mark) for mark in "/-_.") + 1 or len(part)
            parts.append(part[:cut])
            part = part[cut:]
        part += letter
    return [*parts, part]


def clean(text: str) -> str:
    """Return a text without control characters, which no file format takes."""
    return "".join(letter if letter.isprintable() or letter == FIXED_SPACE else " " for letter in text)


@dataclass(slots=True)
class Sheet:
    """Collects what is to be drawn, then draws it on a page that is as high as needed."""

    title: str
    description: str
    width: float = WIDTH
    height: float = 0.0
    _pen: list[Callable[[Axes], object]] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, *, size: float = SIZE, bold: bool = False, colour: str = BLACK, align: Align = "left") -> None:
        """Write a line of text on the base line ``y``."""
        weight = "bold" if bold else "normal"
        content = clean(text).replace(FIXED_SPACE, " ")
        self._pen.append(lambda axes: axes.text(x, y, content, fontsize=size, fontweight=weight, color=colour, ha=align, va="baseline", parse_math=False))

    def lines(self, x: float, y: float, lines: Sequence[str], *, size: float = SIZE, bold: bool = False, colour: str = BLACK, align: Align = "left") -> float:
        """Write lines of text below ``y``, and return where the next one would begin."""
        for line in lines:
            self.text(x, y + size, line, size=size, bold=bold, colour=colour, align=align)
            y += size * LEADING
        return y

    def line(
        self, xs: Sequence[float], ys: Sequence[float], *, colour: str = BLACK, width: float = 0.7, dashed: bool = False, gid: str = "", order: float = 2
    ) -> None:
        """Draw a line through some places."""
        pattern = (0, (3, 2)) if dashed else "solid"
        self._pen.append(
            lambda axes: axes.plot(list(xs), list(ys), color=colour, linewidth=width, linestyle=pattern, solid_capstyle="butt", gid=gid or None, zorder=order)
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, edge: str = "none", gid: str = "", order: float = 1) -> None:
        """Fill a rectangle."""
        self._pen.append(
            lambda axes: axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, edgecolor=edge, linewidth=0.7, gid=gid or None, zorder=order))
        )

    def mark(
        self, x: float, y: float, marker: str | MarkerStyle, *, size: float = 6.0, fill: str = BLACK, edge: str = BLACK, gid: str = "", edge_width: float = 0.8
    ) -> None:
        """Draw a mark around a place."""
        self._pen.append(
            lambda axes: axes.plot(
                [x],
                [y],
                marker=marker,
                markersize=size,
                markerfacecolor=fill,
                markeredgecolor=edge,
                markeredgewidth=edge_width,
                linestyle="none",
                gid=gid or None,
                zorder=4,
            )
        )

    def render(self, form: str) -> bytes:
        """Return the page as a file of one of :data:`FORMATS`."""
        with style.context(["default", STYLE]), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            figure = Figure(figsize=(self.width / POINTS_PER_INCH, self.height / POINTS_PER_INCH))
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set_axis_off()
            axes.set_autoscale_on(False)
            for draw in self._pen:
                draw(axes)
            axes.set_xlim(0, self.width)
            axes.set_ylim(self.height, 0)
            buffer = io.BytesIO()
            figure.savefig(buffer, format=form, dpi=self._dpi() if form == "png" else POINTS_PER_INCH, metadata=self._metadata(form))
        return self._described(buffer.getvalue()) if form == "svg" else buffer.getvalue()

    def _dpi(self) -> float:
        """Return the resolution of a picture: less for a page so high that matplotlib would refuse it."""
        return min(PNG_DPI, HIGHEST_PNG * POINTS_PER_INCH / self.height)

    def _metadata(self, form: str) -> dict[str, str | None]:
        if form == "pdf":
            return {"Title": self.title, "Subject": self.description, "Creator": "NET-KG", "Producer": None, "CreationDate": None}
        if form == "png":
            return {"Title": self.title, "Description": self.description, "Software": "NET-KG"}
        return {"Title": self.title, "Description": self.description, "Creator": "NET-KG", "Date": None}

    def _described(self, svg: bytes) -> bytes:
        """Return an SVG file that tells screen readers what it shows, and has other fonts to fall back on."""
        text = svg.decode("utf-8").replace("font-family: 'DejaVu Sans'", f"font-family: {FAMILIES}")
        text = text.replace("<svg ", '<svg role="img" aria-labelledby="title description" ', 1)
        head, title, rest = text.partition("</title>")
        head = head.replace("<title>", '<title id="title">', 1)
        return f'{head}{title}\n <desc id="description">{escape(self.description, quote=False)}</desc>{rest}'.encode()
