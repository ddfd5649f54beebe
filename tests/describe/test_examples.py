"""The library and the prefixes as data: what editors find, and what SIB's shape for examples demands."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

import kg
from kg.describe.examples import EXAMPLES_GRAPH
from kg.prefixes import NET, PREFIXES
from kg.store import Term, select
from tests.describe.editor import CLASSES, DECLARED, EXAMPLES

SH, SCHEMA, RDFS = (PREFIXES[name] for name in ("sh", "schema", "rdfs"))


@pytest.fixture(scope="module")
def about(graph: kg.Graph) -> dict[str, dict[str, list[Term]]]:
    """Example → property → values."""
    triples = graph.sparql(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{EXAMPLES_GRAPH}> {{ ?s a <{SH}SPARQLExecutable> ; ?p ?o }} }}")
    assert isinstance(triples, list)
    found: dict[str, dict[str, list[Term]]] = {}
    for triple in triples:
        assert isinstance(triple.subject, ox.NamedNode)
        found.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, []).append(triple.object)
    return found


def test_every_stored_query_is_an_example(graph: kg.Graph, about: dict[str, dict[str, list[Term]]]) -> None:
    assert set(about) == {f"{NET}query/{name}" for name in graph.queries}


def test_examples_have_the_shape_that_sib_demands(graph: kg.Graph, about: dict[str, dict[str, list[Term]]]) -> None:
    for iri, said in about.items():
        stored = graph.queries[iri.removeprefix(f"{NET}query/")]
        assert [str(value) for value in said[SH + "select"]] == [str(ox.Literal(stored.bound({}, graph.terms)))]
        assert said[RDFS + "comment"] == [ox.Literal(stored.summary, language="en")]
        assert [type(value) for value in said[SCHEMA + "target"]] == [ox.NamedNode]
        assert {value.value for value in said[SCHEMA + "keywords"] if isinstance(value, ox.Literal)} == set(stored.tags)
        assert said[SH + "prefixes"] == [ox.NamedNode(NET + "ontology")]
        assert not {SCHEMA + "keyword", SCHEMA + "keyowrds", SH + "ask", SH + "construct"} & set(said)


def test_an_editor_finds_examples_that_run(graph: kg.Graph) -> None:
    rows = select(graph.store, EXAMPLES)
    assert len(rows) == len(graph.queries)
    _, comment, query = rows.rows[0]
    assert isinstance(comment, ox.Literal)
    assert comment.datatype.value == PREFIXES["rdf"] + "langString"
    assert isinstance(query, ox.Literal)
    assert len(select(graph.store, query.value)) > 0


def test_an_editor_finds_the_prefixes(graph: kg.Graph) -> None:
    found = {
        (prefix.value, namespace.value)
        for prefix, namespace in select(graph.store, DECLARED)
        if isinstance(prefix, ox.Literal) and isinstance(namespace, ox.Literal)
    }
    assert found == set(PREFIXES.items())


def test_an_editor_finds_what_belongs_to_a_class(graph: kg.Graph) -> None:
    rows = select(graph.store, CLASSES)
    wanted = {"subjectClass": NET + "Recommendation", "prop": NET + "direction", "objectClass": NET + "Direction"}
    places = {name: rows.columns.index(name) for name in (*wanted, "objectDatatype")}
    assert any(all(isinstance(cell := row[places[name]], ox.NamedNode) and cell.value == iri for name, iri in wanted.items()) for row in rows)
    dates = {(row[places["subjectClass"]], row[places["prop"]]) for row in rows if row[places["objectDatatype"]] == ox.NamedNode(PREFIXES["xsd"] + "date")}
    assert (ox.NamedNode(NET + "RegulatoryDecision"), ox.NamedNode(NET + "issued")) in dates
