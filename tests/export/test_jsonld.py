"""The records as JSON-LD: what a web developer sees, and that as RDF it says what the graph says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld as pyld

from kg.export.jsonld import ADDITIONS, CONTEXT, INDIVIDUAL, context, document, jsonld
from kg.export.loss import Losses
from kg.export.records import ALLOWS, FOLLOWS, NAMED_INDIVIDUAL, OTHER_GRAPH, of_records
from kg.export.source import Source
from kg.load.columns import Reference, Scope, TermRef
from kg.load.tables import TABLES
from kg.prefixes import NET
from kg.settings import Sources
from kg.terms import TYPE
from tests.export.conftest import source_of
from tests.export.edges import EDGES


def refuse(url: str, _options: object) -> None:
    raise AssertionError(f"{url} was asked for")


def triples(written: object) -> set[ox.Triple]:
    """Read JSON-LD with pyld, which may not use the network."""
    lines = pyld.to_rdf(written, {"format": "application/n-quads", "documentLoader": refuse})
    return {quad.triple for quad in ox.parse(lines, ox.RdfFormat.N_QUADS)}


def exported(source: Source, folder: Path) -> tuple[dict[str, Any], Losses]:
    losses = Losses()
    jsonld(source, folder / "net.jsonld", losses)
    found: dict[str, Any] = json.loads((folder / "net.jsonld").read_text(encoding="utf-8"))
    return found, losses


@pytest.fixture
def edges(sources: Sources) -> Source:
    return source_of(EDGES, sources)


@pytest.fixture
def items(edges: Source, tmp_path: Path) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in exported(edges, tmp_path)[0]["@graph"]}


def test_a_recommendation_reads_as_plain_json(items: dict[str, dict[str, Any]]) -> None:
    source = {
        "id": "net:document/new",
        "type": "Guideline",
        "title": '„Ω“ of "today"\n@prefix',
        "label": '„Ω“ of "today"\n@prefix [new]',
        "doi": "DOI:10.1000/a(1)",
        "issued": {"value": "2024-03", "type": "xsd:gYearMonth"},
        "organisation": "Society",
        "pmid": "PMID:123",
        "url": "https://example.org/new",
    }
    found = items["net:recommendation/R1"]
    assert found.pop("population")["label"] == "neoplasm: tumour; Ki-67 index > 3 and ≤ 20 %"
    assert found == {
        "id": "net:recommendation/R1",
        "type": "Recommendation",
        "label": "recommendation R1",
        "about": [{"id": "net:Alpha", "label": "α-drug"}, {"id": "net:Beta", "label": "beta"}],
        "combination": {"id": "net:CombinationTogether"},
        "curation": {"id": "net:CurationPrimary"},
        "direction": {"id": "net:DirectionRecommended", "label": "recommended"},
        "disagreesWith": [{"id": "net:recommendation/R2", "label": "recommendation R2"}],
        "issued": {"value": "2024-03", "type": "xsd:gYearMonth"},
        "readAt": ["https://example.org/new"],
        "row": "7",
        "source": [source],
        "strength": "A-1b",
        "text": "Give both.",
        "therapy": [{"id": "net:Alpha", "label": "α-drug"}, {"id": "net:Beta", "label": "beta"}],
    }


def test_a_population_is_text_and_criteria(items: dict[str, dict[str, Any]]) -> None:
    assert items["net:approval/A1"]["population"] == items["net:population/p-1"]
    (alternative,) = items["net:population/p-1"]["alternatives"]
    ki67, neoplasm = alternative["criteria"]
    assert {"feature": {"id": "net:ki67Percent"}, "minimum": "3", "minimumIncluded": False, "maximum": "20", "maximumIncluded": True}.items() <= ki67.items()
    assert {"feature": {"id": "net:hasNeoplasm", "label": "has neoplasm"}, "requires": [{"id": "net:Tumour", "label": "tumour"}]}.items() <= neoplasm.items()


def test_what_is_not_known_is_not_said(items: dict[str, dict[str, Any]]) -> None:
    assert items["net:recommendation/R3"]["population"] == {"id": "net:population/p-9"}
    assert items["net:recommendation/R3"]["therapy"] == [{"id": "net:Unlisted"}]
    assert not {"effect", "effectLow", "valueExperimentalHigh"} & items["net:evidence/E2"].keys()


def test_numbers_keep_every_digit_and_counts_are_numbers(items: dict[str, dict[str, Any]]) -> None:
    assert items["net:comparison/C1"]["participants"] == 116
    assert items["net:evidence/E1"]["effect"] == "0.48"
    assert items["net:evidence/E2"]["valueExperimentalLow"] == "30.10000000000000000001"
    assert items["net:evidence/E1"]["comparison"]["trial"]["nct"] == "NCT:NCT00000001"


def test_a_document_that_was_replaced_says_by_which(items: dict[str, dict[str, Any]]) -> None:
    (source,) = items["net:recommendation/R2"]["source"]
    assert source["supersededBy"] == [{"id": "net:document/new", "label": '„Ω“ of "today"\n@prefix [new]'}]


def test_what_the_context_does_not_know_is_spelt_out(items: dict[str, dict[str, Any]]) -> None:
    assert items["net:claim/CL1"][NET + "unheardOf"] == [{"value": "5", "type": "xsd:integer"}, "x"]


def test_the_dataset_comes_first(edges: Source, tmp_path: Path) -> None:
    first = exported(edges, tmp_path)[0]["@graph"][0]
    assert first == {
        "id": "net:dataset",
        "type": "Dataset",
        "creator": "NET-KG contributors",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "released": "2026-01-02",
        "title": "NET-KG",
        "version": "2026-01-02",
    }


def said_and_missing(source: Source, said: set[ox.Triple]) -> set[ox.Triple]:
    """Return what the records' graphs say and JSON-LD does not; nothing but the named additions may be new in it."""
    graph = {quad.triple for quad in source.quads()}
    assert {triple.predicate.value for triple in said - graph} == ADDITIONS
    return {quad.triple for quad in source.quads() if of_records(quad)} - said


