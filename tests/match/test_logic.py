"""What follows between populations: hand-made cases, then agreement with HermiT."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.load.populations import class_iri, defined_class
from kg.match.logic import Logic
from kg.match.relations import subsumptions
from kg.model.population import Population
from kg.reason.hermit import within
from kg.reason.module import reasoning_module
from kg.terms import Terms
from tests.match.randomly import Cells

Make = Callable[[Iterable[str]], tuple[Logic, list[str]]]


@pytest.mark.parametrize(
    ("narrow", "wide", "holds"),
    [
        ("grade=G1", "grade=G1 | G2", True),
        ("grade=G1 | G2", "grade=G1", False),
        ("site=ileum", "site=midgut", True),
        ("site=midgut", "site=appendix | ascending colon | caecum | ileum | jejunum", True),
        ("site=midgut", "site=appendix | ascending colon | caecum | ileum", False),
        ("site=small intestine", "site=duodenum | ampulla | jejunum | ileum", False),
        # Ki-67 and mitoses give a digestive grade, with exact ends.
        ("site=pancreas; neoplasm=neuroendocrine tumour; ki67=<3; mitoses=<2", "grade=G1", True),
        ("site=pancreas; neoplasm=neuroendocrine tumour; ki67=<=3; mitoses=<2", "grade=G1", False),
        ("site=pancreas; neoplasm=neuroendocrine tumour; ki67=<3", "grade=G1", False),
        ("site=pancreas; neoplasm=neuroendocrine tumour; ki67=3", "grade=G2 | G3", True),
        ("site=pancreas; neoplasm=neuroendocrine tumour; ki67=>20", "grade=G3", True),
        ("site=pancreas; neoplasm=neuroendocrine tumour; ki67=>=20", "grade=G3", False),
        ("site=lung; neoplasm=neuroendocrine tumour; ki67=>20", "grade=G3", False),
        ("site=pancreas; neoplasm=neuroendocrine carcinoma; ki67=>20", "grade=G3", False),
        # A tumour tells where it sits, and what follows from that.
        ("neoplasm=insulinoma", "site=pancreas", True),
        ("neoplasm=insulinoma", "functioning=yes", True),
        ("neoplasm=neuroendocrine carcinoma", "differentiation=poor", True),
        ("neoplasm=typical carcinoid", "site=lung | thymus; grade=G1", True),
        ("metastases=liver", "extent=distant", True),
        ("spread=liver only", "metastases=liver; extent=distant", True),
        ("pregnant=yes", "sex=female", True),
        ("syndromes=carcinoid syndrome", "functioning=yes", True),
        ("prior=CAPTEM", "prior=cytotoxic drug", True),
        ("prior=177Lu-dotatate", "prior=peptide receptor radionuclide therapy", True),
        ("prior=peptide receptor radionuclide therapy", "prior=177Lu-dotatate", False),
        # Nothing follows from what is not said.
        ("any", "sstr=positive | negative | heterogeneous", False),
        ("any", "absent=carcinoid syndrome", False),
        ("ki67=<10", "ki67=<5 OR ki67=>=5", True),
        ("any", "ki67=<5 OR ki67=>=5", False),
        ("functioning=no", "absent=carcinoid syndrome", True),
        ("absent=carcinoid syndrome", "functioning=no", False),
        ("syndromes=carcinoid syndrome; syndromes=insulinoma syndrome", "syndromes=insulinoma syndrome", True),
        ("syndromes=carcinoid syndrome | insulinoma syndrome", "syndromes=insulinoma syndrome", False),
    ],
)
def test_one_population_lies_within_another(logic_of: Make, narrow: str, wide: str, holds: bool) -> None:
    logic, (one, other) = logic_of([narrow, wide])
    assert logic.is_within(one, other) is holds


@pytest.mark.parametrize(
    "cell",
    [
        "site=lung; neoplasm=insulinoma",
        "extent=localised; metastases=liver",
        "pregnant=yes; sex=male",
        "functioning=no; syndromes=carcinoid syndrome",
        "neoplasm=neuroendocrine tumour; differentiation=poor",
        "site=pancreas; neoplasm=neuroendocrine tumour; grade=G1; ki67=3",
        "site=lung; neoplasm=typical carcinoid; mitoses=>10",
        "absent=liver; spread=liver only",
        "absent=cytotoxic drug; prior=CAPTEM",
    ],
)
def test_contradictions_are_found(logic_of: Make, cell: str) -> None:
    logic, (key,) = logic_of([cell])
    assert logic.is_empty(key)


@pytest.mark.parametrize(
    "cell",
    [
        "site=lung; neoplasm=neuroendocrine tumour; grade=G1; ki67=10",  # Ki-67 does not grade lung tumours
        "site=pancreas; neoplasm=neuroendocrine carcinoma; ki67=3",  # no number makes, or unmakes, a carcinoma
        "site=lung; neoplasm=typical carcinoid; mitoses=1",
        "absent=carcinoid syndrome; functioning=yes",
    ],
)
def test_what_is_unusual_is_no_contradiction(logic_of: Make, cell: str) -> None:
    logic, (key,) = logic_of([cell])
    assert not logic.is_empty(key)


def test_overlap_with_two_hereditary_syndromes_is_real_but_not_plain(logic_of: Make) -> None:
    logic, (one, other) = logic_of(["hereditary=MEN1 syndrome", "hereditary=von Hippel–Lindau syndrome; grade=G1"])
    assert logic.overlap(one, other)
    assert not logic.overlap_plainly(one, other, ["hereditary"])


@settings(max_examples=25)  # each has to compile its own vocabulary
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_within_is_reflexive_transitive_and_agrees_with_overlap(logic_of: Make, terms: Terms, seed: int) -> None:
    cells = Cells(terms, seed, ("site", "neoplasm", "grade", "ki67", "mitoses", "metastases"))
    logic, keys = logic_of([cells.cell() for _ in range(3)])
    one, two, three = keys
    assert all(logic.is_within(key, key) for key in keys)
    if logic.is_within(one, two) and logic.is_within(two, three):
        assert logic.is_within(one, three)
    if logic.is_within(one, two) and not logic.is_empty(one):
        assert logic.overlap(one, two)
    assert logic.overlap(one, two) == logic.overlap(two, one)


def hermit_says(logic: Logic, pairs: list[tuple[str, str]], ontology: list[ox.Triple], terms: Terms) -> list[bool]:
    definitions = [triple for population in logic.populations.values() for triple in defined_class(population, terms)]
    iri = {key: class_iri(population) for key, population in logic.populations.items()}
    return within(reasoning_module(ontology, terms), reasoning_module(definitions, terms), [(iri[one], iri[other]) for one, other in pairs])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hermit_agrees_on_random_populations(logic_of: Make, ontology: list[ox.Triple], terms: Terms, seed: int) -> None:
    cells = Cells(terms, seed)
    logic, keys = logic_of([cells.cell() for _ in range(90)])
    keys = sorted(set(keys))
    every = [(one, other) for one in keys for other in keys]
    found = {pair for pair in every if logic.is_within(*pair)}
    chosen = random.Random(seed)  # noqa: S311 - not for secrets
    pairs = [*chosen.sample(sorted(found), min(150, len(found))), *chosen.sample(every, 250)]
    assert hermit_says(logic, pairs, ontology, terms) == [pair in found for pair in pairs]


def test_hermit_agrees_on_the_real_populations(ontology: list[ox.Triple], terms: Terms, real_populations: dict[str, Population]) -> None:
    logic = Logic(ontology, terms, real_populations.values())
    found = set(subsumptions(logic))
    chosen = random.Random(7)  # noqa: S311 - not for secrets
    keys = sorted(real_populations)
    pairs = [*chosen.sample(sorted(found), 250), *((chosen.choice(keys), chosen.choice(keys)) for _ in range(250))]
    assert hermit_says(logic, pairs, ontology, terms) == [pair in found or pair[0] == pair[1] for pair in pairs]


def test_no_real_population_is_empty(ontology: list[ox.Triple], terms: Terms, real_populations: dict[str, Population]) -> None:
    logic = Logic(ontology, terms, real_populations.values())
    assert [key for key in real_populations if logic.is_empty(key)] == []
