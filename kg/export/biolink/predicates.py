"""Which Biolink predicate a statement has: a function of its evidence, never of its wording.

Rules and their sources, all in biolink-model.yaml 4.4.4:

* ``treats`` "should be asserted only in cases where there is strong supporting evidence": approved for the condition,
  passed phase 3, or established, "e.g. a formally recommended off-label use". We are stricter in one point: being in
  phase 4 alone is not enough, since that is no result.
* ``ameliorates_condition`` is a kind of ``treats``: the same evidence, but what is relieved is a symptom or syndrome.
* ``in_clinical_trials_for`` holds when "a clinical trial is being or has been performed".
* ``studied_to_treat`` holds for any study; ``applied_to_treat`` "was actually taken … with the intent of treating".
* ``contraindicated_in`` asks that an authority says it must not be used "because it can result in detrimental
  outcomes". Advice against a therapy says less; it is ``treats``, negated. Both take a document that recommends formally.
* ``treats_or_applied_or_studied_to_treat`` is the root, for what says none of these things.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

TREATS = "treats"
AMELIORATES = "ameliorates_condition"
IN_TRIALS = "in_clinical_trials_for"
STUDIED = "studied_to_treat"
APPLIED = "applied_to_treat"
CONTRAINDICATED = "contraindicated_in"
DIAGNOSES = "diagnoses"
ANY = "treats_or_applied_or_studied_to_treat"


class Aim(Enum):
    """What a therapy is given for, as far as it changes the predicate."""

    DISEASE = "disease"
    SYMPTOM = "symptom"
    DIAGNOSIS = "diagnosis"


AIMS = {"AimAntitumour": Aim.DISEASE, "AimSymptomControl": Aim.SYMPTOM, "AimSupportive": Aim.SYMPTOM, "AimDiagnosis": Aim.DIAGNOSIS}
"""Value of the list Aim → what it means here; the other aims have no predicate."""

FORMAL = {"Guideline", "ConsensusStatement", "FundingDecision"}
"""Kinds of documents that recommend formally; summaries of evidence and reviews do not."""

APPROVALS = {"DecisionKindApproval", "DecisionKindConditionalApproval", "DecisionKindExtension"}
STUDIES = {"DecisionKindInvestigational", "DecisionKindBreakthroughDesignation", "DecisionKindOrphanDesignation", "DecisionKindPending"}

PHASES = {
    "Phase1": "clinical_trial_phase_1",
    "Phase1Per2": "clinical_trial_phase_1_to_2",
    "Phase2": "clinical_trial_phase_2",
    "Phase2Per3": "clinical_trial_phase_2_to_3",
    "Phase3": "clinical_trial_phase_3",
    "Phase3b": "clinical_trial_phase_3",
    "Phase4": "clinical_trial_phase_4",
}
"""Value of the list TrialPhase → value of ResearchPhaseEnum. Phase 3b is a part of phase 3."""

OWN_RESULTS = {"AnalysisPrimary", "AnalysisFinal", "AnalysisInterim", "AnalysisUpdated", "AnalysisLongTerm", "AnalysisLabel"}
"""Analyses that speak of the trial's own question; subgroups and later questions do not pass a phase."""

