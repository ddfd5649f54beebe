"""What is said of a term or record."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

import kg
from kg.errors import UnknownTermError
from kg.graph import NOTICE
from kg.prefixes import NET
from kg.serve.api.concise import RDF_FORMS
from kg.serve.api.term import MOST, MOST_NODES, QUERIES, text_for
from kg.serve.calls import call
from kg.serve.http.formats import GRAPHS
from kg.store import Rows
from tests.serve.api.conftest import Ask


@pytest.fixture(scope="module")
def everolimus(ask: Ask) -> Any:
    return ask("term", name="Everolimus")


def test_a_term_has_meaning_place_and_names(everolimus: Any) -> None:
    assert everolimus["label"] == "everolimus"
    assert everolimus["kind"] == "drug"
    assert everolimus["type"] == "class"
    assert everolimus["notice"] == NOTICE
    assert "mTOR" in everolimus["definition"]
    assert {"text": "PMID:21306238", "url": "https://pubmed.ncbi.nlm.nih.gov/21306238"} in everolimus["definition_sources"]
    assert everolimus["synonyms"]["related"] == ["Afinitor", "Votubia"]
    assert [link["name"] if "name" in link else link["label"] for link in everolimus["paths"][0]][:3] == ["everolimus", "mTOR inhibitor", "drug"]
    assert [link["label"] for link in everolimus["parents"]] == ["mTOR inhibitor"]
    assert [link["label"] for link in everolimus["siblings"]] == ["sirolimus"]


def test_relations_are_sentences_with_links_at_both_ends(everolimus: Any) -> None:
    relation = next(one for one in everolimus["relations"] if one["property"]["curie"] == "net:inhibits")
    assert relation["sentence"].startswith("everolimus inhibits ")
    assert relation["subject"]["href"] == "term/Everolimus"
    assert relation["object"]["href"] == "term/MTORKinase"
    assert any(one["subject"]["curie"] == "net:EverolimusOctreotide" and one["object"]["curie"] == "net:Everolimus" for one in everolimus["incoming"])


def test_statements_say_what_for_whom_by_whom_and_how_far_checked(everolimus: Any) -> None:
    kinds = [group["kind"] for group in everolimus["statements"]]
    assert kinds[:3] == ["recommendation", "regulatory decision", "comparison"]
    item = next(one for one in everolimus["statements"][0]["items"] if one["name"] == "recommendation/E028")
    assert item["direction"] == "may be considered"
    assert item["population"]["short"].startswith("lung; ")
    assert item["population"]["words"].startswith("primary site: lung")
    assert item["curation"] == {"code": "secondary", "label": "read on a secondary page"}
    assert item["sources"][0]["url"] == "https://doi.org/10.1159/000443167"
    assert item["sources"][0]["issuer"] == "European Neuroendocrine Tumor Society"
    assert item["role"] == "concerns therapy"


def test_every_statement_has_a_sentence_a_source_and_a_curation(everolimus: Any) -> None:
    for group in everolimus["statements"]:
        assert group["count"] >= len(group["items"]) > 0
        for item in group["items"]:
            assert item["sentence"].strip()
            assert item["sources"]
            assert item["curation"]["label"]


def test_a_comparison_brings_its_evidence(everolimus: Any) -> None:
    comparisons = next(group for group in everolimus["statements"] if group["kind"] == "comparison")["items"]
    radiant = next(item for item in comparisons if item["name"] == "comparison/RADIANT-3-primary")
    assert radiant["sentence"] == "RADIANT-3: everolimus against placebo"
    assert any("hazard ratio 0.35" in evidence["sentence"] for evidence in radiant["evidence"])


def test_mappings_lead_out(everolimus: Any) -> None:
    mapping = next(one for one in everolimus["mappings"] if one["curie"] == "NCIT:C48387")
    assert (mapping["predicate"], mapping["url"], mapping["label"]) == ("skos:exactMatch", "http://purl.obolibrary.org/obo/NCIT_C48387", "Everolimus")


def test_statements_whose_population_needs_a_term_are_told_apart(ask: Ask) -> None:
    pancreas = ask("term", name="Pancreas")
    assert {"recommendation", "regulatory decision", "trial"} <= {group["kind"] for group in pancreas["scoped"]}
    assert all(len(group["items"]) == min(group["count"], MOST) for group in pancreas["scoped"])


@pytest.mark.parametrize("name", ["Everolimus", "SomatostatinReceptor2", "NeuroendocrineTumour", "recommendation/R012"])
def test_the_small_graph_is_small_and_whole(name: str, ask: Ask) -> None:
    small = ask("term", name=name)["graph"]
    ids = [node["id"] for node in small["nodes"]]
    assert 1 <= len(ids) == len(set(ids)) <= MOST_NODES
    assert [node["centre"] for node in small["nodes"]].count(True) == 1
    assert all(edge["source"] in ids and edge["target"] in ids for edge in small["edges"])


@pytest.mark.parametrize("section", sorted(QUERIES.keys() - {"evidence"}))
def test_the_query_behind_a_section_runs_as_it_is(section: str, graph: kg.Graph) -> None:
    assert isinstance(graph.sparql(text_for(section, f"{NET}Everolimus")), Rows)


def test_the_query_behind_the_relations_gives_the_relations(everolimus: Any, graph: kg.Graph) -> None:
    rows = graph.sparql(everolimus["sparql"]["relations"])
    assert isinstance(rows, Rows)
    assert {(relation["property"]["iri"], relation["object"]["iri"]) for relation in everolimus["relations"]} == {
        (prop.value, value.value) for prop, value in rows if isinstance(prop, ox.NamedNode) and isinstance(value, ox.NamedNode)
    }


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("net:Everolimus", "Everolimus"),
        (f"{NET}Everolimus", "Everolimus"),
        ("everolimus", "Everolimus"),
        ("carcinoid syndrome", "CarcinoidSyndrome"),
        ("PMID:28076709", "document/pmid-28076709"),
        ("NCIT:C48387", "Everolimus"),
        ("Afinitor", "Everolimus"),
        ("NCT01578239", "trial/NETTER-1"),
        ("http://purl.obolibrary.org/obo/NCIT_C48387", "Everolimus"),
        ("net:targets", "targets"),
        ("CurationPrimary", "CurationPrimary"),
    ],
)
def test_a_term_is_found_by_any_of_its_names(name: str, iri: str, ask: Ask) -> None:
    assert ask("term", name=name)["iri"] == NET + iri


def test_a_record_is_shown_in_full(ask: Ask) -> None:
    found = ask("term", name="recommendation/R012")
    assert found["type"] == "record"
    assert found["record"]["direction"] == "may be considered"
    assert {"net:combination", "net:gist"} <= {value["property"]["curie"] for value in found["record"]["values"]}
    trial = ask("term", name="trial/NETTER-1")
    assert {"comparison", "regulatory decision"} <= {group["kind"] for group in trial["statements"]}
    source = ask("term", name="document/pmid-28076709")
    assert source["label"].startswith("NETTER-1 primary analysis")
    assert "[" not in source["label"]


@pytest.mark.parametrize("name", ["graph/meta", "graph/data/trials", "dataset", "ontology", "file/trials.tsv", "population/p-1f3e48ce73df"])
def test_graphs_files_and_populations_have_pages_too(name: str, ask: Ask) -> None:
    assert ask("term", name=name)["iri"] == NET + name


@pytest.mark.parametrize("name", ["everolimis", "<x>", "", " ", "recommendation/R999999", "../etc/passwd", 'a"b', "x" * 5000, "http://", "\x00"])
def test_an_unknown_name_is_an_error_that_stays_short(name: str, ask: Ask) -> None:
    with pytest.raises(UnknownTermError) as caught:
        ask("term", name=name)
    assert len(caught.value.message) < 200


def test_near_names_are_suggested(ask: Ask) -> None:
    with pytest.raises(UnknownTermError) as caught:
        ask("term", name="everolimis")
    assert "everolimus (Everolimus)" in caught.value.hint


@pytest.mark.parametrize("form", RDF_FORMS)
def test_the_description_can_be_read_back_in_every_format(form: str, graph: kg.Graph) -> None:
    reply = call("term")(graph, {"name": "Everolimus", "form": form})
    assert reply.media_type.partition(";")[0] == GRAPHS[form].media_types[0]
    read = {str(quad.triple.predicate) for quad in ox.parse(reply.body, format=GRAPHS[form].engine)}
    assert "<http://www.w3.org/2000/01/rdf-schema#label>" in read
    assert call("term")(graph, {"name": "Everolimus", "form": form}).body == reply.body


def test_the_description_has_both_directions_and_what_has_no_name(graph: kg.Graph) -> None:
    reply = call("term")(graph, {"name": "Everolimus", "form": "ntriples"})
    triples = [quad.triple for quad in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)]
    here = ox.NamedNode(f"{NET}Everolimus")
    assert any(triple.object == here and triple.predicate.value == f"{NET}therapy" for triple in triples)
    nameless = {triple.object for triple in triples if triple.subject == here and isinstance(triple.object, ox.BlankNode)}
    assert nameless
    assert nameless <= {triple.subject for triple in triples}


def test_only_our_identifiers_are_known_by_their_path(ask: Ask) -> None:
    assert ask("known", path="recommendation/R012")["href"] == "term/recommendation/R012"
    for path in ("Nothing", "", "a b", "http://example.org/"):
        with pytest.raises(UnknownTermError):
            ask("known", path=path)
