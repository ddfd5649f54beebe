"""The graph for assistants: an MCP server whose tools search, read, query and match, each answer with its sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

import kg
from kg.graph import NOTICE
from kg.prefixes import sparql_prologue
from kg.serve.api.brief import OPEN_TOO, brief_match, brief_rows, brief_term, counted
from kg.serve.calls import Reply
from kg.serve.engine.job import Engine, Job
from kg.serve.engine.pool import Pool
from kg.serve.problem import Problem
from kg.serve.settings import ServeSettings

INSTRUCTIONS = f"""NET-KG holds what guidelines, regulators and trials say of neuroendocrine tumours and their treatment,
each statement with its population, source and how far it was checked. {NOTICE} Repeat this notice, name the sources, and say
where curation is less than 'read in the primary source'. Advice against a therapy and disagreement of sources are part of
the answer. What the graph does not say is unknown, not false. First steps: graph_info; search_terms for the right names;
list_queries and run_query for common questions; match_case for a clinical situation; run_sparql for anything else."""

READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
CLIENT = "assistant"
MOST_ROWS = 1000
ANSWER_BYTES = 16 * 2**20
"""Size of an answer of the engine, before it is cut to the rows that are asked for."""
MOST_TEXT = 100_000
"""Characters of a graph that a query returns."""

Answer = dict[str, Any]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS, description="rows at most; an answer that has more says so")]


class Desk:
    """Has the engine do calls and hands their documents on; what goes wrong is told in words that help."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def ask(self, call: str, **arguments: Any) -> Any:
        """Return the JSON document that a call gives back.

        :raises ToolError: when it is refused or fails
        """
        try:
            return json.loads((await self._engine.run(Job(call, arguments, CLIENT))).body)
        except Problem as problem:
            raise _told(problem) from problem

    async def sparql(self, query: str) -> Reply:
        """Return the answer to a query in which no prefix of ours need be declared: results as JSON, graphs as Turtle.

        :raises ToolError: when it is refused or fails
        """
        prologue = sparql_prologue().replace("\n", " ")
        forms = {"solutions": "json", "boolean": "json", "graph": "turtle"}
        dataset = {"base": "", "default_graphs": None, "named_graphs": None, "union": True}
        try:
            return await self._engine.run(Job("sparql", {"query": prologue + query, "limit_bytes": ANSWER_BYTES} | forms | dataset, CLIENT))
        except Problem as problem:
            raise _told(problem, len(prologue)) from problem


def _told(problem: Problem, before: int = 0) -> ToolError:
    """Return a problem in words.

    :param before: characters that stood before the query, on its first line
    """
    details = [problem.detail]
    match problem.extra:
        case {"errors": list(errors)}:
            details = [": ".join(part for part in (error["where"], error["message"], error["hint"]) if part) for error in errors]
        case {"line": int(line), "column": int(column)}:
            details = [f"line {line}, column {column - before if line == 1 else column}"]
    hint = f"hint: {problem.hint}" if problem.hint and "errors" not in problem.extra else ""
    return ToolError("\n".join(part for part in (f"{problem.title} [{problem.code}]", *details, hint) if part))


def assistant(engine: Engine) -> MCPServer:
    """Return the MCP server.

    :param engine: must have been started before the first call
    """
    server = MCPServer("net-kg", title="NET-KG", instructions=INSTRUCTIONS, version=kg.__version__, log_level="WARNING")
    desk = Desk(engine)
    _terms(server, desk)
    _queries(server, desk)
    _cases(server, desk)
    return server


def _terms(server: MCPServer, desk: Desk) -> None:
    @server.tool(annotations=READ_ONLY)
    async def graph_info() -> Answer:
        """Say what is in the graph: version, counts, sources by issuer, themes of the query library, licence."""
        found = await desk.ask("overview")
        return {
            "version": found["version"],
            "licence": found["licence"],
            "statements": found["statements"],
            "counts": {count["label"]: count["count"] for count in found["counts"]},
            "sources": {source["issuer"] or "without issuer": source["documents"] for source in found["sources"]},
            "themes": {theme["tag"]: len(theme["queries"]) for theme in found["themes"]},
            "notice": found["notice"],
        }

    @server.tool(annotations=READ_ONLY)
    async def search_terms(
        query: Annotated[str, Field(description="part of a label, synonym, brand name or identifier, such as 'afinitor', 'NCT01578239', 'SSTR2'")],
        limit: Annotated[int, Field(ge=1, le=100)] = 10,
        below: Annotated[str, Field(description="a class below which results must lie, such as 'Drug' or 'AnatomicalSite'")] = "",
        kind: Annotated[str, Field(description="the only kind that counts, such as 'trial' or 'document'")] = "",
    ) -> Answer:
        """Find terms, trials, documents, statements and stored queries by any of their names."""
        found = await desk.ask("search", q=query, limit=limit, root=below, kind=kind)
        kept = ("name", "curie", "label", "kind", "matched", "definition")
        return {"results": [{key: one[key] for key in kept if one[key]} for one in found["results"]], "version": found["version"], "notice": found["notice"]}

    @server.tool(annotations=READ_ONLY)
    async def read_term(
        name: Annotated[str, Field(description="label, synonym, CURIE or identifier of a term or record, such as 'everolimus' or 'recommendation/R012'")],
        statements: Annotated[int, Field(ge=0, le=100, description="statements of each kind that are written out; all are counted")] = 5,
    ) -> Answer:
        """Read what the graph says of a term or record: meaning, relations, statements about it with sources, evidence, mappings."""
        return brief_term(await desk.ask("term", name=name), statements)


