"""The mappings as one SSSOM mapping set in canonical form.

The form is that of https://mapping-commons.github.io/sssom/spec-formats-tsv/, section "Canonical SSSOM/TSV format":
prefixes first and sorted, slots in the order of the model, plain or double-quoted scalars, a value that all rows share
said once for the set, rows sorted, no empty column. One set for all vocabularies: readers select by prefix. The rows
are held in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import yaml

from kg.errors import DataError
from kg.export.loss import Losses
from kg.export.source import Source
from kg.files import write_whole
from kg.load.mappings import HEADER
from kg.prefixes import GRAPH, NET, ONTOLOGY_IRI, PREFIXES, compress
from kg.store import Term, select

BUILT_IN = {"owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd", "linkml"}
"""Prefixes that every reader of SSSOM knows (spec-intro, section "IRI prefixes")."""

SHARED = ("object_source_version",)
"""Slots of a row that the set may carry when all rows agree, of those that we use."""


class MappingRow(NamedTuple):
    """One mapping; each slot as SSSOM writes it, empty where there is nothing to say."""

    subject_id: str
    subject_label: str
    predicate_id: str
    object_id: str
    object_label: str
    mapping_justification: str
    object_source_version: str
    confidence: str
    comment: str


_QUERY = f"""
PREFIX owl: <{PREFIXES["owl"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX sssom: <{PREFIXES["sssom"]}>
SELECT {" ".join(f"?{slot}" for slot in HEADER)} WHERE {{
  GRAPH <{GRAPH}data/mappings> {{
    ?axiom owl:annotatedSource ?subject_id ; owl:annotatedProperty ?predicate_id ; owl:annotatedTarget ?object_id .
    ?axiom sssom:mapping_justification ?mapping_justification .
    OPTIONAL {{ ?axiom sssom:object_label ?object_label }}
    OPTIONAL {{ ?axiom sssom:object_source_version ?object_source_version }}
    OPTIONAL {{ ?axiom sssom:confidence ?confidence }}
    OPTIONAL {{ ?axiom sssom:comment ?comment }}
  }}
  OPTIONAL {{ GRAPH <{GRAPH}ontology> {{ ?subject_id rdfs:label ?subject_label }} }}
}}"""


def sssom(source: Source, path: Path, _losses: Losses) -> None:
    """Write one row for each mapping, with its justification and the release of the other vocabulary that was read.

    :raises DataError: when an identifier has no known prefix
    """
    write_whole(path, _lines(mapping_rows(source), source.version))


def mapping_rows(source: Source) -> list[MappingRow]:
    """Return the mappings, sorted over all their slots.

    :raises DataError: when an identifier has no known prefix
    """
    return sorted(MappingRow(*map(_cell, HEADER, row)) for row in select(source.graph.store, _QUERY))


def _cell(slot: str, cell: Term | None) -> str:
    if isinstance(cell, ox.NamedNode):
        curie = compress(cell.value)
        if curie == cell.value:
            raise DataError(f"no prefix is known for <{cell.value}>", where="mappings", hint="kg/prefixes.py lists them")
        return curie
    if not isinstance(cell, ox.Literal):
        return ""
    if slot == "confidence":
        return f"{Decimal(cell.value).quantize(Decimal('0.001'), ROUND_HALF_UP).normalize():f}"
    return cell.value


def _lines(rows: list[MappingRow], version: str) -> Iterator[str]:
    shared = {slot: values.pop() for slot in SHARED if len(values := {getattr(row, slot) for row in rows}) == 1 and values != {""}}
    identifiers = {identifier for row in rows for identifier in (row.subject_id, row.predicate_id, row.object_id, row.mapping_justification)}
    about = {
        "mapping_set_id": f"{NET}mappings",
        "mapping_set_version": version,
        "mapping_set_title": "NET-KG terms against other vocabularies",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "subject_type": "owl class",
        "subject_source": compress(ONTOLOGY_IRI),
        "subject_source_version": version,
        **shared,
    }
    yield "#curie_map:\n"
    used = {identifier.partition(":")[0] for identifier in identifiers | {about["subject_source"]}}
    for prefix in sorted(used - BUILT_IN):
        yield f"#  {prefix}: {_scalar(PREFIXES[prefix])}\n"
    for slot, value in about.items():
        yield f"#{slot}: {_scalar(value)}\n"
    full = [position for position, slot in enumerate(HEADER) if slot not in shared and any(row[position] for row in rows)]
    yield _row(HEADER[position] for position in full)
    for row in rows:
        yield _row(row[position] for position in full)


def _row(cells: Iterable[str]) -> str:
    return "\t".join(map(_quoted, cells)) + "\n"


def _scalar(text: str) -> str:
    """Return a text in YAML's plain style where that reads as the same text, else in double quotes."""
    plain = yaml.safe_load(f"slot: {text}") == {"slot": text} and "\n" not in text
    return text if plain else json.dumps(text, ensure_ascii=False)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(character in text for character in '"\n\r\t') else text
