"""Kinds of cells: what a column of a curated table may hold and which property it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SEPARATOR = " | "
"""Between several values of one cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a curated table.

    :param name: the header
    :param prop: local name of the property that carries the value; empty when the column is not a triple of its own
    :param required: an empty cell is an error
    :param many: several values, separated by ``" | "``
    """

    name: str
    prop: str = ""
    required: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Key(Column):
    """The identifier of the row; becomes part of its IRI."""


@dataclass(frozen=True, slots=True)
class Text(Column):
    """Free text."""


@dataclass(frozen=True, slots=True)
class TermRef(Column):
    """Name or label of an ontology class below one of ``roots``, or of any class when there are none."""

    roots: tuple[str, ...] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Choice(Column):
    """Code of a value of the closed list ``of``."""

    of: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Reference(Column):
    """Identifier of a row of another table."""

    table: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class RecordRef(Column):
    """Identifier of a row of any table, written ``table:id``."""


@dataclass(frozen=True, slots=True)
class Axiom(Column):
    """A triple of the graph between terms: ``Subject property Object``, by local names; ``subClassOf`` for the hierarchy."""


@dataclass(frozen=True, slots=True)
class Number(Column):
    """A decimal number, optionally with inclusive bounds."""

    low: str | None = None
    high: str | None = None


@dataclass(frozen=True, slots=True)
class Integer(Column):
    """A whole number of zero or more."""


@dataclass(frozen=True, slots=True)
class YesNo(Column):
    """``yes`` or ``no``."""


@dataclass(frozen=True, slots=True)
class PartialDate(Column):
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""


@dataclass(frozen=True, slots=True)
class Url(Column):
    """An http or https address."""


@dataclass(frozen=True, slots=True)
class Accession(Column):
    """An identifier of an outside register, without prefix."""

    prefix: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Scope(Column):
    """A population in the language of :mod:`kg.model.population`."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The numbers of these columns, where present, must not decrease from left to right."""

    columns: tuple[str, ...]


KEY_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]*")

ACCESSION_PATTERNS: dict[str, tuple[re.Pattern[str], str]] = {
    "PMID": (re.compile(r"[1-9][0-9]{0,7}"), "one to eight digits, such as 28076709"),
    "DOI": (re.compile(r"10\.[0-9]{4,9}/[^\s<>\"{}|\\^`]+"), "10.NNNN/suffix, without a web address before it"),
    "NCT": (re.compile(r"NCT[0-9]{8}"), "NCT and eight digits"),
}
