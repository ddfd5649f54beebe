"""KGX: what each kind of evidence becomes, and what both forms hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import DataError
from kg.export import FORMATS
from kg.export.biolink.check import check, read
from kg.export.biolink.graph import NO_SLOT
from kg.export.biolink.slots import EDGE_SLOTS, NODE_SLOTS, Element
from kg.export.loss import Losses
from kg.export.source import Source
from kg.settings import Sources
from tests.export.conftest import source_of

BASE = """
@prefix net: <https://w3id.org/net-kg/> .
@prefix g: <https://w3id.org/net-kg/graph/> .
@prefix d: <https://w3id.org/net-kg/graph/data/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix oboInOwl: <http://www.geneontology.org/formats/oboInOwl#> .
g:ontology {
  net:CareOption a owl:Class ; rdfs:label "care option"@en .
  net:Drug a owl:Class ; rdfs:label "drug"@en ; rdfs:subClassOf net:CareOption .
  net:DiagnosticRadioligand a owl:Class ; rdfs:label "tracer"@en ; rdfs:subClassOf net:Drug .
  net:TherapeuticProcedure a owl:Class ; rdfs:label "procedure"@en ; rdfs:subClassOf net:CareOption .
  net:DiagnosticProcedure a owl:Class ; rdfs:label "test"@en ; rdfs:subClassOf net:CareOption .
  net:Regimen a owl:Class ; rdfs:label "regimen"@en ; rdfs:subClassOf net:TherapeuticProcedure .
  net:Alpha a owl:Class ; rdfs:label "α-drug"@en ; rdfs:subClassOf net:Drug .
  net:Beta a owl:Class ; rdfs:label "beta"@en ; rdfs:subClassOf net:Drug .
  net:Gamma a owl:Class ; rdfs:label "gamma"@en ; rdfs:subClassOf net:Drug .
  net:Surgery a owl:Class ; rdfs:label "operation"@en ; rdfs:subClassOf net:TherapeuticProcedure .
  net:Scan a owl:Class ; rdfs:label "scan"@en ; rdfs:subClassOf net:DiagnosticProcedure .
  net:Tracer a owl:Class ; rdfs:label "marked α"@en ; rdfs:subClassOf net:DiagnosticRadioligand .
  net:AlphaBeta a owl:Class ; rdfs:label "alpha with beta"@en ; rdfs:subClassOf net:Regimen ,
    [ a owl:Restriction ; owl:onProperty net:hasComponent ; owl:someValuesFrom net:Alpha ] ,
    [ a owl:Restriction ; owl:onProperty net:hasComponent ; owl:someValuesFrom net:Beta ] .
  net:Disease a owl:Class ; rdfs:label "disease"@en .
  net:Neoplasm a owl:Class ; rdfs:label "neoplasm"@en ; rdfs:subClassOf net:Disease .
  net:NeuroendocrineNeoplasm a owl:Class ; rdfs:label "NEN"@en ; rdfs:subClassOf net:Neoplasm .
  net:Tumour a owl:Class ; rdfs:label "tumour"@en ; rdfs:subClassOf net:NeuroendocrineNeoplasm .
  net:PancreaticTumour a owl:Class ; rdfs:label "tumour of the pancreas"@en ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf
    ( net:Tumour [ a owl:Restriction ; owl:onProperty net:hasPrimaryLocation ; owl:someValuesFrom net:Pancreas ] ) ] .
  net:HormonalSyndrome a owl:Class ; rdfs:label "hormone syndrome"@en ; rdfs:subClassOf net:Disease .
  net:Flush a owl:Class ; rdfs:label "flush syndrome"@en ; rdfs:subClassOf net:HormonalSyndrome .
  net:ClinicalFinding a owl:Class ; rdfs:label "finding"@en .
  net:Symptom a owl:Class ; rdfs:label "symptom"@en ; rdfs:subClassOf net:ClinicalFinding .
  net:AnatomicalSite a owl:Class ; rdfs:label "site"@en .
  net:Pancreas a owl:Class ; rdfs:label "pancreas"@en ; rdfs:subClassOf net:AnatomicalSite .
  net:Liver a owl:Class ; rdfs:label "liver"@en ; rdfs:subClassOf net:AnatomicalSite .
}
g:edges { net:AlphaBeta net:hasComponent net:Alpha , net:Beta . net:PancreaticTumour net:hasPrimaryLocation net:Pancreas . }
g:inferred { net:PancreaticTumour rdfs:subClassOf net:Tumour . }
d:documents {
  <https://w3id.org/net-kg/document/guideline> a owl:NamedIndividual , net:Guideline ; rdfs:label "Guideline [guideline]"@en ;
    net:pubmed <https://pubmed.ncbi.nlm.nih.gov/11> ; net:doi <https://doi.org/10.1/x> .
  <https://w3id.org/net-kg/document/review> a owl:NamedIndividual , net:ReviewArticle ; rdfs:label "Review [review]"@en ; net:doi <https://doi.org/10.1/y> .
  <https://w3id.org/net-kg/document/old> a owl:NamedIndividual , net:Guideline ; rdfs:label "Old [old]"@en ;
    net:supersededBy <https://w3id.org/net-kg/document/guideline> .
  <https://w3id.org/net-kg/document/registry> a owl:NamedIndividual , net:RegistryRecord ; rdfs:label "Registry [registry]"@en ;
    net:webAddress <https://www.clinicaltrials.gov/study/NCT00000001> .
}
d:types { net:Guideline rdfs:subClassOf net:Document . net:ReviewArticle rdfs:subClassOf net:Document . net:RegistryRecord rdfs:subClassOf net:Document . }
g:inferred {
  <https://w3id.org/net-kg/document/guideline> a net:Document . <https://w3id.org/net-kg/document/review> a net:Document .
  <https://w3id.org/net-kg/document/old> a net:Document . <https://w3id.org/net-kg/document/registry> a net:Document .
}
d:trials {
  <https://w3id.org/net-kg/trial/three> a owl:NamedIndividual , net:ClinicalTrial ; rdfs:label "trial THREE [three]"@en ; net:acronym "THREE" ;
    net:phase net:Phase3 ; net:registration <https://clinicaltrials.gov/study/NCT00000003> .
  <https://w3id.org/net-kg/trial/two> a owl:NamedIndividual , net:ClinicalTrial ; rdfs:label "trial TWO [two]"@en ; net:acronym "TWO" ; net:phase net:Phase2 .
  <https://w3id.org/net-kg/trial/series> a owl:NamedIndividual , net:ClinicalTrial ; rdfs:label "series [series]"@en ; net:phase net:PhaseRetrospective .
}
d:populations {
  <https://w3id.org/net-kg/population/pancreas> a owl:NamedIndividual , net:Population ; rdfs:label "tumour of the pancreas"@en ;
    net:scope "neoplasm=Tumour; site=Pancreas" ; net:alternative <https://w3id.org/net-kg/population/pancreas/1> .
  <https://w3id.org/net-kg/population/pancreas/1> a owl:NamedIndividual , net:PopulationAlternative ;
    net:criterion <https://w3id.org/net-kg/population/pancreas/1/a> , <https://w3id.org/net-kg/population/pancreas/1/b> .
  <https://w3id.org/net-kg/population/pancreas/1/a> net:restricts net:hasNeoplasm ; net:requires net:Tumour .
  <https://w3id.org/net-kg/population/pancreas/1/b> net:restricts net:hasPrimarySite ; net:requires net:Pancreas .
  <https://w3id.org/net-kg/population/liver> a owl:NamedIndividual , net:Population ; rdfs:label "tumour of the liver"@en ;
    net:alternative <https://w3id.org/net-kg/population/liver/1> .
  <https://w3id.org/net-kg/population/liver/1> net:criterion <https://w3id.org/net-kg/population/liver/1/a> , <https://w3id.org/net-kg/population/liver/1/b> .
  <https://w3id.org/net-kg/population/liver/1/a> net:restricts net:hasNeoplasm ; net:requires net:Tumour .
  <https://w3id.org/net-kg/population/liver/1/b> net:restricts net:hasPrimarySite ; net:requires net:Liver .
  <https://w3id.org/net-kg/population/flush> a owl:NamedIndividual , net:Population ; rdfs:label "flush syndrome"@en ;
    net:alternative <https://w3id.org/net-kg/population/flush/1> .
  <https://w3id.org/net-kg/population/flush/1> net:criterion <https://w3id.org/net-kg/population/flush/1/a> .
  <https://w3id.org/net-kg/population/flush/1/a> net:restricts net:hasSyndrome ; net:requires net:Flush .
  <https://w3id.org/net-kg/population/functioning> a owl:NamedIndividual , net:Population ; rdfs:label "functioning"@en ;
    net:alternative <https://w3id.org/net-kg/population/functioning/1> .
  <https://w3id.org/net-kg/population/functioning/1> net:criterion <https://w3id.org/net-kg/population/functioning/1/a> .
  <https://w3id.org/net-kg/population/functioning/1/a> net:restricts net:hasFunctioningStatus ; net:requires net:Functioning .
  <https://w3id.org/net-kg/population/any> a owl:NamedIndividual , net:Population ; rdfs:label "any"@en ;
    net:alternative <https://w3id.org/net-kg/population/any/1> .
}
"""


def entity(path: str) -> str:
    return f"<https://w3id.org/net-kg/{path}>"


def recommendation(direction: str, *, document: str = "guideline", aim: str = "Antitumour", population: str = "pancreas", therapy: str = "net:Alpha") -> str:
    together = "Together" if "," in therapy else "Single"
    return f"""d:recommendations {{ {entity("recommendation/R1")} a owl:NamedIndividual , net:Recommendation ; rdfs:label "recommendation R1"@en ;
      net:therapy {therapy} ; net:about {therapy} ; net:combination net:Combination{together} ; net:direction net:Direction{direction} ; net:aim net:Aim{aim} ;
      net:source {entity("document/" + document)} ; net:population {entity("population/" + population)} ; net:gist "In words." ; net:strength "A" . }}"""


def approval(decision: str, status: str, *, authority: str = "EMA", aim: str = "Antitumour", therapy: str = "net:Alpha") -> str:
    return f"""d:approvals {{ {entity("approval/A1")} a owl:NamedIndividual , net:RegulatoryDecision ; rdfs:label "decision A1"@en ; net:therapy {therapy} ;
      net:decision net:DecisionKind{decision} ; net:decisionStatus net:Decision{status} ; net:authority "{authority}" ; net:aim net:Aim{aim} ;
      net:source {entity("document/review")} ; net:population {entity("population/pancreas")} ; net:pivotalTrial {entity("trial/three")} . }}"""


def comparison(
    trial: str, outcome: str, *, analysis: str = "Primary", endpoint: str = "ProgressionFreeSurvival", population: str = "pancreas", **more: str
) -> str:
    therapy, document = more.get("therapy", "net:Alpha"), more.get("document", "review")
    evidence = f"""d:evidence {{ {entity("evidence/E1")} a owl:NamedIndividual , net:EvidenceItem ; rdfs:label "evidence"@en ;
      net:comparison {entity("comparison/C1")} ; net:endpoint net:Endpoint{endpoint} . }}"""
    return f"""d:comparisons {{ {entity("comparison/C1")} a owl:NamedIndividual , net:ArmComparison ; rdfs:label "comparison C1"@en ;
      net:trial {entity("trial/" + trial)} ; net:experimental {therapy} ; net:primaryOutcome net:Primary{outcome} ; net:analysis net:Analysis{analysis} ;
      net:source {entity("document/" + document)} ; net:population {entity("population/" + population)} . }} {evidence if endpoint else ""}"""


def exported(source: Source, folder: Path, name: str = "kgx-jsonl") -> tuple[dict[str, Element], dict[str, Element], Losses]:
    """Return nodes and edges by identifier, and what was lost, after our own check found nothing."""
    path = folder / name
    path.mkdir(exist_ok=True)
    losses = Losses()
    FORMATS[name].writer()(source, path, losses)
    suffix = "jsonl" if name.endswith("jsonl") else "tsv"
    nodes, edges = read(path / f"net-kg_nodes.{suffix}", path / f"net-kg_edges.{suffix}")
    assert check(nodes, edges) == []
    return {str(node["id"]): node for node in nodes}, {str(edge["id"]): edge for edge in edges}, losses


def statement(text: str, sources: Sources, folder: Path) -> tuple[list[Element], Losses]:
    """Return the edges of the one record that a text adds to the base."""
    _, edges, losses = exported(source_of(BASE + text, sources), folder)
    return [edge for name, edge in edges.items() if "/axiom/" not in name], losses


def said(edges: list[Element]) -> list[tuple[object, ...]]:
    return sorted((edge["original_subject"], edge["predicate"], edge["original_object"], edge.get("negated", False)) for edge in edges)


TREATS = [("net:Alpha", "biolink:treats", "net:PancreaticTumour", False)]
ANY = [("net:Alpha", "biolink:treats_or_applied_or_studied_to_treat", "net:PancreaticTumour", False)]
STUDIED = [("net:Alpha", "biolink:studied_to_treat", "net:PancreaticTumour", False)]
IN_TRIALS = [("net:Alpha", "biolink:in_clinical_trials_for", "net:PancreaticTumour", False)]
APPLIED = [("net:Alpha", "biolink:applied_to_treat", "net:PancreaticTumour", False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(recommendation("Recommended"), TREATS, id="recommended by a guideline, on-label or off-label"),
        pytest.param(recommendation("Recommended", document="review"), ANY, id="recommended by a review"),
        pytest.param(recommendation("Recommended", document="old"), ANY, id="recommended by a guideline that was replaced"),
        pytest.param(recommendation("MayBeConsidered"), ANY, id="may be considered"),
        pytest.param(recommendation("InsufficientEvidence"), ANY, id="insufficient evidence"),
        pytest.param(recommendation("Investigational"), STUDIED, id="investigational"),
        pytest.param(recommendation("NotRecommended"), [("net:Alpha", "biolink:treats", "net:PancreaticTumour", True)], id="recommended against"),
        pytest.param(recommendation("NotRecommended", document="review"), [], id="advice against in a review"),
        pytest.param(recommendation("Contraindicated", document="old"), [], id="contraindicated once"),
        pytest.param(recommendation("Contraindicated"), [("net:Alpha", "biolink:contraindicated_in", "net:PancreaticTumour", False)], id="contraindicated"),
        pytest.param(recommendation("Recommended", aim="FollowUp"), [], id="follow-up"),
        pytest.param(recommendation("Recommended", aim="Diagnosis", therapy="net:Scan"), [], id="a scan is no diagnostic aid"),
        pytest.param(
            recommendation("Recommended", aim="Diagnosis", therapy="net:Tracer"),
            [("net:Tracer", "biolink:diagnoses", "net:PancreaticTumour", False)],
            id="a tracer is one",
        ),
        pytest.param(
            recommendation("Recommended", aim="SymptomControl", population="flush"),
            [("net:Alpha", "biolink:ameliorates_condition", "net:Flush", False)],
            id="symptoms of a syndrome",
        ),
        pytest.param(
            recommendation("Recommended", aim="SymptomControl", population="functioning"),
            [("net:Alpha", "biolink:ameliorates_condition", "net:HormonalSyndrome", False)],
            id="symptoms of a functioning tumour",
        ),
        pytest.param(
            recommendation("MayBeConsidered", aim="SymptomControl"),
            [("net:Alpha", "biolink:treats_or_applied_or_studied_to_treat", "net:Symptom", False)],
            id="symptoms, weakly",
        ),
        pytest.param(recommendation("Recommended", aim="Supportive"), [], id="support of no named complaint"),
        pytest.param(recommendation("Recommended", population="any"), [("net:Alpha", "biolink:treats", "net:NeuroendocrineNeoplasm", False)], id="no scope"),
        pytest.param(recommendation("Recommended", therapy="net:Surgery"), [("net:Surgery", "biolink:treats", "net:PancreaticTumour", False)], id="operation"),
        pytest.param(
            recommendation("Recommended", therapy="net:Alpha , net:Beta"),
            [("net:AlphaBeta", "biolink:treats", "net:PancreaticTumour", False)],
            id="a combination with a name",
        ),
        pytest.param(
            recommendation("Recommended", therapy="net:Alpha , net:Gamma"),
            [("net:treatment/Alpha-Gamma", "biolink:treats", "net:PancreaticTumour", False)],
            id="a combination without one",
        ),
        pytest.param(recommendation("Recommended", therapy="net:Unheard"), [], id="a therapy that is no node"),
        pytest.param(approval("Approval", "Active"), TREATS, id="approval"),
        pytest.param(approval("Extension", "Active"), TREATS, id="extension"),
        pytest.param(approval("ConditionalApproval", "Active"), TREATS, id="conditional approval"),
        pytest.param(approval("Approval", "Withdrawn"), ANY, id="withdrawn approval"),
        pytest.param(approval("Approval", "NotMarketed"), ANY, id="approved, no longer sold"),
        pytest.param(approval("CompleteResponse", "Refused"), ANY, id="refusal"),
        pytest.param(approval("BreakthroughDesignation", "NotMarketed"), STUDIED, id="designation"),
        pytest.param(approval("Approval", "Active", aim="Staging"), [], id="staging"),
        pytest.param(comparison("three", "Met"), TREATS, id="phase 3 that met its endpoint"),
        pytest.param(comparison("three", "Missed"), IN_TRIALS, id="phase 3 that missed it"),
        pytest.param(comparison("three", "Met", analysis="Subgroup"), IN_TRIALS, id="subgroup of a phase 3"),
        pytest.param(comparison("three", "Met", endpoint=""), IN_TRIALS, id="phase 3 without a known endpoint"),
        pytest.param(comparison("two", "Met"), IN_TRIALS, id="phase 2 only"),
        pytest.param(comparison("series", "NotApplicable", analysis="Retrospective"), APPLIED, id="use looked back on"),
        pytest.param(
            comparison("three", "Met", endpoint="SymptomResponse", population="flush"),
            [("net:Alpha", "biolink:ameliorates_condition", "net:Flush", False)],
            id="phase 3 for symptoms",
        ),
    ],
)
def test_the_predicate_follows_from_the_evidence(text: str, expected: list[tuple[object, ...]], sources: Sources, tmp_path: Path) -> None:
    edges, losses = statement(text, sources, tmp_path)
    assert said(edges) == expected
    about = {loss.term.removeprefix("https://w3id.org/net-kg/") for loss in losses}
    assert expected or about & {"recommendation/R1", "approval/A1"}, "what is no edge is reported"


@pytest.mark.parametrize(
    ("text", "slot", "expected"),
    [
        (approval("Approval", "Active", authority="FDA"), "clinical_approval_status", "fda_approved_for_condition"),
        (approval("ConditionalApproval", "Active"), "clinical_approval_status", "approved_for_condition"),
        (approval("Approval", "Withdrawn"), "clinical_approval_status", "post_approval_withdrawal"),
        (approval("WithdrawalOfApplication", "Withdrawn"), "clinical_approval_status", "not_approved_for_condition"),
        (approval("Approval", "NotMarketed"), "clinical_approval_status", None),
        (approval("Approval", "Active"), "has_supporting_studies", ["CLINICALTRIALS:NCT00000003"]),
        (recommendation("Recommended"), "clinical_approval_status", None),
        (comparison("two", "Met"), "max_research_phase", "clinical_trial_phase_2"),
        (comparison("series", "NotApplicable"), "max_research_phase", None),
        (comparison("two", "Met"), "has_evidence_of_type", ["ECO:0007121"]),
        (recommendation("Recommended"), "has_evidence_of_type", ["ECO:0000304"]),
        (recommendation("Recommended"), "primary_knowledge_source", "infores:net-kg"),
        (recommendation("Recommended"), "aggregator_knowledge_source", None),
        (comparison("two", "Met", document="registry"), "primary_knowledge_source", "infores:clinicaltrials"),
        (comparison("two", "Met", document="registry"), "aggregator_knowledge_source", ["infores:net-kg"]),
        (recommendation("Recommended"), "publications", ["PMID:11"]),
        (recommendation("Recommended", document="review"), "publications", ["doi:10.1/y"]),
        (recommendation("Recommended", document="old"), "publications", ["net:document/old"]),
        (recommendation("Recommended"), "population_context_qualifier", "net:population/pancreas"),
        (recommendation("Recommended"), "anatomical_context_qualifier", None),
        (recommendation("Recommended", population="liver"), "anatomical_context_qualifier", ["net:Liver"]),
        (recommendation("Recommended", aim="SymptomControl"), "disease_context_qualifier", "net:PancreaticTumour"),
        (recommendation("Recommended"), "disease_context_qualifier", None),
        (recommendation("Recommended"), "original_predicate", "net:DirectionRecommended"),
        (recommendation("Recommended"), "knowledge_level", "knowledge_assertion"),
        (recommendation("Recommended"), "agent_type", "manual_agent"),
        (recommendation("Recommended"), "category", ["biolink:ChemicalEntityToDiseaseOrPhenotypicFeatureAssociation"]),
        (recommendation("Recommended", therapy="net:Surgery"), "category", ["biolink:ChemicalOrDrugOrTreatmentToDiseaseOrPhenotypicFeatureAssociation"]),
        (recommendation("Recommended"), "description", "In words."),
        (recommendation("Recommended"), "id", "net:edge/recommendation/R1/Alpha/treats/PancreaticTumour"),
    ],
)
def test_an_edge_says_where_it_comes_from_and_for_whom_it_holds(text: str, slot: str, expected: object, sources: Sources, tmp_path: Path) -> None:
    (edge,), _ = statement(text, sources, tmp_path)
    assert edge.get(slot) == expected


def test_what_follows_is_told_from_what_was_stated(sources: Sources, tmp_path: Path) -> None:
    text = BASE + "g:edges { net:Tumour net:hasPrimaryLocation net:Pancreas . }"
    _, edges, _ = exported(source_of(text, sources), tmp_path)
    levels = {name: edge["knowledge_level"] for name, edge in edges.items()}
    assert levels["net:edge/axiom/AlphaBeta/hasComponent/Alpha"] == "knowledge_assertion"
    assert levels["net:edge/axiom/PancreaticTumour/hasPrimaryLocation/Pancreas"] == "knowledge_assertion", "stated inside a definition"
    assert levels["net:edge/axiom/Tumour/hasPrimaryLocation/Pancreas"] == "logical_entailment"
    assert levels["net:edge/axiom/PancreaticTumour/rdfs_subClassOf/Tumour"] == "logical_entailment"
    assert levels["net:edge/axiom/Alpha/rdfs_subClassOf/Drug"] == "knowledge_assertion"
    assert edges["net:edge/axiom/Tumour/hasPrimaryLocation/Pancreas"]["agent_type"] == "automated_agent"


def test_a_combination_is_a_treatment_with_parts(sources: Sources, tmp_path: Path) -> None:
    nodes, edges, _ = exported(source_of(BASE + recommendation("Recommended", therapy="net:Alpha , net:Gamma"), sources), tmp_path)
    assert nodes["net:treatment/Alpha-Gamma"]["name"] == "α-drug + gamma"
    assert nodes["net:treatment/Alpha-Gamma"]["category"] == ["biolink:Treatment"]
    parts = {edge["object"] for edge in edges.values() if edge["subject"] == "net:treatment/Alpha-Gamma" and edge["predicate"] == "biolink:has_part"}
    assert parts == {"net:Alpha", "net:Gamma"}


def test_an_adverse_effect_that_was_not_seen_is_none(sources: Sources, tmp_path: Path) -> None:
    template = """d:adverse_effects {{ {} a owl:NamedIndividual , net:AdverseEffectObservation ; rdfs:label "AE"@en ; net:therapy net:Alpha ;
      net:aboutEffect net:Symptom ; net:source {} ; net:anyGradePercent {} . }}"""
    where = entity("adverse-effects/AE1"), entity("document/review")
    edges, _ = statement(template.format(*where, "0.5"), sources, tmp_path)
    assert said(edges) == [("net:Alpha", "biolink:has_adverse_event", "net:Symptom", False)]
    edges, losses = statement(template.format(*where, "0"), sources, tmp_path)
    assert edges == []
    assert "an adverse effect that was not seen" in losses.by_reason()


MAPPED = """d:mappings {
  net:Alpha skos:exactMatch <http://identifiers.org/rxnorm/1> , <http://purl.obolibrary.org/obo/CHEBI_2> , <http://identifiers.org/atc/L01> ;
    skos:closeMatch <http://purl.obolibrary.org/obo/NCIT_C9> .
  net:Beta skos:exactMatch <http://identifiers.org/rxnorm/3> , <http://identifiers.org/rxnorm/4> , <http://purl.obolibrary.org/obo/CHEBI_5> .
  net:Gamma skos:exactMatch <http://purl.obolibrary.org/obo/CHEBI_6> .
  net:Tracer skos:exactMatch <http://purl.obolibrary.org/obo/CHEBI_6> .
  net:Tumour skos:exactMatch <http://purl.obolibrary.org/obo/MONDO_7> , <http://purl.obolibrary.org/obo/DOID_8> .
  net:Surgery skos:exactMatch <http://purl.obolibrary.org/obo/NCIT_C10> . }"""


def test_a_node_has_the_identifier_that_biolink_prefers_where_exactly_one_fits(sources: Sources, tmp_path: Path) -> None:
    nodes, _, losses = exported(source_of(BASE + MAPPED, sources), tmp_path)
    found = {str(node["iri"]).rpartition("/")[2]: (node["id"], node["equivalent_identifiers"]) for node in nodes.values() if "equivalent_identifiers" in node}
    assert found["Alpha"] == ("RXCUI:1", ["CHEBI:2", "net:Alpha"])
    assert found["Beta"] == ("CHEBI:5", ["RXCUI:3", "RXCUI:4", "net:Beta"]), "two of one vocabulary: neither is the node"
    assert found["Gamma"] == ("net:Gamma", ["CHEBI:6"]), "two of our terms never become one node"
    assert found["Tracer"] == ("net:Tracer", ["CHEBI:6"])
    assert found["Tumour"] == ("MONDO:7", ["DOID:8", "net:Tumour"])
    assert found["Surgery"] == ("net:Surgery", ["NCIT:C10"]), "the prefix is not one of procedures"
    lost = {(loss.axiom, loss.reason.partition(";")[0]) for loss in losses if loss.term.endswith("/Alpha")}
    assert ("skos:exactMatch ATC:L01", "an exact mapping to a vocabulary for which Biolink has no prefix") in lost
    assert ("skos:closeMatch NCIT:C9", "a mapping that is not exact") in lost


def test_an_obsolete_term_stays_a_node(sources: Sources, tmp_path: Path) -> None:
    text = 'g:ontology { net:Former a owl:Class ; rdfs:label "obsolete former drug"@en ; owl:deprecated true . }'
    nodes, _, _ = exported(source_of(BASE + text, sources), tmp_path)
    assert nodes["net:Former"]["deprecated"] is True
    assert nodes["net:Former"]["category"] == ["biolink:NamedThing"]


def test_an_unknown_prefix_is_refused(sources: Sources, tmp_path: Path) -> None:
    source = source_of(BASE + "d:mappings { net:Alpha skos:exactMatch <https://example.org/unheard/1> . }", sources)
    for name in ("kgx", "kgx-jsonl"):
        with pytest.raises(DataError, match=r"https://example\.org/unheard/1: no prefix fits"):
            exported(source, tmp_path, name)
        assert not [path for path in (tmp_path / name).iterdir() if path.suffix in {".tsv", ".jsonl"}]


def test_both_forms_say_the_same_and_texts_survive(sources: Sources, tmp_path: Path) -> None:
    names = """g:ontology { net:Alpha oboInOwl:hasExactSynonym "a|b" , "Ωμέγα „α“" , "c" ; <http://purl.obolibrary.org/obo/IAO_0000115>
      "Two lines,\\n a\\ttab, a \\"quote\\" and a | pipe."@en ; oboInOwl:hasRelatedSynonym "brand" . }"""
    source = source_of(BASE + names + recommendation("Recommended"), sources)
    nodes, edges, losses = exported(source, tmp_path)
    table, rows, table_losses = exported(source, tmp_path, "kgx")
    assert nodes["net:Alpha"]["synonym"] == ["a|b", "brand", "c", "Ωμέγα „α“"]
    assert table["net:Alpha"]["synonym"] == ["brand", "c", "Ωμέγα „α“"]
    assert nodes["net:Alpha"]["description"] == 'Two lines,\n a\ttab, a "quote" and a | pipe.'
    assert table["net:Alpha"]["description"] == 'Two lines, a tab, a "quote" and a | pipe.'
    assert rows == edges
    assert {name: node for name, node in nodes.items() if name != "net:Alpha"} == {name: node for name, node in table.items() if name != "net:Alpha"}
    (extra,) = set(table_losses) - set(losses)
    assert (extra.term, extra.axiom) == ("https://w3id.org/net-kg/Alpha", "synonym a|b")
    assert "synonym is not exact" in " ".join(losses.by_reason())


def test_what_has_no_counterpart_is_named_with_its_reason(sources: Sources, tmp_path: Path) -> None:
    more = """g:ontology { net:Grade a owl:Class ; rdfs:label "grade"@en . net:Grade1 a owl:NamedIndividual ; rdfs:label "grade 1"@en .
        net:Tumour owl:disjointWith net:Flush ; rdfs:comment "A remark."@en . net:hasGrade a owl:ObjectProperty ; rdfs:label "has grade"@en . }
      d:thresholds { <https://w3id.org/net-kg/thresholds/T1> a owl:NamedIndividual , net:TreatmentThreshold ; rdfs:label "t"@en . }
      g:relations { <https://w3id.org/net-kg/population/pancreas> net:subPopulationOf <https://w3id.org/net-kg/population/any> . }"""
    _, losses = statement(more + recommendation("Recommended"), sources, tmp_path)
    found = {(loss.term.removeprefix("https://w3id.org/net-kg/"), loss.axiom): loss.reason for loss in losses}
    assert found["Grade", "2 statements"].startswith("a value of a closed list, a kind of record or a class of situations")
    assert found["Tumour", "owl:disjointWith net:Flush"] == "Biolink has no predicate for it"
    assert found["Tumour", "rdfs:comment A remark."] == "Biolink nodes and associations have no slot for it"
    assert found["hasGrade", "Property"] == "a property; Biolink has predicates of its own"
    assert found["thresholds/T1", "3 statements"].startswith("numbers and texts of a record")
    assert found["population/pancreas", "net:subPopulationOf net:population/any"] == "Biolink has no predicate for it"
    assert found["recommendation/R1", "net:strength A"] == "Biolink nodes and associations have no slot for it"
    assert found["population/pancreas/1/a", "what it asks for and admits"].startswith("a part of a population")


@pytest.fixture(scope="module")
def whole(real: Source, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Element], dict[str, Element], Losses]:
    return exported(real, tmp_path_factory.mktemp("kgx"))


