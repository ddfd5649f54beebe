"""Codes of other vocabularies against our terms."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.graph import Graph
from kg.load.mappings import LOCAL_FORMS, MAPPINGS, RELATED, read_mappings
from kg.load.report import Report
from kg.match.vocabulary import BROAD, CLOSE, EXACT, NARROW, SYSTEMS, Vocabulary, coded, curie_of
from kg.prefixes import GRAPH, NET, PREFIXES, expand
from kg.settings import Sources
from kg.store import in_memory
from kg.terms import Terms
from tests.match.foreign import real_vocabulary

NODE = ox.NamedNode


@pytest.fixture(scope="module")
def vocabulary(sources: Sources, terms: Terms) -> Vocabulary:
    return real_vocabulary(sources, terms)


def triple(ours: str, predicate: str, theirs: str) -> ox.Triple:
    return ox.Triple(NODE(NET + ours), NODE(PREFIXES["skos"] + predicate), NODE(expand(theirs)))


SMALL = Vocabulary.from_triples(
    [
        triple("Pancreas", "exactMatch", "UBERON:0001264"),
        triple("Pancreas", "narrowMatch", "ICDO:C25.4"),
        triple("IlealNET", "closeMatch", "MONDO:0015065"),
        triple("ColonicNETG1", "broadMatch", "NCIT:C96160"),
        triple("RectalNETG1", "broadMatch", "NCIT:C96160"),
        triple("MEN1Syndrome", "exactMatch", "Orphanet:652"),
        ox.Triple(NODE(NET + "Pancreas"), NODE(PREFIXES["rdfs"] + "seeAlso"), NODE(expand("UBERON:0000001"))),
    ]
)


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("UBERON:0001264", "UBERON:0001264"),
        ("uberon:0001264", "UBERON:0001264"),
        (" UBERON:0001264 ", "UBERON:0001264"),
        ("http://purl.obolibrary.org/obo/UBERON_0001264", "UBERON:0001264"),
        ("https://purl.obolibrary.org/obo/UBERON_0001264", "UBERON:0001264"),
        ("http://identifiers.org/uberon:0001264", "UBERON:0001264"),
        ("https://identifiers.org/UBERON:0001264", "UBERON:0001264"),
        ("http://identifiers.org/rxnorm/68092", "RXNORM:68092"),
        ("http://identifiers.org/mim/131100", "OMIM:131100"),
        ("http://www.orpha.net/ORDO/Orphanet_652", "Orphanet:652"),
        ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#C3215", "NCIT:C3215"),
        ("http://www.nlm.nih.gov/research/umls/rxnorm|68092", "RXNORM:68092"),
        ("http://snomed.info/id/35868009", "SCTID:35868009"),
        ("http://snomed.info/sct|35868009", "SCTID:35868009"),
        ("http://loinc.org/89247-1", "LOINC:89247-1"),
        ("http://hl7.org/fhir/sid/icd-10-cm|C7A.012", "ICD10CM:C7A.012"),
        (NET + "Pancreas", "net:Pancreas"),
        ("HGNC:HGNC:7010", "HGNC:7010"),
        ("pancreas", ""),
        ("XX:1", ""),
        ("http://example.org/1", ""),
        ("http://", ""),
        ("", ""),
        ("NCIT:", ""),
    ],
)
def test_curies_and_addresses_have_one_form(text: str, curie: str) -> None:
    assert curie_of(text) == curie


@pytest.mark.parametrize(
    ("system", "code", "curie"),
    [
        ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C3215", "NCIT:C3215"),
        ("http://www.genenames.org", "HGNC:7010", "HGNC:7010"),
        ("http://www.genenames.org/", "7010", "HGNC:7010"),
        ("http://human-phenotype-ontology.org", "HP:0002014", "HP:0002014"),
        ("http://purl.obolibrary.org/obo/uberon.owl", "UBERON:0001264", "UBERON:0001264"),
        ("https://loinc.org", "89247-1", "LOINC:89247-1"),
        ("http://example.org/codes", "1", ""),
        ("", "C3215", ""),
        ("http://loinc.org", "", ""),
        ("http://loinc.org", " ", ""),
    ],
)
def test_a_code_system_and_its_code_make_a_curie(system: str, code: str, curie: str) -> None:
    assert coded(system, code) == curie


def test_a_lookup_gives_our_term_and_the_kind_of_mapping() -> None:
    assert SMALL.lookup("UBERON:0001264") == ((NET + "Pancreas", EXACT),)
    assert SMALL.lookup("ICDO:C25.4") == ((NET + "Pancreas", NARROW),)
    assert SMALL.lookup("http://purl.obolibrary.org/obo/MONDO_0015065") == ((NET + "IlealNET", CLOSE),)
    assert SMALL.lookup("NCIT:C96160") == ((NET + "ColonicNETG1", BROAD), (NET + "RectalNETG1", BROAD))
    assert SMALL.lookup("net:Pancreas") == ((NET + "Pancreas", EXACT),)


@pytest.mark.parametrize("code", ["UBERON:0000001", "UBERON:9999999", "pancreas", "", "http://example.org/x"])
def test_an_unknown_code_gives_nothing(code: str) -> None:
    assert SMALL.lookup(code) == ()


def test_vocabularies_that_are_mapped_are_told_from_others() -> None:
    assert SMALL.covers("NCIT:C1")
    assert not SMALL.covers("http://snomed.info/sct|1")
    assert not SMALL.covers("pancreas")


def test_the_graph_gives_the_same_vocabulary_as_the_table(sources: Sources, terms: Terms) -> None:
    triples = list(read_mappings(sources.data / MAPPINGS, terms, Report()))
    store = in_memory((ox.Quad(t.subject, t.predicate, t.object, NODE(GRAPH + "data/mappings")) for t in triples), "memory")
    assert Vocabulary.from_graph(Graph(store, sources)) == Vocabulary.from_triples(triples)


def test_every_row_of_the_table_is_found_again_by_its_curie_and_its_address(sources: Sources, vocabulary: Vocabulary) -> None:
    rows = [line.split("\t") for line in (sources.data / MAPPINGS).read_text(encoding="utf-8").splitlines() if line.startswith("net:")]
    assert len(rows) > 1000
    for ours, _, predicate, theirs, *_ in rows:
        meant = predicate != RELATED  # what a gene's code says of its protein is nothing
        assert ((expand(ours), predicate) in vocabulary.lookup(theirs)) is meant
        assert ((expand(ours), predicate) in vocabulary.lookup(expand(theirs))) is meant


def test_exact_mappings_come_first(vocabulary: Vocabulary) -> None:
    for hits in vocabulary.table.values():
        order = [(EXACT, CLOSE, BROAD, NARROW).index(predicate) for _, predicate in hits]
        assert order == sorted(order)


def test_code_systems_lead_to_known_prefixes() -> None:
    assert {prefix for prefix in SYSTEMS.values() if prefix not in LOCAL_FORMS} == {"LOINC", "UCUM"}


@given(st.text(max_size=60) | st.sampled_from(["http://snomed.info/sct|", "http://identifiers.org/", "NCIT:NCIT:", "http://loinc.org#"]))
def test_no_text_breaks_a_lookup(text: str) -> None:
    assert isinstance(curie_of(text), str)
    assert isinstance(SMALL.lookup(text), tuple)
    assert isinstance(coded(text, text), str)
