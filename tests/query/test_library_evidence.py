"""The queries on evidence, disagreement, scopes and claims: rows that are known to be right, and rows that must not come."""

from __future__ import annotations

import pytest

import kg
from tests.query.test_library import records, values


def pairs(rows: list[dict[str, str | None]], *columns: str) -> set[tuple[str | None, ...]]:
    return {tuple(row[column] for column in columns) for row in rows}


def test_sources_disagree_on_chromogranin_a_in_small_appendiceal_tumours(graph: kg.Graph) -> None:
    rows = records(graph, "where-sources-disagree")
    found = pairs(rows, "scopes", "therapy", "statement", "against")
    assert ("second within first", "net:ChromograninATest", "net:recommendation/E153", "net:recommendation/R200") in found
    assert ("second within first", "net:Lanreotide", "net:recommendation/E247", "net:recommendation/E201") in found
    assert "overlap" not in values(rows, "scopes")
    assert {("net:recommendation/R200", "net:recommendation/E153")}.isdisjoint(pairs(rows, "statement", "against"))
    assert all(row["source"] != row["againstSource"] for row in rows)


def test_overlapping_scopes_come_on_request_and_a_therapy_narrows_them(graph: kg.Graph) -> None:
    nested = pairs(records(graph, "where-sources-disagree"), "statement", "against")
    everything = records(graph, "where-sources-disagree", scopes="all")
    assert nested < pairs(everything, "statement", "against")
    assert everything[-1]["scopes"] == "overlap"
    narrowed = pairs(records(graph, "where-sources-disagree", therapy="SomatostatinAnalogue", scopes="all"), "statement", "against")
    assert ("net:recommendation/E247", "net:recommendation/E201") in narrowed
    assert ("net:recommendation/E153", "net:recommendation/R200") not in narrowed


def test_changes_since_a_date_compares_coarser_dates_as_far_as_they_go(graph: kg.Graph) -> None:
    rows = {(row["statement"], row["source"]): row for row in records(graph, "changes-since", since="2025-03")}
    dates = {statement: (row["date"], row["certain"]) for (statement, _), row in rows.items()}
    assert dates["net:approval/FDA-cabozantinib-pancreas-2025"] == ("2025-03-26", "true")
    assert dates["net:approval/EC-cabozantinib-2025"] == ("2025-07", "true")
    assert dates["net:recommendation/R195"] == ("2025", "false")
    assert "net:approval/EC-belzutifan-vhl-2025" not in dates  # February
    assert "net:recommendation/E001" not in dates


def test_changes_since_a_year_come_newest_first(graph: kg.Graph) -> None:
    rows = records(graph, "changes-since")
    dates = [str(row["date"]) for row in rows]
    assert dates == sorted(dates, reverse=True)
    assert {"recommendation", "regulatory decision", "comparison"} == values(rows, "kind")
    assert values(rows, "certain") == {"true"}
    assert "net:approval/EC-belzutifan-vhl-2025" in values(rows, "statement")


def test_a_second_reading_is_due_for_rows_of_all_four_kinds(graph: kg.Graph) -> None:
    rows = records(graph, "statements-not-read-in-original")
    assert values(rows, "kind") == {"recommendation", "regulatory decision", "arm comparison", "evidence item"}
    assert "net:approval/FDA-cabozantinib-pancreas-2025" in values(rows, "row")
    assert "net:CurationPrimary" not in values(rows, "curation")
    assert "net:recommendation/R235" not in values(rows, "row")  # read in the guideline itself


@pytest.mark.parametrize(
    ("claim", "verdict", "counterpart"),
    [
        ("net:claims/S1-17", "net:ClaimContradicted", "net:recommendation/R179"),
        ("net:claims/S3-01", "net:ClaimOutdated", "net:tumour-types/nen-incidence-us-2018"),
        ("net:claims/S1-30", "net:ClaimContradicted", "net:evidence/NETTER-1-primary-orr"),
    ],
)
def test_a_claim_that_does_not_hold_stands_beside_what_speaks_against_it(graph: kg.Graph, claim: str, verdict: str, counterpart: str) -> None:
    rows = records(graph, "public-claims-wrong")
    assert (claim, verdict, counterpart) in pairs(rows, "claim", "verdict", "counterpart")
    assert "net:claims/S0-03" not in values(rows, "claim")  # supported
    assert all(row["says"] for row in rows)


