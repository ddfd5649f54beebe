"""The SHACL shapes: what fits, what does not, the same by two engines, and the same features as the ontology."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

import kg
from kg.check.shapes import SHAPES, concerned, misshapen
from kg.model.feature import FeatureKind
from kg.prefixes import GRAPH, NET, PREFIXES
from kg.settings import Sources
from kg.terms import SUBCLASS, TYPE, Terms
from tests.turtle import triples

LEVEL = (NET + "Term/").count("/")
"""Slashes in the name of a term; rows have more."""
pytestmark = pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")  # pySHACL asks rdflib in the old way
ROW = ':source :doc ; :curation :CurationPrimary ; rdfs:label "{0}"@en .'
RECOMMENDATION = ":r a :Recommendation ; :population :p ; :therapy :Everolimus ; :combination :CombinationSingle ; :aim :AimAntitumour ; "
GOOD = (
    ":doc a :Document . :p a :Population . "
    + RECOMMENDATION
    + ':direction :DirectionMayBeConsidered ; :gist "So." ; :issued "2023"^^xsd:gYear ; :strength "A" ; '
    + ROW.format("r")
    + ":d a :RegulatoryDecision ; :population :p ; :therapy :Everolimus ; :jurisdiction :JurisdictionAustria ; :decision :DecisionKindApproval ; "
    ':decisionStatus :DecisionActive ; :aim :AimAntitumour ; :gist "So." ; :issued "2016-02-26"^^xsd:date ; '
    + ROW.format("d")
    + ":t a :ClinicalTrial ; :population :p ; "
    + ROW.format("t")
    + ":c a :ArmComparison ; :population :p ; :trial :t ; :experimental :Everolimus ; :primaryOutcome :PrimaryMet ; :participants 10 ; "
    ":participantsExperimental 10 ; :participantsComparator 0 ; "
    + ROW.format("c")
    + ":e a :EvidenceItem ; :comparison :c ; :endpoint :EndpointObjectiveResponseRate ; :assessor :AssessorNotStated ; :effect 0.5 ; :effectLow 0.5 ; "
    ":effectHigh 0.5 ; :effectMeasure :MeasureHazardRatio ; :confidenceLevel 100 ; :valueExperimental 3 ; :valueExperimentalHigh 3.0 ; "
    + ROW.format("e")
    + "[] a :Presentation ; :hasGrade :Grade2 ; :ki67Percent 100 ; :mitosesPer2mm2 0 ; :ecogPerformanceStatus 5.0 ; :hasPrimarySite [ a :Pancreas ] ; "
    ":hasMetastasisIn [ a :Liver ] , [ a :Lung ] ."
)
"""Everything at its limit and just right."""

BAD: dict[str, tuple[str, str, str]] = {
    "no direction": (":direction :DirectionMayBeConsidered ;", "", "net:r — direction: say exactly once"),
    "two populations": (":r a", ":q a :Population . :r :population :q ; a", "net:r — population: name exactly one net:Population"),
    "a therapy that is none": (":therapy :Everolimus ; :combination", ":therapy :Pancreas ; :combination", "net:r — therapy: name at least one class below"),
    "a value of another list": (":aim :AimAntitumour ; :direction", ":aim :Grade2 ; :direction", "net:r — aim: name at least one value"),
    "a date in words": ('"2023"^^xsd:gYear', '"May 2023"', "net:r — issued: one date as year, month or day"),
    "an empty statement": (':gist "So." ; :issued "2023"', ':gist "" ; :issued "2023"', "net:r — statement: say it once"),
    "unverified": (
        ':curation :CurationPrimary ; rdfs:label "r"',
        ':curation :CurationUnverified ; rdfs:label "r"',
        "net:r — curation: say exactly once how far it was checked",
    ),
    "no source": (
        ':source :doc ; :curation :CurationPrimary ; rdfs:label "r"',
        ':curation :CurationPrimary ; rdfs:label "r"',
        "net:r — source: name at least one",
    ),
    "no label": ('; rdfs:label "d"@en', "", "net:d — label: give it exactly one rdfs:label"),
    "no status": (":decisionStatus :DecisionActive ;", "", "net:d — status: say exactly once whether it stands"),
    "no trial": (":trial :t ;", "", "net:c — trial: name exactly one"),
    "more in an arm than in all": (":participantsExperimental 10", ":participantsExperimental 11", "net:c — participants of the experimental arm"),
    "fewer than none": (":participants 10", ":participants -1", "net:c — participants: one number from 0"),
    "a lower end above": (":effectLow 0.5", ":effectLow 0.51", "net:e — lower end of the effect"),
    "an upper end below": (":effectHigh 0.5", ":effectHigh 0.49", "net:e — upper end of the effect"),
    "an effect of nothing": (":effectMeasure :MeasureHazardRatio ;", "", "net:e — effect measure: say exactly once"),
    "an interval alone": (":effect 0.5 ; :effectLow 0.5", ":effectLow 0.5", "net:e — effect: an interval needs its estimate"),
    "too sure": (":confidenceLevel 100", ":confidenceLevel 101", "net:e — confidence level"),
    "a number above its end": (":valueExperimental 3 ", ":valueExperimental 3.1 ", "net:e — experimental value: one number, not above"),
    "two grades": (":hasGrade :Grade2", ":hasGrade :Grade1, :Grade2", "grade: give one value at most"),
    "above the scale": (":ki67Percent 100", ":ki67Percent 100.1", "Ki-67 index: give one number at most, a number from 0 to 100 (%)"),
    "a number in words": (
        ":ecogPerformanceStatus 5.0",
        ':ecogPerformanceStatus "two"',
        "ECOG performance status: give one number at most, a number from 0 to 5",
    ),
    "a site that is none": (":hasPrimarySite [ a :Pancreas ]", ":hasPrimarySite [ a :Everolimus ]", "primary site: give one at most, typed by"),
}


@pytest.fixture(scope="module")
def shapes(sources: Sources) -> Path:
    return sources.ontology.parent / SHAPES


@pytest.fixture(scope="module")
def vocabulary(graph: kg.Graph) -> list[ox.Triple]:
    """Types and the hierarchy of the terms, with what the reasoner found."""
    wanted = {GRAPH + "ontology", GRAPH + "inferred"}
    return [
        quad.triple
        for quad in graph.store.quads()
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in wanted and quad.predicate.value in {TYPE, SUBCLASS}
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode) and (quad.subject.value + "/").count("/") == LEVEL
    ]


def found(text: str, vocabulary: list[ox.Triple], shapes: Path) -> list[str]:
    return [str(finding) for finding in misshapen([*vocabulary, *triples(text)], shapes)]


def conforms(text: str, vocabulary: list[ox.Triple], shapes: Path) -> tuple[bool, str]:
    written = io.BytesIO()
    ox.serialize([*vocabulary, *triples(text)], written, format=ox.RdfFormat.N_TRIPLES)
    answer, _, report = pyshacl.validate(rdflib.Graph().parse(data=written.getvalue(), format="nt"), shacl_graph=str(shapes))
    return answer, report


def test_all_that_is_curated_fits(graph: kg.Graph, shapes: Path) -> None:
    rows = list(concerned(graph.store.quads()))
    assert sum(triple.predicate.value == TYPE and triple.object == ox.NamedNode(NET + "Recommendation") for triple in rows) >= 456
    assert list(misshapen(rows, shapes)) == []


def test_what_is_just_right_fits_by_both_engines(vocabulary: list[ox.Triple], shapes: Path) -> None:
    assert found(GOOD, vocabulary, shapes) == []
    assert conforms(GOOD, vocabulary, shapes)[0]


@pytest.mark.filterwarnings("ignore:Dataset.identifier is deprecated")  # pyshacl asks rdflib for it
@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD)
def test_one_fault_is_found_by_both_engines_with_its_cure(old: str, new: str, message: str, vocabulary: list[ox.Triple], shapes: Path) -> None:
    assert GOOD.count(old) == 1
    broken = GOOD.replace(old, new)
    findings = found(broken, vocabulary, shapes)
    assert any(message in finding for finding in findings), findings
    sound, report = conforms(broken, vocabulary, shapes)
    assert not sound
    messages = {finding.partition(" — ")[2].partition(" [")[0] for finding in findings}
    assert all(text in report for text in messages)
    assert report.count("Constraint Violation in") >= len(messages)


def test_the_shape_of_a_case_says_the_same_as_the_features(terms: Terms, shapes: Path) -> None:
    read = rdflib.Graph().parse(shapes)
    sh, shape = rdflib.Namespace(PREFIXES["sh"]), rdflib.URIRef(NET + "shape/Case")
    said = {}
    for node in read.objects(shape, sh.property):
        limits = [read.value(node, sh[name]) for name in ("minInclusive", "maxInclusive")]
        said[str(read.value(node, sh.path))] = (
            read.value(node, sh.maxCount) is not None,
            str(read.value(node, sh["class"]) or ""),
            *(None if limit is None else Decimal(str(limit)) for limit in limits),
        )
    features = terms.features.values()
    assert said == {one.prop: (one.kind is not FeatureKind.SET, "" if one.kind is FeatureKind.NUMBER else one.range, one.low, one.high) for one in features}
