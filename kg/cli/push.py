"""``netkg push``."""

from __future__ import annotations

import click

from kg.cli.common import opened, store_option
from kg.errors import UsageError
from kg.prefixes import GRAPH


@click.command()
@click.argument("url", required=False)
@click.option("--update-url", metavar="URL", help="Write by SPARQL updates to this address, for servers without a graph store.")
@click.option("--query-url", metavar="URL", help="Count the graphs there by queries, instead of reading them back.")
@click.option("--user", metavar="NAME", help="Who you are, for servers that ask for a password (basic or digest).")
@click.option("--password", envvar="NETKG_PASSWORD", show_envvar=True, metavar="TEXT", help="Your password; better given by the variable.")
@click.option("--token", envvar="NETKG_TOKEN", show_envvar=True, metavar="TEXT", help="Sent as 'Authorization: Bearer …'.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@store_option
def push(
    url: str | None,
    update_url: str | None,
    query_url: str | None,
    user: str | None,
    password: str | None,
    token: str | None,
    quiet: bool,
    store: str | None,
) -> None:
    """Load the graph into any SPARQL 1.1 server.

    URL is the server's graph store (SPARQL 1.1 Graph Store HTTP Protocol). Each graph replaces the one of its name there,
    and is counted afterwards; other graphs are left alone. Pushing again does no harm.

    \b
    Examples:
      netkg push http://localhost:3030/net/data
      netkg push http://localhost:8890/sparql-graph-crud-auth --user dba
      netkg push --update-url http://localhost:8080/update --query-url http://localhost:8080/sparql
    """
    from kg.store.push import GraphStore, Server, UpdateEndpoint, client  # httpx is slow to load
    from kg.store.push import push as push_graph

    if bool(url) == bool(update_url):
        raise UsageError("name one place to write to", hint="the URL of a graph store, or --update-url")
    if update_url and not query_url:
        raise UsageError("--update-url needs --query-url", hint="the address of the same server that answers queries, to count the graphs")
    if user and not password:
        password = click.prompt("Password", hide_input=True, err=True)
    graph = opened(store)
    with client(user=user or "", password=password or "", token=token or "") as http:
        server = Server(http, query_url or "")
        target = UpdateEndpoint(server, update_url) if update_url else GraphStore(server, url or "")

        def progress(name: str, count: int) -> None:
            if not quiet:
                click.echo(f"  {count:>9,}  {name.removeprefix(GRAPH)}", err=True)

        counts = push_graph(graph.store, target, progress)
    if not quiet:
        click.echo(f"  {sum(counts.values()):>9,}  statements in {len(counts)} graphs are there", err=True)
