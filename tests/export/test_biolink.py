"""The rules of Biolink: categories, identifiers, and a check that finds what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.export.biolink.categories import CLASSES, RECORDS, categories_of_classes
from kg.export.biolink.check import check, read
from kg.export.biolink.identifiers import foreign, preferred
from kg.export.biolink.model import model
from kg.export.biolink.predicates import PHASES, RELATIONS, Aim, of_comparison, of_decision, of_recommendation
from kg.export.biolink.slots import Element
from kg.export.source import Source
from kg.prefixes import NET

DRUG: Element = {"id": "CHEBI:1", "category": ["biolink:Drug"], "name": "drug"}
DISEASE: Element = {"id": "MONDO:2", "category": ["biolink:Disease"], "name": "disease"}
EDGE: Element = {
    "id": "net:edge/1",
    "subject": "CHEBI:1",
    "predicate": "biolink:treats",
    "object": "MONDO:2",
    "knowledge_level": "knowledge_assertion",
    "agent_type": "manual_agent",
    "primary_knowledge_source": "infores:net-kg",
    "clinical_approval_status": "approved_for_condition",
}


def test_the_model_is_the_version_that_we_name() -> None:
    assert model().version == "4.4.4"
    assert "ChemicalOrDrugOrTreatment" in model().ancestors("Drug")
    assert "ChemicalOrDrugOrTreatment" not in model().ancestors("Procedure")
    assert model().within("ameliorates_condition", "treats")
    assert not model().within("studied_to_treat", "treats")
    assert model().preferred_prefixes("Disease")[0] == "MONDO"


def test_what_we_write_is_in_the_model() -> None:
    assert {name for names in (*CLASSES.values(), *RECORDS.values()) for name in names} <= model().categories, "no mixin and no abstract class"
    assert {relation.predicate for relation in RELATIONS.values()} <= set(model().predicates)
    assert not [name for name, relation in RELATIONS.items() if model().predicates[relation.predicate].deprecated]
    assert set(PHASES.values()) <= model().enums["ResearchPhaseEnum"]


def test_every_class_of_the_field_has_a_category(real: Source) -> None:
    found = categories_of_classes(real.graph)
    for name, expected in {
        "PancreaticNET": ("Disease",),
        "CarcinoidSyndrome": ("Disease",),
        "Diarrhoea": ("PhenotypicFeature",),
        "Everolimus": ("Drug",),
        "Gallium68Dotatate": ("Drug", "DiagnosticAid"),
        "Lutetium177Dotatate": ("Drug",),
        "CAPTEM": ("Treatment",),
        "LiverResection": ("Procedure", "Treatment"),
        "FDGPET": ("Procedure",),
        "ActiveSurveillance": ("ClinicalIntervention",),
        "SomatostatinReceptor2": ("Protein",),
        "Microtubule": ("CellularComponent",),
        "MEN1Gene": ("Gene",),
        "Serotonin": ("ChemicalEntity",),
        "Ki67Index": ("ClinicalFinding",),
        "BRAFV600EMutation": ("ClinicalFinding",),
        "Pancreas": ("AnatomicalEntity",),
        "DCell": ("Cell",),
    }.items():
        assert found[NET + name] == expected
    assert not {NET + name for name in ("Grade", "Recommendation", "DigestiveNETPresentation")} & set(found)


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://identifiers.org/rxnorm/141704", "RXCUI:141704"),
        ("http://www.orpha.net/ORDO/Orphanet_100078", "orphanet:100078"),
        ("https://doi.org/10.1/x", "doi:10.1/x"),
        ("https://clinicaltrials.gov/study/NCT03375320", "CLINICALTRIALS:NCT03375320"),
        ("http://purl.obolibrary.org/obo/MONDO_0019496", "MONDO:0019496"),
        ("http://identifiers.org/oncotree/NET", None),
        ("http://identifiers.org/icdo/8240/3", None),
    ],
)
def test_outside_identifiers_are_spelt_as_biolink_does(iri: str, expected: str | None) -> None:
    assert foreign(iri) == expected


def test_an_identifier_that_no_prefix_fits_is_refused() -> None:
    with pytest.raises(DataError, match="no prefix fits"):
        foreign("https://example.org/1")


@given(
    st.dictionaries(
        st.integers(0, 6).map(lambda number: f"{NET}N{number}"),
        st.tuples(
            st.sampled_from([("Drug",), ("Disease",), ("Procedure", "Treatment"), ("Treatment",)]),
            st.lists(st.sampled_from(["CHEBI:1", "CHEBI:2", "RXCUI:1", "MONDO:1", "DOID:1", "MAXO:1", "NCIT:C1"]), max_size=4),
        ),
    )
)
def test_no_two_nodes_share_an_identifier(nodes: dict[str, tuple[tuple[str, ...], list[str]]]) -> None:
    found = preferred(nodes)
    assert set(found) == set(nodes)
    assert len(set(found.values())) == len(nodes)
    for iri, identifier in found.items():
        categories, curies = nodes[iri]
        assert identifier == "net:" + iri.removeprefix(NET) or (
            identifier in curies and identifier.partition(":")[0] in model().preferred_prefixes(categories[0])
        )


@given(
    direction=st.sampled_from(
        ["Recommended", "MayBeConsidered", "NotRecommended", "Contraindicated", "Investigational", "InsufficientEvidence", "Undetermined"]
    ),
    aim=st.sampled_from(Aim),
    formal=st.booleans(),
    current=st.booleans(),
)
def test_only_a_current_formal_recommendation_treats(direction: str, aim: Aim, *, formal: bool, current: bool) -> None:
    claim = of_recommendation(f"Direction{direction}", aim, formal=formal, current=current)
    strong = claim is not None and not claim.negated and (claim.predicate == "diagnoses" or model().within(claim.predicate, "treats"))
    assert strong == (direction == "Recommended" and formal and current)


@given(
    kind=st.sampled_from(["Approval", "ConditionalApproval", "Extension", "Refusal", "CompleteResponse", "OrphanDesignation", "Pending", "Discontinuation"]),
    status=st.sampled_from(["Active", "NotMarketed", "Pending", "Refused", "Withdrawn"]),
    fda=st.booleans(),
)
def test_only_an_approval_in_force_treats(kind: str, status: str, *, fda: bool) -> None:
    claim = of_decision(f"DecisionKind{kind}", f"Decision{status}", Aim.DISEASE, fda=fda)
    assert claim is not None
    assert (claim.predicate == "treats") == (kind in {"Approval", "ConditionalApproval", "Extension"} and status == "Active")
    assert claim.status in model().enums["ClinicalApprovalStatusEnum"] | {""}


@given(
    phase=st.sampled_from([*PHASES, "PhaseRetrospective", "PhaseProspectiveCohort", "PhaseMetaAnalysis", ""]),
    outcome=st.sampled_from(["PrimaryMet", "PrimaryMissed", "PrimaryNotStated", "PrimaryNotApplicable"]),
    analysis=st.sampled_from(["AnalysisPrimary", "AnalysisFinal", "AnalysisSubgroup", "AnalysisPostHoc", "AnalysisMetaAnalysis", ""]),
    aim=st.sampled_from([Aim.DISEASE, Aim.SYMPTOM, None]),
)
def test_only_a_phase_3_that_met_its_endpoint_treats(phase: str, outcome: str, analysis: str, aim: Aim | None) -> None:
    claim = of_comparison(phase, outcome, analysis, aim)
    passed = phase in {"Phase3", "Phase3b"} and outcome == "PrimaryMet" and analysis in {"AnalysisPrimary", "AnalysisFinal"} and aim is not None
    assert model().within(claim.predicate, "treats") == passed


def test_a_good_graph_has_no_findings() -> None:
    assert check([DRUG, DISEASE], [EDGE]) == []


@pytest.mark.parametrize(
    ("change", "slot", "message"),
    [
        ({"id": "1"}, "id", "'1' is no CURIE"),
        ({"id": "FOO:1"}, "id", "FOO:1 has a prefix that is not in Biolink 4.4.4"),
        ({"id": "UBERON:1"}, "id", "UBERON is no prefix of biolink:Drug"),
        ({"category": []}, "category", "is missing"),
        ({"category": "biolink:Drug"}, "category", "'biolink:Drug' is not a list"),
        ({"category": ["biolink:ChemicalOrDrugOrTreatment"]}, "category", "is no category of Biolink 4.4.4 that nodes may have"),
        ({"category": ["biolink:RNAProduct"]}, "category", "is no category of Biolink 4.4.4 that nodes may have"),
        ({"name": ""}, "name", "is missing"),
        ({"name": "drug "}, "name", "'drug ' is empty or has outer blanks"),
        ({"synonym": ["a", "a"]}, "synonym", "a value stands twice"),
        ({"equivalent_identifiers": ["CHEBI:1|CHEBI:2"]}, "equivalent_identifiers", "is no CURIE"),
        ({"deprecated": "yes"}, "deprecated", "'yes' is neither true nor false"),
        ({"clinical_trial_phase": "3"}, "clinical_trial_phase", "3 is not in ResearchPhaseEnum"),
        ({"colour": "red"}, "colour", "is no slot that we write"),
    ],
)
def test_a_wrong_node_is_found(change: Element, slot: str, message: str) -> None:
    assert [finding for finding in check([DRUG | change], []) if finding.slot == slot and message in finding.message]


@pytest.mark.parametrize(
    ("change", "slot", "message"),
    [
        ({"subject": "CHEBI:9"}, "subject", "CHEBI:9 is no node"),
        ({"object": "MONDO:9"}, "object", "MONDO:9 is no node"),
        ({"publications": ["PMID:1"]}, "publications", "PMID:1 is no node"),
        ({"disease_context_qualifier": "MONDO:9"}, "disease_context_qualifier", "MONDO:9 is no node"),
        ({"subject": "MONDO:2"}, "subject", "treats asks for ChemicalOrDrugOrTreatment, not biolink:Disease"),
        ({"object": "CHEBI:1"}, "object", "treats asks for DiseaseOrPhenotypicFeature, not biolink:Drug"),
        ({"predicate": "biolink:biolink:treats"}, "predicate", "is no predicate of Biolink 4.4.4"),
        ({"predicate": "treats"}, "predicate", "is no predicate of Biolink 4.4.4"),
        ({"predicate": "biolink:binds"}, "predicate", "is no predicate of Biolink 4.4.4"),
        ({"knowledge_level": ""}, "knowledge_level", "is missing"),
        ({"knowledge_level": "certain"}, "knowledge_level", "certain is not in KnowledgeLevelEnum"),
        ({"agent_type": "automated_agent"}, "agent_type", "found by an automated agent, and nothing else is"),
        ({"primary_knowledge_source": "net-kg"}, "primary_knowledge_source", "not one infores: identifier"),
        ({"primary_knowledge_source": ["infores:a", "infores:b"]}, "primary_knowledge_source", "is not one value"),
        ({"clinical_approval_status": "approved"}, "clinical_approval_status", "approved is not in ClinicalApprovalStatusEnum"),
        ({"clinical_approval_status": ""}, "predicate", "treats without an approval, a trial of phase 3 or a recommendation"),
        ({"clinical_approval_status": "not_approved_for_condition"}, "predicate", "treats without an approval"),
        ({"category": ["biolink:Drug"]}, "category", "biolink:Drug is no association of Biolink 4.4.4"),
    ],
)
def test_a_wrong_edge_is_found(change: Element, slot: str, message: str) -> None:
    assert [finding for finding in check([DRUG, DISEASE], [EDGE | change]) if finding.slot == slot and message in finding.message]


def test_what_stands_twice_is_found() -> None:
    assert [finding.message for finding in check([DRUG, DRUG, DISEASE], [EDGE, EDGE])] == ["two nodes have it", "two edges have it"]


def test_a_table_is_read_as_kgx_reads_it(tmp_path: Path) -> None:
    (tmp_path / "n.tsv").write_text('id\tcategory\tname\tdeprecated\nnet:A\tbiolink:Drug|biolink:DiagnosticAid\t"quoted" | piped\ttrue\n', encoding="utf-8")
    (tmp_path / "e.tsv").write_text("id\tsubject\n", encoding="utf-8")
    nodes, edges = read(tmp_path / "n.tsv", tmp_path / "e.tsv")
    assert nodes == [{"id": "net:A", "category": ["biolink:Drug", "biolink:DiagnosticAid"], "name": '"quoted" | piped', "deprecated": True}]
    assert edges == []
