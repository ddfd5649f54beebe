"""What the figures read from the real graph."""

from __future__ import annotations

from decimal import Decimal

import pytest

import kg
from kg.errors import UnknownTermError, UsageError
from kg.plot.data import Item, decisions, forest_items, population_words, therapy_words
from kg.prefixes import NET


def names(items: list[Item]) -> set[str]:
    return {item.name.removeprefix("evidence/") for item in items}


def test_netter_1_is_read_whole(graph: kg.Graph) -> None:
    (item,) = [item for item in forest_items(graph, trials=["NETTER-1"]) if item.name == "evidence/NETTER-1-primary-pfs"]
    assert (item.trial, item.analysis, item.endpoint, item.measure) == ("NETTER-1", "primary", "progression-free survival", "hazard ratio")
    (row,) = [row for row in graph.query("trial-results", trial="NETTER-1").records() if row["item"] == f"net:{item.name}"]
    assert (str(item.effect), str(item.low), str(item.high), item.level) == (row["effect"], row["low"], row["high"], row["level"])
    assert item.effect == Decimal("0.21")
    assert (item.experimental.n, item.experimental.value, item.experimental.reached) == ("116", None, "not reached")
    assert (item.comparator.n, item.comparator.value, item.comparator.reached) == ("113", Decimal("8.4"), "")
    assert item.unit == "months"
    assert "midgut" in item.population
    (source,) = item.sources
    assert source.numbers == ("PMID 28076709", "doi:10.1056/NEJMoa1607427")
    assert "[" not in source.label


def test_every_effect_estimate_of_the_graph_is_found_once(graph: kg.Graph) -> None:
    rows = graph.select(f"SELECT ?i WHERE {{ ?i a <{NET}EvidenceItem> ; <{NET}effect> ?e ; <{NET}effectMeasure> ?m }}").records()
    items = forest_items(graph)
    assert sorted(f"net:{item.name}" for item in items) == sorted(str(row["i"]) for row in rows)
    assert all(item.sources and item.endpoint and item.measure and item.curation for item in items)


def test_all_therapies_of_a_group_are_named_even_when_one_is_asked_for(graph: kg.Graph) -> None:
    (item,) = [item for item in forest_items(graph, therapy="bevacizumab") if item.name == "evidence/CALGB-80701-primary-pfs"]
    assert "bevacizumab" in item.experimental.therapy
    assert "everolimus" in item.experimental.therapy


def test_the_stored_query_gives_one_kind_of_effect_when_asked(graph: kg.Graph) -> None:
    everything = graph.query("forest-plot", therapy="CareOption", endpoint="any").records()
    assert {"net:MeasureHazardRatio", "net:MeasureOddsRatio", "net:MeasureDifference"} <= {row["measure"] for row in everything}
    odds = graph.query("forest-plot", therapy="CareOption", endpoint="any", measure="odds ratio").records()
    assert odds == [row for row in everything if row["measure"] == "net:MeasureOddsRatio"]


@pytest.mark.parametrize("written", ["Everolimus", "everolimus", "net:Everolimus", NET + "Everolimus"])
def test_a_therapy_is_taken_by_any_of_its_names(written: str, graph: kg.Graph) -> None:
    assert "RADIANT-3-primary-pfs" in names(forest_items(graph, therapy=written))
    assert therapy_words(graph, written) == "everolimus"


def test_a_class_of_therapies_includes_its_members(graph: kg.Graph) -> None:
    found = names(forest_items(graph, therapy="somatostatin analogue"))
    assert {"CLARINET-primary-pfs", "PROMID-primary-ttp"} <= found
    assert "A6181111-primary-pfs" not in found


def test_a_procedure_includes_what_it_uses(graph: kg.Graph) -> None:
    assert {"NETTER-1-primary-pfs", "COMPETE-primary-pfs"} <= names(forest_items(graph, therapy="PRRT"))
    assert "Lutathera" in {decision.brand for decision in decisions(graph, therapy="PRRT")}


