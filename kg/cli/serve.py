"""``netkg serve``."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import Field, fields
from typing import Any, TypeVar

import click

from kg.cli.common import store_option
from kg.errors import UsageError
from kg.serve.settings import ServeSettings
from kg.settings import default_store

Command = TypeVar("Command", bound=Callable[..., Any])

MAY_BE_NOTHING = ("port", "waiting", "cache_bytes", "grace")
"""Numbers that may be zero."""
LAST_PORT = 65535


def settings_options(command: Command) -> Command:
    """Give a command one option for each setting of the server."""
    for item in reversed(fields(ServeSettings)):
        command = _option(item)(command)
    return command


def _option(item: Field[Any]) -> Callable[[Command], Command]:
    """Return the option of one setting: its name, type, default and help come from the table of settings."""
    name = f"--{item.name.replace('_', '-')}"
    unit = f" ({item.metadata['unit']})" if item.metadata["unit"] else ""
    about = f"{item.metadata['about'][0].upper()}{item.metadata['about'][1:]}{unit}."
    match item.default:
        case True:
            return click.option(f"{name}/--no-{name[2:]}", default=True, show_default=True, help=about)
        case False:
            return click.option(name, is_flag=True, help=about)
        case int():
            least = 0 if item.name in MAY_BE_NOTHING else 1
            span = click.IntRange(least, LAST_PORT if item.name == "port" else None)
            return click.option(name, type=span, metavar="NUMBER", default=item.default, show_default=True, help=about)
        case float():
            positive = click.FloatRange(0, min_open=item.name not in MAY_BE_NOTHING)
            return click.option(name, type=positive, metavar="NUMBER", default=item.default, show_default=True, help=about)
        case tuple():
            return click.option(name, multiple=True, metavar="URL", help=f"{about} Give it several times for several.")
        case _:
            variable = "NETKG_TOKEN" if item.name == "token" else None
            return click.option(name, metavar="TEXT", default=item.default, envvar=variable, show_envvar=True, show_default=bool(item.default), help=about)


@click.command()
@store_option
@click.option("--backend", metavar="URL", help="Serve the graph of this SPARQL 1.1 endpoint instead of a store folder.")
@settings_options
def serve(store: str | None, backend: str | None, **options: Any) -> None:
    """Serve the graph over HTTP: a SPARQL endpoint, an API and pages, until Ctrl-C or SIGTERM.

    \b
    Examples:
      netkg serve                                   the graph in use, at http://127.0.0.1:7777/
      netkg serve --port 0                          on a free port; its address is printed
      netkg serve --store DIR --writable            also accept updates; a token is made up and printed
      netkg serve --backend http://localhost:3030/net/sparql
                                                    the same pages and limits before another server
      netkg serve --base https://example.org/netkg/ behind a proxy that serves it under a sub-path

    \b
    Then, for instance:
      curl 'http://127.0.0.1:7777/query/therapies-for-inoperable-sstr-positive.csv'
      curl http://127.0.0.1:7777/sparql -H 'Accept: text/csv' --data-urlencode 'query=SELECT * { ?s ?p ?o } LIMIT 5'
      curl http://127.0.0.1:7777/update -H "Authorization: Bearer $NETKG_TOKEN" --data-urlencode 'update=…'

    The server listens on this machine alone unless --host says otherwise. It has no TLS: put a proxy such as nginx or
    Caddy in front for that, and name its address with --trusted-proxies. Standard error has the log, one JSON document
    a line; /health and /metrics (Prometheus) tell how it is doing. A first signal lets running requests end, a second
    one does not.
    """
    from kg.serve.run import serve as run

    if backend and store:
        raise UsageError("--store and --backend exclude each other", hint="name one of them")
    location = backend or store or default_store()
    settings = ServeSettings(**options | {"token": _token(options["writable"], options["token"], location)})
    run(location, settings, lambda address: click.echo(f"NET-KG answers at {address}"))


def _token(writable: bool, given: str, location: str) -> str:
    """Return the token of those who may write; one is made up when none is given.

    :raises UsageError: when a token is given that nobody can use, or when nothing can be written
    """
    if not writable:
        if given and click.get_current_context().get_parameter_source("token") is click.core.ParameterSource.COMMANDLINE:
            raise UsageError("--token is of no use without --writable", where="--token", hint="add --writable, or leave it out")
        return ""
    if location.startswith(("http://", "https://")):
        raise UsageError("only a store folder can be written", where="--writable", hint="write to the other server itself: netkg push")
    if given:
        return given
    token = secrets.token_urlsafe(32)
    click.echo(f"writers send: Authorization: Bearer {token}", err=True)
    return token
