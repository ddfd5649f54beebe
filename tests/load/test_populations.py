"""A population's OWL class and its plain triples say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pyoxigraph as ox
import pytest

from kg.load.load import load
from kg.load.populations import admitted, class_iri, defined_class, description, possible_values
from kg.model.feature import FeatureKind
from kg.model.interval import Interval, plain
from kg.model.population import Absent, Alternative, OneOf, Population, Within, parse
from kg.prefixes import NET, PREFIXES
from kg.settings import Sources
from kg.terms import Terms

OWL, RDF, XSD = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["xsd"]
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Restriction = tuple[str, str, frozenset[str]]
"""Property, ``some`` or ``none``, and the classes, individuals or facets."""


class Reading:
    """Reads a class expression back from its triples, without the code that wrote it."""

    def __init__(self, triples: list[ox.Triple]) -> None:
        self.of: dict[Node, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self.of[triple.subject][triple.predicate.value].append(triple.object)

    def one(self, node: Node, predicate: str) -> Node | None:
        found = self.of[node][predicate]
        assert len(found) <= 1
        return found[0] if found else None

    def members(self, head: Node | None) -> Iterator[Node]:
        while head is not None and head != ox.NamedNode(RDF + "nil"):
            first = self.one(head, RDF + "first")
            assert first is not None
            yield first
            head = self.one(head, RDF + "rest")

    def alternatives(self, subject: ox.NamedNode) -> list[frozenset[Restriction]]:
        meaning = self.one(subject, OWL + "equivalentClass")
        if meaning is None:
            assert ox.NamedNode(NET + "Presentation") in self.of[subject][PREFIXES["rdfs"] + "subClassOf"]
            return [frozenset()]
        union = self.one(meaning, OWL + "unionOf")
        return [frozenset(self.conjunction(part)) for part in (self.members(union) if union is not None else [meaning])]

    def conjunction(self, node: Node) -> Iterator[Restriction]:
        first, *rest = self.members(self.one(node, OWL + "intersectionOf"))
        assert first == ox.NamedNode(NET + "Presentation")
        yield from (self.restriction(part) for part in rest)

    def restriction(self, node: Node) -> Restriction:
        negated = self.one(node, OWL + "complementOf")
        if negated is not None:
            of, _, excluded = self.restriction(negated)
            return of, "none", excluded
        prop, value, filler = (self.one(node, OWL + name) for name in ("onProperty", "hasValue", "someValuesFrom"))
        assert isinstance(prop, ox.NamedNode)
        if isinstance(value, ox.Literal):
            return prop.value, "some", frozenset({f"exactly {value.value}"})
        if value is not None:
            return prop.value, "some", frozenset({_name(value)})
        assert filler is not None
        return prop.value, "some", frozenset(self.filler(filler))

    def filler(self, node: Node) -> Iterator[str]:
        for kind in ("oneOf", "unionOf"):
            head = self.one(node, OWL + kind)
            if head is not None:
                yield from (_name(member) for member in self.members(head))
                return
        facets = self.one(node, OWL + "withRestrictions")
        if facets is None:
            yield _name(node)
            return
        assert self.one(node, OWL + "onDatatype") == ox.NamedNode(XSD + "decimal")
        for facet in self.members(facets):
            ((predicate, (limit,)),) = self.of[facet].items()
            assert isinstance(limit, ox.Literal)
            assert limit.datatype == ox.NamedNode(XSD + "decimal")
            yield f"{predicate.removeprefix(XSD)} {limit.value}"


def _name(node: Node) -> str:
    assert isinstance(node, ox.NamedNode)
    return node.value


def expected(alternative: Alternative, *, points: bool = True) -> frozenset[Restriction]:
    """Return what must be said of an alternative.

    :param points: whether a single number is a value, as in the OWL class, or an interval with two equal ends
    """
    found = set()
    for criterion in alternative.criteria:
        match criterion:
            case OneOf():
                found.add((criterion.feature.prop, "some", frozenset(criterion.values)))
            case Absent():
                found.add((criterion.feature.prop, "none", frozenset({criterion.value})))
            case Within():
                low, high = criterion.interval.low, criterion.interval.high
                point = points and low is not None and low == high
                found.add((criterion.feature.prop, "some", frozenset([f"exactly {plain(low)}"] if point else facets(criterion.interval))))
    return frozenset(found)


def facets(interval: Interval) -> Iterator[str]:
    for side, end, is_open in (("min", interval.low, interval.low_open), ("max", interval.high, interval.high_open)):
        if end is not None:
            yield f"{side}{'Exclusive' if is_open else 'Inclusive'} {format(end.normalize(), 'f')}"


@pytest.fixture(scope="module")
def populations(sources: Sources, terms: Terms) -> list[Population]:
    """All populations of the real tables, and some of the edges."""
    edges = ["any", "site=ileum", "absent=MEN1", "ki67=3", "ki67=(2.5..20)", "grade=G1 | G2 | G3", "site=pancreas | midgut"]
    found = load(sources.data, terms).populations | {population.id: population for population in (parse(text, terms) for text in edges)}
    return list(found.values())


def test_the_owl_class_says_what_the_cell_says(populations: list[Population], terms: Terms) -> None:
    assert len(populations) > 400
    for population in populations:
        found = Reading(defined_class(population, terms)).alternatives(ox.NamedNode(class_iri(population)))
        assert found == [expected(alternative) for alternative in population.alternatives], population.text


def test_a_value_is_allowed_exactly_when_the_owl_class_admits_it(populations: list[Population], terms: Terms) -> None:
    below = {
        iri: terms.descendants(iri) for feature in terms.features.values() if feature.kind is FeatureKind.HIERARCHY for iri in possible_values(feature, terms)
    }
    for population in populations:
        allowed: dict[str, set[str]] = defaultdict(set)
        for triple in description(population, terms):
            if triple.predicate.value == NET + "allows":
                allowed[_name(triple.subject)].add(_name(triple.object))
        found = Reading(defined_class(population, terms)).alternatives(ox.NamedNode(class_iri(population)))
        assert len(allowed) == len(found)
        for number, restrictions in enumerate(found, start=1):
            here = allowed[f"{NET}population/{population.id}/{number}"]
            for feature in terms.features.values():
                required = next((values for prop, sign, values in restrictions if prop == feature.prop and sign == "some"), None)
                if feature.kind is FeatureKind.LIST:
                    everything = set(terms.codes[feature.range].values())
                    assert here & everything == (everything if required is None else required), population.text
                elif feature.kind is FeatureKind.HIERARCHY:
                    admits = {
                        iri
                        for iri, classes in below.items()
                        if feature.range in terms.ancestors(iri) and (required is None or any(classes & below[value] for value in required))
                    }
                    assert {iri for iri in here if feature.range in terms.ancestors(iri)} == admits, population.text


def test_every_criterion_is_described_with_its_limits_and_values(populations: list[Population], terms: Terms) -> None:
    for population in populations:
        reading = Reading(list(description(population, terms)))
        subject = ox.NamedNode(f"{NET}population/{population.id}")
        assert reading.one(subject, NET + "scope") == ox.Literal(population.text)
        assert reading.one(subject, NET + "definesClass") == ox.NamedNode(class_iri(population))
        for number, alternative in enumerate(population.alternatives, start=1):
            node = ox.NamedNode(f"{subject.value}/{number}")
            assert node in reading.of[subject][NET + "alternative"]
            assert {_described(reading, child) for child in reading.of[node][NET + "criterion"]} == expected(alternative, points=False)


def _described(reading: Reading, node: Node) -> Restriction:
    prop = reading.one(node, NET + "restricts")
    assert isinstance(prop, ox.NamedNode)
    excluded = reading.one(node, NET + "excludes")
    if excluded is not None:
        return prop.value, "none", frozenset({_name(excluded)})
    values = {_name(value) for value in reading.of[node][NET + "requires"]}
    for side, name in (("min", "minimum"), ("max", "maximum")):
        limit, included = reading.one(node, NET + name), reading.one(node, f"{NET}{name}Included")
        assert (limit is None) == (included is None)
        if isinstance(limit, ox.Literal) and isinstance(included, ox.Literal):
            values.add(f"{side}{'Inclusive' if included.value == 'true' else 'Exclusive'} {limit.value}")
    return prop.value, "some", frozenset(values)


def admitted_names(text: str, terms: Terms) -> set[str]:
    (alternative,) = parse(text, terms).alternatives
    return {iri.removeprefix(NET) for iri in admitted(alternative, terms)}


def test_a_site_admits_the_unions_it_belongs_to_and_the_root_but_no_other_organ(terms: Terms) -> None:
    names = admitted_names("site=ileum", terms)
    assert {"Ileum", "MidgutSite", "SmallIntestine", "AnatomicalSite", "GastroenteropancreaticSite"} <= names
    assert names.isdisjoint({"Pancreas", "PancreaticHead", "Jejunum", "Appendix", "ForegutSite", "Lung"})


def test_a_union_admits_its_members_and_what_overlaps_it(terms: Terms) -> None:
    names = admitted_names("site=midgut", terms)
    assert {"MidgutSite", "Jejunum", "Ileum", "Appendix", "Caecum", "AscendingColon", "SmallIntestine", "AnatomicalSite"} <= names
    assert names.isdisjoint({"Pancreas", "Stomach", "Rectum", "Lung"})


def test_several_sites_admit_what_either_admits(terms: Terms) -> None:
    assert admitted_names("site=ileum | pancreas", terms) == admitted_names("site=ileum", terms) | admitted_names("site=pancreas", terms)


def test_an_unrestricted_feature_allows_all_its_values(terms: Terms) -> None:
    names = admitted_names("any", terms)
    for feature in terms.features.values():
        if feature.kind in (FeatureKind.LIST, FeatureKind.HIERARCHY):
            values = {iri.removeprefix(NET) for iri in possible_values(feature, terms)}
            assert len(values) > 1
            assert values <= names
    assert names == admitted_names("ki67=<3; absent=MEN1", terms)


def test_a_restriction_of_one_feature_leaves_the_others_alone(terms: Terms) -> None:
    lost = admitted_names("any", terms) - admitted_names("grade=G1", terms)
    codes = terms.choices("Grade")
    assert lost == {codes["G2"].removeprefix(NET), codes["G3"].removeprefix(NET)}


def test_the_limits_of_a_number_are_written_exactly(terms: Terms) -> None:
    population = parse("ki67=(2.999999999999999999..20.0]", terms)
    (restrictions,) = Reading(defined_class(population, terms)).alternatives(ox.NamedNode(class_iri(population)))
    assert restrictions == {(NET + "ki67Percent", "some", frozenset({"minExclusive 2.999999999999999999", "maxInclusive 20"}))}
    assert Decimal("2.999999999999999999") != 3


def test_blank_nodes_of_all_populations_are_distinct_and_stable(populations: list[Population], terms: Terms) -> None:
    first = [_blank_nodes(population, terms) for population in populations]
    assert sum(len(nodes) for nodes in first) == len(set().union(*first))
    assert first == [_blank_nodes(population, terms) for population in populations]


def _blank_nodes(population: Population, terms: Terms) -> set[str]:
    return {triple.subject.value for triple in defined_class(population, terms) if isinstance(triple.subject, ox.BlankNode)}


def test_labels_of_populations_and_their_parts_are_unique(populations: list[Population], terms: Terms) -> None:
    labels = [
        triple.object
        for population in populations
        for triple in description(population, terms)
        if triple.predicate.value == PREFIXES["rdfs"] + "label" and "alternative" in str(triple.object)
    ]
    assert len(labels) == len(set(labels))