def test_pyld_reads_what_the_graph_says_without_the_network(edges: Source, tmp_path: Path) -> None:
    written, losses = exported(edges, tmp_path)
    missing = said_and_missing(edges, triples(written))
    allowed = {triple for triple in missing if triple.predicate.value == ALLOWS}
    assert len(allowed) == 2
    assert all(triple.predicate.value == TYPE and triple.object == NAMED_INDIVIDUAL for triple in missing - allowed)
    assert ("https://w3id.org/net-kg/graph/data/populations", "net:allows: 2 statements", FOLLOWS) in {(loss.term, loss.axiom, loss.reason) for loss in losses}


def test_the_real_records_are_all_there_and_the_losses_count_what_is_not(real: Source, tmp_path: Path) -> None:
    written, losses = exported(real, tmp_path)
    said = {quad.triple for quad in ox.parse(path=tmp_path / "net.jsonld", format=ox.RdfFormat.JSON_LD)}
    missing = said_and_missing(real, said)
    reasons = Counter(FOLLOWS if triple.predicate.value == ALLOWS else INDIVIDUAL for triple in missing)
    noted: Counter[str] = Counter()
    for loss in losses:
        if loss.reason != OTHER_GRAPH:
            noted[loss.reason] += int(loss.axiom.split(": ")[1].removesuffix(" statements").replace(",", ""))
    assert noted == reasons
    some = written["@graph"][:: len(written["@graph"]) // 40]
    assert triples({"@context": written["@context"], "@graph": some}) <= said


def test_a_record_by_itself_is_a_document(edges: Source) -> None:
    graph = edges.graph
    found = document(graph, NET + "evidence/E1")
    assert triples(found) <= {quad.triple for quad in edges.quads()} | {triple for triple in triples(found) if triple.predicate.value in ADDITIONS}
    assert document(graph, NET + "evidence/E9") == {"@context": context(), "id": "net:evidence/E9"}


def test_the_published_context_says_the_same_as_the_embedded_one(edges: Source) -> None:
    found = document(edges.graph, NET + "recommendation/R1")

    def publish(url: str, _options: object) -> dict[str, object]:
        assert url == CONTEXT == "https://w3id.org/net-kg/context.jsonld"
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": {"@context": context()}}

    linked = pyld.to_rdf(found | {"@context": CONTEXT}, {"format": "application/n-quads", "documentLoader": publish})
    assert {quad.triple for quad in ox.parse(linked, ox.RdfFormat.N_QUADS)} == triples(found)


def test_the_context_has_a_key_for_every_column_and_class() -> None:
    known = context()
    by_id = {definition["@id"] if isinstance(definition, dict) else definition: definition for definition in known.values()}
    for table in TABLES:
        assert known[table.cls] == f"net:{table.cls}"
        for column in table.columns:
            if column.prop:
                definition = by_id[f"net:{column.prop}"]
                details = definition if isinstance(definition, dict) else {}
                if column.many:
                    assert details["@container"] == "@set", column.prop
                if isinstance(column, Reference | Scope | TermRef):
                    assert details["@type"] == "@id", column.prop


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(
    gist=TEXTS,
    effect=st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: f"{number:f}"),
    n=st.integers(),
    language=st.sampled_from(["en", "de"]),
)
def test_every_text_and_number_comes_back_as_it_was(gist: str, effect: str, n: int, language: str, sources: Sources) -> None:
    name = f"<{NET}evidence/E>"
    literals = [
        (f"<{NET}gist>", ox.Literal(gist)),
        (f"<{NET}effect>", ox.Literal(effect, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))),
        (f"<{NET}participants>", ox.Literal(f"{n:03}", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))),
        ("<http://www.w3.org/2000/01/rdf-schema#label>", ox.Literal(gist, language=language)),
    ]
    source = source_of("\n".join(f"<{NET}graph/data/evidence> {{ {name} {prop} {value} }}" for prop, value in literals), sources)
    assert triples(document(source.graph, NET + "evidence/E")) == {quad.triple for quad in source.quads()}
