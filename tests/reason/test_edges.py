"""Existential axioms as direct triples."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.prefixes import GRAPH, NET
from kg.reason.edges import direct_edges
from kg.reason.hermit import satisfiability
from kg.store import select
from tests.turtle import triples

Edge = tuple[str, str, str]


def edges(text: str, superclasses: list[tuple[str, str]] | None = None) -> set[Edge]:
    declared = "".join(f":{name} a owl:Class .\n" for name in "ABCDEFG") + "".join(f":{name} a owl:ObjectProperty .\n" for name in "pqr")
    pairs = [(NET + child, NET + parent) for child, parent in superclasses or []]
    found = direct_edges(triples(declared + text), pairs)
    return {tuple(str(node).removeprefix(f"<{NET}").removesuffix(">") for node in (edge.subject, edge.predicate, edge.object)) for edge in found}  # type: ignore[misc]  # three parts each


def some(prop: str, filler: str) -> str:
    return f"[a owl:Restriction ; owl:onProperty :{prop} ; owl:someValuesFrom :{filler}]"


def test_an_existential_axiom_is_one_edge() -> None:
    assert edges(f":A rdfs:subClassOf {some('p', 'B')} .") == {("A", "p", "B")}


def test_a_definition_gives_the_edges_of_its_parts() -> None:
    assert edges(f":A owl:equivalentClass [a owl:Class ; owl:intersectionOf (:C {some('p', 'B')} {some('q', 'D')})] .") == {("A", "p", "B"), ("A", "q", "D")}


def test_a_has_value_axiom_leads_to_the_individual() -> None:
    assert edges(":A rdfs:subClassOf [a owl:Restriction ; owl:onProperty :p ; owl:hasValue :x] . :x a owl:NamedIndividual .") == {("A", "p", "x")}


def test_other_axioms_give_no_edge() -> None:
    text = """:A rdfs:subClassOf [a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :B], [a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality 1],
        [a owl:Class ; owl:complementOf [a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B]],
        [a owl:Class ; owl:unionOf ([a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B] :C)],
        [a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom [a owl:Class ; owl:unionOf (:B :C)]] ."""
    assert edges(text) == set()


def test_subclasses_inherit_asserted_or_inferred() -> None:
    axiom = f":A rdfs:subClassOf {some('p', 'D')} ."
    assert edges(axiom + ":B rdfs:subClassOf :A . :C rdfs:subClassOf :B .") == {("A", "p", "D"), ("B", "p", "D"), ("C", "p", "D")}
    assert edges(axiom, [("C", "A")]) == {("A", "p", "D"), ("C", "p", "D")}


def test_superclasses_inherit_nothing() -> None:
    assert edges(f":B rdfs:subClassOf :A, {some('p', 'D')} .") == {("B", "p", "D")}


def test_edges_are_lifted_to_super_properties_at_any_distance() -> None:
    assert edges(f":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r . :A rdfs:subClassOf {some('p', 'B')} .") == {
        ("A", "p", "B"),
        ("A", "q", "B"),
        ("A", "r", "B"),
    }


def test_a_chain_is_followed_through_inherited_and_lifted_edges() -> None:
    text = f""":r owl:propertyChainAxiom (:p :q) . :B rdfs:subClassOf :C, {some("q", "D")} . :A rdfs:subClassOf {some("p", "B")} . :E rdfs:subClassOf :A ."""
    assert edges(text) == {("A", "p", "B"), ("B", "q", "D"), ("A", "r", "D"), ("E", "p", "B"), ("E", "r", "D")}


def test_a_chain_that_feeds_itself_ends() -> None:
    text = (
        f":p owl:propertyChainAxiom (:p :p) . :A rdfs:subClassOf {some('p', 'B')} . :B rdfs:subClassOf {some('p', 'C')} . :C rdfs:subClassOf {some('p', 'A')} ."
    )
    assert edges(text) == {(start, "p", end) for start in "ABC" for end in "ABC"}


def test_the_more_general_of_two_fillers_is_left_out() -> None:
    text = f":C rdfs:subClassOf :B . :A rdfs:subClassOf {some('p', 'B')}, {some('q', 'B')} . :D rdfs:subClassOf :A, {some('p', 'C')} ."
    assert edges(text) == {("A", "p", "B"), ("A", "q", "B"), ("D", "p", "C"), ("D", "q", "B")}


def test_of_two_fillers_with_the_same_meaning_both_stay() -> None:
    text = f":B rdfs:subClassOf :C . :C rdfs:subClassOf :B . :A rdfs:subClassOf {some('p', 'B')}, {some('p', 'C')} ."
    assert edges(text) == {("A", "p", "B"), ("A", "p", "C")}


CLASSES = "ABCDEFG"
PAIRS = st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)).filter(lambda pair: pair[0] < pair[1])
AXIOMS = st.tuples(st.sampled_from(CLASSES), st.sampled_from("pqr"), st.sampled_from(CLASSES))


def closure(pairs: set[tuple[str, str]]) -> dict[str, set[str]]:
    above = {name: {parent for child, parent in pairs if child == name} for name in CLASSES}
    for _ in CLASSES:
        above = {name: parents.union(*(above[parent] for parent in parents)) for name, parents in above.items()}
    return above


@given(parents=st.sets(PAIRS, max_size=8), axioms=st.sets(AXIOMS, max_size=8), chain=st.booleans(), lift=st.booleans())
def test_edges_are_sound_complete_and_none_is_idle(parents: set[tuple[str, str]], axioms: set[Edge], chain: bool, lift: bool) -> None:
    text = "".join(f":{child} rdfs:subClassOf :{parent} .\n" for child, parent in parents)
    text += "".join(f":{subject} rdfs:subClassOf {some(prop, filler)} .\n" for subject, prop, filler in axioms)
    text += ":r owl:propertyChainAxiom (:p :q) .\n" * chain + ":p rdfs:subPropertyOf :q .\n" * lift
    above = closure(parents)
    every = set(axioms)
    while True:
        more = every | {(child, prop, filler) for child in CLASSES for subject, prop, filler in every if subject in above[child]}
        more |= {(subject, "q", filler) for subject, prop, filler in more if lift and prop == "p"}
        more |= {(first[0], "r", second[2]) for first in more for second in more if chain and (first[1], second[1]) == ("p", "q") and first[2] == second[0]}
        if more == every:
            break
        every = more
    found = edges(text)
    assert found <= every
    for subject, prop, filler in every:
        assert any((subject, prop, other) in found for other in CLASSES if other == filler or filler in above[other])
    for subject, prop, filler in found:
        assert not any((subject, prop, other) in found for other in CLASSES if filler in above[other])


def real_edges(graph: kg.Graph) -> list[tuple[str, str, str]]:
    rows = select(graph.store, f"SELECT ?s ?p ?o WHERE {{ GRAPH <{GRAPH}edges> {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o")
    return [tuple(cell.value for cell in row if isinstance(cell, ox.NamedNode)) for row in rows]  # type: ignore[misc]  # three parts each


def test_forty_edges_of_the_real_graph_follow_from_the_ontology_and_their_opposites_do_not(graph: kg.Graph, module: list[ox.Triple]) -> None:
    everything = real_edges(graph)
    sample = everything[:: len(everything) // 40][:40]
    individuals = {iri for iri, kind in graph.terms.kinds.items() if kind == "individual"}
    strangers = [(subject, prop, other) for (subject, prop, _), (_, _, other) in zip(sample, reversed(sample), strict=True) if other not in individuals]
    strangers = [edge for edge in strangers if not any((edge[0], edge[1]) == (s, p) and edge[2] in graph.terms.ancestors(o) for s, p, o in everything)]
    probes = sample + strangers
    text = ""
    for number, (subject, prop, filler) in enumerate(probes):
        kind = "hasValue" if filler in individuals else "someValuesFrom"
        restriction = f"[a owl:Restriction ; owl:onProperty <{prop}> ; owl:{kind} <{filler}>]"
        text += f"<{NET}probe/{number}> a owl:Class ; rdfs:subClassOf <{subject}>, [a owl:Class ; owl:complementOf {restriction}] .\n"
    found = satisfiability([*module, *triples(text)], [f"{NET}probe/{number}" for number in range(len(probes))])
    entailed = [probe for number, probe in enumerate(probes) if f"{NET}probe/{number}" in found.unsatisfiable]
    assert len(sample) == 40
    assert len(strangers) >= 10
    assert entailed == sample
