"""The facts of the Biolink Model that we need: its categories, predicates, prefixes and closed lists.

They stand in ``model.json``, made by ``scripts/biolink-table`` from the model's own file, with its version and commit. The
model is CC0 1.0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NAMESPACE = "biolink:"


@dataclass(frozen=True, slots=True)
class Predicate:
    """One predicate of the model.

    :param domain: category or mixin that its subjects must have; empty when the model asks for none
    :param range: the same for its objects
    """

    above: tuple[str, ...]
    domain: str
    range: str
    deprecated: bool


class Model:
    """The table, with names as in CURIEs but without their prefix."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.version: str = table["version"]
        self.prefixes = frozenset(table["prefixes"])
        self.enums = {name: frozenset(values) for name, values in table["enums"].items()}
        self.associations = frozenset(table["associations"])
        self.predicates = {name: Predicate(**entry | {"above": tuple(entry["above"])}) for name, entry in table["predicates"].items()}
        self.categories = frozenset(name for name, entry in table["categories"].items() if entry["usable"])
        self._above = {name: tuple(entry["above"]) for name, entry in table["categories"].items()}
        self._prefixes = {name: tuple(entry["prefixes"]) for name, entry in table["categories"].items()}

    def ancestors(self, category: str) -> frozenset[str]:
        """Return a category with all categories and mixins above it."""
        found = {category}
        for parent in self._above.get(category, ()):
            found |= self.ancestors(parent)
        return frozenset(found)

    def preferred_prefixes(self, category: str) -> tuple[str, ...]:
        """Return the prefixes of identifiers of a category, the model's preferred one first."""
        return self._prefixes.get(category, ())

    def within(self, predicate: str, root: str) -> bool:
        """Say whether a predicate is another one, or below it."""
        return predicate == root or any(self.within(parent, root) for parent in self.predicates[predicate].above if parent in self.predicates)


@cache
def model() -> Model:
    """Return the model; it is read once."""
    return Model(json.loads((Path(__file__).parent / "model.json").read_text(encoding="utf-8")))