def test_the_real_graph_passes_our_check_in_both_forms(whole: tuple[dict[str, Element], dict[str, Element], Losses], real: Source, tmp_path: Path) -> None:
    nodes, edges, _ = whole
    table, rows, _ = exported(real, tmp_path, "kgx")
    assert set(table) == set(nodes)
    assert rows == edges


def test_every_statement_of_the_real_graph_is_an_edge_or_a_loss(whole: tuple[dict[str, Element], dict[str, Element], Losses], real: Source) -> None:
    _, edges, losses = whole
    carried = {"/".join(name.split("/")[1:3]) for name in edges if "/axiom/" not in name}
    dropped = {loss.term.removeprefix("https://w3id.org/net-kg/") for loss in losses if loss.reason != NO_SLOT}
    kinds = ("recommendation/", "approval/", "comparison/", "adverse-effects/")
    subjects = {str(quad.subject)[1:-1].removeprefix("https://w3id.org/net-kg/") for quad in real.quads()}
    records = {subject for subject in subjects if subject.startswith(kinds)}
    assert len(records) > 900
    assert not records - carried - dropped


def test_every_class_of_the_real_graph_is_a_node_or_a_loss(whole: tuple[dict[str, Element], dict[str, Element], Losses], real: Source) -> None:
    nodes, _, losses = whole
    found = {str(node["iri"]) for node in nodes.values()} | {loss.term for loss in losses}
    assert not set(real.terms.classes()) - found


