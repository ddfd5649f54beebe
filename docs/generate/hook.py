"""What MkDocs calls while it builds the site: adds the generated pages and pictures.

The graph is the one in use: ``$NETKG_STORE``, or that of the per-user data folder.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # MkDocs loads this file alone, and from anywhere

import kg  # noqa: E402 - found by the line above
from docs.generate.cookbook import cookbook  # noqa: E402 - the same
from docs.generate.formats import formats  # noqa: E402 - the same
from docs.generate.pictures import pictures  # noqa: E402 - the same
from docs.generate.terms import Reference  # noqa: E402 - the same
from kg.graph import NOTICE  # noqa: E402 - the same

FORMATS = "<!-- table: formats -->"
"""Stands in a page for the table of formats."""
HERE = {"](../data/README.md)": "](tables.md)", "](../docs/curating.md)": "](curating.md)", "```sh slow\n": '```sh title="slow"\n'}
"""What is right in a checkout → how it is written on the site: links, and a word on blocks that the generator does not know."""


@cache
def graph() -> kg.Graph:
    """Return the graph in use."""
    return kg.open()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Say at the foot of each page what this is, and which graph it was made from."""
    config.copyright = f"{NOTICE} Made from the graph of {graph().version()}. Documentation: CC BY 4.0."
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is generated, to the site and to its sections."""
    pages = dict(cookbook(graph())) | dict(Reference(graph()).files())
    for section in config.nav or ():
        for parts in section.values():
            if isinstance(parts, list) and str(parts[0]).endswith("/index.md"):
                folder = parts[0].removesuffix("index.md")
                parts[1:] = [path for path in pages if path.startswith(folder) and path != parts[0]]
    pages["tables.md"] = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    content: dict[str, str | bytes] = {**pages, **{f"images/model/{name}.svg": svg for name, svg in pictures(graph())}}
    for path, text in content.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the table of formats in its place, and write what a checkout has as the site needs it."""
    for there, here in HERE.items():
        markdown = markdown.replace(there, here)
    return markdown.replace(FORMATS, formats(graph())) if FORMATS in markdown else markdown
