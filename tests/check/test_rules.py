"""Each rule about the graph: kept by the real graph and by a small sound one, broken by a graph with one fault."""

from __future__ import annotations

import pytest

import kg
from kg.check.rules import Finding, Rule, findings, read_rules
from kg.prefixes import GRAPH
from kg.store import LocalStore, in_memory
from tests.check.broken import CASES, MORE, SOUND, Broken
from tests.turtle import quads

RULES = {rule.name: rule for rule in read_rules()}


def store_of(text: str) -> LocalStore:
    return in_memory(quads(f"<{GRAPH}ontology> {{ {text} }}"))


def broken_rules(text: str) -> dict[str, list[Finding]]:
    store = store_of(text)
    found = {rule.name: list(findings(store, rule)) for rule in RULES.values()}
    return {name: breaches for name, breaches in found.items() if breaches}


@pytest.mark.parametrize("name", RULES)
def test_the_real_graph_keeps_the_rule(name: str, graph: kg.Graph) -> None:
    assert list(findings(graph.store, RULES[name])) == []


def test_the_small_sound_graph_keeps_every_rule() -> None:
    assert broken_rules(SOUND) == {}


def test_every_rule_has_a_case_that_breaks_it() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize(("name", "case"), [*CASES.items(), *MORE], ids=lambda value: value if isinstance(value, str) else "")
def test_one_fault_breaks_one_rule_and_is_named(name: str, case: Broken) -> None:
    assert case.less in SOUND
    found = broken_rules(SOUND.replace(case.less, "") + case.more)
    assert set(found) == {name}
    assert case.entity in {finding.entity for finding in found[name]}
    assert all(finding.level == RULES[name].level for finding in found[name])


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_says_in_words_what_holds(rule: Rule) -> None:
    assert rule.level in {"ERROR", "WARN"}
    assert rule.text
    assert not rule.text.endswith(".")


def test_findings_come_in_a_fixed_order() -> None:
    text = SOUND + ' :b rdfs:label "  b"@en . :a rdfs:label " a"@en . :c rdfs:label "c "@en .'
    assert [finding.entity for finding in findings(store_of(text), RULES["label-whitespace"])] == ["net:a", "net:b", "net:c"]


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding("punning", "ERROR", "net:A", "why")) == "ERROR punning: net:A — why"
    assert str(Finding("punning", "WARN", "net:A", "")) == "WARN punning: net:A"


def test_deprecated_terms_may_lack_what_current_ones_need() -> None:
    retired = ':Old a owl:Class ; owl:deprecated true ; rdfs:label "obsolete old"@en ; rdfs:comment "merged"@en ; IAO:0100001 :Thing1 .'
    assert broken_rules(SOUND + retired) == {}


def test_a_shared_abbreviation_is_no_duplicate_synonym() -> None:
    text = ':Thing1 oboInOwl:hasExactSynonym "TH"@en . :Thing2 oboInOwl:hasExactSynonym "TH"@en .'
    typed = """[] a owl:Axiom ; owl:annotatedSource :Thing1 ; owl:annotatedProperty oboInOwl:hasExactSynonym ; owl:annotatedTarget "TH"@en ;
        oboInOwl:hasSynonymType OMO:0003012 ."""
    assert set(broken_rules(SOUND + text)) == {"duplicate-exact-synonym"}
    assert broken_rules(SOUND + text + typed) == {}
