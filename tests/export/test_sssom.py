"""The mapping set: canonical form, and the same rows as the table."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
import yaml

from kg.errors import DataError
from kg.export.loss import Losses
from kg.export.source import Source
from kg.export.sssom import BUILT_IN, sssom
from kg.load.mappings import HEADER, MAPPINGS
from kg.prefixes import PREFIXES
from kg.settings import Sources
from tests.export.conftest import Reader, source_of

PROLOGUE = """
@prefix net: <https://w3id.org/net-kg/> .
@prefix g: <https://w3id.org/net-kg/graph/> .
@prefix d: <https://w3id.org/net-kg/graph/data/> .
@prefix m: <https://w3id.org/net-kg/mapping/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix semapv: <https://w3id.org/semapv/vocab/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
g:meta { net:dataset owl:versionInfo "2026-01-01" . }
g:ontology { net:B a owl:Class ; rdfs:label "b"@en . net:A a owl:Class ; rdfs:label "a"@en . }
"""


def mapping(name: str, target: str, rest: str = "", subject: str = "net:A", predicate: str = "skos:exactMatch") -> str:
    return (
        f"d:mappings {{ m:{name} a owl:Axiom ; owl:annotatedSource {subject} ; owl:annotatedProperty {predicate} ; owl:annotatedTarget {target} ;"
        f" sssom:mapping_justification semapv:ManualMappingCuration {rest} . }}\n"
    )


def written(source: Source, folder: Path) -> str:
    losses = Losses()
    sssom(source, folder / "set.sssom.tsv", losses)
    assert not len(losses)
    return (folder / "set.sssom.tsv").read_bytes().decode()


def body(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_the_canonical_form(sources: Sources, tmp_path: Path) -> None:
    text = (
        mapping("1", "obo:NCIT_C2", '; sssom:object_source_version "2026" ; sssom:confidence "0.950" ; sssom:comment "the \\"salt\\"" ', "net:B")
        + mapping("2", "obo:NCIT_C10", '; sssom:object_source_version "2026" ; sssom:comment "a | b"')
        + mapping("3", "obo:NCIT_C1", '; sssom:object_source_version "2026" ', predicate="skos:closeMatch")
    )
    assert written(source_of(PROLOGUE + text, sources), tmp_path) == (
        "#curie_map:\n"
        "#  NCIT: http://purl.obolibrary.org/obo/NCIT_\n"
        "#  net: https://w3id.org/net-kg/\n"
        "#mapping_set_id: https://w3id.org/net-kg/mappings\n"
        '#mapping_set_version: "2026-01-01"\n'
        "#mapping_set_title: NET-KG terms against other vocabularies\n"
        "#license: https://creativecommons.org/licenses/by/4.0/\n"
        "#subject_type: owl class\n"
        "#subject_source: net:ontology\n"
        '#subject_source_version: "2026-01-01"\n'
        '#object_source_version: "2026"\n'
        "subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tcomment\n"
        "net:A\ta\tskos:closeMatch\tNCIT:C1\tsemapv:ManualMappingCuration\t\t\n"
        "net:A\ta\tskos:exactMatch\tNCIT:C10\tsemapv:ManualMappingCuration\t\ta | b\n"
        'net:B\tb\tskos:exactMatch\tNCIT:C2\tsemapv:ManualMappingCuration\t0.95\t"the ""salt"""\n'
    )


@pytest.mark.parametrize(("confidence", "shown"), [("1", "1"), ("1.000", "1"), ("0.9", "0.9"), ("0.12345", "0.123"), ("0.0005", "0.001"), ("0", "0")])
def test_numbers_have_three_decimals_at_most(confidence: str, shown: str, sources: Sources, tmp_path: Path) -> None:
    text = written(source_of(PROLOGUE + mapping("1", "obo:NCIT_C2", f'; sssom:confidence "{confidence}"'), sources), tmp_path)
    assert body(text)[1].split("\t")[-1] == shown


def test_releases_that_differ_stay_with_their_rows(sources: Sources, tmp_path: Path) -> None:
    text = mapping("1", "obo:NCIT_C2", '; sssom:object_source_version "1" ') + mapping("2", "obo:DOID_2")
    assert body(written(source_of(PROLOGUE + text, sources), tmp_path)) == [
        "subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification\tobject_source_version",
        "net:A\ta\tskos:exactMatch\tDOID:2\tsemapv:ManualMappingCuration\t",
        "net:A\ta\tskos:exactMatch\tNCIT:C2\tsemapv:ManualMappingCuration\t1",
    ]


def test_a_value_with_a_line_break_or_tab_is_quoted(sources: Sources, tmp_path: Path) -> None:
    text = written(source_of(PROLOGUE + mapping("1", "obo:NCIT_C2", '; sssom:comment "two\\nlines\\tand a tab"'), sources), tmp_path)
    assert text.endswith('\t"two\nlines\tand a tab"\n')


def test_an_identifier_without_a_known_prefix_is_refused(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no prefix is known for <http://example.org/x>"):
        written(source_of(PROLOGUE + mapping("1", "<http://example.org/x>"), sources), tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_rows_are_those_of_the_table(real: Source, sources: Sources, tmp_path: Path) -> None:
    text = written(real, tmp_path)
    rows = list(csv.DictReader(body(text), delimiter="\t"))
    lines = body((sources.data / MAPPINGS).read_text(encoding="utf-8"))
    table = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    columns = [column for column in HEADER if column in rows[0]]
    assert sorted(tuple(row[column] for column in columns) for row in table) == [tuple(row[column] for column in columns) for row in rows]
    assert len(rows) == len(table)


def test_every_prefix_is_declared_once_and_used(real: Source, tmp_path: Path) -> None:
    text = written(real, tmp_path)
    head = yaml.safe_load("\n".join(line.removeprefix("#") for line in text.splitlines() if line.startswith("#")))
    rows = list(csv.DictReader(body(text), delimiter="\t"))
    used = {row[slot].partition(":")[0] for row in rows for slot in ("subject_id", "predicate_id", "object_id", "mapping_justification")}
    assert head["curie_map"] == {prefix: PREFIXES[prefix] for prefix in sorted(used - BUILT_IN)}
    assert list(head["curie_map"]) == sorted(head["curie_map"])


def test_sssom_py_and_sssom_pydantic_read_the_set_without_a_finding(real: Source, tmp_path: Path, reader: Reader) -> None:
    text = written(real, tmp_path)
    rows = list(csv.DictReader(body(text), delimiter="\t"))
    found = reader("sssom_set", tmp_path / "set.sssom.tsv")
    assert (found["sssom"], found["sssom_pydantic"], found["validations"]) == (len(rows), len(rows), 3)
    assert found["findings"] == []
    assert found["predicates"] == Counter(row["predicate_id"] for row in rows)
    assert found["pairs"] == sorted(f"{row['subject_id']} {row['predicate_id']} {row['object_id']}" for row in rows)
    assert found["version"] == real.version
