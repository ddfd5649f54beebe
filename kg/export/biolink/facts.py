"""What the graph says of one subject, with a note of what has been used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.export.biolink.survey import part_of, text
from kg.prefixes import NET


class Facts:
    """The statements of one subject.

    :param iri: the subject; ``kind`` is the first part of a record's name, and empty for terms
    """

    def __init__(self, iri: str, quads: Iterable[ox.Quad]) -> None:
        self.iri = iri
        first, slash, _ = iri.removeprefix(NET).partition("/")
        self.kind = first if slash and iri.startswith(NET) else ""
        self._values: dict[str, dict[str, set[str]]] = {}
        self._used: set[str] = set()
        for quad in quads:
            self._values.setdefault(quad.predicate.value, {}).setdefault(text(quad.object), set()).add(part_of(quad))

    def __len__(self) -> int:
        return sum(len(values) for values in self._values.values())

    def values(self, predicate: str) -> list[str]:
        """Return the values of a property, sorted."""
        return sorted(self._values.get(predicate, ()))

    def graphs(self, predicate: str, value: str) -> set[str]:
        """Return the graphs that hold one statement."""
        return self._values[predicate][value]

    def take(self, predicate: str) -> list[str]:
        """Return the values of a property, and note that they were used."""
        self._used.add(predicate)
        return self.values(predicate)

    def first(self, predicate: str) -> str:
        """Return the first value of a property or nothing, and note that it was used."""
        return next(iter(self.take(predicate)), "")

    def local(self, name: str) -> str:
        """Return the local name of the value of one of our properties, or nothing."""
        return self.first(NET + name).removeprefix(NET)

    def use(self, *predicates: str) -> None:
        """Note that some properties need no further mention."""
        self._used.update(predicates)

    def rest(self) -> Iterator[tuple[str, str]]:
        """Yield what was not used: property and value, sorted."""
        for predicate in sorted(set(self._values) - self._used):
            for value in self.values(predicate):
                yield predicate, value
