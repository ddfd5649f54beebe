"""The graph as a Python object."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyoxigraph as ox
import pytest
import rdflib

import kg
from kg.errors import QueryError, StoreError, UsageError
from kg.graph import Result, display
from kg.prefixes import GRAPH, NET
from kg.settings import Sources
from kg.store import Rows, graph_counts, in_memory
from tests.turtle import quads

RDFLIB_WARNS = pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")
"""rdflib's own query engine uses what rdflib has deprecated."""

SMALL = f"""
<{GRAPH}ontology> {{
  :A a owl:Class ; rdfs:label "a"@en . :B a owl:Class ; rdfs:label "b"@en . :Grade2 a :Grade ; rdfs:label "grade 2"@en ; :code "G2" .
}}
<{GRAPH}inferred> {{ :B rdfs:subClassOf :A . }}
<{GRAPH}data/x> {{
  :A :size 1.5 ; :count 2 .
  :B :size 2.50 ; :count 3 ; :seen true ; :note "plain", "tagged"@en ; :blank [ :in 1 ] ; :issued "2011-05"^^xsd:gYearMonth ; :grade :Grade2 .
}}"""


@pytest.fixture
def small(tmp_path: Path) -> kg.Graph:
    return kg.Graph(in_memory(quads(SMALL)), Sources(tmp_path))


def test_the_default_graph_is_the_union_of_all_graphs(small: kg.Graph) -> None:
    assert small.sparql(f"ASK {{ <{NET}B> a ?k ; <{NET}size> ?n }}") is True


