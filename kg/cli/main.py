"""The command ``netkg``: verbs, common options, exit codes."""

from __future__ import annotations

import importlib
import os
import sys

import click

import kg
from kg.errors import NetKGError

VERBS = {
    "build": "kg.cli.build",
    "check": "kg.cli.check",
    "cohort": "kg.cli.cohort",
    "conflicts": "kg.cli.conflicts",
    "diff": "kg.cli.diff",
    "export": "kg.cli.export",
    "gaps": "kg.cli.gaps",
    "info": "kg.cli.info",
    "match": "kg.cli.match",
    "mcp": "kg.cli.mcp",
    "plot": "kg.cli.plot",
    "push": "kg.cli.push",
    "queries": "kg.cli.query",
    "query": "kg.cli.query",
    "questions": "kg.cli.questions",
    "release": "kg.cli.release",
    "serve": "kg.cli.serve",
    "show": "kg.cli.show",
    "sparql": "kg.cli.query",
    "why": "kg.cli.match",
}


class Verbs(click.Group):
    """Loads a verb's module only when it is used, so that each starts quickly."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a verb; a reader that has seen enough, such as head, is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return the names of all verbs."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the signature is click's
        """Return the verb, if there is one of that name."""
        if cmd_name not in VERBS:
            return None
        command = getattr(importlib.import_module(VERBS[cmd_name]), cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(kg.__version__, prog_name="netkg")
def netkg() -> None:
    """Ask and build the knowledge graph of neuroendocrine tumours and their treatment.

    \b
    First steps:
      netkg build                                        make the graph
      netkg query therapies-for-inoperable-sstr-positive the founding question
      netkg match --set sstr=positive --set grade=G2     which therapies suit a situation, and why
      netkg queries                                      all questions of the library
      netkg show "177Lu-dotatate"                        explain a term

    Data goes to standard output, messages to standard error. Exit codes: 0 fine, 1 findings, 2 usage,
    3 environment. This is research material and no medical advice.
    """


def run() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        status = netkg(standalone_mode=False)  # click returns the code of an exit that a verb asked for
        code = status if isinstance(status, int) else 0
    except NetKGError as error:
        click.echo(f"netkg: {error}", err=True)
        code = error.exit_status
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("netkg: interrupted; the graph in use is unchanged", err=True)
        code = 130
    sys.exit(code)
