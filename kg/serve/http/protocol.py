"""The SPARQL 1.1 Protocol as pure functions: from the parts of a request to the operation that it asks for."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal, NamedTuple

from kg.serve.problem import Problem

Kind = Literal["query", "update"]

FORM = "application/x-www-form-urlencoded"
DIRECT: Mapping[Kind, str] = {"query": "application/sparql-query", "update": "application/sparql-update"}
DATASET: Mapping[Kind, tuple[str, str]] = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}
MALFORMED = re.compile(rb"%(?![0-9A-Fa-f]{2})")
UTF8 = ("", "utf-8", "utf8")
IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*')


class Operation(NamedTuple):
    """A query or an update, as the protocol sees it.

    :param default_graphs: the graphs that make up the default graph; ``None`` when the request names no dataset
    :param named_graphs: the named graphs; ``None`` when the request names no dataset
    :param format: what ``?format=`` says; empty when it is not given
    """

    text: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    format: str


def bad_request(title: str, *, detail: str = "", code: str = "PROTOCOL", hint: str = "") -> Problem:
    """Return the problem of a request that is not what the protocol wants."""
    return Problem(HTTPStatus.BAD_REQUEST, title, detail=detail, code=code, hint=hint)


class Parameters:
    """The parameters of an address or of a form, each with all its values.

    :raises Problem: when they are not percent-encoded UTF-8
    """

    def __init__(self, *encoded: bytes) -> None:
        self._values: dict[str, list[str]] = {}
        for part in encoded:
            for pair in part.split(b"&"):
                name, _, value = pair.partition(b"=")
                if pair:
                    self._values.setdefault(_text(name), []).append(_text(value))

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def names(self) -> set[str]:
        """Return the names of all parameters."""
        return set(self._values)

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a parameter."""
        return tuple(self._values.get(name, ()))

    def at_most_once(self, name: str) -> str | None:
        """Return the value of a parameter, if it is given.

        :raises Problem: when it is given more often
        """
        values = self._values.get(name, ())
        if len(values) > 1:
            raise bad_request(f"the parameter {name!r} is given {len(values)} times", hint=f"give {name!r} once")
        return values[0] if values else None

    def exactly_once(self, name: str) -> str:
        """Return the value of a parameter.

        :raises Problem: when it is missing or given more often
        """
        value = self.at_most_once(name)
        if value is None:
            raise bad_request(f"the parameter {name!r} is missing", hint=f"give {name!r} once")
        return value


def _text(encoded: bytes) -> str:
    encoded = encoded.replace(b"+", b" ")
    if b"%" in encoded:
        if MALFORMED.search(encoded):
            raise bad_request("the parameters are not percent-encoded: a % is followed by something else than two hexadecimal digits")
        # Quoted-printable is the same with another sign, and has a decoder in C: ten times as fast as urllib's.
        encoded = a2b_qp(encoded.replace(b"=", b"=3D").replace(b"%", b"="))
    return utf8(encoded)


def utf8(content: bytes) -> str:
    """Return text that must be UTF-8.

    :raises Problem: when it is not
    """
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        hint = "send UTF-8; the protocol knows no other encoding"
        raise bad_request("the request is not UTF-8", detail=f"byte {error.start} cannot be read", hint=hint) from None


def media_type_of(content_type: str) -> str:
    """Return the media type of a Content-Type header, in small letters.

    :raises Problem: when its character set is not UTF-8
    """
    media_type, *parameters = content_type.split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in UTF8:
            raise unsupported(f"the character set {value.strip()!r} is not understood", "send UTF-8")
    return media_type.strip().lower()


def unsupported(title: str, hint: str) -> Problem:
    """Return the problem of a body that is of the wrong kind."""
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, title, code="MEDIA-TYPE", hint=hint)


def read_get(query_string: bytes) -> Operation:
    """Return the query of a GET request.

    :raises Problem: when it is none
    """
    parameters = Parameters(query_string)
    if "update" in parameters:
        raise bad_request("an update cannot be sent by GET", hint="send it by POST to /update")
    return _operation("query", parameters.exactly_once("query"), parameters)


def read_post(kind: Kind, query_string: bytes, content_type: str, body: bytes) -> Operation:
    """Return the query or update of a POST request: a form, or the text itself.

    :raises Problem: when it is none
    """
    media_type = media_type_of(content_type)
    if media_type == FORM:
        form = Parameters(body)
        other: Kind = "update" if kind == "query" else "query"
        if other in form and kind not in form:
            raise _wrong_address(other)
        sources = (form, Parameters(query_string)) if query_string else (form,)
        return _operation(kind, form.exactly_once(kind), *sources)
    if media_type == DIRECT[kind]:
        parameters = Parameters(query_string)
        if kind in parameters:
            raise bad_request(f"the {kind} is given twice: in the address and in the body")
        return _operation(kind, utf8(body), parameters)
    for other, direct in DIRECT.items():
        if media_type == direct:
            raise _wrong_address(other)
    title = f"the body is of the type {media_type!r}, which is not understood" if media_type else "the request does not say what its body is"
    raise unsupported(title, f"send Content-Type: {FORM} or {DIRECT[kind]}")


def _wrong_address(other: Kind) -> Problem:
    hints = {"update": "updates go to /update", "query": "queries go to /sparql"}
    return bad_request(f"this is {'an update' if other == 'update' else 'a query'}, which this address does not take", hint=hints[other])


def _operation(kind: Kind, text: str, *sources: Parameters) -> Operation:
    if len(sources) == 1 and len(sources[0]) == 1 and kind in sources[0]:
        return Operation(text, None, None, "")
    default_name, named_name = DATASET[kind]
    default_graphs = _graphs(default_name, sources)
    named_graphs = _graphs(named_name, sources)
    given = bool(default_graphs or named_graphs)
    form = next((value for source in sources if (value := source.at_most_once("format"))), "")
    return Operation(text, default_graphs if given else None, named_graphs if given else None, form)


def _graphs(name: str, sources: tuple[Parameters, ...]) -> tuple[str, ...]:
    """Return the graphs that a parameter names.

    :raises Problem: when one of them is no absolute IRI
    """
    found = tuple(value for source in sources for value in source.all(name))
    for value in found:
        if not IRI.fullmatch(value):
            raise bad_request(f"{name}: {value!r} is no absolute IRI")
    return found