def test_figures_and_axioms_are_readable_beside_a_claim(graph: kg.Graph) -> None:
    rows = records(graph, "public-claims-wrong")
    says = {(row["counterpart"], row["says"]) for row in rows}
    assert ("net:evidence/NETTER-1-primary-orr", "objective response rate: 18 against 3 per cent") in says
    assert any(row["counterpart"] is None and "agonistOf" in str(row["says"]) for row in rows if row["claim"] == "net:claims/S1-21")


def test_a_verdict_and_a_topic_narrow_the_claims(graph: kg.Graph) -> None:
    everything = records(graph, "public-claims")
    supported = records(graph, "public-claims", verdict="supported")
    assert "net:claims/S0-03" in values(supported, "claim")
    assert "net:claims/S1-17" not in values(supported, "claim")
    assert "net:claims/S1-17" in values(everything, "claim")
    treatment = records(graph, "public-claims", topic="TREAT")
    assert all("treat" in str(row["topic"]) for row in treatment)
    assert values(treatment, "claim") < values(everything, "claim")


def test_follow_up_is_sorted_by_site_and_stage(graph: kg.Graph) -> None:
    found = pairs(records(graph, "follow-up-recommendations"), "site", "stage", "test", "statement")
    assert ("net:Duodenum", "after resection", "net:EndoscopicFollowUp", "net:recommendation/E193") in found
    assert ("net:Stomach", "after resection", "net:EndoscopicFollowUp", "net:recommendation/E079") in found  # gastric type 1
    assert ("net:Pancreas", "localised disease", "net:ActiveSurveillance", "net:recommendation/E059") in found
    assert (None, "hereditary syndrome", "net:GastrinTest", "net:recommendation/E120") in found
    ileum = records(graph, "follow-up-recommendations", site="ileum")
    assert "net:recommendation/E193" not in values(ileum, "statement")
    assert {"net:Pancreas", "net:Duodenum", "net:Stomach"}.isdisjoint(values(ileum, "site"))


def test_surveillance_in_men1_begins_with_the_age_that_the_source_gives(graph: kg.Graph) -> None:
    found = pairs(records(graph, "hereditary-surveillance"), "syndrome", "purpose", "fromAge", "test", "statement")
    assert ("net:MEN1Syndrome", "surveillance", "20", "net:GastrinTest", "net:recommendation/E120") in found
    assert ("net:VonHippelLindauSyndrome", "surveillance", "10", "net:MagneticResonanceImaging", "net:recommendation/E132") in found
    assert ("net:VonHippelLindauSyndrome", "follow-up of a known tumour", None, "net:ActiveSurveillance", "net:recommendation/E349") in found
    men2a = records(graph, "hereditary-surveillance", syndrome="MEN2ASyndrome")
    assert "net:recommendation/E371" in values(men2a, "statement")  # said of MEN2
    assert "net:recommendation/E120" not in values(men2a, "statement")


def test_everolimus_was_approved_although_radiant_2_missed_its_endpoint(graph: kg.Graph) -> None:
    rows = records(graph, "missed-endpoints-and-approvals")
    found = pairs(rows, "cited", "therapy", "trial", "approval")
    assert ("false", "net:Everolimus", "net:trial/RADIANT-2", "net:approval/FDA-everolimus-pancreas-2011") in found
    assert ("false", "net:Streptozocin", "net:trial/SEQTOR", "net:approval/FDA-streptozocin-pancreas") in found
    assert ("net:OctreotideLAR", "net:trial/RADIANT-2") not in pairs(rows, "therapy", "trial")  # both groups received it
    assert "net:trial/RADIANT-3" not in values(rows, "trial")


def test_belzutifan_rests_on_a_trial_without_a_met_endpoint(graph: kg.Graph) -> None:
    rows = records(graph, "approvals-without-met-endpoint")
    assert {"net:approval/FDA-belzutifan-ppgl-2025", "net:approval/FDA-tarlatamab-sclc-2024"} <= values(rows, "approval")
    assert "net:approval/FDA-everolimus-pancreas-2011" not in values(rows, "approval")
    assert "net:PrimaryMet" not in values(rows, "primaryOutcome")


def test_advice_without_randomised_evidence_leaves_out_what_a_trial_has_shown(graph: kg.Graph) -> None:
    rows = records(graph, "advice-without-randomised-evidence")
    found = pairs(rows, "evidence", "therapy", "trials", "statement")
    assert ("none for the therapy", "net:Axitinib", None, "net:recommendation/R177") in found
    assert ("none for the therapy", "net:InterferonAlpha", None, "net:recommendation/R171") in found
    elsewhere = {(row["therapy"], row["statement"]): row for row in rows if row["evidence"] == "only in other populations"}
    assert "CABINET" in str(elsewhere["net:Cabozantinib", "net:recommendation/E343"]["trials"])  # phaeochromocytoma
    assert ("net:Everolimus", "net:recommendation/E001") not in pairs(rows, "therapy", "statement")  # RADIANT-3


