"""Rows for figures, to change one thing at a time, and what can be read from a drawn figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from xml.etree import ElementTree as ET

from kg.plot.data import Arm, Decision, Document, Item
from kg.plot.page import Caption
from kg.plot.sheet import width_of

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
CAPTION = Caption("A title", "A subtitle.", "2030-01-02")

PAPER = Document("https://example.org/paper", "A paper, Journal 2020", ("PMID 1", "doi:10.1/x"))
ITEM = Item(
    name="evidence/A-pfs",
    trial="ALPHA",
    analysis="primary",
    population="pancreas; NET",
    subgroup="",
    endpoint="progression-free survival",
    time_point="",
    assessor="central",
    experimental=Arm("drug a", "100", Decimal("11.4")),
    comparator=Arm("placebo", "99", Decimal("5")),
    unit="months",
    n="199",
    measure="hazard ratio",
    effect=Decimal("0.47"),
    low=Decimal("0.3"),
    high=Decimal("0.73"),
    level="95",
    curation="primary",
    sources=(PAPER,),
)
DECISION = Decision(
    name="approval/A",
    jurisdiction="Canada",
    therapy="drug a",
    brand="Brand",
    decision="approval",
    status="active",
    date="2016-02-26",
    gist="Tumours of the pancreas.",
    curation="primary",
    sources=(PAPER,),
)


def item(**changes: Any) -> Item:
    """Return an item that differs from the ordinary one; numbers may be written as text."""
    numbers = {key: Decimal(value) for key, value in changes.items() if key in ("effect", "low", "high") and isinstance(value, str)}
    return replace(ITEM, **(changes | numbers))


def decision(**changes: Any) -> Decision:
    """Return a decision that differs from the ordinary one."""
    return replace(DECISION, **changes)


@dataclass
class Drawing:
    """An SVG file, read back."""

    data: bytes

    @cached_property
    def root(self) -> ET.Element:
        return ET.fromstring(self.data)  # noqa: S314 - our own file

    @cached_property
    def texts(self) -> list[tuple[float, float, str]]:
        """Place and content of each line of text."""
        return [(float(text.attrib["x"]), float(text.attrib["y"]), text.text or "") for text in self.root.iter(f"{SVG}text")]

    @property
    def words(self) -> str:
        return "\n".join(text for _, _, text in self.texts)

    @property
    def ids(self) -> list[str]:
        return [element.attrib["id"] for element in self.root.iter() if "id" in element.attrib]

    def group(self, gid: str) -> ET.Element:
        (found,) = [element for element in self.root.iter(f"{SVG}g") if element.get("id") == gid]
        return found

    def line(self, gid: str) -> list[tuple[float, float]]:
        """Return the places of a line."""
        (path,) = self.group(gid).iter(f"{SVG}path")
        numbers = [float(number) for number in re.findall(r"-?[0-9.]+", path.attrib["d"])]
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def mark(self, gid: str) -> tuple[float, float]:
        """Return the place of a mark."""
        use = next(self.group(gid).iter(f"{SVG}use"))
        return float(use.attrib["x"]), float(use.attrib["y"])

    def shape(self, gid: str) -> str:
        """Return what a mark looks like, whatever its name."""
        (use,) = list(self.group(gid).iter(f"{SVG}use"))[:1]
        name = use.attrib[f"{XLINK}href"].removeprefix("#")
        return next(path.attrib["d"] for path in self.root.iter(f"{SVG}path") if path.get("id") == name)

    def x_of(self, text: str) -> float:
        (found,) = [x for x, _, content in self.texts if content == text]
        return found

    def y_of(self, text: str) -> float:
        (found,) = [y for _, y, content in self.texts if content == text]
        return found

    @cached_property
    def boxes(self) -> list[tuple[float, float, float, float, str]]:
        """Left, top, right and bottom of each line of text, and the text."""
        found = []
        for text in self.root.iter(f"{SVG}text"):
            style, content = text.attrib["style"], text.text or ""
            size = float(re.findall(r"font-size: ([0-9.]+)px", style)[0])
            width = width_of(content, size, bold="font-weight: 700" in style)
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            x -= width / 2 if "anchor: middle" in style else width if "anchor: end" in style else 0
            found.append((x, y - size * 0.75, x + width, y + size * 0.2, content))
        return sorted(found, key=lambda box: box[1])

    def collisions(self) -> list[tuple[str, str]]:
        """Return pairs of texts that touch."""
        found = []
        for number, (left, _, right, bottom, text) in enumerate(self.boxes):
            for other in self.boxes[number + 1 :]:
                if other[1] >= bottom:
                    break
                if other[0] < right and left < other[2]:
                    found.append((text, other[4]))
        return found

    def outside(self) -> list[str]:
        """Return texts that leave the page."""
        width, height = (float(self.root.attrib[key].removesuffix("pt")) for key in ("width", "height"))
        return [text for left, top, right, bottom, text in self.boxes if left < 0 or top < 0 or right > width or bottom > height]
