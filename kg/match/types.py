"""Kinds that one thing can be of at once: the possible combinations of classes in a hierarchy.

A value of a feature (one tumour, one site) belongs to some classes and not to others. A *type* is the least set of
classes that membership in some of them forces: all superclasses, the classes whose definitions are fulfilled, and, for
a named union such as the midgut, one of its members. Sets that no thing can belong to are no types.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.match.expressions import OWL, All, Either, Expression, Expressions, Individuals, Named, Some
from kg.terms import EQUIVALENT, SUBCLASS, Terms

Type = frozenset[str]


@dataclass(slots=True)
class _Definition:
    """``cls`` is equivalent to the intersection of some classes and some restrictions."""

    cls: str
    genus: set[str] = field(default_factory=set)
    parts: list[Some] = field(default_factory=list)


class TypeSpace:
    """The types of things, by the class axioms of the ontology.

    :param expressions: the ontology's axioms
    :param terms: its index, for the hierarchy of names
    """

    def __init__(self, expressions: Expressions, terms: Terms) -> None:
        self._functional = expressions.instances(OWL + "FunctionalProperty")
        self._needs: dict[str, list[Some]] = defaultdict(list)
        self._unions: dict[str, tuple[str, ...]] = {}
        self._defined: dict[str, list[_Definition]] = defaultdict(list)
        self._terms = terms
        self._above: dict[str, set[str]] = {}
        for cls, meaning in expressions.of(SUBCLASS):
            if isinstance(cls, Named) and isinstance(meaning, Some):
                self._needs[cls.iri].append(meaning)
        for cls, meaning in expressions.of(EQUIVALENT):
            if isinstance(cls, Named):
                self._define(cls.iri, meaning)
        declared: dict[str, set[str]] = defaultdict(set)
        for one, other in expressions.disjoint():
            declared[one].add(other)
            declared[other].add(one)
        self._disjoint = declared
        self._known: dict[Type, frozenset[Type]] = {}

    def types(self, classes: Iterable[str]) -> frozenset[Type]:
        """Return the types of a thing of which these memberships are known; none when they exclude each other."""
        start = frozenset(classes)
        if start not in self._known:
            self._known[start] = frozenset(self._close(start))
        return self._known[start]

    def _define(self, cls: str, meaning: Expression) -> None:
        match meaning:
            case Either(parts):
                self._unions[cls] = tuple(part.iri for part in parts if isinstance(part, Named))
            case All(parts):
                definition = _Definition(cls)
                for part in parts:
                    match part:
                        case Named(iri):
                            definition.genus.add(iri)
                        case Some():
                            definition.parts.append(part)
                            self._needs[cls].append(part)
                        case _:
                            return  # a rule about presentations, read elsewhere
                for iri in definition.genus:
                    self._defined[iri].append(definition)

    def _close(self, classes: Type) -> Iterator[Type]:
        found = classes.union(*(self._ancestors(cls) for cls in classes))
        if any(not found.isdisjoint(self._disjoint[cls]) for cls in found if cls in self._disjoint):
            return
        for cls in found:
            members = self._unions.get(cls)
            if members and found.isdisjoint(members):
                for member in members:
                    yield from self.types(found | {member})
                return
        added: list[Type] = []
        for values in self._values(found):
            added.append(found | {d.cls for d in self._candidates(found) if all(self._holds(part, found, values) for part in d.parts)})
        for larger in added:
            if larger == found:
                yield found
            else:
                yield from self.types(larger)

    def _ancestors(self, cls: str) -> set[str]:
        if cls not in self._above:
            self._above[cls] = self._terms.ancestors(cls)
        return self._above[cls]

    def _candidates(self, found: Type) -> list[_Definition]:
        return [d for cls in found for d in self._defined.get(cls, ()) if d.cls not in found and d.genus <= found]

    def _values(self, found: Type) -> Iterator[dict[str, Type]]:
        """Yield every way to choose the types of the single values of functional properties."""
        asked: dict[str, list[Expression]] = defaultdict(list)
        for cls in found:
            for need in self._needs.get(cls, ()):
                if need.prop in self._functional:
                    asked[need.prop].append(need.filler)
        yield from self._choose(sorted(asked.items()), {})

    def _choose(self, asked: list[tuple[str, list[Expression]]], chosen: dict[str, Type]) -> Iterator[dict[str, Type]]:
        if not asked:
            yield chosen
            return
        (prop, fillers), *rest = asked
        for one in self._filler_types(fillers):
            yield from self._choose(rest, {**chosen, prop: one})

    def _filler_types(self, fillers: list[Expression]) -> set[Type]:
        """Return the types of one value that lies in all the fillers."""
        individuals = [set(filler.iris) for filler in fillers if isinstance(filler, Individuals)]
        if individuals:
            return {frozenset({iri}) for iri in set.intersection(*individuals)}
        sets: list[Type] = [frozenset()]
        for filler in fillers:
            options = [part.iri for part in filler.parts if isinstance(part, Named)] if isinstance(filler, Either) else []
            if isinstance(filler, Named):
                options = [filler.iri]
            sets = [one | {option} for one in sets for option in options]
        return {kind for one in sets for kind in self.types(one)}

    def _holds(self, part: Some, found: Type, values: dict[str, Type]) -> bool:
        wanted = _names(part.filler)
        if part.prop in self._functional:
            return not wanted.isdisjoint(values.get(part.prop, frozenset()))
        return any(
            need.prop == part.prop and all(not wanted.isdisjoint(kind) for kind in self._filler_types([need.filler]))
            for cls in found
            for need in self._needs.get(cls, ())
        )


def _names(filler: Expression) -> frozenset[str]:
    match filler:
        case Named(iri):
            return frozenset({iri})
        case Individuals(iris):
            return frozenset(iris)
        case Either(parts):
            return frozenset(part.iri for part in parts if isinstance(part, Named))
        case _:
            return frozenset()
