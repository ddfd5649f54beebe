"""Each rule about the graph: kept by the real graph and by a small sound one, broken by a graph with one fault."""

from __future__ import annotations

import pytest

import kg
from kg.check.rules import LEVELS, Finding, Rule, all_rules, findings, is_shown, read_rules
from kg.prefixes import GRAPH
from kg.store import LocalStore, in_memory
from tests.check.broken import CASES, KEPT, MORE, SOUND, Broken
from tests.turtle import quads

RULES = {rule.name: rule for rule in read_rules()}


def store_of(text: str) -> LocalStore:
    return in_memory(quads(f"<{GRAPH}ontology> {{ {text} }}"))


def broken_rules(text: str) -> dict[str, list[Finding]]:
    store = store_of(text)
    found = {rule.name: list(findings(store, rule)) for rule in RULES.values()}
    return {name: breaches for name, breaches in found.items() if breaches}


@pytest.mark.parametrize("name", [rule.name for rule in RULES.values() if rule.level != "INFO"])
def test_the_real_graph_keeps_the_rule(name: str, graph: kg.Graph) -> None:
    assert list(findings(graph.store, RULES[name])) == []


def test_what_the_real_graph_is_remarked_on_is_known(graph: kg.Graph) -> None:
    remarks = {name: [finding.entity for finding in findings(graph.store, rule)] for name, rule in RULES.items() if rule.level == "INFO"}
    assert remarks == {
        "merged-classes": [
            "net:ClinicalTrial",
            "net:HeadAndNeckParaganglioma",
            "net:HeadAndNeckParaganglion",
            "net:IntravenousFluidsAndElectrolytes",
            "net:MSIHighOrTMBHigh",
            "net:PRRTPlusCAPTEM",
        ],
        "missing_superclass": ["BFO:0000003", "BFO:0000015", "BFO:0000016", "BFO:0000019", "BFO:0000020", "BFO:0000031", "BFO:0000040"],
    }


def test_the_small_sound_graph_keeps_every_rule() -> None:
    assert broken_rules(SOUND) == {}


def test_every_rule_has_a_case_that_breaks_it() -> None:
    assert set(CASES) == set(RULES)


OTHER_HEADERS = {
    "ontology-undeclared": ("a owl:Ontology ;", ""),
    "ontology-iri": ("<https://w3id.org/net-kg/ontology> a", "<https://w3id.org/other.owl> a"),
    "version-form": ('dcterms:issued "2026-01-01"', 'dcterms:issued "2026-01-02"'),
}
"""Rules that a change of the header breaks, not a thing too much or too little."""


@pytest.mark.parametrize(
    ("name", "case"), [*((name, CASES[name]) for name in CASES if name not in OTHER_HEADERS), *MORE], ids=lambda value: value if isinstance(value, str) else ""
)
def test_one_fault_breaks_one_rule_and_is_named(name: str, case: Broken) -> None:
    assert case.less in SOUND
    found = broken_rules(SOUND.replace(case.less, "") + case.more)
    assert set(found) == {name}
    assert case.entity in {finding.entity for finding in found[name]}
    assert all(finding.level == RULES[name].level for finding in found[name])


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_is_just_right_breaks_no_rule(text: str) -> None:
    assert broken_rules(SOUND + text) == {}


def test_a_graph_that_declares_no_ontology_is_found() -> None:
    found = broken_rules(SOUND.replace(*OTHER_HEADERS["ontology-undeclared"]))
    assert [(finding.entity, finding.detail) for finding in found["ontology-undeclared"]] == [("net:ontology", "0 declared")]


def test_a_graph_that_declares_two_ontologies_is_found() -> None:
    found = broken_rules(SOUND + "<https://w3id.org/net-kg/second> a owl:Ontology .")
    assert [(finding.entity, finding.detail) for finding in found["ontology-undeclared"]] == [("net:ontology", "2 declared")]


def test_an_address_with_a_file_ending_is_found() -> None:
    found = broken_rules(SOUND.replace(*OTHER_HEADERS["ontology-iri"]))
    assert [finding.entity for finding in found["ontology-iri"]] == ["https://w3id.org/other.owl"]
    found = broken_rules(SOUND.replace("ontology/2026-01-01>", "ontology/2026-01-01.owl>"))
    assert [finding.entity for finding in found["ontology-iri"]] == ["net:ontology/2026-01-01.owl"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        OTHER_HEADERS["version-form"],
        ("ontology/2026-01-01>", "ontology/2026-01-02>"),
        ('owl:versionInfo "2026-01-01"', 'owl:versionInfo "2026-01"'),
        ('owl:versionInfo "2026-01-01"', 'owl:versionInfo "1.0"'),
    ],
)
def test_a_version_that_does_not_agree_with_itself_is_found(old: str, new: str) -> None:
    assert old in SOUND
    assert set(broken_rules(SOUND.replace(old, new))) == {"version-form"}


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_a_rule_says_in_words_what_holds(rule: Rule) -> None:
    assert rule.level in LEVELS
    assert rule.text
    assert rule.mend
    assert not rule.text.endswith(".")


def test_findings_come_in_a_fixed_order() -> None:
    text = SOUND + ' :b rdfs:label "  b"@en . :a rdfs:label " a"@en . :c rdfs:label "c "@en .'
    assert [finding.entity for finding in findings(store_of(text), RULES["label_whitespace"])] == ["net:a", "net:b", "net:c"]


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding("punning", "ERROR", "net:A", "why")) == "ERROR punning: net:A — why"
    assert str(Finding("punning", "WARN", "net:A", "")) == "WARN punning: net:A"


def test_a_shared_synonym_that_nobody_calls_an_abbreviation_is_a_duplicate() -> None:
    text = KEPT["duplicate_exact_synonym"]
    assert set(
        broken_rules(
            SOUND + text.replace("hasSynonymType OMO:0003012", "hasSynonymType OMO:0003010") + "OMO:0003010 rdfs:subPropertyOf oboInOwl:SynonymTypeProperty ."
        )
    ) == {
        "duplicate_exact_synonym",
        "missing_label",
    }


@pytest.mark.parametrize(
    ("level", "least", "shown"), [("ERROR", "WARN", True), ("WARN", "WARN", True), ("INFO", "WARN", False), ("INFO", "INFO", True), ("WARN", "ERROR", False)]
)
def test_levels_have_an_order(level: str, least: str, shown: bool) -> None:
    assert is_shown(level, least) is shown
