"""A picture of a tree: boxes from left to right, with words on the lines between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.plot.sheet import BLACK, BLUE, GREY, LEADING, MARGIN, PALE, RULE, SMALL, TITLE, Sheet, width_of, wrap

BOX = 230.0
"""Greatest width of a box's text, in points."""
PADDING = 5.0
GAP = 8.0
"""Between two boxes of a column."""
SIZE = 8.5


@dataclass(slots=True)
class Node:
    """A box.

    :param title: its first line, bold
    :param text: what stands below
    :param relation: words on the line that leads to it
    :param children: the boxes to its right
    """

    title: str
    text: str = ""
    relation: str = ""
    children: list[Node] = field(default_factory=list)

    def rows(self) -> list[tuple[str, bool]]:
        """Return its lines, each with whether it is bold."""
        head = [(line, True) for line in wrap(self.title, BOX, SIZE, bold=True)]
        return head + [(line, False) for line in wrap(self.text, BOX, SIZE)]

    def size(self) -> tuple[float, float]:
        """Return how wide and high its box is."""
        rows = self.rows()
        width = max(width_of(line, SIZE, bold=bold) for line, bold in rows)
        return width + 2 * PADDING, len(rows) * SIZE * LEADING + 2 * PADDING

    def height(self) -> float:
        """Return how much room the box and all to its right need, one below the other."""
        below = sum(child.height() for child in self.children) + GAP * max(len(self.children) - 1, 0)
        return max(self.size()[1], below)


def draw(root: Node, title: str, description: str) -> bytes:
    """Return the picture as SVG; the same tree gives the same bytes.

    :param title: over the picture, and for screen readers
    :param description: what it shows, for screen readers
    """
    lefts = list(_columns([root]))
    sheet = Sheet(title, description, width=lefts[-1] + MARGIN, height=root.height() + 2 * MARGIN + 2 * TITLE)
    sheet.box(0, 0, sheet.width, sheet.height, "white", order=0)
    sheet.text(MARGIN, MARGIN + TITLE, title, size=TITLE, bold=True)
    _draw(sheet, root, lefts, 0, MARGIN + 2 * TITLE)
    return sheet.render("svg")


def _columns(level: list[Node]) -> Iterator[float]:
    """Yield where each column begins, and at last where the picture ends."""
    left = MARGIN
    while level:
        yield left
        children = [child for node in level for child in node.children]
        between = max((width_of(child.relation, SMALL) for child in children), default=0.0)
        left += max(node.size()[0] for node in level) + (between + 24 if children else 0)
        level = children
    yield left


def _draw(sheet: Sheet, node: Node, lefts: list[float], column: int, top: float) -> float:
    """Draw a box and all to its right below ``top``, and return the middle of the box."""
    left, (width, height) = lefts[column], node.size()
    middle = top + node.height() / 2
    below = top + (node.height() - sum(child.height() for child in node.children) - GAP * max(len(node.children) - 1, 0)) / 2
    for child in node.children:
        end = _draw(sheet, child, lefts, column + 1, below)
        turn = left + width + 10
        sheet.line([left + width, turn, turn, lefts[column + 1]], [middle, middle, end, end], colour=RULE, width=1.0)
        sheet.text(turn + 4, end - 3, child.relation, size=SMALL, colour=GREY)
        below += child.height() + GAP
    sheet.box(left, middle - height / 2, width, height, PALE, edge=BLUE if node.children else RULE)
    line = middle - height / 2 + PADDING
    for text, bold in node.rows():
        sheet.text(left + PADDING, line + SIZE, text, size=SIZE, bold=bold, colour=BLACK)
        line += SIZE * LEADING
    return middle
