"""Blank nodes that are named after what they say."""

from __future__ import annotations

import random

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf import stable_blank_nodes
from kg.settings import Sources
from kg.terms import read_rdf

EX = "https://example.org/"
Tree = list[tuple[str, object]]
"""Predicate and object; the object is a text, or another tree below a blank node."""

trees = st.recursive(
    st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from("xyz")), max_size=2),
    lambda below: st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from("xyz") | below), min_size=1, max_size=3),
    max_leaves=6,
)
forests = st.lists(st.tuples(st.sampled_from("abc"), trees), max_size=5)


def triples_of(forest: list[tuple[str, Tree]], label: str) -> list[ox.Triple]:
    """Return the triples of some trees, with blank nodes numbered behind a label."""
    out: list[ox.Triple] = []
    count = 0

    def grow(subject: ox.NamedNode | ox.BlankNode, tree: Tree) -> None:
        nonlocal count
        for predicate, target in tree:
            prop = ox.NamedNode(EX + predicate)
            if isinstance(target, str):
                out.append(ox.Triple(subject, prop, ox.Literal(target)))
            elif isinstance(target, list):
                count += 1
                node = ox.BlankNode(f"{label}{count}")
                out.append(ox.Triple(subject, prop, node))
                grow(node, target)

    for name, tree in forest:
        grow(ox.NamedNode(EX + name), tree)
    return out


def canonical(triples: list[ox.Triple]) -> set[str]:
    dataset = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@given(forests)
def test_two_readings_with_other_labels_get_the_same_names(forest: list[tuple[str, Tree]]) -> None:
    assert stable_blank_nodes(triples_of(forest, "a")) == stable_blank_nodes(triples_of(forest, "zz"))


@given(forests)
def test_renaming_keeps_the_meaning(forest: list[tuple[str, Tree]]) -> None:
    triples = triples_of(forest, "a")
    assert canonical(stable_blank_nodes(triples)) == canonical(triples)


@given(forests, st.randoms(use_true_random=False))
def test_the_order_of_the_triples_does_not_matter(forest: list[tuple[str, Tree]], chance: random.Random) -> None:
    triples = triples_of(forest, "a")
    shuffled = chance.sample(triples, len(triples))
    assert set(stable_blank_nodes(shuffled)) == set(stable_blank_nodes(triples))


@given(forests)
def test_renaming_twice_changes_nothing_more(forest: list[tuple[str, Tree]]) -> None:
    once = stable_blank_nodes(triples_of(forest, "a"))
    assert stable_blank_nodes(once) == once


def test_one_changed_axiom_changes_its_own_names_only() -> None:
    forest: list[tuple[str, Tree]] = [("a", [("p", [("q", "x")])]), ("b", [("p", [("q", "y")])])]
    changed: list[tuple[str, Tree]] = [forest[0], ("b", [("p", [("q", "z")])])]
    before, after = stable_blank_nodes(triples_of(forest, "a")), stable_blank_nodes(triples_of(changed, "a"))
    assert before[:2] == after[:2]
    assert {triple.subject for triple in before[2:]}.isdisjoint(triple.subject for triple in after[3:])


def test_nodes_that_point_at_each_other_come_to_an_end() -> None:
    node, prop = ox.BlankNode, ox.NamedNode(EX + "p")
    ring = [ox.Triple(node("a"), prop, node("b")), ox.Triple(node("b"), prop, node("a"))]
    assert canonical(stable_blank_nodes(ring)) == canonical(ring)


def test_triples_without_blank_nodes_stay_as_they_are() -> None:
    triples = [ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.Literal("x", language="en"))]
    assert stable_blank_nodes(iter(triples)) == triples
    assert stable_blank_nodes([]) == []


def test_two_readings_of_the_ontology_agree(sources: Sources) -> None:
    first, second = read_rdf(sources.ontology), read_rdf(sources.ontology)
    assert set(first) != set(second)  # the reader makes up labels
    assert stable_blank_nodes(first) == stable_blank_nodes(second)
