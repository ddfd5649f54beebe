"""The statistics: each number is what a query counts, the description's own statements included."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest

import kg
from kg.describe.void import DATASET, VOID_GRAPH, describe, name_of
from kg.prefixes import GRAPH, NET, PREFIXES
from kg.store import LocalStore, in_memory, select
from tests.turtle import quads

PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("net", "rdf", "rdfs", "owl", "void", "void-ext", "skos"))
NUMBERS = {
    "triples": "COUNT(*)",
    "properties": "COUNT(DISTINCT ?p)",
    "distinctSubjects": "COUNT(DISTINCT ?s)",
    "distinctObjects": "COUNT(DISTINCT ?o)",
}
SMALL = f"""<{GRAPH}ontology> {{
  :Drug a owl:Class ; rdfs:label "drug"@en ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :dose ] . :dose a owl:DatatypeProperty }}
<{GRAPH}data/drugs> {{ :a a :Drug, :Thing ; :dose 1.5, 2 ; :next :b . :b a :Drug ; skos:exactMatch CHEBI:1, CHEBI:2, <urn:none:1> }}
<{GRAPH}edges> {{ :Drug :next :Drug }}"""


def described(statements: Iterable[ox.Quad]) -> LocalStore:
    """Return a store of the statements and their statistics."""
    known = list(statements)
    return in_memory([*known, *(ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(VOID_GRAPH)) for triple in describe(known))])


def numbers(store: LocalStore, query: str) -> dict[tuple[str, ...], int]:
    """Return the rows of a query whose last column is a number."""
    found = {}
    for *names, count in select(store, PROLOGUE + query):
        assert isinstance(count, ox.Literal)
        found[tuple(name.value for name in names if isinstance(name, ox.NamedNode))] = int(count.value)
    return found


@pytest.fixture(scope="module")
def small() -> LocalStore:
    return described(quads(SMALL))


@pytest.fixture(params=["small", "real"])
def store(request: pytest.FixtureRequest, graph: kg.Graph, small: LocalStore) -> LocalStore:
    return small if request.param == "small" else in_memory(graph.store.quads())


@pytest.mark.parametrize("name", NUMBERS)
def test_totals_of_the_dataset_are_true(name: str, store: LocalStore) -> None:
    said = numbers(store, f"SELECT ?n WHERE {{ {DATASET} void:{name} ?n }}")
    assert said == numbers(store, f"SELECT ({NUMBERS[name]} AS ?n) WHERE {{ ?s ?p ?o }}")


@pytest.mark.parametrize("name", NUMBERS)
def test_totals_of_each_graph_are_true(name: str, store: LocalStore) -> None:
    said = numbers(store, f"SELECT ?g ?n WHERE {{ {DATASET} void:subset ?g . ?g void:{name} ?n . FILTER(STRSTARTS(STR(?g), '{GRAPH}')) }}")
    assert said == numbers(store, f"SELECT ?g ({NUMBERS[name]} AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g")
    assert (VOID_GRAPH,) in said


def test_numbers_of_classes_are_true(store: LocalStore) -> None:
    of_graphs = "SELECT ?g (COUNT(DISTINCT ?c) AS ?n) WHERE { GRAPH ?g { ?s a ?c . FILTER(ISIRI(?c)) } } GROUP BY ?g"
    said = numbers(store, f"SELECT ?g ?n WHERE {{ {DATASET} void:subset ?g . ?g void:classes ?n . FILTER(?n > 0) }}")
    assert said == numbers(store, of_graphs)
    total = numbers(store, f"SELECT ?n WHERE {{ {DATASET} void:classes ?n }}")
    assert total == numbers(store, "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c . FILTER(ISIRI(?c)) }")


def test_class_partitions_have_the_members_of_the_class(store: LocalStore) -> None:
    said = numbers(store, f"SELECT ?c ?n WHERE {{ {DATASET} void:classPartition ?part . ?part void:class ?c ; void:entities ?n }}")
    assert said == numbers(store, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c . FILTER(ISIRI(?c)) } GROUP BY ?c")


def test_property_partitions_have_the_triples_of_the_property(store: LocalStore) -> None:
    said = numbers(store, f"SELECT ?p ?n WHERE {{ {DATASET} void:propertyPartition ?part . ?part void:property ?p ; void:triples ?n }}")
    assert said == numbers(store, "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p")


def test_properties_within_a_class_are_counted_with_what_they_point_to(store: LocalStore) -> None:
    path = f"{DATASET} void:classPartition ?outer . ?outer void:class ?c ; void:propertyPartition ?inner . ?inner void:property ?p ."
    classes = numbers(store, f"SELECT ?c ?p ?d ?n WHERE {{ {path} ?inner void:classPartition ?part . ?part void:class ?d ; void:triples ?n }}")
    assert classes == numbers(store, "SELECT ?c ?p ?d (COUNT(*) AS ?n) WHERE { ?s a ?c ; ?p ?o . ?o a ?d . FILTER(ISIRI(?c) && ISIRI(?d)) } GROUP BY ?c ?p ?d")
    said = numbers(store, f"SELECT ?c ?p ?d ?n WHERE {{ {path} ?inner void-ext:datatypePartition ?part . ?part void-ext:datatype ?d ; void:triples ?n }}")
    counted = "SELECT ?c ?p ?d (COUNT(*) AS ?n) WHERE { ?s a ?c ; ?p ?o . FILTER(ISIRI(?c)) FILTER(ISLITERAL(?o)) BIND(DATATYPE(?o) AS ?d) } GROUP BY ?c ?p ?d"
    assert said == numbers(store, counted)
    assert said


def test_partitions_of_a_graph_hold_within_it(store: LocalStore) -> None:
    said = numbers(
        store,
        "SELECT ?g ?c ?p ?n WHERE { GRAPH ?g {} ?g void:classPartition/void:propertyPartition ?x . ?g void:classPartition ?y . "
        "?y void:class ?c ; void:propertyPartition ?x . ?x void:property ?p ; void:triples ?n }",
    )
    assert said == numbers(store, "SELECT ?g ?c ?p (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s a ?c ; ?p ?o . FILTER(ISIRI(?c)) } } GROUP BY ?g ?c ?p")


def test_mapped_vocabularies_are_linksets(small: LocalStore) -> None:
    assert numbers(
        small,
        "SELECT ?to ?p ?n WHERE { ?l a void:Linkset ; void:subjectsTarget net:dataset ; void:objectsTarget ?to ; void:linkPredicate ?p ; void:triples ?n }",
    ) == {(f"{NET}void/vocabulary/CHEBI", f"{PREFIXES['skos']}exactMatch"): 2}


def test_the_real_linksets_count_all_mappings_to_known_vocabularies(graph: kg.Graph) -> None:
    rows = graph.sparql(f"{PROLOGUE} SELECT (SUM(?n) AS ?sum) WHERE {{ ?l a void:Linkset ; void:triples ?n }}")
    assert isinstance(rows, kg.store.Rows)
    ((total,),) = rows
    assert isinstance(total, ox.Literal)
    assert int(total.value) == sum(
        numbers(
            in_memory(graph.store.quads()),
            "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o . FILTER(STRSTARTS(STR(?p), STR(skos:)) && STRENDS(STR(?p), 'Match') && ISIRI(?o)) } GROUP BY ?p",
        ).values()
    )


def test_vocabularies_are_named_as_their_owners_do(graph: kg.Graph) -> None:
    rows = select(graph.store, f"{PROLOGUE} SELECT ?v WHERE {{ {DATASET} void:vocabulary ?v }}")
    found = {cell.value for (cell,) in rows if isinstance(cell, ox.NamedNode)}
    assert {f"{NET}ontology", PREFIXES["owl"], PREFIXES["skos"], "http://purl.obolibrary.org/obo/iao.owl", "http://purl.obolibrary.org/obo/ro.owl"} <= found


def test_there_are_no_blank_nodes_and_every_node_has_one_label(graph: kg.Graph) -> None:
    triples = graph.sparql(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{VOID_GRAPH}> {{ ?s ?p ?o }} }}")
    assert isinstance(triples, list)
    assert all(isinstance(node, ox.NamedNode | ox.Literal) for triple in triples for node in (triple.subject, triple.object))
    parts = {triple.subject for triple in triples if str(triple.subject).startswith(f"<{NET}void/")}
    labels = [triple for triple in triples if triple.predicate.value == PREFIXES["rdfs"] + "label"]
    assert {triple.subject for triple in labels} == parts
    assert len({str(triple.object) for triple in labels}) == len(labels) == len(parts)


def test_the_order_of_the_statements_makes_no_difference() -> None:
    statements = list(quads(SMALL))
    assert set(describe(statements)) == set(describe(reversed(statements)))


def test_an_empty_dataset_is_described_too() -> None:
    store = described([])
    assert numbers(store, f"SELECT ?n WHERE {{ {DATASET} void:triples ?n }}") == {(): len(list(store.quads()))}


def test_graphs_and_classes_of_others_are_described_under_quoted_names() -> None:
    strange = ox.Quad(ox.NamedNode("urn:a:1"), ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode("urn:x:Classé"), ox.NamedNode("urn:graph/1"))
    outside = ox.Quad(ox.NamedNode("urn:a:1"), ox.NamedNode("urn:x:p"), ox.Literal("x"))
    store = described([strange, outside])
    assert numbers(store, "SELECT ?n WHERE { <urn:graph/1> void:triples ?n }") == {(): 1}
    assert numbers(store, f"SELECT ?n WHERE {{ {DATASET} void:propertyPartition ?x . ?x void:property <urn:x:p> ; void:triples ?n }}") == {(): 1}
    assert name_of("urn:graph/1") == "urn%3Agraph%2F1"
