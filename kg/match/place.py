"""Where something stands in a document, for facts and for errors."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.errors import CaseError

_LAST_STEP = re.compile(r"(?:\[[^\[\]]*\]|\.[^.\[\]]*)\Z")
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def shown(value: object) -> str:
    """Return any value for a message: short, on one line, however long or deep it is."""
    return _SHORT.repr(value)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document.

    :param document: name of the document, for errors
    :param path: keys and positions: ``metastases[1]``
    :param origins: own path → path in the document that the case was made from, where there is one
    """

    document: str
    path: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)

    def key(self, name: str) -> Place:
        """Return the place of a key of this mapping."""
        step = name if name.isidentifier() else shown(name)
        return Place(self.document, f"{self.path}.{step}" if self.path else step, self.origins)

    def item(self, position: int) -> Place:
        """Return the place of a member of this list."""
        return Place(self.document, f"{self.path}[{position}]", self.origins)

    @property
    def name(self) -> str:
        """The path, or that of the original document for it or for the nearest thing around it."""
        path = self.path
        while path and path not in self.origins:
            path = _LAST_STEP.sub("", path) if _LAST_STEP.search(path) else ""
        return self.origins.get(path, self.path)

    def refused(self, message: str, hint: str = "") -> CaseError:
        """Return the error that says what is wrong here."""
        return CaseError(message, where=": ".join(part for part in (self.document, self.name) if part), hint=hint)
