"""Populations in figures: which ones a question admits, and how they read."""

from __future__ import annotations

import pytest

from kg.model.interval import Interval
from kg.model.population import parse
from kg.plot.scope import admitted_by, short
from kg.terms import Terms


@pytest.mark.parametrize(
    ("asked", "other", "admitted"),
    [
        ("any", "site=pancreas", True),
        ("site=pancreas", "any", True),
        ("site=pancreas", "grade=G1", True),
        ("site=pancreas", "site=pancreas | lung", True),
        ("site=pancreas", "site=ileum", False),
        ("site=ileum", "site=midgut", True),
        ("site=midgut", "site=ileum", True),
        ("site=pancreas", "site=ileum OR site=pancreas; grade=G1", True),
        ("site=pancreas; grade=G2", "site=ileum; grade=G2 OR site=pancreas; grade=G1", False),
        ("site=pancreas OR site=ileum", "site=ileum", True),
        ("grade=G3", "grade=G1 | G2", False),
        ("grade=G3", "ki67=<=20", False),
        ("grade=G3", "ki67=<=55", True),
        ("grade=G1", "ki67=>=3", False),
        ("grade=G2", "ki67=<3", False),
        ("grade=G2", "ki67=3..10", True),
        ("grade=G1 | G2", "ki67=>20", False),
        ("ki67=15", "grade=G2", True),
        ("ki67=25", "grade=G2", False),
        ("ki67=15", "ki67=<10", False),
        ("ki67=5..15", "ki67=<10", True),
        ("ki67=>10", "ki67=<=10", False),
        ("sstr=positive", "sstr=negative", False),
        ("syndromes=carcinoid syndrome", "absent=carcinoid syndrome", False),
        ("absent=carcinoid syndrome", "syndromes=carcinoid syndrome", False),
        ("syndromes=carcinoid syndrome", "hereditary=MEN1 syndrome", True),
        ("resectability=unresectable", "extent=distant", True),
    ],
)
def test_a_population_is_admitted_unless_something_rules_it_out(asked: str, other: str, admitted: bool, terms: Terms) -> None:
    assert admitted_by(parse(asked, terms), parse(other, terms), terms) is admitted
    assert admitted_by(parse(other, terms), parse(asked, terms), terms) is admitted


@pytest.mark.parametrize(
    ("first", "second", "shared"), [("<3", "3", False), ("<=3", "3", True), ("(3..5]", "<=3", False), ("3..5", "(5..9]", False), (">=1", "<9", True)]
)
def test_intervals_overlap_when_they_share_a_number(first: str, second: str, shared: bool) -> None:
    assert (Interval.parse(first).meet(Interval.parse(second)) is not None) is shared
    assert (Interval.parse(second).meet(Interval.parse(first)) is not None) is shared


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("any", "any presentation"),
        ("site=pancreas; neoplasm=neuroendocrine tumour; grade=G1 | G2; ki67=<=20", "pancreas; NET; G1/G2; Ki-67 ≤ 20 %"),
        ("ki67=10..55; sstr=positive", "Ki-67 10–55 %; SSTR positive"),
        ("functioning=no; progression=yes", "non-functioning; progressing"),
        ("site=pancreas; extent=distant OR site=pancreas; resectability=unresectable", "pancreas; (distant spread or unresectable)"),
    ],
)
def test_a_population_in_a_few_words(cell: str, words: str, terms: Terms) -> None:
    assert short(parse(cell, terms), terms) == words


def test_therapies_before_are_told_from_therapies_asked_about(terms: Terms) -> None:
    assert short(parse("prior=octreotide", terms), terms).startswith("after ")
    assert short(parse("absent=PRRT", terms), terms) == "no earlier PRRT"
