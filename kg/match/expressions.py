"""OWL class expressions as values, read from triples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.errors import OntologyError
from kg.model.interval import Interval
from kg.prefixes import PREFIXES

OWL, RDF, XSD = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["xsd"]

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True, slots=True)
class Named:
    """A class with a name."""

    iri: str


@dataclass(frozen=True, slots=True)
class All:
    """Intersection."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Union."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Complement:
    """Complement."""

    part: Expression


@dataclass(frozen=True, slots=True)
class Some:
    """At least one value of the property is in the filler."""

    prop: str
    filler: Expression


@dataclass(frozen=True, slots=True)
class Individuals:
    """One of these individuals."""

    iris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A decimal number within an interval."""

    interval: Interval


Expression = Named | All | Either | Complement | Some | Individuals | Numbers


class Expressions:
    """Reader of the class expressions of an ontology.

    :param triples: an ontology; blank nodes form trees, as in OWL
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._about: dict[str, list[tuple[str, Term]]] = defaultdict(list)
        for triple in triples:
            self._about[str(triple.subject)].append((triple.predicate.value, triple.object))

    def of(self, predicate: str) -> Iterator[tuple[Expression, Expression]]:
        """Yield (subject, object) of every axiom of one kind, for instance ``rdfs:subClassOf``.

        :raises OntologyError: when an expression is of a kind that is not understood here
        """
        for subject, pairs in sorted(self._about.items()):
            for key, value in pairs:
                if key == predicate:
                    yield self._subject(subject), self.read(value)

    def disjoint(self) -> Iterator[tuple[str, str]]:
        """Yield pairs of named classes that are declared disjoint."""
        for subject, pairs in self._about.items():
            for key, value in pairs:
                if key == OWL + "disjointWith" and isinstance(value, ox.NamedNode):
                    yield subject[1:-1], value.value
                elif key == OWL + "members" and (RDF + "type", ox.NamedNode(OWL + "AllDisjointClasses")) in pairs:
                    names = [member.value for member in self._list(value) if isinstance(member, ox.NamedNode)]
                    yield from ((one, other) for one in names for other in names if one != other)

    def instances(self, cls: str) -> set[str]:
        """Return the named subjects of one type."""
        return {subject[1:-1] for subject, pairs in self._about.items() if (RDF + "type", ox.NamedNode(cls)) in pairs and subject.startswith("<")}

    def read(self, node: Term) -> Expression:
        """Return the expression at a node.

        :raises OntologyError: when it is of a kind that is not understood here
        """
        if isinstance(node, ox.NamedNode):
            return Named(node.value)
        for predicate, value in self._about[str(node)]:
            match predicate.removeprefix(OWL):
                case "intersectionOf":
                    return All(tuple(self.read(member) for member in self._list(value)))
                case "unionOf":
                    return Either(tuple(self.read(member) for member in self._list(value)))
                case "complementOf":
                    return Complement(self.read(value))
                case "oneOf":
                    return Individuals(tuple(sorted(member.value for member in self._list(value) if isinstance(member, ox.NamedNode))))
                case "someValuesFrom":
                    return Some(self._property(node), self.read(value))
                case "hasValue" if isinstance(value, ox.NamedNode):
                    return Some(self._property(node), Individuals((value.value,)))
                case "withRestrictions":
                    return Numbers(self._interval(value))
        raise OntologyError(f"a class expression is of a kind that is not understood: {self._about[str(node)]}")

    def _subject(self, text: str) -> Expression:
        return Named(text[1:-1]) if text.startswith("<") else self.read(ox.BlankNode(text.removeprefix("_:")))

    def _property(self, node: Term) -> str:
        return next(value.value for key, value in self._about[str(node)] if key == OWL + "onProperty" and isinstance(value, ox.NamedNode))

    def _interval(self, head: Term) -> Interval:
        low = high = None
        low_open = high_open = False
        for facet in self._list(head):
            for key, value in self._about[str(facet)]:
                match key.removeprefix(XSD):
                    case "minInclusive" | "minExclusive" as name if isinstance(value, ox.Literal):
                        low, low_open = Decimal(value.value), name == "minExclusive"
                    case "maxInclusive" | "maxExclusive" as name if isinstance(value, ox.Literal):
                        high, high_open = Decimal(value.value), name == "maxExclusive"
        return Interval(low, high, low_open, high_open)

    def _list(self, head: Term) -> Iterator[Term]:
        while str(head) != f"<{RDF}nil>":
            cell = dict(self._about[str(head)])
            yield cell[RDF + "first"]
            head = cell[RDF + "rest"]
