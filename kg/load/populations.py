"""Populations → triples, twice: as a defined OWL class, and as plain triples for people who write SPARQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pyoxigraph as ox

from kg.load.records import BOOLEAN, DECIMAL, NAMED_INDIVIDUAL, RDF_TYPE, RDFS_LABEL, population_iri
from kg.model.feature import Feature, FeatureKind
from kg.model.interval import Interval, plain
from kg.model.population import Absent, Alternative, Criterion, OneOf, Population, Within, describe, describe_population
from kg.prefixes import NET, PREFIXES
from kg.terms import Terms

Node = ox.NamedNode | ox.BlankNode


def _net(name: str) -> ox.NamedNode:
    return ox.NamedNode(NET + name)


def _owl(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["owl"] + name)


def _rdf(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["rdf"] + name)


SUBCLASS = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
PRESENTATION = _net("Presentation")
DEFINITION = ox.NamedNode(PREFIXES["IAO"] + "0000115")
SKOS_DEFINITION = ox.NamedNode(PREFIXES["skos"] + "definition")


def class_iri(population: Population) -> str:
    """Return the IRI of the defined class of the presentations in a population."""
    return f"{NET}presentation/{population.id}"


def defined_class(population: Population, terms: Terms) -> list[ox.Triple]:
    """Return the defined class of the presentations in a population."""
    return _OwlWriter(population, terms).triples()


def description(population: Population, terms: Terms) -> Iterator[ox.Triple]:
    """Yield the plain triples of a population: alternatives, criteria and admitted values."""
    subject = ox.NamedNode(population_iri(population))
    yield from _individual(subject, "Population", describe_population(population, terms))
    yield ox.Triple(subject, _net("scope"), ox.Literal(population.text))
    yield ox.Triple(subject, _net("definesClass"), ox.NamedNode(class_iri(population)))
    for number, alternative in enumerate(population.alternatives, start=1):
        node = ox.NamedNode(f"{subject.value}/{number}")
        yield ox.Triple(subject, _net("alternative"), node)
        yield from _individual(node, "PopulationAlternative", f"alternative {number} of population {population.id}")
        for value in admitted(alternative, terms):
            yield ox.Triple(node, _net("allows"), ox.NamedNode(value))
        for position, criterion in enumerate(alternative.criteria, start=1):
            child = ox.NamedNode(f"{node.value}/{criterion.feature.key}-{position}")
            yield ox.Triple(node, _net("criterion"), child)
            label = f"{describe(criterion, terms)} (criterion {position} of alternative {number} of population {population.id})"
            yield from _individual(child, "PopulationCriterion", label)
            yield from _criterion(child, criterion)


def _individual(subject: ox.NamedNode, cls: str, label: str) -> Iterator[ox.Triple]:
    yield ox.Triple(subject, RDF_TYPE, NAMED_INDIVIDUAL)
    yield ox.Triple(subject, RDF_TYPE, _net(cls))
    yield ox.Triple(subject, RDFS_LABEL, ox.Literal(label, language="en"))


def _criterion(subject: ox.NamedNode, criterion: Criterion) -> Iterator[ox.Triple]:
    yield ox.Triple(subject, _net("restricts"), ox.NamedNode(criterion.feature.prop))
    match criterion:
        case OneOf():
            for value in criterion.values:
                yield ox.Triple(subject, _net("requires"), ox.NamedNode(value))
        case Absent():
            yield ox.Triple(subject, _net("excludes"), ox.NamedNode(criterion.value))
        case Within():
            for name, end, is_open in _ends(criterion.interval):
                yield ox.Triple(subject, _net(name), ox.Literal(plain(end), datatype=DECIMAL))
                yield ox.Triple(subject, _net(f"{name}Included"), ox.Literal("false" if is_open else "true", datatype=BOOLEAN))


def _ends(interval: Interval) -> Iterator[tuple[str, Decimal, bool]]:
    if interval.low is not None:
        yield "minimum", interval.low, interval.low_open
    if interval.high is not None:
        yield "maximum", interval.high, interval.high_open


def admitted(alternative: Alternative, terms: Terms) -> Iterator[str]:
    """Yield every value of a list or hierarchy that the alternative leaves possible.

    Each feature is taken by itself. A value of a hierarchy is possible when it overlaps a required one:
    a population of ileal tumours admits the midgut as well as the ileum. Values of sets are not listed:
    all are possible but those that a criterion excludes.
    """
    for feature in terms.features.values():
        if feature.kind not in (FeatureKind.LIST, FeatureKind.HIERARCHY):
            continue
        criteria = [criterion for criterion in alternative.criteria if criterion.feature.key == feature.key]
        for value in possible_values(feature, terms):
            if all(_admits(criterion, value, terms) for criterion in criteria):
                yield value


def possible_values(feature: Feature, terms: Terms) -> Sequence[str]:
    """Return all values that a feature can have, sorted."""
    if feature.kind is FeatureKind.LIST:
        return sorted(terms.codes.get(feature.range, {}).values())
    return sorted(iri for iri in terms.descendants(feature.range) if iri.startswith(NET) and iri not in terms.deprecated)


def _admits(criterion: Criterion, value: str, terms: Terms) -> bool:
    if not isinstance(criterion, OneOf):
        return True
    if criterion.feature.kind is FeatureKind.LIST:
        return value in criterion.values
    below = terms.descendants(value)
    return any(not below.isdisjoint(terms.descendants(required)) for required in criterion.values)


class _OwlWriter:
    """Writes one population as ``owl:equivalentClass`` of an intersection, or a union of intersections.

    Blank nodes are numbered by the position in the one class, so that two builds agree.
    """

    def __init__(self, population: Population, terms: Terms) -> None:
        self.population = population
        self.terms = terms
        self.seed = hashlib.sha256(population.text.encode()).hexdigest()[:16]
        self.count = 0
        self.out: list[ox.Triple] = []

    def triples(self) -> list[ox.Triple]:
        """Return the triples of the class."""
        subject = ox.NamedNode(class_iri(self.population))
        label = f"presentation: {describe_population(self.population, self.terms)}"
        self.out += [
            ox.Triple(subject, RDF_TYPE, _owl("Class")),
            ox.Triple(subject, RDFS_LABEL, ox.Literal(label, language="en")),
            ox.Triple(subject, SUBCLASS, PRESENTATION),
        ]
        definition = ox.Literal(f"Any {label}.", language="en")
        self.out += [ox.Triple(subject, prop, definition) for prop in (DEFINITION, SKOS_DEFINITION)]
        branches = [self._conjunction(alternative) for alternative in self.population.alternatives]
        if branches != [PRESENTATION]:
            meaning = branches[0] if len(branches) == 1 else self._boolean("unionOf", branches)
            self.out.append(ox.Triple(subject, _owl("equivalentClass"), meaning))
        return self.out

    def _conjunction(self, alternative: Alternative) -> Node:
        if not alternative.criteria:
            return PRESENTATION
        return self._boolean("intersectionOf", [PRESENTATION, *(self._restriction(criterion) for criterion in alternative.criteria)])

    def _restriction(self, criterion: Criterion) -> Node:
        prop = ox.NamedNode(criterion.feature.prop)
        match criterion:
            case Within(_, interval) if interval.low is not None and interval.low == interval.high:
                # Not an interval with two equal ends: HermiT does not see that it lies within itself.
                return self._quantified(prop, "hasValue", ox.Literal(plain(interval.low), datatype=DECIMAL))
            case Within():
                return self._some(prop, self._datatype(criterion.interval))
            case Absent():
                node = self._blank("Class")
                self.out.append(ox.Triple(node, _owl("complementOf"), self._some(prop, ox.NamedNode(criterion.value))))
                return node
        values: list[Node] = [ox.NamedNode(value) for value in criterion.values]
        if criterion.feature.kind is FeatureKind.LIST:
            if len(values) == 1:
                return self._quantified(prop, "hasValue", values[0])
            node = self._blank("Class")
            self.out.append(ox.Triple(node, _owl("oneOf"), self._list(values)))
            return self._some(prop, node)
        return self._some(prop, values[0] if len(values) == 1 else self._boolean("unionOf", values))

    def _datatype(self, interval: Interval) -> Node:
        node = self._blank("Datatype", PREFIXES["rdfs"])
        self.out.append(ox.Triple(node, _owl("onDatatype"), DECIMAL))
        facets: list[Node] = []
        for name, end, is_open in _ends(interval):
            facet = self._blank()
            side = "min" if name == "minimum" else "max"
            predicate = ox.NamedNode(f"{PREFIXES['xsd']}{side}{'Exclusive' if is_open else 'Inclusive'}")
            self.out.append(ox.Triple(facet, predicate, ox.Literal(plain(end), datatype=DECIMAL)))
            facets.append(facet)
        self.out.append(ox.Triple(node, _owl("withRestrictions"), self._list(facets)))
        return node

    def _some(self, prop: ox.NamedNode, filler: Node) -> Node:
        return self._quantified(prop, "someValuesFrom", filler)

    def _quantified(self, prop: ox.NamedNode, kind: str, filler: Node | ox.Literal) -> Node:
        node = self._blank("Restriction")
        self.out += [ox.Triple(node, _owl("onProperty"), prop), ox.Triple(node, _owl(kind), filler)]
        return node

    def _boolean(self, kind: str, members: list[Node]) -> Node:
        node = self._blank("Class")
        self.out.append(ox.Triple(node, _owl(kind), self._list(members)))
        return node

    def _list(self, members: list[Node]) -> Node:
        head: Node = _rdf("nil")
        for member in reversed(members):
            cell = self._blank()
            self.out += [ox.Triple(cell, _rdf("first"), member), ox.Triple(cell, _rdf("rest"), head)]
            head = cell
        return head

    def _blank(self, cls: str = "", base: str = PREFIXES["owl"]) -> ox.BlankNode:
        self.count += 1
        node = ox.BlankNode(f"p{self.seed}x{self.count}")
        if cls:
            self.out.append(ox.Triple(node, RDF_TYPE, ox.NamedNode(base + cls)))
        return node