def test_japan_approved_everolimus_for_more_than_radiant_3_studied(graph: kg.Graph) -> None:
    found = pairs(records(graph, "approval-scope-versus-trial"), "scope", "approval", "trial")
    assert ("wider", "net:approval/MHLW-everolimus-pancreas", "net:trial/RADIANT-3") in found
    assert ("narrower", "net:approval/FDA-sunitinib-pancreas-2011", "net:trial/A6181111") in found
    assert ("wider", "net:approval/FDA-sunitinib-pancreas-2011", "net:trial/A6181111") not in found


def test_the_features_that_set_an_approval_apart_from_its_trial_are_named(graph: kg.Graph) -> None:
    rows = records(graph, "approval-scope-versus-trial", therapy="Sunitinib")
    (row,) = [row for row in rows if row["approval"] == "net:approval/FDA-sunitinib-pancreas-2011"]
    assert (row["approvalOnly"], row["trialOnly"]) == ("age", None)
    assert values(rows, "therapy") == {"net:Sunitinib"}


def test_investigational_agents_are_not_those_in_use(graph: kg.Graph) -> None:
    therapies = values(records(graph, "investigational-agents"), "therapy")
    assert {"net:Actinium225Dotatate", "net:Lutetium177Edotreotide", "net:Tremelimumab"} <= therapies
    assert {"net:Everolimus", "net:Lutetium177Dotatate", "net:Temozolomide", "net:Leucovorin"}.isdisjoint(therapies)


def test_evidence_by_line_keeps_the_lines_apart(graph: kg.Graph) -> None:
    found = pairs(records(graph, "evidence-by-line"), "fromLine", "toLine", "experimental", "comparison")
    assert ("1", "1", "net:PRRTPlusSSA", "net:comparison/NETTER-2-primary") in found
    assert ("2", None, "net:Cabozantinib", "net:comparison/CABINET-pancreatic-paper") in found
    first = values(records(graph, "evidence-by-line", line="1", therapy="Lutetium177Dotatate"), "comparison")
    assert "net:comparison/NETTER-2-primary" in first
    assert {"net:comparison/NETTER-1-primary", "net:comparison/CABINET-pancreatic-paper"}.isdisjoint(first)


def test_nested_scopes_of_two_sources_say_whether_they_agree(graph: kg.Graph) -> None:
    rows = records(graph, "scopes-across-sources")
    found = pairs(rows, "therapy", "scopes", "agreement", "narrower", "wider")
    assert ("net:Sunitinib", "narrower within wider", "same", "net:recommendation/R018", "net:recommendation/E031") in found
    assert ("net:recommendation/E031", "net:recommendation/R018") not in pairs(rows, "narrower", "wider")
    assert all(row["narrowerSource"] != row["widerSource"] for row in rows)
    tests = records(graph, "scopes-across-sources", therapy="ChromograninATest")
    assert ("opposite", "net:recommendation/R200", "net:recommendation/E153") in pairs(tests, "agreement", "narrower", "wider")


def test_advice_beyond_the_licence_depends_on_the_jurisdiction(graph: kg.Graph) -> None:
    europe = records(graph, "advice-without-approval")
    assert ("net:Axitinib", None, "net:recommendation/R177") in pairs(europe, "therapy", "approvedIn", "statement")
    assert {"net:Cabozantinib", "net:Everolimus"}.isdisjoint(values(europe, "therapy"))
    anywhere = records(graph, "advice-without-approval", jurisdiction="any")
    assert values(anywhere, "approvedIn") == {None}
    assert "net:Lenvatinib" in values(anywhere, "therapy")


def test_figures_of_one_endpoint_differ_between_publications(graph: kg.Graph) -> None:
    rows = records(graph, "where-figures-differ")
    found = pairs(rows, "effect", "otherEffect", "item", "other")
    assert ("0.73", "0.41", "net:evidence/A6181111-final-os-os", "net:evidence/A6181111-primary-os") in found
    assert ("net:evidence/NETTER-1-label-pfs", "net:evidence/NETTER-1-primary-pfs") not in pairs(rows, "item", "other")  # both 0.21
    assert all(row["effect"] != row["otherEffect"] for row in rows)
