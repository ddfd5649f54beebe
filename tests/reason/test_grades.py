"""Grades and carcinoid types as HermiT derives them, on exact decimals."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pyoxigraph as ox
import pytest

from kg.prefixes import NET
from kg.settings import Sources
from kg.terms import Terms
from tests.reason.situations import Situation, affirmed, answers, contradictions

GRADES = ("G1", "G2", "G3", "at least G2")
UNKNOWN = "?"

MITOSES = ("0", "1", "1.8", "1.999999", "2", "20", "20.5", "21", UNKNOWN)
DIGESTIVE = {
    "0": "1 1 1 1 2 2 3 3 .",
    "2.9": "1 1 1 1 2 2 3 3 .",
    "2.999999999999999999999": "1 1 1 1 2 2 3 3 .",
    "3": "2 2 2 2 2 2 3 3 >",
    "3.0": "2 2 2 2 2 2 3 3 >",
    "20": "2 2 2 2 2 2 3 3 >",
    "20.0": "2 2 2 2 2 2 3 3 >",
    "20.000000000000000000001": "3 3 3 3 3 3 3 3 3",
    "20.1": "3 3 3 3 3 3 3 3 3",
    "100": "3 3 3 3 3 3 3 3 3",
    UNKNOWN: ". . . . > > 3 3 .",
}
"""Ki-67 → grade for each of the mitotic counts; ``>`` at least grade 2, ``.`` no grade."""

SYMBOLS = {"1": {"G1"}, "2": {"G2", "at least G2"}, "3": {"G3", "at least G2"}, ">": {"at least G2"}, ".": set[str]()}


def indices(ki67: str = UNKNOWN, mitoses: str = UNKNOWN, *, neoplasm: str = "NeuroendocrineTumour", site: str = "Pancreas") -> Situation:
    known = {"ki67": ki67, "mitoses": mitoses, "neoplasm": neoplasm, "site": site}
    return {key: value for key, value in known.items() if value != UNKNOWN}


@pytest.fixture(scope="module")
def digestive(module: list[ox.Triple], terms: Terms) -> dict[tuple[str, str], set[str]]:
    cells = list(product(DIGESTIVE, MITOSES))
    found = answers(module, terms, [indices(ki67, mitoses) for ki67, mitoses in cells], GRADES)
    return dict(zip(cells, found, strict=True))


@pytest.mark.parametrize("ki67", DIGESTIVE)
def test_digestive_grade_is_the_higher_of_both_indices_at_their_exact_limits(ki67: str, digestive: dict[tuple[str, str], set[str]]) -> None:
    expected = [SYMBOLS[symbol] for symbol in DIGESTIVE[ki67].split()]
    assert [digestive[ki67, mitoses] for mitoses in MITOSES] == expected


def test_one_index_alone_never_gives_grade_1(digestive: dict[tuple[str, str], set[str]]) -> None:
    assert not any("G1" in digestive[ki67, UNKNOWN] for ki67 in DIGESTIVE)
    assert not any("G1" in digestive[UNKNOWN, mitoses] for mitoses in MITOSES)


@pytest.fixture(scope="module")
def graded_sites(module: list[ox.Triple], terms: Terms) -> set[str]:
    sites = [*sorted(iri.removeprefix(NET) for iri in terms.descendants(NET + "AnatomicalSite")), UNKNOWN]
    found = affirmed(module, terms, [(indices("8", "1", site=site), "G2") for site in sites])
    return {site for site, graded in zip(sites, found, strict=True) if graded}


def test_the_digestive_rule_holds_for_digestive_sites_and_for_no_other(graded_sites: set[str], terms: Terms) -> None:
    digestive = {iri.removeprefix(NET) for iri in terms.descendants(NET + "DigestiveSystemSite")}
    unions = {"MidgutSite", "HindgutSite"}  # all their parts are digestive
    assert {"Pancreas", "Ileum", "Rectum", "Stomach", "Appendix", "BileDuct"} <= digestive
    assert not {"Lung", "Thymus", "Thyroid", "Ovary", "UnknownPrimarySite", "ForegutSite"} & digestive
    assert graded_sites == digestive | unions


MIT, NECROSIS, SIZE = ("0", "1.9", "2", "10", "10.1", UNKNOWN), ("yes", "no", UNKNOWN), ("4.9", "5", UNKNOWN)
THORACIC = ("typical", "atypical", "beyond carcinoid")
IMPLIED: dict[str, tuple[Situation, set[str], set[str]]] = {
    "typical carcinoid": ({"neoplasm": "TypicalCarcinoid"}, {"G1", "well"}, {"at least G2"}),
    "atypical carcinoid": ({"neoplasm": "AtypicalCarcinoid"}, {"G2", "at least G2", "well"}, {"G1"}),
    "carcinoma with a Ki-67 of 80": ({"neoplasm": "NeuroendocrineCarcinoma", "site": "Pancreas", "ki67": "80"}, {"poor"}, {*GRADES, "well"}),
    "carcinoma with a Ki-67 of 2": ({"neoplasm": "SmallCellNEC", "site": "Colon", "ki67": "2", "mitoses": "1"}, {"poor"}, {*GRADES, "well"}),
    "tumour with a Ki-67 of 80": ({"neoplasm": "NeuroendocrineTumour", "site": "Ileum", "ki67": "80"}, {"G3", "well"}, {"poor"}),
    "neoplasm of unknown differentiation": (
        {"neoplasm": "NeuroendocrineNeoplasm", "site": "Ileum", "ki67": "80", "mitoses": "40"},
        set(),
        {*GRADES, "well", "poor"},
    ),
    "liver metastasis": ({"metastases": "Liver"}, {"distant", "liver metastasis"}, set()),
    "bone metastasis": ({"metastases": "BoneSite"}, {"distant"}, {"liver metastasis"}),
    "spread to the liver only": ({"spread": "liver_only"}, {"distant", "liver metastasis"}, set()),
    "carcinoid syndrome": ({"syndromes": "CarcinoidSyndrome"}, {"functioning"}, set()),
    "insulinoma syndrome": ({"syndromes": "HormonalSyndrome"}, {"functioning"}, set()),
    "pregnancy": ({"pregnant": "yes"}, {"female"}, set()),
    "no pregnancy": ({"pregnant": "no"}, set(), {"female"}),
    "nothing known": ({}, set(), {"G1", "at least G2", "well", "poor", "distant", "functioning", "female", "SSTR negative"}),
}


def thoracic_situation(mitoses: str, necrosis: str, size: str, site: str = "Lung") -> Situation:
    known = {"neoplasm": "NeuroendocrineTumour", "site": site, "mitoses": mitoses, "necrosis": necrosis, "size_mm": size}
    return {key: value for key, value in known.items() if value != UNKNOWN}


@pytest.fixture(scope="module")
def thoracic(module: list[ox.Triple], terms: Terms) -> dict[tuple[str, str, str], set[str]]:
    cells = list(product(MIT, NECROSIS, SIZE))
    found = answers(module, terms, [thoracic_situation(*cell) for cell in cells], THORACIC)
    return dict(zip(cells, found, strict=True))


@pytest.mark.parametrize(
    ("mitoses", "necrosis", "expected"),
    [
        # size:          4.9         5           unknown
        ("0", "no", ("", "typical", "")),
        ("0", "yes", ("atypical", "atypical", "atypical")),
        ("0", UNKNOWN, ("", "", "")),
        ("1.9", "no", ("", "typical", "")),
        ("1.9", "yes", ("atypical", "atypical", "atypical")),
        ("1.9", UNKNOWN, ("", "", "")),
        *(("2", necrosis, ("atypical", "atypical", "atypical")) for necrosis in NECROSIS),
        *(("10", necrosis, ("atypical", "atypical", "atypical")) for necrosis in NECROSIS),
        *(("10.1", necrosis, ("beyond carcinoid",) * 3) for necrosis in NECROSIS),
        *((UNKNOWN, necrosis, ("", "", "")) for necrosis in NECROSIS),
    ],
)
def test_thoracic_type_follows_mitoses_necrosis_and_size(
    mitoses: str, necrosis: str, expected: tuple[str, ...], thoracic: dict[tuple[str, str, str], set[str]]
) -> None:
    assert [thoracic[mitoses, necrosis, size] for size in SIZE] == [{name} - {""} for name in expected]


@pytest.fixture(scope="module")
def implied(module: list[ox.Triple], terms: Terms) -> dict[str, set[str]]:
    questions = (*GRADES, "well", "poor", "distant", "liver metastasis", "functioning", "female", "SSTR negative")
    return dict(zip(IMPLIED, answers(module, terms, [situation for situation, _, _ in IMPLIED.values()], questions), strict=True))


@pytest.mark.parametrize("name", IMPLIED)
def test_what_follows_from_a_feature_and_what_does_not(name: str, implied: dict[str, set[str]]) -> None:
    _, follows, does_not = IMPLIED[name]
    assert follows <= implied[name]
    assert implied[name] & does_not == set()


ILEAL = {"neoplasm": "NeuroendocrineTumour", "site": "Ileum"}
POSSIBLE: dict[str, Situation] = {
    "stated G1 with a low Ki-67 alone": ILEAL | {"grade": "G1", "ki67": "2.9"},
    "stated G3 with a Ki-67 of 20 and no mitotic count": ILEAL | {"grade": "G3", "ki67": "20"},
    "stated G2 at exact limits": ILEAL | {"grade": "G2", "ki67": "3", "mitoses": "0"},
    "a typical carcinoid of the lung": {"neoplasm": "TypicalCarcinoid", "site": "Lung"},
    "pregnant without a recorded sex": {"pregnant": "yes"},
    "resectable metastases": {"metastases": "Liver", "resectability": "resectable"},
    "metastases in two organs": {"metastases": "Liver BoneSite", "spread": "beyond_liver"},
    "two syndromes": {"syndromes": "CarcinoidSyndrome HormonalSyndrome", "functioning": "yes"},
    "a Ki-67 of exactly 0 and of exactly 100": {"ki67": "100", "mitoses": "0"},
    "a carcinoma with a Ki-67 of 20": {"neoplasm": "NeuroendocrineCarcinoma", "site": "Pancreas", "ki67": "20"},
    "a tumour with a Ki-67 of 80": ILEAL | {"ki67": "80", "differentiation": "well"},
    "an unknown primary": {"neoplasm": "NeuroendocrineTumour", "site": "UnknownPrimarySite", "grade": "G1", "ki67": "30"},
}
IMPOSSIBLE: dict[str, Situation] = {
    "stated G1 with a Ki-67 of exactly 3": ILEAL | {"grade": "G1", "ki67": "3"},
    "stated G1 with 2 mitoses": ILEAL | {"grade": "G1", "mitoses": "2"},
    "stated G2 with a Ki-67 just above 20": ILEAL | {"grade": "G2", "ki67": "20.000000000000000000001"},
    "stated G2 with both indices of grade 1": ILEAL | {"grade": "G2", "ki67": "2.999999999999999999999", "mitoses": "1.9"},
    "stated G3 with both indices of grade 2": ILEAL | {"grade": "G3", "ki67": "20", "mitoses": "20"},
    "two grades": {"grade": "G1 G2"},
    "a pregnant man": {"pregnant": "yes", "sex": "male"},
    "liver metastases of a localised tumour": {"metastases": "Liver", "extent": "localised"},
    "liver metastases of a locoregional tumour": {"metastases": "Liver", "extent": "locoregional"},
    "a syndrome of a tumour that is not functioning": {"syndromes": "CarcinoidSyndrome", "functioning": "no"},
    "a typical carcinoid of the pancreas": {"neoplasm": "TypicalCarcinoid", "site": "Pancreas"},
    "a typical carcinoid of grade 2": {"neoplasm": "TypicalCarcinoid", "grade": "G2"},
    "a typical carcinoid with 11 mitoses": {"neoplasm": "TypicalCarcinoid", "site": "Lung", "mitoses": "11"},
    "a tumour below 2 mitoses with necrosis called typical": {"neoplasm": "TypicalCarcinoid", "site": "Lung", "mitoses": "1", "necrosis": "yes"},
    "a poorly differentiated tumour": {"neoplasm": "NeuroendocrineTumour", "differentiation": "poor"},
    "a well-differentiated carcinoma": {"neoplasm": "NeuroendocrineCarcinoma", "differentiation": "well"},
    "tumour and carcinoma at once": {"neoplasm": "NeuroendocrineTumour NeuroendocrineCarcinoma"},
    "two primary sites": {"site": "Ileum Pancreas"},
    "a known and an unknown primary": {"site": "Ileum UnknownPrimarySite"},
    "a Ki-67 above 100": {"ki67": "100.5"},
    "a negative count": {"mitoses": "-1"},
    "two values of one number": {"ki67": "3 4"},
}


@pytest.fixture(scope="module")
def contradictory(module: list[ox.Triple], terms: Terms) -> dict[str, bool]:
    cases = POSSIBLE | IMPOSSIBLE
    return dict(zip(cases, contradictions(module, terms, list(cases.values())), strict=True))


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_situation_that_contradicts_itself_is_refused(name: str, contradictory: dict[str, bool]) -> None:
    assert contradictory[name]


@pytest.mark.parametrize("name", POSSIBLE)
def test_an_unusual_situation_is_possible(name: str, contradictory: dict[str, bool]) -> None:
    assert not contradictory[name]


STEP = Decimal("0.000000001")


@dataclass(frozen=True)
class Range:
    """The limits that a row sets for one index."""

    low: Decimal | None
    low_included: bool
    high: Decimal | None
    high_included: bool

    def holds(self, value: Decimal) -> bool:
        above = self.low is None or value > self.low or (self.low_included and value == self.low)
        return above and not self.exceeded(value)

    def exceeded(self, value: Decimal) -> bool:
        return self.high is not None and (value > self.high or (not self.high_included and value == self.high))

    def probes(self, greatest: Decimal) -> list[Decimal]:
        ends = [end + step for end in (self.low, self.high) if end is not None for step in (-STEP, Decimal(0), STEP)]
        return sorted({value for value in [Decimal(0), *ends] if 0 <= value <= greatest})


def current_rows(sources: Sources) -> list[dict[str, str]]:
    with (sources.data / "grading.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["current"] == "yes" and (row["ki67_low"] or row["mitoses_low"])]


def limits(row: dict[str, str], index: str) -> Range:
    low, high = row[f"{index}_low"], row[f"{index}_high"]
    return Range(Decimal(low) if low else None, row[f"{index}_low_included"] == "yes", Decimal(high) if high else None, row[f"{index}_high_included"] == "yes")


def digestive_probes(row: dict[str, str]) -> list[tuple[Situation, bool]]:
    ki67, mitoses = limits(row, "ki67"), limits(row, "mitoses")
    found = []
    for first, second in product(ki67.probes(Decimal(100)), mitoses.probes(Decimal(1000))):
        holds = (ki67.holds(first), mitoses.holds(second))
        exceeded = ki67.exceeded(first) or mitoses.exceeded(second)
        found.append((indices(str(first), str(second)), all(holds) if row["logic"] == "and" else any(holds) and not exceeded))
    return found


def thoracic_probes(row: dict[str, str]) -> list[tuple[Situation, bool]]:
    mitoses = limits(row, "mitoses")
    found = []
    for count, necrosis, site in product(mitoses.probes(Decimal(1000)), ("yes", "no"), ("Lung", "Thymus")):
        by_necrosis = necrosis == ("no" if row["necrosis"] == "absent" else "yes")
        holds = (mitoses.holds(count), by_necrosis)
        expected = all(holds) if row["logic"] == "and" else any(holds) and not mitoses.exceeded(count)
        found.append((thoracic_situation(str(count), necrosis, "10", site), expected))
    return found


def test_every_current_row_of_the_grading_table_agrees_with_the_ontology_at_its_ends(module: list[ox.Triple], terms: Terms, sources: Sources) -> None:
    probes: list[tuple[str, Situation, str, bool]] = []
    rows = [row for row in current_rows(sources) if row["neoplasm"] != "MedullaryThyroidCarcinoma"]  # its high grade is no value of a feature
    for row in rows:
        if row["differentiation"] == "poor":
            low = limits(row, "mitoses").low
            assert low is not None
            carcinoma = {"neoplasm": row["neoplasm"], "site": row["site"].split(" | ")[0], "mitoses": str(low + STEP)}
            probes += [(row["id"], carcinoma, grade, False) for grade in GRADES]
        elif row["grade"]:
            probes += [(row["id"], situation, row["grade"], expected) for situation, expected in digestive_probes(row)]
        else:
            question = {"TypicalCarcinoid": "typical", "AtypicalCarcinoid": "atypical"}[row["neoplasm"]]
            probes += [(row["id"], situation, question, expected) for situation, expected in thoracic_probes(row)]
    assert {row["id"] for row in rows} == {name for name, *_ in probes}
    found = affirmed(module, terms, [(situation, question) for _, situation, question, _ in probes])
    wrong = [probe for probe, holds in zip(probes, found, strict=True) if holds != probe[-1]]
    assert wrong == []
    assert sum(expected for *_, expected in probes) >= 30
