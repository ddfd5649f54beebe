"""Features: the dimensions by which a presentation, and so a population, is described."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class FeatureKind(StrEnum):
    """How the values of a feature behave."""

    HIERARCHY = "hierarchy"
    """one class out of a hierarchy, such as the primary site"""
    LIST = "list"
    """one individual of a closed list, such as the grade"""
    SET = "set"
    """any number of classes, each present, absent or unknown, such as hormone syndromes"""
    NUMBER = "number"
    """one decimal number, such as Ki-67"""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature, as the ontology declares it.

    :param key: short name used in tables, cases and parameters
    :param prop: IRI of the property of a presentation
    :param label: label of that property
    :param range: IRI of the class, list or datatype of its values
    :param unit: unit of a number, for people
    :param low: least possible number
    :param high: greatest possible number
    :param order: place in lists of features
    """

    key: str
    prop: str
    label: str
    kind: FeatureKind
    range: str
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    order: int = 0

    @property
    def name(self) -> str:
        """The label without its leading ``has``, for sentences."""
        return self.label.removeprefix("has ")