def test_a_population_keeps_what_admits_it(graph: kg.Graph) -> None:
    pancreas = names(forest_items(graph, therapy="everolimus", population="site=pancreas"))
    assert "RADIANT-3-primary-pfs" in pancreas
    assert "RADIANT-4-primary-pfs" not in pancreas
    lung = names(forest_items(graph, therapy="everolimus", population="site=lung"))
    assert "RADIANT-4-primary-pfs" in lung
    assert "RADIANT-3-primary-pfs" not in lung
    assert not names(forest_items(graph, therapy="PRRT", population="sstr=negative")) & {"NETTER-1-primary-pfs", "NETTER-2-primary-pfs"}


def test_a_population_can_be_named_by_its_identifier(graph: kg.Graph) -> None:
    population = next(str(row["population"]) for row in graph.query("forest-plot").records() if row["trial"] == "net:trial/NETTER-1")
    short = population.rpartition("/")[2]
    results = [names(forest_items(graph, population=name)) for name in (population, short, f"population/{short}", NET + f"population/{short}")]
    assert all(result == results[0] for result in results)
    assert "NETTER-1-primary-pfs" in results[0]
    assert "midgut" in population_words(graph, short)
    assert population_words(graph, "any") == ""


def test_endpoints_are_taken_by_code_or_abbreviation(graph: kg.Graph) -> None:
    survival = forest_items(graph, endpoints=["overall survival"])
    assert {item.endpoint for item in survival} == {"overall survival"}
    assert survival == forest_items(graph, endpoints=["OS"])
    assert {item.endpoint for item in forest_items(graph, endpoints=["OS", "pfs"])} == {"overall survival", "progression-free survival"}


def test_a_measure_and_a_trial_narrow_the_choice(graph: kg.Graph) -> None:
    assert {item.measure for item in forest_items(graph, measure="odds ratio")} == {"odds ratio"}
    assert {item.trial for item in forest_items(graph, trials=["netter-2", "COMPETE"])} == {"NETTER-2", "COMPETE"}


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"therapy": "everolimuss"}, "did you mean everolimus"),
        ({"population": "p-000000000000"}, "site=pancreas"),
        ({"endpoints": ["progresion-free survival"]}, "did you mean progression-free survival"),
        ({"endpoints": ["xqz"]}, "allowed: "),
        ({"trials": ["NETER-1"]}, "did you mean netter-1"),
    ],
)
def test_an_unknown_name_is_refused_with_near_ones(options: dict[str, str], hint: str, graph: kg.Graph) -> None:
    with pytest.raises(UnknownTermError) as caught:
        forest_items(graph, **options)
    assert hint in str(caught.value)


@pytest.mark.parametrize("population", ["site=pancrea", "pancreas", "site=", "", "ki67=high", "p-x"])
def test_a_population_that_cannot_be_read_is_refused(population: str, graph: kg.Graph) -> None:
    with pytest.raises(UsageError, match="--population"):
        forest_items(graph, population=population)


def test_what_is_no_therapy_is_refused(graph: kg.Graph) -> None:
    with pytest.raises(UsageError, match="not a kind of"):
        forest_items(graph, therapy="pancreas")


def test_every_decision_of_the_graph_is_found_once_and_in_order(graph: kg.Graph) -> None:
    rows = graph.select(f"SELECT ?d WHERE {{ ?d a <{NET}RegulatoryDecision> }}").records()
    found = decisions(graph)
    assert sorted(f"net:{decision.name}" for decision in found) == sorted(str(row["d"]) for row in rows)
    order = [(decision.jurisdiction.casefold(), decision.date or "9999") for decision in found]
    assert order == sorted(order)


def test_decisions_of_one_jurisdiction_in_any_case(graph: kg.Graph) -> None:
    found = decisions(graph, therapy="everolimus", jurisdiction="united states")
    assert [decision.date for decision in found][:2] == ["2011-05-05", "2016-02-26"]
    assert found == decisions(graph, therapy="everolimus", jurisdiction="US")
    with pytest.raises(UsageError, match="did you mean Canada"):
        decisions(graph, jurisdiction="Cannada")
