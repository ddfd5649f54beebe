"""Terms of other vocabularies: known to exist, and their labels not taken for something else."""

from __future__ import annotations

from kg.check.vocabularies import RELATIONS, outside_terms, taken_labels, unknown_terms
from kg.prefixes import NET, PREFIXES
from kg.terms import Terms


def test_every_outside_term_of_the_ontology_is_known_at_home(terms: Terms) -> None:
    assert list(unknown_terms(terms)) == []
    assert list(taken_labels(terms)) == []


def test_a_relation_has_here_the_label_that_it_has_at_home(terms: Terms) -> None:
    at_home = {term.iri: term.label for term in outside_terms() if term.read_in.startswith(RELATIONS)}
    used = {iri: label for iri, label in terms.labels.items() if iri in at_home}
    assert len(used) == 23
    assert used == {iri: at_home[iri] for iri in used}


def test_a_term_that_nobody_defines_is_found() -> None:
    terms = Terms(kinds={PREFIXES["RO"] + "9999999": "object property", PREFIXES["skos"] + "exactMatch": "annotation property", NET + "A": "class"})
    assert [(finding.rule, finding.entity) for finding in unknown_terms(terms)] == [("outside-term", "RO:9999999")]


def test_a_relation_under_another_address_is_found() -> None:
    kinds = {NET + "hasSymptom": "object property", NET + "produces": "class", PREFIXES["RO"] + "0002452": "object property"}
    terms = Terms(kinds=kinds, labels={NET + "hasSymptom": "Has symptom", NET + "produces": "produces", PREFIXES["RO"] + "0002452": "has symptom"})
    (found,) = taken_labels(terms)
    assert (found.entity, found.detail) == ("net:hasSymptom", "“Has symptom” is RO:0002452")


def test_a_label_that_only_begins_like_a_relation_is_free() -> None:
    terms = Terms(kinds={NET + "symptomOf": "object property"}, labels={NET + "symptomOf": "has symptom score"})
    assert list(taken_labels(terms)) == []
