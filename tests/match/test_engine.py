"""The engine, compared with HermiT: what is entailed, what is excluded, and what stays open."""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.load.populations import class_iri, defined_class
from kg.match.engine import Engine
from kg.match.presentation import Fact
from kg.match.verdict import Verdict
from kg.model.population import Criterion, Population, parse
from kg.reason.hermit import relations
from kg.reason.module import reasoning_module
from kg.terms import Terms
from tests.match import tiny
from tests.match.partly import Cases, facts_of
from tests.match.randomly import FOCUS, SETS, Cells

LONGER = int(os.environ.get("NETKG_LONGER_TESTS", "1"))
"""How many times as many random cases are tried as in every run."""

Pair = tuple[Population, Population]
CONTRADICTORY = (True, True)
RELATION = {
    Verdict.APPLIES: (True, False),
    Verdict.DOES_NOT_APPLY: (False, True),
    Verdict.APPLIES_IF: (False, False),
    Verdict.CONTRADICTORY: CONTRADICTORY,
}
"""What each verdict says: whether the case lies within the population, and whether it lies outside it."""


@pytest.fixture(scope="module")
def module(ontology: list[ox.Triple], terms: Terms) -> list[ox.Triple]:
    """The part of the ontology that HermiT needs."""
    return reasoning_module(ontology, terms)


@pytest.fixture(scope="module")
def real(ontology: list[ox.Triple], terms: Terms, real_populations: dict[str, Population]) -> Engine:
    """The engine of the curated populations."""
    return Engine(ontology, terms, real_populations.values())


def verdicts(engine: Engine, case: Population, populations: Iterable[Population]) -> list[Verdict]:
    situation = engine.situation(facts_of(case))
    return [situation.verdict(population.id) if situation else Verdict.CONTRADICTORY for population in populations]


