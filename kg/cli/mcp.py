"""``netkg mcp``."""

from __future__ import annotations

import importlib.util

import click

from kg.cli.common import store_option
from kg.errors import SurroundingsError
from kg.settings import default_store


@click.command()
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS", default=30.0, show_default=True, help="Time that one question may take.")
@store_option
def mcp(store: str | None, timeout: float) -> None:
    """Serve the graph to an assistant that speaks the Model Context Protocol, over standard input and output.

    Its tools search terms, read a term, list and run stored queries, run SPARQL (read-only, within a time limit), and
    match a case; every answer has its sources. An assistant starts the command itself, for instance with

    \b
      {"mcpServers": {"net-kg": {"command": "netkg", "args": ["mcp"]}}}

    in its settings, or on the graph of a server:

    \b
      {"mcpServers": {"net-kg": {"command": "netkg", "args": ["mcp", "--store", "http://127.0.0.1:7777/sparql"]}}}
    """
    if importlib.util.find_spec("mcp") is None:
        raise SurroundingsError("assistants need a package that is not installed", hint="pip install 'net-kg[mcp]'")
    import asyncio

    from kg.serve.assistant import serve_assistant
    from kg.serve.settings import ServeSettings

    asyncio.run(serve_assistant(store or default_store(), ServeSettings(timeout=timeout)))