def _queries(server: MCPServer, desk: Desk) -> None:
    @server.tool(annotations=READ_ONLY)
    async def list_queries(
        theme: Annotated[str, Field(description="a theme as graph_info names it, such as 'therapy'; all when empty")] = "",
    ) -> Answer:
        """List the stored queries: the question that each answers, and its parameters with their values."""
        wanted = [query for query in await desk.ask("stored") if not theme or theme in query["tags"]]
        return {"queries": [_listed(query) for query in wanted], "notice": NOTICE}

    @server.tool(annotations=READ_ONLY)
    async def run_query(
        name: Annotated[str, Field(description="name of a stored query, from list_queries")],
        parameters: Annotated[dict[str, str] | None, Field(description="values of its parameters; defaults hold for the others")] = None,
        limit: Limit = 50,
    ) -> Answer:
        """Run a stored query. Its rows name the source and the state of curation where they are statements."""
        page = await desk.ask("stored-rows", name=name, params=parameters or {})
        columns = {column["name"]: column["help"] for column in page["columns"]}
        told = {"title": page["title"], "columns": columns, "sparql": page["sparql"], "version": page["version"], "notice": page["notice"]}
        return brief_rows(page, limit) | told

    @server.tool(annotations=READ_ONLY)
    async def run_sparql(
        query: Annotated[str, Field(description="a SPARQL 1.1 query; the prefixes net:, rdfs:, skos:, owl: … need not be declared")],
        limit: Limit = 100,
    ) -> Answer:
        """Run a SPARQL query, read-only and within a time limit. Ask for net:source and net:curation of statements, to be able to cite them."""
        reply = await desk.sparql(query)
        told = {"version": (await desk.ask("overview"))["version"], "notice": NOTICE}
        if not reply.media_type.startswith("application/sparql-results+json"):
            text = reply.body.decode()
            return {"turtle": text[:MOST_TEXT], "cut": len(text) > MOST_TEXT} | told
        document = json.loads(reply.body)
        if "boolean" in document:
            return {"answer": document["boolean"]} | told
        return await _labelled(document, limit, desk) | told


def _cases(server: MCPServer, desk: Desk) -> None:
    @server.tool(annotations=READ_ONLY)
    async def match_case(
        case: Annotated[
            dict[str, Any],
            Field(
                description="what is known, by feature, such as {'site': 'pancreas', 'neoplasm': 'NET', 'grade': 'G2', 'ki67': 8, 'sstr': 'positive'};"
                " a Phenopacket v2 or FHIR R4 bundle is understood too; case_features lists the keys"
            ),
        ],
        therapies: Annotated[list[str] | None, Field(description="write out these therapies only, and completely, such as ['everolimus']")] = None,
        as_of: Annotated[str, Field(description="a date: only what had been published by then is considered")] = "",
        statements: Annotated[int, Field(ge=1, le=100, description="statements of each therapy that are written out; all are counted")] = 3,
    ) -> Answer:
        """Say which therapies suit a situation, statement by statement, with sources, limits, and what to find out next. Unknown is never no."""
        document = json.dumps(case).encode()
        found = await desk.ask("match", document=document, syntax="json", as_of=as_of, verdicts=list(OPEN_TOO))
        return brief_match(found, therapies or [], statements)

    @server.tool(annotations=READ_ONLY)
    async def case_features() -> Answer:
        """List what can be said of a situation for match_case: keys, values, units, examples."""
        found = await desk.ask("features")
        kept = ("key", "name", "kind", "unit", "possible", "values", "examples")
        return {"features": [{key: one[key] for key in kept if one[key]} for one in found["features"]], "notice": found["notice"]}


def _listed(query: Mapping[str, Any]) -> Answer:
    parameters = [
        {"name": param["name"], "help": param["help"], "default": param["default"], "type": param["type"]}
        | ({"values": [choice["value"] for choice in param["choices"]]} if "choices" in param else {})
        for param in query["params"]
    ]
    return {"name": query["name"], "question": query["summary"], "themes": query["tags"], "parameters": parameters}


async def _labelled(document: Mapping[str, Any], limit: int, desk: Desk) -> Answer:
    """Return the first rows of a result document, identifiers with their labels."""
    names = document["head"]["vars"]
    rows = document["results"]["bindings"]
    iris = sorted({cell["value"] for row in rows[:limit] for cell in row.values() if cell["type"] == "uri"})
    labels = (await desk.ask("labels", iris=iris))["labels"]
    cells = [[row[name] | labels.get(row[name]["value"], {}) if name in row else None for name in names] for row in rows[:limit]]
    shown = brief_rows({"columns": [{"name": name} for name in names], "rows": cells}, limit)["rows"]
    return counted(rows, shown)


async def serve_assistant(location: str, settings: ServeSettings) -> None:
    """Serve an assistant over standard input and output until it closes them.

    :param location: store folder, or address of a SPARQL endpoint such as that of a served graph
    :raises SurroundingsError: when the graph cannot be opened
    """
    engine = Pool(location, settings)
    try:
        await engine.start()
        await assistant(engine).run_stdio_async()
    finally:
        await engine.close()
