"""What is known of one situation."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model.population import Criterion


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known: of a feature that has a single value, one fact says all.

    :param criterion: one of these values, a number within an interval, or the absence of a value of a set feature; of
        what is present in a set feature, each value is a fact of its own
    :param path: where it stood in the document, for instance ``metastases[0]``
    :param text: what stood there
    """

    criterion: Criterion
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Unused:
    """Something that a document holds and matching cannot use."""

    path: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """What is known of one situation; what no fact is about is unknown.

    :param id: name of the case, empty when the document gives none
    """

    id: str
    facts: tuple[Fact, ...]
    unused: tuple[Unused, ...] = ()