def test_select_ask_and_construct_give_rows_truth_and_triples(small: kg.Graph) -> None:
    rows = small.sparql("SELECT ?s { ?s a <http://www.w3.org/2002/07/owl#Class> } ORDER BY ?s")
    assert isinstance(rows, Rows)
    assert [row[0] for row in rows] == [ox.NamedNode(NET + "A"), ox.NamedNode(NET + "B")]
    assert small.sparql("ASK { ?s <http://example.org/p> ?o }") is False
    assert small.sparql(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(?p = <{NET}seen>) }}") == [
        ox.Triple(ox.NamedNode(NET + "B"), ox.NamedNode(NET + "seen"), ox.Literal("true", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")))
    ]


@pytest.mark.parametrize("text", ["SELECT", "SELECT ?s { ?s ?p }", "DROP ALL", "INSERT DATA { <a:b> <a:b> <a:b> }", ""])
def test_what_is_no_query_is_refused(small: kg.Graph, text: str) -> None:
    with pytest.raises(QueryError):
        small.sparql(text)


def test_records_show_curies_labels_and_numbers(small: kg.Graph) -> None:
    result = small.select(f"SELECT ?s ?size ?none ?note {{ ?s <{NET}size> ?size OPTIONAL {{ ?s <{NET}note> ?note FILTER(LANG(?note) = '') }} }} ORDER BY ?s")
    assert result.records() == [
        {"s": "net:A", "s_label": "a", "size": "1.5", "none": None, "note": None},
        {"s": "net:B", "s_label": "b", "size": "2.5", "none": None, "note": "plain"},
    ]
    assert len(result) == 2
    json.dumps(result.records())


def test_columns_without_labelled_identifiers_have_no_label_column(small: kg.Graph) -> None:
    result = small.select(f"SELECT ?p ?o {{ <{NET}B> ?p ?o FILTER(?p = <{NET}count>) }}")
    assert result.records() == [{"p": "net:count", "o": "3"}]
    assert result.linked_columns() == set()


def test_labels_are_looked_up_for_any_number_of_identifiers() -> None:
    many = "".join(f':x{number} rdfs:label "x {number}"@en . ' for number in range(1203))
    graph = kg.Graph(in_memory(quads(many)), Sources(Path()))
    result = graph.select("SELECT ?s { ?s ?p ?o }")
    assert {row["s_label"] for row in result.records()} == {f"x {number}" for number in range(1203)}


def test_a_data_frame_has_numbers_where_all_values_are_numbers(small: kg.Graph) -> None:
    frame = small.select(
        f"SELECT ?s ?size ?count ?seen ?none {{ ?s <{NET}size> ?size ; <{NET}count> ?count OPTIONAL {{ ?s <{NET}seen> ?seen }} }} ORDER BY ?s"
    ).dataframe()
    assert list(frame.columns) == ["s", "s_label", "size", "count", "seen", "none"]
    assert frame["size"].sum() == 4.0
    assert frame["count"].tolist() == [2, 3]
    assert pd.api.types.is_integer_dtype(frame["count"])
    assert frame["seen"].dropna().tolist() == ["true"]
    assert frame["none"].isna().all()


def test_an_empty_answer_is_an_empty_frame_with_its_columns(small: kg.Graph) -> None:
    frame = small.select("SELECT ?a ?b { ?a <http://example.org/p> ?b }").dataframe()
    assert list(frame.columns) == ["a", "b"]
    assert frame.empty


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (None, None),
        (ox.NamedNode(NET + "Everolimus"), "net:Everolimus"),
        (ox.NamedNode("http://purl.obolibrary.org/obo/NCIT_C1"), "NCIT:C1"),
        (ox.NamedNode("https://example.org/x"), "https://example.org/x"),
        (ox.Literal("3.10", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")), "3.10"),
        (ox.Literal("Grad", language="de"), "Grad"),
        (ox.BlankNode("b1"), "_:b1"),
    ],
)
def test_a_term_is_shown_as_people_write_it(term: ox.NamedNode | ox.Literal | ox.BlankNode | None, text: str | None) -> None:
    assert display(term) == text


def test_rows_can_be_used_without_labels() -> None:
    assert Result(("a",), [(ox.Literal("x"),)], {}).records() == [{"a": "x"}]


def test_hierarchy_in_the_index_includes_what_the_reasoner_found(small: kg.Graph) -> None:
    assert NET + "A" in small.terms.ancestors(NET + "B")


@RDFLIB_WARNS
def test_rdflib_sees_the_same_statements_in_the_same_graphs(small: kg.Graph) -> None:
    dataset = small.rdflib()
    assert len(dataset) == len(set(small.store.quads()))
    assert {str(graph.identifier): len(graph) for graph in dataset.graphs() if len(graph)} == graph_counts(small.store)
    seen = dataset.query(f"SELECT ?o {{ <{NET}B> a ?k ; <{NET}size> ?o }}")
    assert [float(str(row[0])) for row in seen] == [2.5]  # type: ignore[index]  # rows of a SELECT


@RDFLIB_WARNS
def test_a_plain_string_is_in_rdflib_what_rdflib_itself_reads(small: kg.Graph) -> None:
    notes = {row[0] for row in small.rdflib().query(f"SELECT ?o {{ ?s <{NET}note> ?o }}")}  # type: ignore[index]  # rows of a SELECT
    assert notes == {rdflib.Literal("plain"), rdflib.Literal("tagged", lang="en")}


def test_a_stored_query_takes_parameters_by_name(graph: kg.Graph) -> None:
    result = graph.query("agents-targeting-receptor", receptor="somatostatin receptor 2")
    assert ox.NamedNode(NET + "Lutetium177Dotatate") in {row[0] for row in result.rows}


def test_an_unknown_query_parameter_or_value_is_a_usage_error(graph: kg.Graph) -> None:
    for name, params in [("agents", {}), ("agents-targeting-receptor", {"x": "1"}), ("agents-targeting-receptor", {"receptor": "pancreas"})]:
        with pytest.raises(UsageError):
            graph.query(name, timeout=None, **params)


def test_queries_are_listed_by_name(graph: kg.Graph) -> None:
    assert {path.stem for path in graph.sources.queries.glob("*.rq")} == set(graph.queries)


def test_the_version_is_that_of_the_ontology(graph: kg.Graph, small: kg.Graph) -> None:
    assert f"<owl:versionInfo>{graph.version()}<" in graph.sources.ontology.read_text(encoding="utf-8")
    assert small.version() == "unknown"


def test_opening_takes_the_folder_of_the_environment(graph: kg.Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETKG_STORE", graph.store.location)
    assert kg.open().store.location == graph.store.location
    monkeypatch.setenv("NETKG_STORE", str(tmp_path))
    with pytest.raises(StoreError, match="netkg build"):
        kg.open()


def test_two_graphs_read_one_store_at_once(graph: kg.Graph) -> None:
    second = kg.open(graph.store.location)
    question = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert second.select(question).rows == graph.select(question).rows


def test_owlready2_sees_every_class(graph: kg.Graph) -> None:
    ontology = kg.ontology()
    assert {cls.iri for cls in ontology.classes() if cls.iri.startswith(NET)} == set(graph.terms.classes()) | {
        iri for iri in graph.terms.deprecated if graph.terms.kinds[iri] == "class"
    }
    lutetium = ontology.search_one(iri=NET + "Lutetium177Dotatate")
    assert lutetium.label.en == ["177Lu-dotatate"]
    assert kg.ontology().world is not ontology.world


def test_a_graph_copied_into_memory_answers_the_same(graph: kg.Graph) -> None:
    copied, read = kg.open(graph.store.location), kg.open(graph.store.location, memory=False)
    assert copied.store.location == read.store.location == graph.store.location
    assert copied.query("theranostic-pairs") == read.query("theranostic-pairs")
    assert copied.query("theranostic-pairs") == graph.query("theranostic-pairs")
