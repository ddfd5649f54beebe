"""A document from outside as a tree that remembers what was read of it, so that nothing is dropped in silence."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn

from kg.errors import CaseError
from kg.match.presentation import Unused

Json = dict[str, "Json"] | list["Json"] | str | bool | int | Decimal | None

DEEPEST = 100
"""Levels of nesting; real documents have about a dozen."""
LARGEST = 1_000_000
"""Values in one document."""
LONGEST = 200
"""Characters of what stood somewhere, when it is shown."""
NOT_READ = "matching does not read this element"

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")
_INDEX = re.compile(r"\[[0-9]+\]")


def below(path: str, key: str | int) -> str:
    """Return the path of a member: ``a.b``, ``a[3]``, or ``a["odd name"]``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _PLAIN_NAME.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{shorten(repr(key), 60)}]"


def shape(path: str) -> str:
    """Return a path without its numbers: ``entry[].resource.id``."""
    return _INDEX.sub("[]", path)


def shorten(text: str, limit: int = LONGEST) -> str:
    """Return text of at most ``limit`` characters, without control characters."""
    text = "".join(character if character.isprintable() else " " for character in text[: limit * 4])
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def plain_json(value: object, where: str) -> Json:
    """Return a copy of what a JSON or YAML reader gave, with exact numbers and dates as text.

    :raises CaseError: with the path of the first value that no JSON document holds, or that is nested too deeply
    """
    return _Copy(where).of(value, "", 0)


