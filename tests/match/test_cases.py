"""The worked cases of ``cases/``: each is compared with the matcher, and together they must cover the field."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

import kg
from kg.errors import CaseError
from kg.match.match import Matcher, valid
from kg.match.verdict import Verdict
from kg.model.population import OneOf, Population
from kg.prefixes import NET
from kg.store import select
from kg.terms import Terms
from tests.match.worked import FOLDER, Checker, Worked, decided_by_one_fact, read_worked, record_keys

PATHS = sorted(FOLDER.glob("*.yaml"))
FEW = 4
"""Issuers of fewer recommendations need no pair of cases."""
READABLE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")

BROKEN = {
    "a key that is none": ("titel: x\n", "no key is called 'titel'"),
    "no sources": ("title: x\nwhy: x\nexpect: {verdicts: {R010: applies_if}}\n", "sources is missing"),
    "a source that does not exist": ("title: x\nwhy: x\nexpect: {verdicts: {R010: applies_if}}\nsources: [X999]\n", "nothing is called X999"),
    "a key of a case that is none": ("title: x\nwhy: x\ncase: {colour: red}\nexpect: {verdicts: {R010: applies_if}}\nsources: [R010]\n", "colour"),
    "an expectation that is none": ("title: x\nwhy: x\nexpect: {verdict: {R010: applies_if}}\nsources: [R010]\n", "no key is called 'verdict'"),
    "a statement that does not exist": ("title: x\nwhy: x\nexpect: {verdicts: {X999: applies}}\nsources: [R010]\n", "no statement is called so"),
    "a statement that was replaced": ("title: x\nwhy: x\nexpect: {verdicts: {E049: applies}}\nsources: [R010]\n", "E049: is not current"),
    "a verdict that is none": ("title: x\nwhy: x\nexpect: {verdicts: {R010: perhaps}}\nsources: [R010]\n", "'perhaps' is no verdict"),
    "another verdict": ("title: x\nwhy: x\nexpect: {verdicts: {R010: applies}}\nsources: [R010]\n", "R010: applies_if, expected applies"),
    "other features that decide": ("title: x\nwhy: x\nexpect: {deciding: {E118: [[sstr]]}}\nsources: [R010]\n", "E118: symptoms, expected sstr"),
    "a feature that is none": ("title: x\nwhy: x\nexpect: {deciding: {E118: [[colour]]}}\nsources: [R010]\n", "no feature is called colour"),
    "another derived value": ("title: x\nwhy: x\nexpect: {derived: {grade: G1}}\nsources: [R010]\n", "nothing follows for grade"),
    "a value that is possible": ("title: x\nwhy: x\nexpect: {ruled_out: {grade: [G1]}}\nsources: [R010]\n", "grade grade 1 is possible"),
    "a value that is not possible": (
        "title: x\nwhy: x\ncase: {neoplasm: typical carcinoid}\nexpect: {ruled_out: {grade: [G3]}}\nsources: [R010]\n",
        "grade grade 2 is ruled out",
    ),
    "another summary": ("title: x\nwhy: x\nexpect: {therapies: {everolimus: {antitumour: approved}}}\nsources: [R010]\n", "depends, expected approved"),
    "a limit that is not shown": ("title: x\nwhy: x\nexpect: {gates: {TH-x: met}}\nsources: [R010]\n", "TH-x: is not shown"),
    "a contradiction that is none": ("title: x\nwhy: x\nexpect: {contradiction: [grade]}\nsources: [R010]\n", "none, expected grade"),
    "a contradiction that is not expected": (
        "title: x\nwhy: x\ncase: {sex: male, pregnant: true}\nexpect: {verdicts: {R010: contradictory}}\nsources: [R010]\n",
        "the case contradicts itself",
    ),
}


@pytest.fixture(scope="module")
def matcher(graph: kg.Graph) -> Matcher:
    """The statements of the real graph."""
    return Matcher(graph)


@pytest.fixture(scope="module")
def checker(matcher: Matcher, graph: kg.Graph) -> Checker:
    """Compares worked cases with the real graph."""
    return Checker(matcher, record_keys(graph))


@pytest.fixture(scope="module")
def cases() -> list[Worked]:
    """All worked cases."""
    return [read_worked(path) for path in PATHS]


@pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
def test_worked_case(path: Path, checker: Checker) -> None:
    differences = checker.differences(read_worked(path))
    assert not differences, "\n".join([f"cases/{path.name}", *differences])


@pytest.mark.parametrize(("text", "difference"), BROKEN.values(), ids=BROKEN)
def test_differences_are_found(text: str, difference: str, checker: Checker, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    assert difference in "\n".join(checker.differences(read_worked(path)))


def test_a_file_that_is_no_case_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("title: x\ntitle: y\n", encoding="utf-8")
    with pytest.raises(CaseError):
        read_worked(path)


def test_names_are_readable_and_titles_differ(cases: list[Worked]) -> None:
    assert [case.name for case in cases if not READABLE.fullmatch(case.name)] == []
    titles = [case.document["title"] for case in cases]
    assert len(set(titles)) == len(titles)


def test_of_nothing_only_statements_for_any_presentation_apply(matcher: Matcher, cases: list[Worked], terms: Terms) -> None:
    (nothing,) = (case for case in cases if not case.case)
    outcomes = matcher.match(nothing.presentation(terms)).outcomes
    assert {outcome.statement.id for outcome in outcomes if outcome.verdict is Verdict.APPLIES} == {
        outcome.statement.id for outcome in outcomes if outcome.statement.population.text == "any"
    }
    assert {outcome.verdict for outcome in outcomes} == {Verdict.APPLIES, Verdict.APPLIES_IF}


@pytest.mark.parametrize("key", ["site", "syndromes", "hereditary"])
def test_each_value_that_the_tables_name_has_a_case(key: str, cases: list[Worked], real_populations: dict[str, Population], terms: Terms) -> None:
    criteria = (criterion for population in real_populations.values() for alternative in population.alternatives for criterion in alternative.criteria)
    named = {value for criterion in criteria if isinstance(criterion, OneOf) and criterion.feature.key == key for value in criterion.values}
    stated = {value for case in cases for value in case.stated(terms, key)}
    covered = {ancestor for value in stated for ancestor in terms.ancestors(value) | {value}}
    assert sorted(terms.labels[value] for value in named - covered) == []


def test_each_hormone_and_hereditary_syndrome_of_the_ontology_has_a_case(cases: list[Worked], terms: Terms) -> None:
    for key in ("syndromes", "hereditary"):
        leaves = {iri for iri in terms.descendants(terms.features[key].range) if terms.descendants(iri) <= {iri}}
        covered = {ancestor for case in cases for value in case.stated(terms, key) for ancestor in terms.ancestors(value) | {value}}
        missing = {terms.labels[iri] for iri in leaves - covered}
        assert missing <= {"FH syndrome", "familial medullary thyroid carcinoma", "tuberous sclerosis 1", "tuberous sclerosis 2"}


def test_each_family_of_statements_has_a_case_that_is_one_fact_short_and_its_completion(matcher: Matcher, cases: list[Worked], graph: kg.Graph) -> None:
    """A family is what one issuer recommends, if it is not just a few things, what one jurisdiction decided, or the trial results."""
    issuers = {_text(row[0]): _text(row[1]) for row in select(graph.store, f"SELECT ?d ?o WHERE {{ ?d <{NET}organisation> ?o }}")}
    families: dict[tuple[str, str], set[str]] = defaultdict(set)
    for statement in matcher.statements:
        if not valid(statement, ""):
            continue
        match statement.kind:
            case "recommendation":
                names = [issuers.get(source.iri, source.iri) for source in statement.sources]
            case "approval":
                names = [statement.jurisdiction]
            case _:
                names = [statement.kind]
        for name in names:
            families[statement.kind, name].add(statement.id)
    decided = decided_by_one_fact(cases)
    asked = (family for family, statements in families.items() if family[0] != "recommendation" or len(statements) >= FEW)
    assert sorted(family for family in asked if families[family].isdisjoint(decided)) == []


def _text(term: object) -> str:
    return str(getattr(term, "value", ""))