SYMPTOM_ENDPOINTS = {
    "EndpointBowelMovementFrequencyChange",
    "EndpointSymptomResponse",
    "EndpointRescueOctreotideUse",
    "EndpointUrinary5HIAAChange",
    "EndpointAntihypertensiveDoseReduction",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A predicate with what belongs to it.

    :param negated: whether the edge says that it does not hold
    :param status: value of ClinicalApprovalStatusEnum, or empty
    :param phase: value of ResearchPhaseEnum, or empty
    """

    predicate: str
    negated: bool = False
    status: str = ""
    phase: str = ""


def strong(aim: Aim) -> str:
    """Return the predicate of strong evidence.

    >>> strong(Aim.SYMPTOM)
    'ameliorates_condition'
    """
    return {Aim.DISEASE: TREATS, Aim.SYMPTOM: AMELIORATES, Aim.DIAGNOSIS: DIAGNOSES}[aim]


def of_recommendation(direction: str, aim: Aim, *, formal: bool, current: bool) -> Claim | None:
    """Return what a recommendation says, or nothing where Biolink has no word for it.

    Whether the use is off-label makes no difference: a formal recommendation is enough. Nor is it said: that no approval
    is in the graph does not mean that there is none.

    :param direction: value of the list Direction
    :param formal: whether its document recommends formally, see :data:`FORMAL`
    :param current: whether nothing has taken the place of the recommendation or its document

    >>> of_recommendation("DirectionRecommended", Aim.DISEASE, formal=True, current=True).predicate
    'treats'
    >>> of_recommendation("DirectionMayBeConsidered", Aim.DISEASE, formal=True, current=True).predicate
    'treats_or_applied_or_studied_to_treat'
    """
    if direction == "DirectionRecommended" and formal and current:
        return Claim(strong(aim))
    against = {"DirectionContraindicated": Claim(CONTRAINDICATED), "DirectionNotRecommended": Claim(strong(aim), negated=True)}
    if direction in against:
        return against[direction] if formal and current and aim is not Aim.DIAGNOSIS else None
    if aim is Aim.DIAGNOSIS:
        return None
    return Claim(STUDIED if direction == "DirectionInvestigational" else ANY)


def of_decision(kind: str, status: str, aim: Aim, *, fda: bool) -> Claim | None:
    """Return what a decision of an authority says, or nothing where Biolink has no word for it.

    A conditional approval is an approval. One whose medicine is no longer sold still was a judgement on its effect, but it
    is not in force: it has the root predicate, as has one that was withdrawn.

    :param kind: value of the list DecisionKind
    :param status: value of the list DecisionStatus
    :param fda: whether the authority is the FDA, which Biolink tells apart

    >>> of_decision("DecisionKindConditionalApproval", "DecisionActive", Aim.DISEASE, fda=False)
    Claim(predicate='treats', negated=False, status='approved_for_condition', phase='')
    """
    if kind in APPROVALS and status == "DecisionActive":
        return Claim(strong(aim), status="fda_approved_for_condition" if fda else "approved_for_condition")
    if aim is Aim.DIAGNOSIS:
        return None
    if kind in APPROVALS and status == "DecisionWithdrawn":
        return Claim(ANY, status="post_approval_withdrawal")
    if kind in STUDIES:
        return Claim(STUDIED, status="not_approved_for_condition")
    if kind in APPROVALS or kind == "DecisionKindDiscontinuation":
        return Claim(ANY)
    return Claim(ANY, status="not_approved_for_condition")


def aim_of_trial(endpoints: set[str]) -> Aim | None:
    """Return what a comparison measured, by the endpoints of its evidence, or nothing where there is none.

    >>> aim_of_trial({"EndpointSymptomResponse"})
    <Aim.SYMPTOM: 'symptom'>
    >>> aim_of_trial({"EndpointSymptomResponse", "EndpointProgressionFreeSurvival"})
    <Aim.DISEASE: 'disease'>
    """
    if not endpoints:
        return None
    return Aim.SYMPTOM if endpoints <= SYMPTOM_ENDPOINTS else Aim.DISEASE


def of_comparison(phase: str, outcome: str, analysis: str, aim: Aim | None) -> Claim:
    """Return what a comparison of a trial says of the experimental therapy.

    :param phase: value of the list TrialPhase, or empty
    :param outcome: value of the list PrimaryOutcome
    :param analysis: value of the list AnalysisKind, or empty
    :param aim: what it measured, see :func:`aim_of_trial`; where nothing says so, no success counts

    >>> of_comparison("Phase3", "PrimaryMet", "AnalysisPrimary", Aim.DISEASE).predicate
    'treats'
    >>> of_comparison("Phase3", "PrimaryMissed", "AnalysisPrimary", Aim.DISEASE).predicate
    'in_clinical_trials_for'
    """
    reached = PHASES.get(phase, "")
    if aim is not None and reached == "clinical_trial_phase_3" and outcome == "PrimaryMet" and analysis in OWN_RESULTS:
        return Claim(strong(aim), phase=reached)
    if reached:
        return Claim(IN_TRIALS, phase=reached)
    return Claim(APPLIED if phase == "PhaseRetrospective" else STUDIED)


@dataclass(frozen=True, slots=True)
class Relation:
    """How a relation of the ontology is said in Biolink.

    :param reverse: whether subject and object change places
    :param qualifiers: slots of the edge with their values
    """

    predicate: str
    reverse: bool = False
    qualifiers: tuple[tuple[str, str], ...] = ()


def _affects(direction: str, mechanism: str) -> Relation:
    return Relation(
        "affects",
        qualifiers=(
            ("qualified_predicate", "biolink:causes"),
            ("object_aspect_qualifier", "activity"),
            ("object_direction_qualifier", direction),
            ("causal_mechanism_qualifier", mechanism),
        ),
    )


ASSOCIATED = Relation("associated_with")

RELATIONS: dict[str, Relation] = {
    "targets": Relation("interacts_with"),
    "inhibits": _affects("decreased", "inhibition"),
    "agonistOf": _affects("increased", "agonism"),
    "antagonistOf": _affects("decreased", "antagonism"),
    "vectorBinds": Relation("directly_physically_interacts_with"),
    "hasComponent": Relation("has_part"),
    "hasRadionuclide": Relation("has_part"),
    "hasVector": Relation("has_part"),
    "hasChelator": Relation("has_part"),
    "partOfSite": Relation("part_of"),
    "hasPrimaryLocation": Relation("disease_has_location"),
    "arisesFromCell": Relation("derives_from"),
    "metaboliteOf": Relation("derives_from"),
    "secretes": Relation("produces"),
    "encodes": Relation("has_gene_product"),
    "hasCausalGene": Relation("causes", reverse=True),
    "predisposesTo": Relation("contributes_to"),
    "causesSyndrome": Relation("causes"),
    "causesClinicalSyndrome": Relation("causes"),
    "mayCauseSyndrome": ASSOCIATED,
    "presentsWith": Relation("has_phenotype"),
    "mayPresentWith": Relation("has_phenotype"),
    "hasAdverseEffect": Relation("has_adverse_event"),
    "biomarkerFor": Relation("correlated_with"),
    "expressesTarget": ASSOCIATED,
    "associatedWithHereditarySyndrome": ASSOCIATED,
    "selectsFor": ASSOCIATED,
    "detects": ASSOCIATED,
    "measures": ASSOCIATED,
    "usesAgent": ASSOCIATED,
    "usesTracer": ASSOCIATED,
    "actsOnSite": ASSOCIATED,
}
"""Relation of the ontology → Biolink; the relation itself stands beside it as the original predicate.

``associated_with`` stands where the closer predicate of Biolink has a domain or range that our terms do not meet
(``expresses`` asks for an anatomical entity, ``biomarker_for`` for a chemical or gene), or there is none.
"""
