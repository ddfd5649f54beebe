"""Parameters of stored queries: typed, checked, and bound as RDF terms."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import UnknownTermError, UsageError
from kg.load.columns import Column, Integer, Key, Number, PartialDate
from kg.load.reader import CellError, parse_cell
from kg.load.records import DATES, DECIMAL
from kg.load.tables import BY_NAME
from kg.prefixes import NET, PREFIXES
from kg.sparql import Term
from kg.terms import Terms

ANY = "any"
INTEGER = ox.NamedNode(PREFIXES["xsd"] + "integer")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a stored query.

    :param type: ``term``, ``term:ROOT``, ``choice:LIST``, ``record:TABLE``, ``text``, ``number``, ``integer`` or ``date``
    :param default: written value that is used when none is given
    """

    name: str
    type: str
    default: str
    help: str

    @property
    def variable(self) -> str:
        """The SPARQL variable that stands for it, with question mark."""
        return f"?_{self.name}"

    def bind(self, text: str, terms: Terms) -> Term:
        """Return the RDF term for a written value.

        :raises UsageError: when the value does not fit the type; says what would
        """
        kind, _, detail = self.type.partition(":")
        try:
            return self._bind(kind, detail, text, terms)
        except UnknownTermError as error:
            raise UsageError(error.message, where=f"parameter {self.name}", hint=error.hint) from error
        except CellError as error:
            raise UsageError(f"{text!r}: {error}", where=f"parameter {self.name}", hint=f"allowed: {error.allowed}" if error.allowed else "") from error

    def _bind(self, kind: str, detail: str, text: str, terms: Terms) -> Term:
        match kind:
            case "term":
                iri = terms.resolve(text)
                if detail and NET + detail not in terms.ancestors(iri):
                    label = terms.labels.get(NET + detail, detail)
                    raise UsageError(f"{text!r} is not a kind of {label}", where=f"parameter {self.name}")
                return ox.NamedNode(iri)
            case "choice":
                if text == ANY:
                    return ox.NamedNode(NET + detail)
                choices = terms.choices(detail)
                if text not in choices:
                    raise CellError("not in the list", ", ".join([ANY, *sorted(choices)]))
                return ox.NamedNode(choices[text])
            case "record":
                parse_cell(Key(self.name, required=True), text, terms)
                return ox.NamedNode(f"{NET}{BY_NAME[detail].path}/{text}")
        column, datatype = _LITERALS[kind]
        parse_cell(column, text, terms)
        if kind == "date":
            datatype = DATES[len(text)]
        return ox.Literal(text, datatype=datatype) if datatype else ox.Literal(text)


_LITERALS: dict[str, tuple[Column, ox.NamedNode | None]] = {
    "text": (Column("text"), None),
    "number": (Number("number", required=True), DECIMAL),
    "integer": (Integer("integer", required=True), INTEGER),
    "date": (PartialDate("date", required=True), None),
}

TYPE_FORM = re.compile(r"term(:[A-Za-z0-9]+)?|choice:[A-Za-z0-9]+|record:(" + "|".join(BY_NAME) + r")|text|number|integer|date")
