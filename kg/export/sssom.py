"""The mappings as an SSSOM mapping set in canonical form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from kg.export.loss import Losses
from kg.export.source import Source
from kg.files import write_whole
from kg.graph import display
from kg.load.mappings import HEADER
from kg.prefixes import NET, PREFIXES
from kg.store import Term, select

BUILT_IN = {"owl", "rdf", "rdfs", "skos", "semapv", "sssom"}
"""Prefixes that every reader of SSSOM knows."""

_QUERY = f"""
PREFIX owl: <{PREFIXES["owl"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX sssom: <{PREFIXES["sssom"]}>
SELECT {" ".join(f"?{slot}" for slot in HEADER)} WHERE {{
  ?axiom owl:annotatedSource ?subject_id ; owl:annotatedProperty ?predicate_id ; owl:annotatedTarget ?object_id .
  ?axiom sssom:mapping_justification ?mapping_justification .
  ?subject_id rdfs:label ?subject_label .
  OPTIONAL {{ ?axiom sssom:object_label ?object_label }}
  OPTIONAL {{ ?axiom sssom:object_source_version ?object_source_version }}
  OPTIONAL {{ ?axiom sssom:confidence ?confidence }}
  OPTIONAL {{ ?axiom sssom:comment ?comment }}
}}"""


def sssom(source: Source, path: Path, _losses: Losses) -> None:
    """Write one row for each mapping, with its justification and the release of the other vocabulary that was read."""
    rows = sorted(tuple(_cell(cell) for cell in row) for row in select(source.graph.store, _QUERY))
    write_whole(path, _lines(rows, source.version))


def _cell(cell: Term | None) -> str:
    return display(cell) or ""


def _lines(rows: list[tuple[str, ...]], version: str) -> Iterator[str]:
    used = {row[position].partition(":")[0] for row in rows for position in (0, 2, 3, 5)} - BUILT_IN
    about = {
        "curie_map": {prefix: PREFIXES[prefix] for prefix in sorted(used)},
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "mapping_set_id": f"{NET}mappings",
        "mapping_set_title": "NET-KG terms against other vocabularies",
        "mapping_set_version": version,
    }
    for line in yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=1000).splitlines():
        yield f"#{line}\n"
    full = [position for position in range(len(HEADER)) if any(row[position] for row in rows)]
    yield "\t".join(HEADER[position] for position in full) + "\n"
    for row in rows:
        yield "\t".join(_quoted(row[position]) for position in full) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if '"' in text or "\n" in text or "\t" in text else text
