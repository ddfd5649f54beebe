"""Documents from outside: YAML and JSON, read safely and exactly.

Numbers come out as whole numbers and decimals, never as floats. Refused are: a file that is too large, text that is not
UTF-8, several documents in one file, a key that is stated twice, values nested deeper than :data:`MAX_DEPTH`, infinite
numbers and those that are none, and of YAML also anchors, aliases and tags: a case needs none of them, and with them a
small file can grow without limit. Of unquoted YAML only ``true``, ``false``, ``null`` and decimal numbers are no text:
``no`` and ``1:30`` and ``012`` mean what they say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from pathlib import Path
from typing import Any

import yaml

from kg.errors import CaseError
from kg.match.place import Place, shown

MAX_BYTES = 16 * 2**20
"""Bytes of a JSON file."""
MAX_YAML_BYTES = 2**20
"""Bytes of a YAML file, which takes far longer to read."""
MAX_DEPTH = 64
"""Lists and mappings inside each other."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: value for value, words in ((True, "true True TRUE"), (False, "false False FALSE")) for word in words.split()
}
_STRING_TAGS = ("!", "tag:yaml.org,2002:str")
_LONGEST_INT = 18
_TOO_DEEP = f"lists and mappings are nested more than {MAX_DEPTH} deep"


def load_case(path: Path) -> object:
    """Return what a YAML or JSON file holds: mappings, lists, text, truth values, ``int``, ``Decimal`` and ``None``.

    The ending of the name says which of the two it is; without one of the usual endings the text itself does.

    :raises CaseError: when the file cannot be read; says where and why
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)  # no more than that is ever read, whatever the size is said to be
    except (OSError, ValueError) as error:
        raise CaseError(f"cannot be read: {getattr(error, 'strerror', None) or error}", where=shown(str(path)).strip("'")) from error
    form = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}.get(path.suffix.lower(), "")
    return parse_document(data, where=path.name, form=form)


def parse_document(data: bytes, *, where: str, form: str = "") -> object:
    """Return what some bytes hold.

    :param where: name of the document, for errors
    :param form: ``json``, ``yaml``, or empty for whichever it looks like
    :raises CaseError: as :func:`load_case`
    """
    _refuse_size(data, MAX_BYTES, where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CaseError("is not UTF-8 text", where=f"{where}:{line}", hint="save the file in the encoding UTF-8") from error
    if not text.strip():
        raise _empty(where)
    if form == "json" or (not form and text.lstrip()[0] in "{["):
        return _json(text, where)
    _refuse_size(data, MAX_YAML_BYTES, where)
    return parse_yaml(text, where=where)


def _refuse_size(data: bytes, most: int, where: str) -> None:
    if len(data) > most:
        raise CaseError(f"is larger than {most // 2**20} MiB", where=where, hint="one file describes one situation; many are a cohort")


def _empty(where: str) -> CaseError:
    return CaseError("is empty", where=where, hint="a case of which nothing is known is written {}")


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A JSON object as it is written, before two equal keys are one."""

    pairs: list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class _NotFinite:
    text: str


def _json(text: str, where: str) -> object:
    def number(written: str) -> int | Decimal:
        return _number(written, where)

    try:
        document = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_NotFinite, parse_float=number, parse_int=number)
    except json.JSONDecodeError as error:
        several = error.msg == "Extra data"
        message = "holds more than one document" if several else f"is not well formed: {error.msg}"
        raise CaseError(message, where=f"{where}:{error.lineno}", hint="one file describes one situation" if several else "") from error
    except RecursionError as error:
        raise CaseError(_TOO_DEEP, where=where) from error
    return _plain(document, Place(where), 0)


def _plain(value: object, place: Place, depth: int) -> object:
    """Return a JSON value as mappings and lists, when nothing in it is stated twice."""
    if depth > MAX_DEPTH:
        raise CaseError(_TOO_DEEP, where=place.document)
    match value:
        case _Pairs(pairs):
            mapping: dict[str, object] = {}
            for key, member in pairs:
                if key in mapping:
                    raise place.refused(f"the key {shown(key)} is stated twice")
                mapping[key] = _plain(member, place.key(key), depth + 1)
            return mapping
        case list():
            return [_plain(member, place.item(position), depth + 1) for position, member in enumerate(value)]
        case _NotFinite(text):
            raise place.refused(f"{text} is not a number")
    return value


def _number(text: str, where: str) -> int | Decimal:
    if len(text) <= _LONGEST_INT and text.removeprefix("-").isdigit():
        return int(text)
    try:
        return Decimal(text)
    except DecimalException as error:
        raise CaseError(f"{shown(text)} is too large or too small a number", where=where) from error


def parse_yaml(text: str, *, where: str) -> object:
    """Return what a YAML text holds.

    :raises CaseError: as :func:`load_case`
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Yaml(yaml.parse(text, Loader=loader), where).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "this is not YAML"
        hint = "put a value that begins with > or another sign between quotes" if re.search(r"^[^#]*:\s*[>%@`|&*!]", _line(text, line)) else ""
        raise CaseError(f"is not well formed: {problem}", where=f"{where}:{line}", hint=hint) from error


def _line(text: str, number: int) -> str:
    return next((line for count, line in enumerate(text.split("\n"), 1) if count == number), "")


class _Yaml:
    """Builds plain values from the events of the YAML parser, so that nothing else can ever be built."""

    def __init__(self, events: Iterator[yaml.Event], where: str) -> None:
        self._events = events
        self._where = where

    def document(self) -> object:
        """Return the only document."""
        next(self._events)  # start of the stream
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            raise _empty(self._where)
        event = next(self._events)
        if isinstance(event, yaml.ScalarEvent) and not event.value and event.implicit[0]:
            raise _empty(self._where)
        value = self._value(event, 0)
        next(self._events)  # end of the document
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._refused(event, "holds more than one document", "one file describes one situation")
        return value

    def _value(self, event: yaml.Event, depth: int) -> object:
        if depth > MAX_DEPTH:
            raise self._refused(event, _TOO_DEEP)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refused(event, "anchors and aliases are not read", "write the value out, or put it between quotes")
        tag = getattr(event, "tag", None)
        if tag and tag not in _STRING_TAGS:
            raise self._refused(event, f"the tag {shown(tag)} is not read", "leave the tag out, or put the value between quotes")
        if isinstance(event, yaml.SequenceStartEvent):
            members = []
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                members.append(self._value(event, depth + 1))
            return members
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refused(event, "is not well formed")
        return self._scalar(event)

    def _mapping(self, depth: int) -> dict[str, object]:
        mapping: dict[str, object] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refused(event, "a key is a single word or text")
            if event.value in mapping:
                raise self._refused(event, f"the key {shown(event.value)} is stated twice")
            self._value(event, depth)  # a key may have no anchor and no tag either
            mapping[event.value] = self._value(next(self._events), depth + 1)
        return mapping

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        text = event.value
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_FINITE.fullmatch(text):
            raise self._refused(event, f"{text} is not a number")
        if _NUMBER.fullmatch(text):
            return _number(text, self._at(event))
        return text

    def _at(self, event: yaml.Event) -> str:
        return f"{self._where}:{event.start_mark.line + 1}" if event.start_mark else self._where

    def _refused(self, event: yaml.Event, message: str, hint: str = "") -> CaseError:
        return CaseError(message, where=self._at(event), hint=hint)
