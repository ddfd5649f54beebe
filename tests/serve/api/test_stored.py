"""Stored queries: the list, and the answers."""

from __future__ import annotations

import json

import pytest

import kg
from kg.errors import UnknownTermError, UsageError
from kg.graph import NOTICE
from kg.serve.api.stored import RESULT_FORMS
from kg.serve.calls import call
from kg.store import Rows
from tests.serve.api.conftest import Ask

AGENTS = {"name": "agents-targeting-receptor", "params": {"receptor": "SomatostatinReceptor2"}}


def test_the_list_has_every_query_with_what_it_takes_and_gives(graph: kg.Graph, ask: Ask) -> None:
    found = {query["name"]: query for query in ask("stored")}
    assert found.keys() == graph.queries.keys()
    for name, query in found.items():
        assert [param["name"] for param in query["params"]] == [param.name for param in graph.queries[name].params]
        assert [column["name"] for column in query["columns"]] == list(graph.queries[name].columns)
        assert query["tags"]


def test_choices_are_codes_with_labels_and_any_comes_first(ask: Ask) -> None:
    query = next(one for one in ask("stored") if one["name"] == "therapies-by-situation")
    grade = next(param for param in query["params"] if param["name"] == "grade")
    assert grade["choices"] == [{"value": "any", "label": "any"}, *({"value": f"G{n}", "label": f"grade {n}"} for n in (1, 2, 3))]
    assert next(param for param in query["params"] if param["name"] == "site")["root"]["name"] == "AnatomicalSite"


def test_the_text_in_the_list_runs_as_it_is(graph: kg.Graph, ask: Ask) -> None:
    query = next(one for one in ask("stored") if one["name"] == "agents-targeting-receptor")
    assert "?_" not in query["sparql"]
    assert isinstance(graph.sparql(query["sparql"]), Rows)


def test_rows_for_pages_have_labels_and_addresses(ask: Ask) -> None:
    page = ask("stored-rows", **AGENTS)
    assert page["notice"] == NOTICE
    assert [column["name"] for column in page["columns"]] == ["agent", "action", "receptor", "radionuclide"]
    row = next(row for row in page["rows"] if row[0]["curie"] == "net:Lutetium177Dotatate")
    assert row[0] == {
        "type": "uri",
        "value": "https://w3id.org/net-kg/Lutetium177Dotatate",
        "curie": "net:Lutetium177Dotatate",
        "label": "177Lu-dotatate",
        "href": "term/Lutetium177Dotatate",
    }
    assert row[1] == {"type": "literal", "value": row[1]["value"]}
    assert any(row[3] is None for row in page["rows"])


def test_rows_are_those_of_the_command(graph: kg.Graph, ask: Ask) -> None:
    page = ask("stored-rows", **AGENTS)
    assert [[cell and cell["value"] for cell in row] for row in page["rows"]] == [
        [cell and cell.value for cell in row]  # type: ignore[union-attr] # names and literals only
        for row in graph.query("agents-targeting-receptor", receptor="SomatostatinReceptor2").rows
    ]


def test_every_query_answers_with_its_defaults(graph: kg.Graph, ask: Ask) -> None:
    for name, query in graph.queries.items():
        page = ask("stored-rows", name=name)
        assert len(page["rows"]) >= query.min_rows
        assert all(column["help"] for column in page["columns"])


@pytest.mark.parametrize("form", RESULT_FORMS)
def test_result_formats_are_those_of_the_endpoint(form: str, graph: kg.Graph) -> None:
    arguments = {**AGENTS, "form": form, "limit_bytes": 2**20}
    reply = call("stored-rows")(graph, arguments)
    text = call("stored-text")(graph, AGENTS).body.decode()
    asked = {"query": text, "base": "", "default_graphs": None, "named_graphs": None, "union": True, "boolean": form, "graph": None, "limit_bytes": 2**20}
    assert reply.body == call("sparql")(graph, asked | {"solutions": form}).body
    headers = dict(reply.headers)
    assert headers["NetKG-Notice"] == NOTICE
    assert f'filename="agents-targeting-receptor.{RESULT_FORMS[form]}"' in headers["Content-Disposition"]


def test_markdown_carries_title_and_notice(graph: kg.Graph) -> None:
    text = call("stored-rows")(graph, {**AGENTS, "form": "md"}).body.decode()
    assert text.startswith("## Agents that act on a receptor\n")
    assert NOTICE in text


def test_an_unknown_name_gets_near_ones(ask: Ask) -> None:
    with pytest.raises(UnknownTermError) as caught:
        ask("stored-rows", name="agents-targeting-recepter")
    assert "agents-targeting-receptor" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "params", "hint"),
    [
        ("forest-plot", {"measure": "odds"}, "odds ratio"),
        ("forest-plot", {"nothing": "x"}, "endpoint"),
        ("agents-targeting-receptor", {"receptor": "SomatostatinReceptr2"}, "somatostatin"),
        ("changes-since", {"since": "yesterday"}, ""),
    ],
)
def test_a_wrong_parameter_is_refused_with_what_is_allowed(name: str, params: dict[str, str], hint: str, ask: Ask) -> None:
    with pytest.raises(UsageError) as caught:
        ask("stored-rows", name=name, params=params)
    assert hint in caught.value.hint


def test_a_value_can_never_become_syntax(graph: kg.Graph) -> None:
    evil = '" } DROP ALL #\\'
    text = call("stored-text")(graph, {"name": "search-labels", "params": {"text": evil}}).body.decode()
    assert json.loads(call("stored-rows")(graph, {"name": "search-labels", "params": {"text": evil}}).body)["rows"] == []
    assert isinstance(graph.sparql(text), Rows)
