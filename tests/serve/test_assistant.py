"""The MCP server, driven by a client over standard input and output."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from mcp import Client
from mcp.client.stdio import StdioServerParameters

import kg
from kg.cli.main import netkg
from kg.errors import StoreError, SurroundingsError
from kg.graph import NOTICE
from kg.serve.assistant import INSTRUCTIONS
from tests.conftest import BuiltGraph

TOOLS = {"graph_info", "search_terms", "read_term", "list_queries", "run_query", "run_sparql", "match_case", "case_features"}
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i) }"


@asynccontextmanager
async def connected(location: Path | str, *options: str) -> AsyncIterator[Client]:
    command = ["-P", "-c", "from kg.cli.main import run; run()", "mcp", "--store", str(location), *options]
    async with Client(StdioServerParameters(command=sys.executable, args=command), read_timeout_seconds=120) as client:
        yield client


async def told(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return the answer of a tool, which must be the same as data and as text."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr] # text
    document: dict[str, Any] = result.structured_content or {}
    assert document["notice"] == NOTICE
    return document


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)  # type: ignore[union-attr] # text


async def conversation(client: Client, graph: kg.Graph) -> None:
    tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.annotations and tool.annotations.read_only_hint and tool.description for tool in tools)

    info = await told(client, "graph_info")
    assert info["version"] == graph.version()
    assert info["counts"]["trials"] > 100

    found = await told(client, "search_terms", query="afinitor", limit=1)
    assert found["results"][0]["curie"] == "net:Everolimus"

    term = await told(client, "read_term", name="afinitor")
    group = term["statements"][0]
    assert group["kind"] == "recommendation"
    assert len(group["items"]) == 5 < group["in_all"]
    assert all(item["says"] and item["sources"] and item["curation"] for item in group["items"])
    record = await told(client, "read_term", name="recommendation/R012")
    assert record["record"]["direction"] == "may be considered"

    listed = await told(client, "list_queries", theme="safety")
    assert {"safety"} <= set(listed["queries"][0]["themes"])

    rows = await told(client, "run_query", name="therapies-for-inoperable-sstr-positive", limit=3)
    assert (len(rows["rows"]), rows["cut"]) == (3, True)
    assert f"of {rows['rows_in_all']} rows" in rows["warning"]
    assert {"source", "curation"} <= rows["rows"][0].keys()
    whole = await told(client, "run_query", name="agents-targeting-receptor", parameters={"receptor": "SomatostatinReceptor2"}, limit=1000)
    assert not whole["cut"]
    assert "warning" not in whole
    assert len(whole["rows"]) == whole["rows_in_all"] == len(graph.query("agents-targeting-receptor", receptor="SomatostatinReceptor2"))

    asked = await told(client, "run_sparql", query="SELECT ?drug WHERE { ?drug net:targets net:SomatostatinReceptor2 } ORDER BY ?drug", limit=2)
    assert asked["rows"][0]["drug"].endswith(")")
    assert asked["cut"]
    assert (await told(client, "run_sparql", query="ASK { net:Everolimus rdfs:label ?l }"))["answer"] is True
    assert "@en" in (await told(client, "run_sparql", query="CONSTRUCT WHERE { net:Everolimus rdfs:label ?l }"))["turtle"]

    matched = await told(client, "match_case", case={"site": "pancreas", "neoplasm": "NET", "grade": "G2", "sstr": "positive", "resectability": "unresectable"})
    first = matched["therapies"][0]
    assert all(one["sources"] and one["curation"] and one["why"] for one in first["statements"])
    assert matched["follows"][0]["what"] == "differentiation: well differentiated"
    assert matched["find_out_next"]
    one = await told(client, "match_case", case={"site": "pancreas"}, therapies=["everolimus"], statements=100)
    assert {therapy["therapy"] for therapy in one["therapies"]} == {"everolimus (net:Everolimus)"}

    keys = {feature["key"] for feature in (await told(client, "case_features"))["features"]}
    assert {"site", "ki67"} <= keys


async def wrong_turns(client: Client) -> None:
    assert "everolimus (Everolimus)" in await refused(client, "read_term", name="everolimis")
    assert "agents-targeting-receptor" in await refused(client, "run_query", name="agents-targeting-receptors")
    assert "odds ratio" in await refused(client, "run_query", name="forest-plot", parameters={"measure": "x"})
    wrong = await refused(client, "match_case", case={"site": "pankreas", "grade": "G9"})
    assert "pancreas" in wrong
    assert "G1, G2, G3" in wrong
    assert "refused" in await refused(client, "run_sparql", query="SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    await refused(client, "run_sparql", query="DELETE WHERE { ?s ?p ?o }")
    await refused(client, "run_sparql", query="LOAD <file:///etc/passwd>")
    assert "limit" in await refused(client, "run_sparql", query="ASK {}", limit=0)


def test_an_assistant_searches_reads_queries_and_matches(built: BuiltGraph, graph: kg.Graph) -> None:
    async def talk() -> None:
        async with connected(built.folder) as client:
            assert NOTICE in (client.instructions or "")
            await conversation(client, graph)
            await wrong_turns(client)
            assert "line 2, column" in await refused(client, "run_sparql", query="SELECT ?x\nWHERE { ?x ?y }")
            first_line = await refused(client, "run_sparql", query="SELEKT ?x WHERE { ?x ?y ?z }")
            assert "line 1, column" in first_line
            assert int(first_line.partition("column ")[2].split()[0]) < 40

    anyio.run(talk)


def test_an_assistant_works_on_the_graph_of_a_server(server: str, graph: kg.Graph) -> None:
    async def talk() -> None:
        async with connected(f"{server}/sparql") as client:
            assert (await told(client, "graph_info"))["version"] == graph.version()
            assert (await told(client, "search_terms", query="afinitor"))["results"][0]["curie"] == "net:Everolimus"
            assert (await told(client, "run_sparql", query="ASK { net:Everolimus rdfs:label ?l }"))["answer"] is True
            assert (await told(client, "match_case", case={"site": "pancreas"}, therapies=["everolimus"]))["therapies"]

    anyio.run(talk)


def test_a_runaway_query_is_stopped_and_the_assistant_goes_on(built: BuiltGraph) -> None:
    async def talk() -> None:
        async with connected(built.folder, "--timeout", "2") as client:
            started = time.monotonic()
            assert "TIME-LIMIT" in await refused(client, "run_sparql", query=SLOW)
            assert time.monotonic() - started < 20  # it would take hours
            assert (await told(client, "run_sparql", query="ASK {}"))["answer"] is True

    anyio.run(talk)


def test_without_a_graph_the_command_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no graph yet"):
        CliRunner().invoke(netkg, ["mcp", "--store", str(tmp_path)], catch_exceptions=False)


def test_without_the_package_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(SurroundingsError, match="not installed") as caught:
        CliRunner().invoke(netkg, ["mcp"], catch_exceptions=False)
    assert "net-kg[mcp]" in caught.value.hint


def test_the_instructions_ask_for_notice_sources_and_disagreement() -> None:
    for words in (NOTICE, "sources", "disagreement", "unknown, not false"):
        assert words in INSTRUCTIONS