class _Copy:
    """Copies a tree and counts."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.count = 0

    def of(self, value: object, path: str, depth: int) -> Json:
        self.count += 1
        if depth > DEEPEST:
            self.refuse(path, f"nested more than {DEEPEST} levels deep")
        if self.count > LARGEST:
            self.refuse(path, f"more than {LARGEST} values in one document")
        match value:
            case None | bool() | str():
                return value
            case int() | Decimal() | float():
                return self.number(value, path)
            case datetime.datetime() | datetime.date():
                return value.isoformat()
            case Mapping():
                return {self.key(key, path): self.of(member, below(path, str(key)), depth + 1) for key, member in value.items()}
            case list() | tuple():
                return [self.of(member, below(path, number), depth + 1) for number, member in enumerate(value)]
        return self.refuse(path, f"a {type(value).__name__} is no value of a JSON document")

    def key(self, key: object, path: str) -> str:
        return key if isinstance(key, str) else self.refuse(path, f"the name {shorten(repr(key), 60)} is not text")

    def number(self, value: float | Decimal, path: str) -> int | Decimal:
        if isinstance(value, int):
            return value
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
        return number if number.is_finite() else self.refuse(path, "not a finite number")

    def refuse(self, path: str, message: str) -> NoReturn:
        raise CaseError(message, where=place(self.where, path))


def place(where: str, path: str) -> str:
    """Return the name of a document together with a path in it."""
    return f"{where}: {shorten(path, 400)}" if path else where


@dataclass(slots=True)
class Document:
    """One document, and what of it was read and what was turned down.

    :param tree: from :func:`plain_json`
    :param where: name of the document, for messages
    :param read: paths of the values that went into a fact or into the decision whether there is one
    :param unused: what was turned down, in the order of reading
    """

    tree: Json
    where: str
    read: set[str] = field(default_factory=set)
    unused: list[Unused] = field(default_factory=list)

    @property
    def root(self) -> Node:
        """The whole document, which has to be an object.

        :raises CaseError: when it is none
        """
        root = Node(self, self.tree, "")
        root.members()
        return root

    def leftovers(self, structural: re.Pattern[str]) -> list[Unused]:
        """Return what nobody looked at, each time the largest part that nothing was read of.

        :param structural: shapes of paths that say nothing about the person
        """
        touched = self._touched()
        found: list[Unused] = []
        stack = [Node(self, self.tree, "")]
        while stack:
            node = stack.pop()
            if node.path in self.read or node.value in (None, {}, [], "") or structural.fullmatch(shape(node.path)):
                continue
            inside = list(node.children())
            if node.path in touched or any(structural.fullmatch(shape(child.path)) for child in inside):
                stack.extend(reversed(inside))
            else:
                found.append(Unused(node.path, node.words(), NOT_READ))
        return found

    def _touched(self) -> set[str]:
        """Return the paths above something that was read or turned down."""
        touched = {""}
        for path in {*self.read, *(item.path for item in self.unused)}:
            for number, character in enumerate(path):
                if character in ".[":
                    touched.add(path[:number])
        return touched


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One value of a document and where it stands."""

    document: Document
    value: Json
    path: str

    def fail(self, message: str, hint: str = "") -> NoReturn:
        """Refuse the document because of this value.

        :raises CaseError: always
        """
        raise CaseError(message, where=place(self.document.where, self.path), hint=hint)

    def members(self) -> dict[str, Json]:
        """Return the members of an object.

        :raises CaseError: when it is none
        """
        return self.value if isinstance(self.value, dict) else self.fail(f"{_kind(self.value)} where an object is expected")

    def get(self, *names: str) -> Node | None:
        """Return the first member of that name that is there and not null.

        :raises CaseError: when this is no object
        """
        members = self.members()
        for name in names:
            if members.get(name) is not None:
                return Node(self.document, members[name], below(self.path, name))
        return None

    def all(self, *names: str) -> list[Node]:
        """Return the elements of a list member; none when there is no such member.

        :raises CaseError: when it is no list
        """
        found = self.get(*names)
        if found is None:
            return []
        if not isinstance(found.value, list):
            found.fail(f"{_kind(found.value)} where a list is expected")
        return [child for child in found.children() if child.value is not None]

    def text(self, *names: str) -> str:
        """Return a text member and note that it was read; empty when there is none.

        :raises CaseError: when it is no text
        """
        found = self.get(*names)
        if found is None:
            return ""
        if not isinstance(found.value, str):
            found.fail(f"{_kind(found.value)} where text is expected")
        found.mark()
        return found.value.strip()

    def flag(self, *names: str) -> bool:
        """Return a truth value and note that it was read; false when there is none.

        :raises CaseError: when it is no truth value
        """
        found = self.get(*names)
        if found is None:
            return False
        if not isinstance(found.value, bool):
            found.fail(f"{_kind(found.value)} where true or false is expected")
        found.mark()
        return found.value

    def number(self, *names: str) -> Decimal | None:
        """Return a number and note that it was read.

        :raises CaseError: when it is no number
        """
        found = self.get(*names)
        if found is None:
            return None
        if isinstance(found.value, bool) or not isinstance(found.value, int | Decimal):
            found.fail(f"{_kind(found.value)} where a number is expected")
        found.mark()
        return Decimal(found.value)

    def mark(self) -> None:
        """Note that this value and all below it were read."""
        self.document.read.add(self.path)

    def reject(self, reason: str, text: str = "") -> None:
        """Note that this value is not used, and why.

        :param text: what stood there, if more than the values here
        """
        self.document.unused.append(Unused(self.path, shorten(text) or self.words(), reason))
        self.mark()

    def children(self) -> Iterator[Node]:
        """Yield the members of an object or the elements of a list."""
        if isinstance(self.value, dict):
            for name, value in self.value.items():
                yield Node(self.document, value, below(self.path, name))
        elif isinstance(self.value, list):
            for number, value in enumerate(self.value):
                yield Node(self.document, value, below(self.path, number))

    def words(self) -> str:
        """Return what stands here as a short text: the values, in their order."""
        found: list[str] = []
        size = 0
        stack: list[Json] = [self.value]
        while stack and size <= LONGEST:
            value = stack.pop()
            if isinstance(value, dict):
                stack.extend(reversed(list(value.values())))
            elif isinstance(value, list):
                stack.extend(reversed(value))
            elif value is not None:
                found.append(_said(value))
                size += len(found[-1]) + 2
        return shorten("; ".join(found))


def _said(value: str | bool | int | Decimal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return str(Decimal(value))  # a decimal prints a huge number in short form, and int refuses more than 4300 digits


def _kind(value: Json) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return f"the text {shorten(value, 40)!r}"
        case list():
            return "a list"
        case dict():
            return "an object"
    return f"the number {shorten(_said(value), 40)}"
