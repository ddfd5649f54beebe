"""The part of the ontology that is classified stands for the whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox

from kg.reason.hermit import Classification, classify
from kg.reason.module import reasoning_module
from kg.terms import Terms
from tests.turtle import triples


def test_the_hierarchy_of_the_part_is_that_of_the_whole(ontology: list[ox.Triple], module: list[ox.Triple]) -> None:
    with ThreadPoolExecutor(2) as pool:
        part, whole = pool.map(classify, (module, ontology))
    assert isinstance(part, Classification)
    assert part.consistent
    assert part.unsatisfiable == whole.unsatisfiable == ()
    assert set(part.superclasses) == set(whole.superclasses)
    assert set(part.equivalent) == set(whole.equivalent)
    assert len(part.superclasses) > 1000


def test_annotations_are_left_out_and_features_kept(module: list[ox.Triple], terms: Terms) -> None:
    annotations = {iri for iri, kind in terms.kinds.items() if kind == "annotation property"}
    assert {triple.predicate.value for triple in module} & annotations == set()
    subjects = {triple.subject.value for triple in module if isinstance(triple.subject, ox.NamedNode)}
    for feature in terms.features.values():
        assert feature.prop in subjects
        assert set(terms.codes.get(feature.range, {}).values()) <= subjects


def test_closed_lists_that_no_feature_uses_are_left_out_whole() -> None:
    ontology = triples(
        """:hasGrade a owl:ObjectProperty ; :featureKey "grade" ; :featureKind "list" ; :featureOrder "1" ; rdfs:range :Grade .
        :code a owl:AnnotationProperty .
        :Grade a owl:Class ; owl:equivalentClass [a owl:Class ; owl:oneOf (:G1 :G2)] . :G1 a :Grade ; :code "1" . :G2 a :Grade ; :code "2" .
        :Unit a owl:Class ; owl:equivalentClass [a owl:Class ; owl:oneOf (:metre :gram)] . :metre a :Unit ; :code "m" . :gram a :Unit ; :code "g" .
        [a owl:AllDifferent ; owl:distinctMembers (:metre :gram)] . [a owl:AllDifferent ; owl:distinctMembers (:G1 :G2)] ."""
    )
    kept = reasoning_module(ontology, Terms.from_triples(ontology))
    text = "\n".join(map(str, kept))
    assert "metre" not in text
    assert "gram" not in text
    assert sum(str(triple.object).endswith("/G1>") for triple in kept) == 2
    assert not any(triple.predicate.value.endswith("/code") for triple in kept)
    subjects = {str(triple.subject) for triple in kept}
    assert all(not isinstance(triple.object, ox.BlankNode) or str(triple.object) in subjects for triple in kept), "no list is left without its cells"
