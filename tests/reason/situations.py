"""Clinical situations as OWL: written once, asked about as individuals or as classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from kg.model.feature import FeatureKind
from kg.prefixes import NET
from kg.reason.hermit import entailed, satisfiability
from kg.terms import Terms
from tests.turtle import triples

Situation = Mapping[str, str]
"""Feature key → local name of a class, code of a closed list, or number as written; several values separated by blanks."""

QUESTIONS = {
    "G1": "[a owl:Restriction ; owl:onProperty :hasGrade ; owl:hasValue :Grade1]",
    "G2": "[a owl:Restriction ; owl:onProperty :hasGrade ; owl:hasValue :Grade2]",
    "G3": "[a owl:Restriction ; owl:onProperty :hasGrade ; owl:hasValue :Grade3]",
    "at least G2": "[a owl:Restriction ; owl:onProperty :hasGrade ; owl:someValuesFrom [a owl:Class ; owl:oneOf (:Grade2 :Grade3)]]",
    "typical": "[a owl:Restriction ; owl:onProperty :hasNeoplasm ; owl:someValuesFrom :TypicalCarcinoid]",
    "atypical": "[a owl:Restriction ; owl:onProperty :hasNeoplasm ; owl:someValuesFrom :AtypicalCarcinoid]",
    "beyond carcinoid": ":BeyondCarcinoidByIndices",
    "well": "[a owl:Restriction ; owl:onProperty :hasDifferentiation ; owl:hasValue :WellDifferentiated]",
    "poor": "[a owl:Restriction ; owl:onProperty :hasDifferentiation ; owl:hasValue :PoorlyDifferentiated]",
    "distant": "[a owl:Restriction ; owl:onProperty :hasExtent ; owl:hasValue :DistantExtent]",
    "liver metastasis": "[a owl:Restriction ; owl:onProperty :hasMetastasisIn ; owl:someValuesFrom :Liver]",
    "functioning": "[a owl:Restriction ; owl:onProperty :hasFunctioningStatus ; owl:hasValue :Functioning]",
    "female": "[a owl:Restriction ; owl:onProperty :hasSex ; owl:hasValue :Female]",
    "SSTR negative": "[a owl:Restriction ; owl:onProperty :hasSSTRStatus ; owl:hasValue :SSTRNegative]",
}


def answers(module: Sequence[ox.Triple], terms: Terms, situations: Sequence[Situation], questions: Sequence[str]) -> list[set[str]]:
    """Return for each situation which questions HermiT affirms, in one call."""
    members = [f"{NET}probe/{number}" for number in range(len(situations))]
    text = "".join(
        f"<{member}> a owl:NamedIndividual, :Presentation{''.join(', ' + part for part in restrictions(situation, terms))} .\n"
        for member, situation in zip(members, situations, strict=True)
    )
    classes = [f"{NET}question/{number}" for number in range(len(questions))]
    text += "".join(
        f"<{name}> a owl:Class ; owl:equivalentClass [a owl:Class ; owl:intersectionOf (:Presentation {QUESTIONS[question]})] .\n"
        for name, question in zip(classes, questions, strict=True)
    )
    rows = entailed([*module, *triples(text)], members, classes, deadline=120)
    return [{question for question, holds in zip(questions, row, strict=True) if holds} for row in rows]


def contradictions(module: Sequence[ox.Triple], terms: Terms, situations: Sequence[Situation]) -> list[bool]:
    """Return for each situation whether it contradicts itself, in one call."""
    names = [f"{NET}probe/{number}" for number in range(len(situations))]
    text = "".join(
        f"<{name}> a owl:Class ; rdfs:subClassOf :Presentation{''.join(', ' + part for part in restrictions(situation, terms))} .\n"
        for name, situation in zip(names, situations, strict=True)
    )
    found = satisfiability([*module, *triples(text)], names, deadline=120)
    assert found.consistent
    return [name in found.unsatisfiable for name in names]


def affirmed(module: Sequence[ox.Triple], terms: Terms, asked: Sequence[tuple[Situation, str]]) -> list[bool]:
    """Return for each situation whether its question is affirmed: the situation with the opposite answer is impossible."""
    names = [f"{NET}probe/{number}" for number in range(len(asked))]
    text = "".join(
        f"<{name}> a owl:Class ; rdfs:subClassOf :Presentation, [a owl:Class ; owl:complementOf {QUESTIONS[question]}]"
        f"{''.join(', ' + part for part in restrictions(situation, terms))} .\n"
        for name, (situation, question) in zip(names, asked, strict=True)
    )
    found = satisfiability([*module, *triples(text)], names, deadline=120)
    assert found.consistent
    return [name in found.unsatisfiable for name in names]


def restrictions(situation: Situation, terms: Terms) -> list[str]:
    """Return one OWL restriction, in Turtle, per feature value."""
    return [_restriction(terms, key, value) for key, values in situation.items() for value in values.split()]


def _restriction(terms: Terms, key: str, value: str) -> str:
    feature = terms.features[key]
    match feature.kind:
        case FeatureKind.NUMBER:
            filler = f'owl:hasValue "{value}"^^xsd:decimal'
        case FeatureKind.LIST:
            filler = f"owl:hasValue <{terms.codes[feature.range][value.replace('_', ' ')]}>"
        case _:
            filler = f"owl:someValuesFrom <{NET}{value}>"
    return f"[a owl:Restriction ; owl:onProperty <{feature.prop}> ; {filler}]"
