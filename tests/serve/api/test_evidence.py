"""Effect estimates and decisions as data."""

from __future__ import annotations

import csv
import io

import pytest

import kg
from kg.errors import UsageError
from kg.graph import NOTICE
from kg.plot.data import decisions, forest_items
from kg.serve.api.evidence import DECISION_COLUMNS, FOREST_COLUMNS
from kg.serve.calls import call
from tests.serve.api.conftest import Ask


def test_the_items_are_those_of_the_figure(graph: kg.Graph, ask: Ask) -> None:
    found = ask("forest")
    assert [item["name"] for item in found["items"]] == [item.name for item in forest_items(graph)]
    assert found["notice"] == NOTICE


def test_an_item_has_all_that_a_figure_needs_and_leads_on(ask: Ask) -> None:
    found = ask("forest", trial=["NETTER-1"], endpoint=["OS"])
    (item,) = found["items"]
    assert (item["effect"], item["low"], item["high"], item["level"], item["measure"]) == (0.84, 0.6, 1.17, 95, "hazard ratio")
    assert item["href"] == "term/evidence/NETTER-1-final-os-os"
    assert item["trial_href"] == "term/trial/NETTER-1"
    assert item["population_href"].startswith("term/population/p-")
    assert item["experimental"]["therapies"][0]["href"] == "term/PRRTPlusSSA"
    assert item["sources"][0]["url"].startswith("https://")
    assert item["curation_label"] == "read in the abstract"


def test_every_choice_leads_to_rows(ask: Ask) -> None:
    choices = ask("forest")["choices"]
    for parameter, name in (("therapy", "therapies"), ("measure", "measures"), ("population", "populations")):
        for choice in choices[name]:
            assert len(ask("forest", **{parameter: choice["value"]})["items"]) >= choice["count"] > 0
    for parameter, name in (("endpoint", "endpoints"), ("trial", "trials")):
        for choice in choices[name]:
            assert len(ask("forest", **{parameter: [choice["value"]]})["items"]) == choice["count"] > 0


def test_any_means_no_filter(ask: Ask) -> None:
    every = {"therapy": "any", "population": "any", "measure": "any", "endpoint": ["any"], "trial": ["any"]}
    assert ask("forest", **every)["items"] == ask("forest")["items"]
    assert ask("approvals", therapy="any", jurisdiction="any")["items"] == ask("approvals")["items"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"therapy": "everolimos"}, "everolimus"),
        ({"population": "colour=red"}, ""),
        ({"population": "p-000000000000"}, ""),
        ({"endpoint": ["PFSS"]}, "pfs"),
        ({"measure": "hazard"}, "hazard ratio"),
        ({"trial": ["NETTER-9"]}, "netter-1"),
    ],
)
def test_a_filter_that_means_nothing_is_a_wrong_request(arguments: dict[str, object], hint: str, ask: Ask) -> None:
    with pytest.raises(UsageError) as caught:
        ask("forest", **arguments)
    assert hint in caught.value.hint
    assert "--" not in str(caught.value)


def test_decisions_are_those_of_the_timeline(graph: kg.Graph, ask: Ask) -> None:
    found = ask("approvals")
    assert [item["name"] for item in found["items"]] == [one.name for one in decisions(graph)]
    assert all(item["therapies"] and item["sources"] and item["curation_label"] for item in found["items"])
    american = ask("approvals", jurisdiction="US", therapy="PRRT")["items"]
    assert {item["jurisdiction"] for item in american} == {"United States"}
    with pytest.raises(UsageError):
        ask("approvals", jurisdiction="Mars")


def test_the_choices_of_the_timeline_lead_to_rows(ask: Ask) -> None:
    choices = ask("approvals")["choices"]
    for choice in choices["jurisdictions"]:
        assert len(ask("approvals", jurisdiction=choice["value"])["items"]) == choice["count"]
    for choice in choices["therapies"]:
        assert len(ask("approvals", therapy=choice["value"])["items"]) >= choice["count"]


@pytest.mark.parametrize(("name", "columns"), [("forest", FOREST_COLUMNS), ("approvals", DECISION_COLUMNS)])
def test_csv_has_the_same_rows(name: str, columns: tuple[str, ...], graph: kg.Graph, ask: Ask) -> None:
    reply = call(name)(graph, {"form": "csv"})
    rows = list(csv.DictReader(io.StringIO(reply.body.decode())))
    assert tuple(rows[0]) == columns
    assert [row[columns[0]] for row in rows] == [item["name"] for item in ask(name)["items"]]
    assert all(row["sources"] for row in rows)
    assert dict(reply.headers)["NetKG-Notice"] == NOTICE