def spread(pairs: dict[Pair, Verdict], count: int, seed: int) -> list[Pair]:
    """Return some pairs, as many of each verdict as there are."""
    by_verdict: dict[Verdict, list[Pair]] = defaultdict(list)
    for pair, verdict in pairs.items():
        by_verdict[verdict].append(pair)
    chosen = random.Random(seed)  # noqa: S311 - not for secrets
    return [pair for group in by_verdict.values() for pair in chosen.sample(group, min(len(group), count // 4))]


def disagreements(found: dict[Pair, Verdict], pairs: Sequence[Pair], module: list[ox.Triple], terms: Terms) -> list[str]:
    """Return the pairs about which HermiT says something else."""
    definitions = {population.id: population for pair in pairs for population in pair}
    triples = [triple for population in definitions.values() for triple in defined_class(population, terms)]
    answers = relations(module, reasoning_module(triples, terms), [(class_iri(case), class_iri(population)) for case, population in pairs])
    return [
        f"case {case.text} / population {population.text}: {found[case, population]}, HermiT {answer}"
        for (case, population), answer in zip(pairs, answers, strict=True)
        if RELATION[found[case, population]] != answer
    ]


@pytest.mark.parametrize("seed", range(1, 1 + 2 * LONGER))
def test_hermit_agrees_on_cases_and_random_populations(module: list[ox.Triple], ontology: list[ox.Triple], terms: Terms, seed: int) -> None:
    cells = Cells(terms, seed, (*FOCUS, *SETS, "molecular"))
    populations = [parse(cells.cell(), terms) for _ in range(80)]
    engine = Engine(ontology, terms, populations)
    cases = Cases(terms, seed, populations)
    drawn = [cases.case() for _ in range(80)]
    found = {(case, population): verdict for case in drawn for population, verdict in zip(populations, verdicts(engine, case, populations), strict=True)}
    pairs = spread(found, 600, seed)
    assert {found[pair] for pair in pairs} == set(Verdict)
    assert disagreements(found, pairs, module, terms) == []


@pytest.mark.parametrize("seed", range(1, 1 + LONGER))
def test_hermit_agrees_on_cases_and_real_populations(
    real: Engine, module: list[ox.Triple], terms: Terms, real_populations: dict[str, Population], seed: int
) -> None:
    populations = list(real_populations.values())
    cases = Cases(terms, 100 + seed, populations)
    drawn = [cases.case() for _ in range(150)]
    found = {(case, population): verdict for case in drawn for population, verdict in zip(populations, verdicts(real, case, populations), strict=True)}
    pairs = spread(found, 900, seed)
    assert {found[pair] for pair in pairs} == set(Verdict)
    assert disagreements(found, pairs, module, terms) == []


@settings(max_examples=200 * LONGER)
@given(rules=tiny.RULES, populations=st.lists(tiny.POPULATIONS, min_size=3, max_size=5), cases=st.lists(tiny.CASES, min_size=3, max_size=5))
def test_looking_at_every_complete_presentation_gives_the_same_verdicts(rules: list[tiny.Rule], populations: list[Population], cases: list[Population]) -> None:
    ontology = tiny.ontology(rules)
    engine = Engine(ontology, Terms.from_triples(ontology), populations)
    every = tiny.possible(rules)
    for case in cases:
        facts = facts_of(case)
        left = every & tiny.of_criteria([fact.criterion for fact in facts])
        situation = engine.situation(facts)
        assert (situation is not None) == bool(left.any())
        if situation is None:
            check_contradiction(engine.contradiction(facts), every)
            continue
        for population in populations:
            inside = tiny.of_population(population)
            verdict = Verdict.APPLIES if not (left & ~inside).any() else Verdict.APPLIES_IF if (left & inside).any() else Verdict.DOES_NOT_APPLY
            assert situation.verdict(population.id) is verdict, (case.text, population.text)
            if verdict is Verdict.APPLIES_IF:
                check_deciding(situation.deciding(population.id), population, left)


def check_contradiction(facts: tuple[Fact, ...], every: tiny.Truth) -> None:
    """Hold that facts contradict each other, and that none of them can be left out."""
    criteria = [fact.criterion for fact in facts]
    assert not (every & tiny.of_criteria(criteria)).any()
    for number in range(len(criteria)):
        assert (every & tiny.of_criteria(criteria[:number] + criteria[number + 1 :])).any()


def check_deciding(deciding: Sequence[Sequence[Criterion]], population: Population, left: tiny.Truth) -> None:
    """Hold that each set of criteria decides, that none of its members can be left out, and that no possible alternative is forgotten."""
    inside = tiny.of_population(population)
    for criteria in deciding:
        known = left & tiny.of_criteria(criteria)
        assert known.any()
        assert not (known & ~inside).any()
        for number in range(len(criteria)):
            fewer = [*criteria[:number], *criteria[number + 1 :]]
            assert (left & tiny.of_criteria(fewer) & ~inside).any()
    assert not any(set(one) < set(other) for one in deciding for other in deciding)
    for alternative in population.alternatives:
        if (left & tiny.of_criteria(alternative.criteria)).any():
            assert any(set(criteria) <= set(alternative.criteria) for criteria in deciding)


@pytest.mark.parametrize(
    ("case", "population", "verdict"),
    [
        # Values that no population names are known all the same.
        ("metastases=Pancreas; absent=Spleen", "metastases=Liver", Verdict.APPLIES_IF),
        ("absent=Pembrolizumab; prior=Avelumab", "prior=immune checkpoint inhibitor", Verdict.APPLIES),
        ("absent=Pembrolizumab", "prior=immune checkpoint inhibitor", Verdict.APPLIES_IF),
        ("absent=immune checkpoint inhibitor; prior=Pembrolizumab", "any", Verdict.CONTRADICTORY),
        ("absent=Pembrolizumab; prior=Pembrolizumab", "any", Verdict.CONTRADICTORY),
        # A hair beside a threshold.
        ("ki67=2.999999999999999999", "ki67=<3", Verdict.APPLIES),
        ("ki67=3", "ki67=<3", Verdict.DOES_NOT_APPLY),
        ("ki67=3.000000000000000001", "ki67=<=3", Verdict.DOES_NOT_APPLY),
        ("ki67=(2.999999999999999999..3]", "ki67=<3", Verdict.APPLIES_IF),
        ("ki67=(2.999999999999999999..3)", "ki67=<3", Verdict.APPLIES),
        ("ki67=>20", "ki67=<=20", Verdict.DOES_NOT_APPLY),
        ("ki67=>=20", "ki67=<=20", Verdict.APPLIES_IF),
        # Unknown is never no.
        ("any", "absent=carcinoid syndrome", Verdict.APPLIES_IF),
        ("any", "functioning=no", Verdict.APPLIES_IF),
        ("any", "any", Verdict.APPLIES),
        ("syndromes=insulinoma syndrome", "absent=carcinoid syndrome", Verdict.APPLIES_IF),
        ("functioning=no", "absent=carcinoid syndrome", Verdict.APPLIES),
    ],
)
def test_a_case_has_the_verdict(ontology: list[ox.Triple], terms: Terms, case: str, population: str, verdict: Verdict) -> None:
    asked = parse(population, terms)
    engine = Engine(ontology, terms, [asked, parse("metastases=Liver; ki67=<=20", terms)])
    assert verdicts(engine, parse(case, terms), [asked]) == [verdict]


def real_cases(terms: Terms, populations: dict[str, Population], seed: int, count: int) -> list[tuple[Fact, ...]]:
    cases = Cases(terms, seed, populations.values())
    return [facts_of(cases.case()) for _ in range(count)]


@pytest.mark.parametrize("seed", range(1, 1 + LONGER))
def test_what_decides_is_enough_and_no_part_of_it_is(real: Engine, terms: Terms, real_populations: dict[str, Population], seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311 - not for secrets
    seen = 0
    for facts in real_cases(terms, real_populations, seed, 40):
        situation = real.situation(facts)
        if situation is None:
            continue
        still_open = [key for key in real_populations if situation.verdict(key) is Verdict.APPLIES_IF]
        for key in chosen.sample(still_open, min(8, len(still_open))):
            deciding = situation.deciding(key)
            assert deciding
            for criteria in deciding:
                seen += 1
                more = [Fact(criterion, criterion.feature.key, "") for criterion in criteria]
                decided = real.situation([*facts, *more])
                assert decided is not None
                assert decided.verdict(key) is Verdict.APPLIES
                for number in range(len(more)):
                    without = real.situation([*facts, *more[:number], *more[number + 1 :]])
                    assert without is not None
                    assert without.verdict(key) is Verdict.APPLIES_IF
    assert seen > 200


@pytest.mark.parametrize("seed", range(11, 11 + LONGER))
def test_a_further_fact_only_decides_what_was_open(real: Engine, terms: Terms, real_populations: dict[str, Population], seed: int) -> None:
    changed: Counter[tuple[Verdict, Verdict]] = Counter()
    for facts in real_cases(terms, real_populations, seed, 60):
        if not facts:
            continue
        before, after = real.situation(facts[:-1]), real.situation(facts)
        if before is None:
            assert after is None
        if before is None or after is None:
            continue
        changed.update((before.verdict(key), after.verdict(key)) for key in real_populations)
    assert {one for one, other in changed if one is not other} == {Verdict.APPLIES_IF}
    assert {other for one, other in changed if one is Verdict.APPLIES_IF} == {Verdict.APPLIES, Verdict.APPLIES_IF, Verdict.DOES_NOT_APPLY}


@pytest.mark.parametrize("seed", range(21, 21 + LONGER))
def test_the_order_of_facts_changes_nothing(real: Engine, terms: Terms, real_populations: dict[str, Population], seed: int) -> None:
    mixed = random.Random(seed)  # noqa: S311 - not for secrets
    for facts in real_cases(terms, real_populations, seed, 25):
        one, other = real.situation(facts), real.situation(mixed.sample(facts, len(facts)))
        assert (one is None) is (other is None)
        if one and other:
            assert [one.verdict(key) for key in real_populations] == [other.verdict(key) for key in real_populations]


@pytest.mark.parametrize("seed", range(31, 31 + LONGER))
def test_a_contradiction_is_a_least_set_of_facts(real: Engine, terms: Terms, real_populations: dict[str, Population], seed: int) -> None:
    sizes: Counter[int] = Counter()
    for facts in real_cases(terms, real_populations, seed, 400):
        found = real.contradiction(facts)
        assert bool(found) is (real.situation(facts) is None)
        sizes[len(found)] += 1
        assert not found or real.situation(found) is None
        for number in range(len(found)):
            assert real.situation([*found[:number], *found[number + 1 :]]) is not None
    assert sizes[0]
    assert sizes[2]
    assert max(sizes) > 2


def test_facts_that_contradict_each_other_are_found_among_many(real: Engine, terms: Terms) -> None:
    facts = facts_of(parse("site=pancreas; neoplasm=neuroendocrine tumour; grade=G1; ki67=3; sstr=positive; pregnant=no; sex=male; absent=liver", terms))
    assert {fact.path for fact in real.contradiction(facts)} == {"site", "neoplasm", "grade", "ki67"}
