"""What goes back to a client when a request cannot be answered."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from kg.errors import CaseError, DataError, NetKGError, QueryError, SurroundingsError, UnknownTermError, UsageError

STATUS: Mapping[type[NetKGError], int] = {
    UnknownTermError: 404,
    UsageError: 400,
    QueryError: 400,
    CaseError: 422,
    DataError: 422,
    SurroundingsError: 503,
}
"""Status of each kind of error that a request can meet; the nearest class in the tree counts."""


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A request that ends with an error status; becomes ``application/problem+json`` (RFC 9457), text or a page.

    :param status: HTTP status
    :param title: what is wrong, in a sentence; the same for all problems of one code
    :param detail: what is wrong with this very request
    :param code: a word that can be searched for in the documentation, such as ``TIME-LIMIT``
    :param hint: what to do about it
    :param extra: further members of the JSON document, such as the limit that was met
    :param headers: further headers, such as ``Retry-After``
    """

    def __init__(
        self,
        status: int,
        title: str,
        *,
        detail: str = "",
        code: str,
        hint: str = "",
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.code = code
        self.hint = hint
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def document(self) -> dict[str, object]:
        """Return the problem as a JSON document, empty members left out."""
        members = {"title": self.title, "status": self.status, "code": self.code, "detail": self.detail, "hint": self.hint}
        return {name: value for name, value in members.items() if value} | self.extra


def problem_of(error: NetKGError) -> Problem:
    """Return what a client is told about one of our own errors; nothing about this machine's files."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)
    ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    place = error.place if isinstance(error, QueryError) else None
    extra = {"line": place[0], "column": place[1]} if place else {}
    return Problem(status, error.message, code=error.code, hint=error.hint, detail="" if ours else error.where, extra=extra)
