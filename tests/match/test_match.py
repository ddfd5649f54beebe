"""Matching from a presentation to therapies: what is derived, what is said together, and how it is explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.build import build
from kg.errors import UnknownTermError, UsageError
from kg.graph import NOTICE
from kg.load.load import descriptions
from kg.match.engine import Engine
from kg.match.match import Derived, Match, Matcher, Outcome, TherapyResult, summary, valid
from kg.match.presentation import Fact, Presentation
from kg.match.statements import Source, Statement
from kg.match.verdict import CriterionResult, Status, Verdict
from kg.model.population import Population, parse
from kg.prefixes import NET
from kg.reason.hermit import Classification
from kg.settings import Sources
from kg.terms import Terms
from tests.match.partly import Cases, facts_of
from tests.small import CITED, line_of, write_tables

DIGESTIVE = "site=pancreas; neoplasm=neuroendocrine tumour"
LUNG = "site=lung; neoplasm=neuroendocrine tumour"

ADVICE = [
    ("S-1", "any", "Pasireotide", "antitumour", "recommended", "2015"),
    ("S-2", "grade=G3", "Pasireotide", "antitumour", "not recommended", "2016-03"),
    ("S-3", "syndromes=carcinoid syndrome", "Pasireotide", "symptom control", "may be considered", "2016-03-10"),
    ("S-4", "pregnant=yes", "Sunitinib", "antitumour", "contraindicated", "2020"),
    ("S-5", "grade=G1 | G2; ki67=<=20", "SomatostatinAnalogue", "antitumour", "recommended", "2021"),
    ("S-6", "site=pancreas; sstr=positive; grade=G1 | G2", "Lutetium177Dotatate", "antitumour", "recommended", "2022"),
    ("S-7", "prior=peptide receptor radionuclide therapy", "Sunitinib", "prevention", "may be considered", "2022"),
    ("S-8", "size_mm=<20", "Sunitinib", "diagnosis", "may be considered", ""),
    ("S-9", "grade=G1 OR ki67=<3; mitoses=<2", "CAPTEM", "antitumour", "may be considered", "2022"),
]
GATES = [
    ("TH-1", "Pasireotide", "platelets", "<", "75", "10^9/L", "do not start"),
    ("TH-2", "Sunitinib", "pregnancy", "", "", "", "contraindicated"),
]


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> Matcher:
    """The matcher of a small graph with the real ontology."""
    root = tmp_path_factory.mktemp("small")
    data = write_tables(root / "data")
    add(data / "recommendations.tsv", [advice(*row) for row in ADVICE])
    add(data / "thresholds.tsv", [gate(*row) for row in GATES])
    (root / "ontology").mkdir()
    (root / "ontology" / "net.owl").write_bytes(sources.ontology.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.build.reason", lambda _ontology, _data, loaded, terms: (Classification(True, ()), list(descriptions(loaded, terms))))
        build(Sources(root), root / "store")
    return Matcher(kg.open(str(root / "store")))


def add(path: Path, rows: Iterable[dict[str, str]]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(line_of(path.stem, row) + "\n" for row in rows)


def advice(key: str, population: str, therapy: str, aim: str, direction: str, issued: str) -> dict[str, str]:
    fixed = {"combination": "single", "statement": f"{therapy}: {direction}.", **CITED}
    return {"id": key, "population": population, "therapy": therapy, "aim": aim, "direction": direction, "issued": issued, **fixed}


def gate(key: str, therapy: str, parameter: str, relation: str, value: str, unit: str, consequence: str) -> dict[str, str]:
    limit = {"parameter": parameter, "relation": relation, "value": value, "unit": unit}
    return {"id": key, "therapy": therapy, "consequence": consequence, "population": "any", **limit, **CITED}


def case(cell: str, terms: Terms) -> Presentation:
    return Presentation("", facts_of(parse(cell, terms)))


def matched(matcher: Matcher, cell: str, as_of: str = "") -> Match:
    return matcher.match(case(cell, matcher.terms), as_of)


def derived(match: Match, key: str) -> list[Derived]:
    return [item for item in match.derived if item.feature.key == key]


def texts(items: Iterable[Derived]) -> set[str]:
    return {item.text.partition(": ")[2] for item in items}


def paths(facts: Iterable[Fact]) -> set[str]:
    return {fact.path for fact in facts}


def therapy(match: Match, name: str, aim: str = "antitumour") -> TherapyResult:
    return next(result for result in match.therapies if result.therapy == NET + name and result.aim == aim)


# What follows from the facts


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        (f"{DIGESTIVE}; ki67=2.999999999999999999; mitoses=1.999999999999999999", "grade 1"),
        (f"{DIGESTIVE}; ki67=3; mitoses=0", "grade 2"),
        (f"{DIGESTIVE}; ki67=0; mitoses=2", "grade 2"),
        (f"{DIGESTIVE}; ki67=20; mitoses=20", "grade 2"),
        (f"{DIGESTIVE}; ki67=20.000000000000000001; mitoses=0", "grade 3"),
        (f"{DIGESTIVE}; ki67=0; mitoses=20.000000000000000001", "grade 3"),
        (f"{DIGESTIVE}; ki67=20.1", "grade 3"),
        (f"{DIGESTIVE}; ki67=(20..30]", "grade 3"),
        (f"{DIGESTIVE}; ki67=3", "grade 2 or grade 3"),
        (f"{DIGESTIVE}; ki67=3..20", "grade 2 or grade 3"),
        (f"{DIGESTIVE}; mitoses=2", "grade 2 or grade 3"),
        (f"{DIGESTIVE}; ki67=[20..30]", "grade 2 or grade 3"),
        (f"{DIGESTIVE}; ki67=2", ""),
        (f"{DIGESTIVE}; mitoses=1", ""),
        (f"{DIGESTIVE}; ki67=<3; mitoses=<=2", ""),
        ("site=pancreas; ki67=60; mitoses=40", ""),
        ("site=pancreas; neoplasm=neuroendocrine neoplasm; ki67=10; mitoses=1", ""),
        ("site=pancreas; neoplasm=neuroendocrine carcinoma; ki67=60; mitoses=40", ""),
        (f"{LUNG}; ki67=10; mitoses=1", ""),
        (f"{LUNG}; mitoses=1; necrosis=no; size_mm=5", "grade 1"),
        (f"{LUNG}; mitoses=1; necrosis=no; size_mm=4.9", ""),
        (f"{LUNG}; mitoses=1; necrosis=no", ""),
        (f"{LUNG}; mitoses=2", "grade 2"),
        (f"{LUNG}; mitoses=10", "grade 2"),
        (f"{LUNG}; mitoses=1; necrosis=yes", "grade 2"),
        (f"{LUNG}; mitoses=10.000000000000000001", ""),
        (f"{LUNG}; necrosis=yes", ""),
    ],
)
def test_the_grade_that_follows(matcher: Matcher, facts: str, grade: str) -> None:
    found = derived(matched(matcher, facts), "grade")
    assert texts(found) == ({grade} if grade else set())
    needed = {"site", "neoplasm", *(("mitoses", "necrosis") if "necrosis" in facts else ())}
    assert all(needed <= paths(item.facts) for item in found)


def test_the_derivation_of_a_grade_is_kept(matcher: Matcher) -> None:
    (both,) = derived(matched(matcher, f"{DIGESTIVE}; ki67=10; mitoses=1; sstr=positive"), "grade")
    assert paths(both.facts) == {"site", "neoplasm", "ki67", "mitoses"}
    assert NET + "DigestiveNETGrade2ByIndices" in both.rules
    (bound,) = derived(matched(matcher, f"{DIGESTIVE}; ki67=10"), "grade")
    assert bound.rules == (NET + "DigestiveNETAtLeastGrade2ByIndices",)


def test_more_than_is_said_of_a_feature_is_derived_too(matcher: Matcher) -> None:
    match = matched(matcher, f"{LUNG}; mitoses=1; necrosis=no; size_mm=6; ki67=1")
    (kind,) = derived(match, "neoplasm")
    assert texts([kind]) == {"typical carcinoid"}
    (grade,) = derived(match, "grade")
    assert grade.rules == kind.rules == (NET + "TypicalCarcinoidByIndices",)
    assert paths(grade.facts) == {"site", "neoplasm", "mitoses", "necrosis", "size_mm"}
    assert texts(derived(matched(matcher, f"{DIGESTIVE}; grade=G1 | G2; ki67=3"), "grade")) == {"grade 2"}
    assert {"temozolomide", "capecitabine"} <= texts(derived(matched(matcher, "prior=CAPTEM"), "prior"))
    assert "CAPTEM" not in texts(derived(matched(matcher, "prior=CAPTEM"), "prior"))


def test_a_lower_bound_rules_out_grade_1_and_leaves_the_rest_open(matcher: Matcher) -> None:
    match = matched(matcher, f"{DIGESTIVE}; ki67=10; sstr=positive")
    assert match.verdict("S-2") is Verdict.APPLIES_IF
    assert match.verdict("S-6") is Verdict.APPLIES_IF
    result = match.explain("S-9")
    assert result.verdict is Verdict.DOES_NOT_APPLY
    ((grade,), _) = result.alternatives
    assert (grade.status, paths(grade.decided_by)) == (Status.NOT_MET, {"site", "neoplasm", "ki67"})


def test_a_stated_grade_is_a_fact(matcher: Matcher) -> None:
    match = matched(matcher, f"{DIGESTIVE}; grade=G1")
    assert derived(match, "grade") == []
    assert paths(match.explain("S-9").alternatives[0][0].decided_by) == {"grade"}


@pytest.mark.parametrize("cell", [f"{DIGESTIVE}; grade=G1; ki67=3", f"{DIGESTIVE}; grade=G2; ki67=20.5", f"{LUNG}; grade=G1; mitoses=2"])
def test_a_stated_grade_that_the_indices_exclude_is_a_contradiction(matcher: Matcher, cell: str) -> None:
    match = matched(matcher, f"{cell}; sex=female")
    assert match.situation is None
    assert paths(match.contradiction) == paths(facts_of(parse(cell, matcher.terms)))
    assert {outcome.verdict for outcome in match.outcomes} == {Verdict.CONTRADICTORY}
    assert match.explain("S-1").verdict is Verdict.CONTRADICTORY
    assert match.explain("S-1").excluded_by == match.contradiction
    assert (match.therapies, match.derived, match.next_tests, match.deciding) == ((), (), (), {})
    assert {result.verdict for result in match.why("sunitinib")} == {Verdict.CONTRADICTORY}


def test_no_number_makes_a_carcinoma(matcher: Matcher) -> None:
    for cell in ("site=pancreas; ki67=99; mitoses=90", f"{DIGESTIVE}; ki67=99", "site=lung; ki67=90; mitoses=60; necrosis=yes"):
        match = matched(matcher, cell)
        assert match.situation
        assert not any("carcinoma" in item.text or "poor" in item.text for item in match.derived)


@pytest.mark.parametrize(
    ("facts", "key", "follows", "because"),
    [
        ("metastases=liver", "extent", "distant metastatic disease", {"metastases"}),
        ("spread=liver only", "metastases", "liver", {"spread"}),
        ("pregnant=yes; age=30", "sex", "female sex", {"pregnant"}),
        ("neoplasm=insulinoma", "site", "pancreas", {"neoplasm"}),
        ("neoplasm=PulmonaryNET", "site", "lung", {"neoplasm"}),  # not the bronchus, of which no population speaks
        ("neoplasm=insulinoma", "functioning", "functioning", {"neoplasm"}),
        ("syndromes=carcinoid syndrome", "functioning", "functioning", {"syndromes"}),
        ("neoplasm=neuroendocrine carcinoma", "differentiation", "poorly differentiated", {"neoplasm"}),
    ],
)
def test_what_follows_for_other_features(matcher: Matcher, facts: str, key: str, follows: str, because: set[str]) -> None:
    (one,) = derived(matched(matcher, facts), key)
    assert texts([one]) == {follows}
    assert paths(one.facts) == because


def test_a_radioligand_before_means_radionuclide_therapy_before(matcher: Matcher) -> None:
    result = matched(matcher, "prior=177Lu-dotatate; line=3").explain("S-7")
    assert result.verdict is Verdict.APPLIES
    assert paths(result.alternatives[0][0].decided_by) == {"prior"}
    assert "peptide receptor radionuclide therapy" in texts(derived(matched(matcher, "prior=177Lu-dotatate"), "prior"))


def test_nothing_follows_from_nothing(matcher: Matcher) -> None:
    match = matched(matcher, "any")
    assert match.derived == ()
    assert match.contradiction == ()
    assert {outcome.verdict for outcome in match.outcomes if outcome.statement.population.text != "any"} == {Verdict.APPLIES_IF}
    assert match.verdict("S-1") is Verdict.APPLIES


# Verdicts and their explanation


@pytest.mark.parametrize(("size", "verdict"), [("19.999999999999999999", "applies"), ("20", "does_not_apply"), ("20.000000000000000001", "does_not_apply")])
def test_a_threshold_is_exact(matcher: Matcher, size: str, verdict: str) -> None:
    assert matched(matcher, f"size_mm={size}").verdict("S-8") == verdict


def test_an_explanation_names_each_criterion(matcher: Matcher) -> None:
    result = matched(matcher, f"{DIGESTIVE}; ki67=21; sstr=positive").explain("S-6")
    assert result.verdict is Verdict.DOES_NOT_APPLY
    (criteria,) = result.alternatives
    assert {one.criterion.feature.key: one.status for one in criteria} == {"site": Status.MET, "grade": Status.NOT_MET, "sstr": Status.MET}
    open_result = matched(matcher, f"{DIGESTIVE}; ki67=20").explain("S-6")
    assert open_result.verdict is Verdict.APPLIES_IF
    (criteria,) = open_result.alternatives
    assert {one.criterion.feature.key: one.status for one in criteria} == {"site": Status.MET, "grade": Status.NO_INFORMATION, "sstr": Status.NO_INFORMATION}
    assert [[criterion.feature.key for criterion in one] for one in open_result.deciding] == [["grade", "sstr"]]


def test_what_is_unknown_beside_an_unmet_criterion_does_not_matter(matcher: Matcher) -> None:
    (criteria,) = matched(matcher, "site=lung").explain("S-6").alternatives
    assert {one.criterion.feature.key: one.status for one in criteria} == {
        "site": Status.NOT_MET,
        "grade": Status.NOT_APPLICABLE,
        "sstr": Status.NOT_APPLICABLE,
    }


def test_an_explanation_fits_its_verdict(matcher: Matcher) -> None:
    cases = Cases(matcher.terms, 3, [statement.population for statement in matcher.statements])
    seen = set()
    for _ in range(60):
        facts = facts_of(cases.case())
        match = matcher.match(Presentation("", facts))
        if match.situation is None:
            continue
        for outcome in match.outcomes:
            result = match.explain(outcome.statement.id)
            seen.add(result.verdict)
            statuses = [{one.status for one in criteria} for criteria in result.alternatives]
            if result.verdict is Verdict.APPLIES_IF:
                assert result.deciding
                assert any(found <= {Status.MET, Status.NO_INFORMATION} for found in statuses)
            if result.verdict is Verdict.DOES_NOT_APPLY:
                assert result.excluded_by or all(Status.NOT_MET in found for found in statuses)
            for one in (one for criteria in result.alternatives for one in criteria):
                check_decided(matcher, one)
    assert seen == {Verdict.APPLIES, Verdict.APPLIES_IF, Verdict.DOES_NOT_APPLY}


def check_decided(matcher: Matcher, one: CriterionResult) -> None:
    """Hold that the facts decide the criterion, and that each of them is needed."""
    if one.status not in (Status.MET, Status.NOT_MET):
        assert one.decided_by == ()
        return

    def status(facts: tuple[Fact, ...]) -> Status:
        situation = matcher.engine.situation(facts)
        assert situation
        number = 1 << matcher.engine.number(one.criterion)
        return Status.MET if situation.held & number else Status.NOT_MET if situation.impossible & number else Status.NO_INFORMATION

    assert status(one.decided_by) is one.status
    for number in range(len(one.decided_by)):
        assert status(one.decided_by[:number] + one.decided_by[number + 1 :]) is Status.NO_INFORMATION


def test_facts_that_exclude_an_alternative_only_together_are_named(matcher: Matcher) -> None:
    result = matched(matcher, f"{DIGESTIVE}; grade=G2; sex=male").explain("S-9")
    assert result.verdict is Verdict.DOES_NOT_APPLY
    assert [[one.status for one in criteria] for criteria in result.alternatives] == [[Status.NOT_MET], [Status.NOT_APPLICABLE, Status.NOT_APPLICABLE]]
    assert paths(result.excluded_by) == {"site", "neoplasm", "grade"}


def test_least_sets_that_decide_are_named(matcher: Matcher) -> None:
    result = matched(matcher, f"{DIGESTIVE}; ki67=<3").explain("S-9")
    assert result.verdict is Verdict.APPLIES_IF
    assert sorted(criterion.feature.key for criteria in result.deciding for criterion in criteria) == ["grade", "mitoses"]


def test_why_finds_kinds_and_what_it_is_a_kind_of(matcher: Matcher) -> None:
    match = matched(matcher, "any")
    about = {result.statement.id for result in match.why("pasireotide")}
    assert {"S-1", "S-2", "S-3", "S-5"} <= about
    assert "S-4" not in about
    assert {"S-1", "S-5", "R-1"} <= {result.statement.id for result in match.why("SomatostatinAnalogue")}
    assert "S-1" not in {result.statement.id for result in match.why("lanreotide")}
    with pytest.raises(UnknownTermError):
        match.why("lanreotid")


def test_a_statement_that_does_not_exist_is_an_error(matcher: Matcher) -> None:
    match = matched(matcher, "any")
    with pytest.raises(UsageError, match="no statement is called 'R999'"):
        match.verdict("R999")
    with pytest.raises(UsageError):
        match.explain("")


def test_tests_that_would_decide_most_come_first(matcher: Matcher) -> None:
    counts = [test.statements for test in matched(matcher, DIGESTIVE).next_tests]
    assert counts == sorted(counts, reverse=True)
    keys = {test.feature.key for test in matched(matcher, DIGESTIVE).next_tests}
    assert "grade" in keys
    assert "site" not in keys
    assert "grade" not in {test.feature.key for test in matched(matcher, f"{DIGESTIVE}; ki67=10; mitoses=1").next_tests}


def test_the_answer_carries_notice_and_version(matcher: Matcher) -> None:
    for cell in ("any", "pregnant=yes; sex=male"):
        match = matched(matcher, cell)
        assert match.notice == NOTICE
        assert match.version == matcher.version
        assert match.version


# Therapies


def test_aims_are_told_apart(matcher: Matcher) -> None:
    match = matched(matcher, "syndromes=carcinoid syndrome; grade=G3")
    assert therapy(match, "Pasireotide").summary == "sources disagree"
    assert therapy(match, "Pasireotide", "symptom control").summary == "may be considered"
    assert [outcome.statement.id for outcome in therapy(match, "Pasireotide", "symptom control").outcomes] == ["S-3"]
    assert therapy(matched(matcher, "prior=177Lu-dotatate"), "Sunitinib", "other").summary == "may be considered"


def test_what_only_may_apply_does_not_count(matcher: Matcher) -> None:
    assert therapy(matched(matcher, "any"), "Pasireotide").summary == "recommended"
    assert therapy(matched(matcher, "any"), "Lutetium177Dotatate").summary == "depends"


def test_safety_limits_are_shown_whatever_is_known(matcher: Matcher) -> None:
    expected = {"any": Status.NO_INFORMATION, "platelets=74.999": Status.MET, "platelets=75": Status.NOT_MET, "platelets=70..80": Status.NO_INFORMATION}
    for cell, status in expected.items():
        assert [one.status for one in therapy(matched(matcher, cell), "Pasireotide").gates] == [status]
    assert [one.status for one in therapy(matched(matcher, "any"), "Sunitinib").gates] == [Status.NO_INFORMATION]
    assert [one.status for one in therapy(matched(matcher, "pregnant=yes"), "Sunitinib").gates] == [Status.MET]
    assert [one.status for one in therapy(matched(matcher, "pregnant=no"), "Sunitinib", "other").gates] == [Status.NOT_MET]
    assert [one.status for one in therapy(matched(matcher, "sex=male"), "Sunitinib", "other").gates] == [Status.NOT_MET]


BLANK = Statement(
    "x/data/R-0", "recommendation", "", (NET + "Pasireotide",), "single", ("antitumour",), "", "recommended", "", "", "", "", Population((), ""), "", "",
    "primary", (Source("s", "", ""),), (),
)  # fmt: skip


def said(*items: tuple[str, str, str]) -> list[Outcome]:
    return [Outcome(replace(BLANK, kind=kind, direction=direction), Verdict(verdict)) for kind, direction, verdict in items]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([("recommendation", "recommended", "applies")], "recommended"),
        ([("recommendation", "recommended", "applies"), ("recommendation", "may be considered", "applies")], "recommended"),
        ([("recommendation", "may be considered", "applies")], "may be considered"),
        ([("recommendation", "recommended", "applies_if"), ("recommendation", "may be considered", "applies")], "may be considered"),
        ([("recommendation", "not recommended", "applies")], "advised against"),
        ([("recommendation", "not recommended", "applies"), ("recommendation", "contraindicated", "applies")], "contraindicated"),
        ([("recommendation", "contraindicated", "applies"), ("approval", "active", "applies")], "contraindicated"),
        ([("recommendation", "recommended", "applies"), ("recommendation", "not recommended", "applies")], "sources disagree"),
        ([("recommendation", "may be considered", "applies"), ("recommendation", "contraindicated", "applies")], "sources disagree"),
        ([("recommendation", "recommended", "applies"), ("recommendation", "not recommended", "applies_if")], "recommended"),
        ([("recommendation", "insufficient evidence", "applies")], "insufficient evidence"),
        ([("approval", "active", "applies")], "approved"),
        ([("approval", "active", "applies"), ("recommendation", "recommended", "applies_if")], "approved"),
        ([("approval", "active", "applies"), ("recommendation", "recommended", "applies")], "recommended"),
        ([("approval", "withdrawn", "applies")], "not approved"),
        ([("approval", "active", "applies_if")], "depends"),
        ([("recommendation", "not recommended", "applies_if")], "depends"),
        ([("trial result", "yes", "applies")], "trial results only"),
        ([("trial result", "yes", "applies_if")], "depends"),
    ],
)
def test_the_summary(outcomes: list[tuple[str, str, str]], expected: str) -> None:
    assert summary(said(*outcomes)) == expected
    assert summary(reversed(said(*outcomes))) == expected


# Dates


@pytest.mark.parametrize(
    ("issued", "superseded", "as_of", "stands"),
    [
        ("2020", "", "", True),
        ("2020", "2023", "", False),
        ("2020", "replaced", "", False),
        ("", "", "", True),
        ("", "", "2024", False),
        ("2020", "", "2019-12-31", False),
        ("2020", "", "2020", True),
        ("2020", "", "2020-03", True),
        ("2020-03", "", "2020", True),
        ("2020-03", "", "2020-02", False),
        ("2020-03-10", "", "2020-03", True),
        ("2020-03-10", "", "2020-03-09", False),
        ("2020-03-10", "", "2020-03-10", True),
        ("2020", "2023", "2022-12-31", True),
        ("2020", "2023", "2023-05", False),
        ("2020", "2023-06", "2023-05-31", True),
        ("2020", "2023-06", "2023-06-01", False),
        ("2020", "2023-06", "2023", False),
    ],
)
def test_what_stood_at_a_date(issued: str, superseded: str, as_of: str, stands: bool) -> None:
    assert valid(replace(BLANK, issued=issued, superseded=superseded), as_of) is stands


def test_only_what_stood_at_the_date_is_considered(matcher: Matcher) -> None:
    known = {outcome.statement.id for outcome in matched(matcher, "any", "2016-03").outcomes}
    assert {"S-1", "S-2", "S-3"} <= known
    assert known.isdisjoint({"S-4", "S-5", "S-8"})
    with pytest.raises(UsageError, match="no statement is called 'S-4'"):
        matched(matcher, "any", "2016-03").verdict("S-4")


@pytest.mark.parametrize("wrong", ["yesterday", "2020-3", "20200301", "2020-03-10T00:00", "2020-13", "2021-02-30", "２０２０"])
def test_what_is_no_date_is_refused(matcher: Matcher, wrong: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        matched(matcher, "any", wrong)


# The real graph


def test_the_hierarchy_that_hermit_completed_changes_no_verdict(graph: kg.Graph, ontology: list[ox.Triple], terms: Terms) -> None:
    matcher = Matcher(graph)
    populations = {statement.population.id: statement.population for statement in matcher.statements}
    engine = Engine(ontology, terms, populations.values())
    cases = Cases(terms, 9, populations.values())
    for _ in range(15):
        facts = facts_of(cases.case())
        one, other = engine.situation(facts), matcher.engine.situation(facts)
        assert (one is None) is (other is None)
        if one and other:
            assert [one.verdict(key) for key in populations] == [other.verdict(key) for key in populations]


def test_two_kinds_that_fit_together_are_no_contradiction(graph: kg.Graph) -> None:
    terms = graph.terms
    facts = [
        Fact(criterion, path, path)
        for path, cell in (("first", "neoplasm=NETG2"), ("second", "neoplasm=ThymicNET"))
        for criterion in parse(cell, terms).alternatives[0].criteria
    ]
    found = graph.matcher.match(Presentation("", tuple(facts)))
    assert found.contradiction == ()
    assert {fact.path for fact in found.presentation.facts} | {item.path for item in found.presentation.unused} == {"first", "second"}
    against = [*facts[:1], *(Fact(criterion, "third", "") for criterion in parse("neoplasm=NETG3", terms).alternatives[0].criteria)]
    assert {fact.path for fact in graph.matcher.match(Presentation("", tuple(against))).contradiction} == {"first", "third"}


def test_two_numbers_for_one_feature_contradict_each_other_however_close(graph: kg.Graph) -> None:
    facts = [Fact(criterion, cell, "") for cell in ("ki67=2.1", "ki67=2.5") for criterion in parse(cell, graph.terms).alternatives[0].criteria]
    assert {fact.path for fact in graph.matcher.match(Presentation("", tuple(facts))).contradiction} == {"ki67=2.1", "ki67=2.5"}