def test_no_claim_of_the_real_graph_is_stronger_than_its_evidence(whole: tuple[dict[str, Element], dict[str, Element], Losses]) -> None:
    nodes, edges, _ = whole
    named = {str(node["iri"]).removeprefix("https://w3id.org/net-kg/"): name for name, node in nodes.items()}
    claims = {(edge["original_subject"], edge["original_object"], edge["predicate"]) for edge in edges.values() if not edge.get("negated")}
    assert ("net:Everolimus", "net:PancreaticNET", "biolink:treats") in claims
    assert ("net:TelotristatEthyl", "net:CarcinoidSyndrome", "biolink:ameliorates_condition") in claims
    assert not [claim for claim in claims if claim[0] == "net:TelotristatEthyl" and claim[2] == "biolink:treats"], "symptom relief is no disease control"
    assert not [claim for claim in claims if claim[0] == "net:Actinium225Dotatate" and claim[2] == "biolink:treats"], "never approved"
    assert named["trial/CABINET"] == "CLINICALTRIALS:NCT03375320"
    assert nodes[named["PancreaticNET"]]["category"] == ["biolink:Disease"]


def test_the_tables_have_one_header_and_no_quotes(small: Source, tmp_path: Path) -> None:
    exported(small, tmp_path, "kgx")
    lines = (tmp_path / "kgx" / "net-kg_nodes.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "\t".join(NODE_SLOTS)
    assert len({line.count("\t") for line in lines}) == 1
    assert (tmp_path / "kgx" / "net-kg_edges.tsv").read_text(encoding="utf-8").splitlines()[0] == "\t".join(EDGE_SLOTS)


def test_json_lines_are_one_object_a_line_sorted(small: Source, tmp_path: Path) -> None:
    exported(small, tmp_path)
    names = [json.loads(line)["id"] for line in (tmp_path / "kgx-jsonl" / "net-kg_nodes.jsonl").read_text(encoding="utf-8").splitlines()]
    assert names == sorted(names)
    assert "net:Agonist" in names
