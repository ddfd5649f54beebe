"""Every error that NET-KG raises on purpose.

::

    NetKGError
    ├── UsageError            a call or a parameter is wrong               exit 2
    ├── DataError             a file from outside is wrong                 exit 1
    │   ├── TableError        one or more rows of a curated table
    │   ├── CaseError         a document that describes a situation
    │   ├── OntologyError     the ontology cannot be read or is incoherent
    │   └── QueryFileError    a file of the query library
    ├── QueryError            a SPARQL query is wrong or cannot be run     exit 2
    ├── UnknownTermError      no term of that name                         exit 2
    └── SurroundingsError     disk, permission, lock, Java, server         exit 3
        ├── StoreError
        └── ReasonerError

A message says what is wrong and where; ``hint`` says what to do next; ``code`` can be searched for in
the documentation.
"""

from __future__ import annotations


class NetKGError(Exception):
    """Base of all errors raised on purpose.

    :param message: what is wrong, in a sentence
    :param where: file, line, column or request part
    :param hint: what to do about it
    """

    code = "NETKG"
    exit_status = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} [{self.code}]" + (f"\n  hint: {self.hint}" if self.hint else "")


class UsageError(NetKGError):
    """A call or a parameter is wrong."""

    code = "USAGE"
    exit_status = 2


class DataError(NetKGError):
    """A file from outside is wrong."""

    code = "DATA"


class TableError(DataError):
    """One or more rows of a curated table are wrong; see :class:`kg.load.report.Report`."""

    code = "TABLE"


class CaseError(DataError):
    """A document that describes a situation is wrong; ``where`` names the place in it."""

    code = "CASE"


class OntologyError(DataError):
    """The ontology cannot be read, or the reasoner refuses it."""

    code = "ONTOLOGY"


class QueryFileError(DataError):
    """A file of the query library has no valid header or body."""

    code = "QUERY-FILE"


class QueryError(NetKGError):
    """A SPARQL query cannot be parsed or run.

    :param place: line and column of the fault in the query, from 1, when it is known
    """

    code = "QUERY"
    exit_status = 2

    def __init__(self, message: str, *, where: str = "", hint: str = "", place: tuple[int, int] | None = None) -> None:
        super().__init__(message, where=where or (f"line {place[0]}, column {place[1]}" if place else ""), hint=hint)
        self.place = place

    def moved(self, lines: int) -> QueryError:
        """Return the same error for a text in which the fault stands some lines further down."""
        if self.place is None:
            return self
        line, column = self.place
        return QueryError(self.message, hint=self.hint, place=(line + lines, column))


class UnknownTermError(NetKGError):
    """No term has that name, label or identifier."""

    code = "UNKNOWN-TERM"
    exit_status = 2


class SurroundingsError(NetKGError):
    """Something outside the program fails: disk, permission, lock, Java, server."""

    code = "ENVIRONMENT"
    exit_status = 3


class StoreError(SurroundingsError):
    """The store cannot be opened, read or written."""

    code = "STORE"


class ReasonerError(SurroundingsError):
    """The reasoner cannot be started, was too slow, or gave no answer."""

    code = "REASONER"
