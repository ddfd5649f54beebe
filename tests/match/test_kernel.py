"""The kernel gives, for many cases at once, the verdicts that the engine gives case by case."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import numpy as np
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.match.engine import Engine
from kg.match.kernel import CONTRADICTORY, VERDICTS, Codes, Kernel
from kg.match.kernel import limits as module
from kg.match.verdict import Verdict
from kg.model.population import Population, parse
from kg.terms import Terms
from tests.match import tiny
from tests.match.partly import Cases, facts_of
from tests.match.randomly import FOCUS, SETS, Cells

LONGER = int(os.environ.get("NETKG_LONGER_TESTS", "1"))
"""How many times as many random cases are tried as in every run."""


@pytest.fixture(scope="module")
def real(ontology: list[ox.Triple], terms: Terms, real_populations: dict[str, Population]) -> Engine:
    """The engine of the curated populations."""
    return Engine(ontology, terms, real_populations.values())


def decided(kernel: Kernel, cases: Sequence[Population]) -> Codes:
    return kernel.decide(kernel.columns([facts_of(case) for case in cases]), len(cases))


def one_by_one(engine: Engine, cases: Iterable[Population], keys: Sequence[str]) -> list[list[Verdict]]:
    situations = [engine.situation(facts_of(case)) for case in cases]
    return [[situation.verdict(key) if situation else Verdict.CONTRADICTORY for key in keys] for situation in situations]


def words(codes: Codes) -> list[list[Verdict]]:
    return [[VERDICTS[code] for code in row] for row in codes.tolist()]


LIMITS = {
    "as it is": {},
    "a hub and groups": {"MOST_CELLS": 6},
    "a hub of all": {"MOST_CELLS": 1},
    "sets by the engine": {"MOST_VECTORS": 1},
    "all by the engine": {"MOST_CELLS": 1, "MOST_HUB_CELLS": 1},
    "numbered sparsely": {"DENSE": 1},
}
"""Ways to take features apart, each of which must give the same."""


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@settings(max_examples=25 * LONGER)
@given(
    rules=tiny.RULES,
    populations=st.lists(tiny.POPULATIONS, min_size=3, max_size=6),
    cases=st.lists(tiny.CASES, min_size=3, max_size=12),
)
def test_any_rules_any_populations_any_cases(limits: dict[str, int], rules: list[tiny.Rule], populations: list[Population], cases: list[Population]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in limits.items():
            patch.setattr(module, name, value)
        ontology = tiny.ontology(rules)
        engine = Engine(ontology, Terms.from_triples(ontology), populations)
        keys = [population.id for population in populations]
        kernel = Kernel(engine, keys)
        found = words(decided(kernel, cases))
    assert found == one_by_one(engine, cases, keys)


@pytest.mark.parametrize("seed", [1, 2])
def test_real_populations_and_cases_near_to_them(real: Engine, terms: Terms, real_populations: dict[str, Population], seed: int) -> None:
    near = Cases(terms, seed, real_populations.values())
    cases = [near.case() for _ in range(120 * LONGER)]
    keys = sorted(real_populations)
    kernel = Kernel(real, keys)
    found = words(decided(kernel, cases))
    assert {verdict for row in found for verdict in row} == set(Verdict)
    # The engine takes its time: of each case, what is not plainly excluded, and some others.
    for number, (case, row) in enumerate(zip(cases, found, strict=True)):
        some = [place for place, verdict in enumerate(row) if verdict is not Verdict.DOES_NOT_APPLY or (place + number) % 20 == 0]
        asked = [keys[place] for place in some]
        assert [row[place] for place in some] == one_by_one(real, [case], asked)[0], case.text


@pytest.mark.parametrize("seed", [3, 4])
def test_random_unions_and_cases_near_to_them(ontology: list[ox.Triple], terms: Terms, seed: int) -> None:
    cells = Cells(terms, seed, (*FOCUS, *SETS))
    populations = list({population.id: population for population in (parse(cells.cell(), terms) for _ in range(60))}.values())
    engine = Engine(ontology, terms, populations)
    keys = [population.id for population in populations]
    near = Cases(terms, seed, populations)
    cases = [near.case() for _ in range(80 * LONGER)]
    assert words(decided(Kernel(engine, keys), cases)) == one_by_one(engine, cases, keys)


@pytest.mark.parametrize(
    ("case", "population", "verdict"),
    [
        ("ki67=4", "ki67=<3 OR ki67=>=3", Verdict.APPLIES),
        ("ki67=2..4", "ki67=<3 OR ki67=>=3", Verdict.APPLIES),  # no alternative is certain, their union is
        ("sex=female", "ki67=<3 OR ki67=>=3", Verdict.APPLIES_IF),  # there may be no number at all
        ("grade=G1 | G2", "grade=G1; sex=male OR grade=G2; sex=male", Verdict.APPLIES_IF),
        ("grade=G1 | G2; sex=male", "grade=G1; sex=male OR grade=G2; sex=male", Verdict.APPLIES),
        ("site=lung; neoplasm=neuroendocrine tumour", "prior=everolimus OR absent=everolimus", Verdict.APPLIES),
        ("syndromes=carcinoid syndrome", "syndromes=carcinoid syndrome; absent=insulinoma syndrome", Verdict.APPLIES_IF),
        ("absent=carcinoid syndrome", "syndromes=carcinoid syndrome", Verdict.DOES_NOT_APPLY),
        ("site=pancreas; neoplasm=neuroendocrine tumour; ki67=>20", "grade=G3", Verdict.APPLIES),
        ("site=pancreas; neoplasm=neuroendocrine tumour; ki67=15..25", "grade=G3", Verdict.APPLIES_IF),
        ("spread=liver only", "extent=distant", Verdict.APPLIES),
        ("pregnant=yes; sex=male", "any", Verdict.CONTRADICTORY),
        ("site=lung; neoplasm=insulinoma", "any", Verdict.CONTRADICTORY),
        ("prior=CAPTEM; absent=cytotoxic drug", "any", Verdict.CONTRADICTORY),
    ],
)
def test_examples(ontology: list[ox.Triple], terms: Terms, case: str, population: str, verdict: Verdict) -> None:
    wanted = parse(population, terms)
    kernel = Kernel(Engine(ontology, terms, [wanted]), [wanted.id])
    assert words(decided(kernel, [parse(case, terms)])) == [[verdict]]


def test_neither_the_block_nor_what_was_met_before_matters(real: Engine, terms: Terms, real_populations: dict[str, Population]) -> None:
    near = Cases(terms, 9, real_populations.values())
    cases = [near.case() for _ in range(60)]
    keys = sorted(real_populations)[:80]
    kernel = Kernel(real, keys)
    first = decided(kernel, cases)
    columns = kernel.columns([facts_of(case) for case in cases])
    assert (kernel.decide(columns, len(cases), block=7) == first).all()
    assert kernel.size > 0
    kernel.forget()
    assert (decided(kernel, cases[::-1])[::-1] == first).all()


def test_columns_may_repeat_populations_and_be_few(real: Engine, terms: Terms, real_populations: dict[str, Population]) -> None:
    key, other = sorted(real_populations)[:2]
    kernel = Kernel(real, [other, key, other])
    found = kernel.decide({}, 3)
    assert found.shape == (3, 3)
    assert (found[:, 0] == found[:, 2]).all()
    assert Kernel(real, []).decide({}, 2).shape == (2, 0)
    assert kernel.decide({}, 0).shape == (0, 3)
    sex = [kernel.number("sex", parse(f"sex={value}", terms).alternatives[0].criteria) for value in ("male", "female")]
    both = kernel.number("sex", [one for value in ("male", "female") for one in parse(f"sex={value}", terms).alternatives[0].criteria])
    assert kernel.decide({"sex": np.array([*sex, both], dtype=np.int32)}, 3)[2].tolist() == [CONTRADICTORY] * 3


def test_a_criterion_about_another_feature_is_refused(real: Engine, terms: Terms, real_populations: dict[str, Population]) -> None:
    kernel = Kernel(real, sorted(real_populations)[:1])
    with pytest.raises(ValueError, match="not a criterion about grade"):
        kernel.number("grade", parse("sex=male", terms).alternatives[0].criteria)
