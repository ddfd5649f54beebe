"""Where terms stand in the hierarchy that HermiT finds."""

from __future__ import annotations

import pytest

import kg
from kg.prefixes import GRAPH, NET
from kg.terms import Terms


def above(graph: kg.Graph, name: str) -> set[str]:
    """Return the local names of the classes above a class, asserted or inferred."""
    assert graph.terms.kinds.get(NET + name) == "class", name
    answer = graph.select(f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?c {{ <{NET}{name}> rdfs:subClassOf+ ?c FILTER(ISIRI(?c)) }}")
    return {str(row[0]).strip("<>").removeprefix(NET) for row in answer.rows}


@pytest.mark.parametrize(
    ("term", "upper"),
    [
        ("Ileum", "MidgutSite"),
        ("Ileum", "SmallIntestine"),
        ("Appendix", "MidgutSite"),
        ("Rectum", "HindgutSite"),
        ("Stomach", "ForegutSite"),
        ("Lung", "ForegutSite"),
        ("Pancreas", "GastroenteropancreaticSite"),
        ("Pancreas", "DigestiveSystemSite"),
        ("GastricNETType1", "GastricNET"),
        ("GastricNET", "NeuroendocrineTumour"),
        ("PancreaticNETG2", "NETG2"),
        ("PancreaticNETG2", "PancreaticNET"),
        ("PancreaticNETG3", "NETG3"),
        ("Insulinoma", "FunctioningPancreaticNET"),
        ("Gastrinoma", "FunctioningNET"),
        ("NETG3", "NeuroendocrineTumour"),
        ("SmallCellNEC", "NeuroendocrineCarcinoma"),
        ("TypicalCarcinoid", "NeuroendocrineTumour"),
        ("NeuroendocrineTumour", "NeuroendocrineNeoplasm"),
        ("NeuroendocrineCarcinoma", "NeuroendocrineNeoplasm"),
        ("Lutetium177Dotatate", "TherapeuticRadioligand"),
        ("Gallium68Dotatate", "DiagnosticRadioligand"),
        ("Gallium68Dotatate", "SSTRTracer"),
        ("PeptideReceptorRadionuclideTherapy", "NuclearMedicineTherapy"),
        ("Lanreotide", "SomatostatinAnalogue"),
        ("SomatostatinReceptor2", "SomatostatinReceptor"),
        ("CarcinoidSyndrome", "HormonalSyndrome"),
        ("DigestiveNETGrade3ByIndices", "DigestiveNETAtLeastGrade2ByIndices"),
        ("DigestiveNETGrade2ByIndices", "DigestiveNETAtLeastGrade2ByIndices"),
    ],
)
def test_a_term_stands_below_another(term: str, upper: str, graph: kg.Graph) -> None:
    assert upper in above(graph, term)


@pytest.mark.parametrize(
    ("term", "other"),
    [
        ("GobletCellAdenocarcinoma", "NeuroendocrineNeoplasm"),
        ("MedullaryThyroidCarcinoma", "NeuroendocrineTumour"),
        ("PhaeochromocytomaParaganglioma", "NeuroendocrineTumour"),
        ("MerkelCellCarcinoma", "NeuroendocrineTumour"),
        ("MerkelCellCarcinoma", "NeuroendocrineCarcinoma"),
        ("MixedNeuroendocrineNonNeuroendocrineNeoplasm", "NeuroendocrineTumour"),
        ("NETG3", "NeuroendocrineCarcinoma"),
        ("NeuroendocrineCarcinoma", "NeuroendocrineTumour"),
        ("TypicalCarcinoid", "NETG1"),
        ("AtypicalCarcinoid", "NETG2"),
        ("UnknownPrimarySite", "DigestiveSystemSite"),
        ("Lung", "DigestiveSystemSite"),
        ("Liver", "GastroenteropancreaticSite"),
        ("DigestiveNETGrade1ByIndices", "DigestiveNETAtLeastGrade2ByIndices"),
        ("PancreaticNET", "FunctioningPancreaticNET"),
        ("Gallium68Satoreotide", "TherapeuticRadioligand"),
    ],
)
def test_a_term_does_not_stand_below_another(term: str, other: str, graph: kg.Graph) -> None:
    assert graph.terms.kinds.get(NET + other) == "class", other
    assert other not in above(graph, term)


@pytest.mark.parametrize(("term", "upper"), [("PancreaticNETG2", "NETG2"), ("Insulinoma", "FunctioningPancreaticNET")])
def test_some_places_are_found_by_the_reasoner_and_not_asserted(term: str, upper: str, graph: kg.Graph) -> None:
    subclass = f"<{NET}{term}> <http://www.w3.org/2000/01/rdf-schema#subClassOf>+ <{NET}{upper}>"
    assert graph.sparql(f"ASK {{ GRAPH <{GRAPH}ontology> {{ {subclass} }} }}") is False
    assert graph.sparql(f"ASK {{ {subclass} }}") is True


def test_every_closed_list_of_a_feature_has_codes_for_all_its_values(terms: Terms) -> None:
    for feature in terms.features.values():
        values = terms.codes.get(feature.range, {})
        assert len(values) == len(set(values.values()))
        if feature.kind == "list":
            assert len(values) >= 2


@pytest.mark.parametrize(
    ("key", "low", "high", "unit"), [("ki67", "0", "100", "%"), ("mitoses", "0", "", "per 2 mm²"), ("krenning", "0", "4", "score"), ("ecog", "0", "5", "score")]
)
def test_the_limits_of_a_number_stand_in_the_ontology(key: str, low: str, high: str, unit: str, terms: Terms) -> None:
    feature = terms.features[key]
    assert (str(feature.low), str(feature.high if feature.high is not None else ""), feature.unit) == (low, high, unit)
