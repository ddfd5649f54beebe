"""Which populations lie within which, and which recommendations disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

import kg
from kg.graph import display
from kg.match.logic import Logic
from kg.match.relations import Advice, disagreements, subsumptions
from kg.prefixes import NET
from kg.store import select
from kg.terms import Terms

Make = Callable[[Iterable[str]], tuple[Logic, list[str]]]


def test_the_quick_search_finds_what_the_full_one_finds(logic_of: Make) -> None:
    logic, keys = logic_of(
        [
            "site=pancreas; grade=G1",
            "site=pancreas; grade=G1 | G2",
            "site=gastroenteropancreatic site",
            "neoplasm=insulinoma; grade=G1",
            "site=pancreas; neoplasm=insulinoma; grade=G1",
            "any",
            "prior=CAPTEM",
            "prior=capecitabine; prior=temozolomide",
            "prior=cytotoxic drug",
            "ki67=<10 OR ki67=>=10",
            "ki67=<20",
            "ki67=>=0",
        ]
    )
    assert subsumptions(logic) == sorted((one, other) for one in keys for other in keys if one != other and logic.is_within(one, other))


def advice(key: str, population: str, direction: str, **changes: object) -> Advice:
    base = Advice(
        id=key,
        sources=frozenset({key}),
        therapies=frozenset({NET + "Lanreotide"}),
        aims=frozenset({"antitumour"}),
        combined=False,
        direction=direction,
        use="",
        population=population,
        superseded=False,
    )
    return replace(base, **changes)  # type: ignore[arg-type] # a test names the fields it changes


@pytest.fixture
def scopes(logic_of: Make) -> tuple[Logic, list[str]]:
    return logic_of(["site=pancreas; grade=G1", "site=pancreas; ki67=<10", "site=pancreas; neoplasm=neuroendocrine tumour; ki67=>20", "site=lung"])


def found(logic: Logic, terms: Terms, *items: Advice) -> list[tuple[str, str]]:
    return list(disagreements(logic, items, terms))


def test_opposite_advice_for_a_common_presentation_disagrees(scopes: tuple[Logic, list[str]], terms: Terms) -> None:
    logic, (first, second, _, _) = scopes
    assert found(logic, terms, advice("a", first, "recommended"), advice("b", second, "not recommended")) == [("a", "b")]
    assert found(logic, terms, advice("a", first, "may be considered"), advice("b", second, "contraindicated")) == [("a", "b")]


def test_populations_without_a_common_presentation_do_not_disagree(scopes: tuple[Logic, list[str]], terms: Terms) -> None:
    logic, (first, _, third, fourth) = scopes
    against = advice("b", fourth, "not recommended")
    assert found(logic, terms, advice("a", first, "recommended"), against) == []
    # Above 20 per cent a digestive tumour is no grade 1: only the rules between features tell.
    assert found(logic, terms, advice("a", first, "recommended"), advice("b", third, "not recommended")) == []


@pytest.mark.parametrize(
    ("changes", "disagree"),
    [
        ({}, True),
        ({"therapies": frozenset({NET + "SomatostatinAnalogue"})}, True),  # advice on a kind covers its members
        ({"therapies": frozenset({NET + "Everolimus"})}, False),
        ({"aims": frozenset({"symptom control"})}, False),
        ({"use": "adjuvant"}, False),
        ({"combined": True}, False),
        ({"superseded": True}, False),
        ({"sources": frozenset({"a"})}, False),
        ({"direction": "insufficient evidence"}, False),
    ],
)
def test_what_makes_a_disagreement(scopes: tuple[Logic, list[str]], terms: Terms, changes: dict[str, object], disagree: bool) -> None:
    logic, (first, second, _, _) = scopes
    pairs = found(logic, terms, advice("a", first, "recommended"), replace(advice("b", second, "not recommended"), **changes))  # type: ignore[arg-type] # as above
    assert bool(pairs) is disagree


def test_the_graph_holds_real_disagreements_both_ways(graph: kg.Graph) -> None:
    answer = select(graph.store, f"SELECT ?one ?other WHERE {{ ?one <{NET}disagreesWith> ?other }}")
    pairs = {(display(one), display(other)) for one, other in answer.rows}
    assert pairs
    assert {(other, one) for one, other in pairs} == pairs
    # Observation of metastatic disease: possible for ASCO in the pancreas, generally not advised by the Italian guideline.
    assert ("net:recommendation/R011", "net:recommendation/E281") in pairs
